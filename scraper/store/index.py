"""The matching index: rows `match_key(key, article_id)`, and nothing else.

Rule 1: a look-up reads at most `READ_MOST` articles of a key and one more, which says that the key
is full: two million articles that share one sentence do not slow it.
Rule 2: a full key gets no further row.
Rule 3: nothing here is proportional to the archive: no counts, no second index. What an article's
rows are is a function of its text, so they are found again from it when they must go.
Rule 4: a transaction that files many articles may let their rows wait for one another; then they
are looked up, added and removed with what waits, and are written before its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.match.candidates import READ_MOST
from scraper.model import ArticleId
from scraper.store.ids import among, pack
from scraper.store.schema import match_key
from scraper.store.spoken import Spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scraper.store.waiting import Waiting

#: One statement for all keys of an article: a hundred statements took forty times as long.
_LOOK_UP = Spoken(
    "SELECT value, (SELECT joined(article_id) FROM ("
    "SELECT article_id FROM match_key WHERE key = value ORDER BY article_id LIMIT :most) AS held) "
    "FROM numbers(:keys) AS looked WHERE EXISTS (SELECT 1 FROM match_key WHERE key = value)"
)

_ADD = Spoken(
    "INSERT INTO match_key (key, article_id) SELECT value, :article_id FROM numbers(:keys) AS new"
    " WHERE true ON CONFLICT DO NOTHING"  # without WHERE, SQLite reads ON as a join's
)
_REMOVE = match_key.delete().where(
    among(match_key.c.key), match_key.c.article_id == sa.bindparam("article_id")
)


def look_up(
    connection: sa.Connection,
    keys: Iterable[int],
    *,
    excluding: ArticleId | None = None,
    waiting: Waiting | None = None,
) -> dict[int, tuple[ArticleId, ...]]:
    """The other articles that hold each key, lowest ids first; at most ``READ_MOST + 1`` of a key.

    Keys that nobody else holds are left out.
    """
    keys = tuple(keys)
    most = READ_MOST + 1 + (excluding is not None)
    rows = connection.execute(_LOOK_UP.on(connection), {"keys": pack(keys), "most": most}).all()
    found: dict[int, tuple[ArticleId, ...]] = {}
    for key, ids in rows:
        holders = map(ArticleId, map(int, ids.split(",")))
        if others := tuple(held for held in holders if held != excluding)[: READ_MOST + 1]:
            found[key] = others
    if waiting is not None:
        for key in waiting.among(keys):
            if wait := [ArticleId(held) for held in waiting.of(key) if held != excluding]:
                found[key] = tuple(sorted({*found.get(key, ()), *wait}))[: READ_MOST + 1]
    return found


def add_keys(
    connection: sa.Connection,
    article_id: ArticleId,
    keys: Iterable[int],
    holders: Mapping[int, tuple[ArticleId, ...]],
    *,
    waiting: Waiting | None = None,
) -> None:
    """Nothing; the article holds these keys, but for those that are full already.

    ``holders`` is what ``look_up`` found of them in this transaction.
    """
    free = sorted(key for key in keys if len(holders.get(key, ())) <= READ_MOST)
    if waiting is not None:
        waiting.add(free, article_id)
        return
    connection.execute(_ADD.on(connection), {"keys": pack(free), "article_id": article_id})


def remove_keys(
    connection: sa.Connection,
    article_id: ArticleId,
    keys: Iterable[int],
    *,
    waiting: Waiting | None = None,
) -> None:
    """Nothing; the article no longer holds these keys."""
    keys = tuple(keys)
    if waiting is not None:
        waiting.remove(keys, article_id)
    connection.execute(_REMOVE, {"ids": pack(keys), "article_id": article_id})

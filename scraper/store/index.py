"""The matching index: rows `match_key(key, article_id)`, and nothing else.

Rule 1: a look-up reads at most `FULL_KEY` articles of a key, never more: two million articles
that share one sentence do not slow it.
Rule 2: a full key gets no further row.
Rule 3: nothing here is proportional to the archive: no counts, no second index. What an article's
rows are is a function of its text, so they are found again from it when they must go.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from scraper.model import ArticleId
from scraper.store.schema import match_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: A key that so many articles share tells them apart no longer; DESIGN 4.3.
FULL_KEY = 60

#: One statement for all keys of an article: a hundred statements took forty times as long.
_LOOK_UP = sa.text(
    "SELECT value, (SELECT group_concat(article_id) FROM ("
    "SELECT article_id FROM match_key WHERE key = value ORDER BY article_id LIMIT :most)) "
    "FROM json_each(:keys)"
)


def look_up(
    connection: sa.Connection, keys: Iterable[int], *, excluding: ArticleId | None = None
) -> dict[int, tuple[ArticleId, ...]]:
    """The articles that hold each key, lowest ids first; at most ``FULL_KEY + 1`` of a key.

    Keys that nobody holds are left out. One more than FULL_KEY says that the key is full.
    """
    rows = connection.execute(_LOOK_UP, {"keys": json.dumps(list(keys)), "most": FULL_KEY + 1})
    found: dict[int, tuple[ArticleId, ...]] = {}
    for key, ids in rows:
        holders = tuple(ArticleId(int(held)) for held in ids.split(",")) if ids else ()
        if holders := tuple(held for held in holders if held != excluding):
            found[key] = holders
    return found


def add_keys(
    connection: sa.Connection,
    article_id: ArticleId,
    keys: Iterable[int],
    holders: Mapping[int, tuple[ArticleId, ...]],
) -> None:
    """Nothing; the article holds these keys, but for those that are full already."""
    free = sorted(key for key in keys if len(holders.get(key, ())) < FULL_KEY)
    rows = [{"key": key, "article_id": article_id} for key in free]
    if rows:
        connection.execute(insert(match_key).on_conflict_do_nothing(), rows)


def remove_keys(connection: sa.Connection, article_id: ArticleId, keys: Iterable[int]) -> None:
    """Nothing; the article no longer holds these keys."""
    rows = [{"held": key, "holder": article_id} for key in keys]
    if rows:
        connection.execute(
            match_key.delete().where(
                match_key.c.key == sa.bindparam("held"),
                match_key.c.article_id == sa.bindparam("holder"),
            ),
            rows,
        )

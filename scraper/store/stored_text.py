"""Archived articles' texts, as matching reads them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.model import (
    ArticleId,
    Mask,
    PageId,
    RevisionId,
)
from scraper.store.ids import among, each_of, pack
from scraper.store.schema import article

if TYPE_CHECKING:
    from collections.abc import Iterable


#: More articles than a page can have; every engine takes it for a limit.
_UNBOUNDED = 2**31 - 1

# What is asked for every article that is filed, built once.
_TEXTS = sa.select(
    article.c.id,
    article.c.revision_id,
    article.c.external_id,
    article.c.title,
    article.c.text,
    article.c.language,
    article.c.containment_key_count,
    article.c.site,
    article.c.text_sha256,
    article.c.masked,
    article.c.is_title_masked,
)
_TEXTS_OF_PAGE = (
    _TEXTS.where(article.c.page_id == sa.bindparam("page_id"))
    .order_by(article.c.revision_id.desc())
    .limit(sa.bindparam("most"))
)
_SAME_TEXT = (
    _TEXTS.where(
        article.c.text_sha256 == sa.bindparam("text_sha256"),
        article.c.page_id == sa.bindparam("page_id"),
    )
    .order_by(article.c.id)
    .limit(1)
)
_TEXT_BY_EXTERNAL_ID = _TEXTS.where(
    article.c.collection == sa.bindparam("collection"),
    article.c.external_id == sa.bindparam("external_id"),
)
_TEXTS_BY_ID = _TEXTS.where(among(article.c.id)).order_by(article.c.id)
#: All texts whose SHA-256 begins with one of these prefixes; "g" follows every digit.
_TEXTS_OF_SITE = (
    _TEXTS.select_from(_prefix := each_of(article.c.text_sha256, "prefixes"))
    .join(
        article,
        sa.and_(
            article.c.text_sha256 >= _prefix.c.value,
            article.c.text_sha256 < _prefix.c.value.concat("g"),
        ),
    )
    .where(article.c.site == sa.bindparam("site"))
    .order_by(article.c.id)
)
_CONTAINMENT_KEY_COUNTS = sa.select(article.c.id, article.c.containment_key_count).where(
    among(article.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """One article's current text, as matching reads it; ``external_id`` if it was imported."""

    id: ArticleId
    revision: RevisionId
    external_id: str | None
    title: str | None
    text: str
    language: str | None
    containment_key_count: int
    site: str | None
    text_sha256: str
    mask: Mask

    @property
    def compared_title(self) -> str | None:
        """The title, unless it is masked."""
        return self.mask.title(self.title)


def hash_text(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def find_by_page(
    connection: sa.Connection, page_id: PageId, *, most: int | None = None
) -> list[StoredText]:
    """The page's articles with their current texts, newest revision first; ``most`` at most."""
    return _read_texts(
        connection, _TEXTS_OF_PAGE, page_id=page_id, most=_UNBOUNDED if most is None else most
    )


def find_same_text(connection: sa.Connection, page_id: PageId, text: str) -> StoredText | None:
    """The page's article whose current text is this one; the oldest where there are several."""
    found = _read_texts(connection, _SAME_TEXT, text_sha256=hash_text(text), page_id=page_id)
    return found[0] if found else None


def find_by_external_id(
    connection: sa.Connection, collection: str, external_id: str
) -> StoredText | None:
    """The imported article with this id."""
    found = _read_texts(
        connection, _TEXT_BY_EXTERNAL_ID, collection=collection, external_id=external_id
    )
    return found[0] if found else None


def load_texts(connection: sa.Connection, ids: Iterable[ArticleId]) -> list[StoredText]:
    """These articles' current texts, in the order of their ids."""
    return _read_texts(connection, _TEXTS_BY_ID, ids=pack(ids))


def read_texts_of_site(
    connection: sa.Connection, site: str, prefixes: Iterable[str]
) -> list[StoredText]:
    """The site's articles whose text's SHA-256 begins with one of these prefixes, by id."""
    return _read_texts(connection, _TEXTS_OF_SITE, prefixes=pack(prefixes), site=site)


def containment_key_counts(
    connection: sa.Connection, ids: Iterable[ArticleId]
) -> dict[ArticleId, int]:
    """How many containment keys each of these articles' texts has."""
    rows = connection.execute(_CONTAINMENT_KEY_COUNTS, {"ids": pack(ids)})
    return {ArticleId(row.id): row.containment_key_count for row in rows}


def _read_texts(
    connection: sa.Connection, statement: sa.Select[Any], **parameters: str | int
) -> list[StoredText]:
    return [
        StoredText(
            id=ArticleId(row.id),
            revision=RevisionId(row.revision_id),
            external_id=row.external_id,
            title=row.title,
            text=row.text,
            language=row.language,
            containment_key_count=row.containment_key_count,
            site=row.site,
            text_sha256=row.text_sha256,
            mask=Mask(
                ranges=tuple((start, end) for start, end in row.masked or ()),
                hides_title=row.is_title_masked,
            ),
        )
        for row in connection.execute(statement, parameters)
    ]

"""Articles filed: new ones, their revisions, and what they name as their source.

Rule 1: `article` holds the current text, the view `revision` every text; that of the current one is
not kept twice, but given to `kept_revision` when another takes its place (``keep_text``).
Rule 2: the facts by which a canonical is chosen move one way only (`first_published_utc`,
`was_whole`, `longest_word_count`), so that a page that alternates between open and paywalled does
not take its story to and fro.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.match.dating import is_possible
from scraper.model import (
    NO_MASK,
    Article,
    ArticleId,
    Attribution,
    Mask,
    PageId,
    PageKind,
    SnapshotId,
)
from scraper.store.article_rows import load_attributions
from scraper.store.ids import among, pack
from scraper.store.schema import article, attribution, kept_revision, whole_second
from scraper.store.stored_text import hash_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


_KNOWN_IDS = sa.select(article.c.external_id, article.c.id).where(
    article.c.collection == sa.bindparam("collection"), among(article.c.external_id)
)
_ANY_ON_PAGE = sa.select(article.c.id).where(article.c.page_id == sa.bindparam("page_id")).limit(1)
_SAVE_FINGERPRINT = (
    article.update()
    .where(
        article.c.id == sa.bindparam("id_"),
        sa.or_(
            article.c.containment_key_count != sa.bindparam("count_"),
            article.c.masked.is_distinct_from(sa.bindparam("masked")),
            article.c.is_title_masked != sa.bindparam("is_title_masked"),
        ),
    )
    .values(
        containment_key_count=sa.bindparam("count_"),
        masked=sa.bindparam("masked"),
        is_title_masked=sa.bindparam("is_title_masked"),
    )
)
_NEXT_REVISION = sa.select(sa.func.coalesce(sa.func.max(kept_revision.c.id), 0) + 1)
#: The revision to come is known before, so that the article's row is written once. Safe because a
#: writer's transaction is alone.
_ADD_ARTICLE = article.insert().values(revision_id=_NEXT_REVISION.scalar_subquery())
_ADD_REVISION = kept_revision.insert().values(
    id=sa.select(article.c.revision_id).where(article.c.id == sa.bindparam("of")).scalar_subquery()
)
_KEEP_TEXT = (
    kept_revision.update()
    .where(kept_revision.c.id == sa.bindparam("revision_id"))
    .values(text=sa.bindparam("text"))
)
_ADD_ATTRIBUTIONS = attribution.insert()


def give_id(
    connection: sa.Connection, article_id: ArticleId, collection: str, external_id: str
) -> None:
    """Nothing; an article that was fetched is known by somebody's own id as well."""
    connection.execute(
        article.update()
        .where(article.c.id == article_id)
        .values(collection=collection, external_id=external_id)
    )


def known_ids(
    connection: sa.Connection, collection: str, ids: Iterable[str]
) -> dict[str, ArticleId]:
    """Those of these ids that imported articles of the collection have, and which have them."""
    found = connection.execute(_KNOWN_IDS, {"collection": collection, "ids": pack(ids)})
    return {row.external_id: ArticleId(row.id) for row in found}


def is_any_on_page(connection: sa.Connection, page_id: PageId) -> bool:
    """Whether the page has an article."""
    return connection.execute(_ANY_ON_PAGE, {"page_id": page_id}).first() is not None


def has_revision(connection: sa.Connection, article_id: ArticleId, content: Article) -> bool:
    """Whether the article has, or once had, this text under this title."""
    held = sa.select(kept_revision.c.id).where(
        kept_revision.c.article_id == article_id,
        kept_revision.c.text_sha256 == hash_text(content.text),
        kept_revision.c.title.is_not_distinct_from(content.title),
    )
    return connection.execute(held.limit(1)).scalar() is not None


def is_current(connection: sa.Connection, article_id: ArticleId, content: Article) -> bool:
    """Whether the article is this now, in text, metadata and what it names as its source."""
    held = connection.execute(sa.select(article).where(article.c.id == article_id)).one()._mapping
    named = load_attributions(connection, [article_id]).get(article_id, ())
    return named == content.attributions and all(
        held[name] == value for name, value in _columns(content).items()
    )


def add_article(
    connection: sa.Connection,
    content: Article,
    *,
    page_id: PageId | None,
    site: str | None,
    collection: str | None,
    external_id: str | None,
    word_count: int,
    is_unspaced: bool,
    containment_key_count: int,
    now: datetime,
    mask: Mask = NO_MASK,
    snapshot_id: SnapshotId | None = None,
) -> ArticleId:
    """The id of a new article with its first revision; it is in no story yet."""
    values = _columns(content) | {
        "page_id": page_id,
        "site": site,
        "collection": collection,
        "external_id": external_id,
        "url": content.url,
        "word_count": word_count,
        "is_unspaced": is_unspaced,
        "is_roundup": False,
        "first_seen": now,
        "snapshot_id": snapshot_id,
        "was_whole": is_whole(content),
        "longest_word_count": word_count,
        "containment_key_count": containment_key_count,
        **_mask_columns(mask),
    }
    if (published := _plausible(content, now)) is not None:
        values["first_published_utc"] = published
        values["first_published_precision"] = content.published_precision
    result = connection.execute(_ADD_ARTICLE, values)
    article_id = ArticleId(result.inserted_primary_key[0])  # type: ignore[index]  # an insert has one
    _add_revision(connection, article_id, content, word_count=word_count, now=now)
    _add_attributions(connection, article_id, content.attributions)
    return article_id


def update_article(
    connection: sa.Connection,
    article_id: ArticleId,
    content: Article,
    *,
    word_count: int,
    is_unspaced: bool,
    containment_key_count: int,
    now: datetime,
    snapshot_id: SnapshotId | None = None,
    is_minor: bool = False,
    is_reread: bool = False,
) -> bool:
    """Whether anything a reader sees changed; a changed text or title gets a revision.

    ``is_minor``: the texts differ by no more than a typo; where their titles differ they do not.
    ``is_reread``: it was read anew from the same snapshot, so that what was read there before was
    never a fact.
    """
    before = connection.execute(sa.select(article).where(article.c.id == article_id)).one()._mapping
    values = _columns(content)
    first_published, longest = before["first_published_utc"], before["longest_word_count"]
    if is_reread and first_published == before["published_utc"]:
        first_published = values["first_published_utc"] = None
        values["first_published_precision"] = None
    if is_reread and longest == before["word_count"]:
        longest = word_count
    if first_published is None:
        published = _plausible(content, before["first_seen"])
        if published is not None:
            values["first_published_utc"] = published
            values["first_published_precision"] = content.published_precision
    values["was_whole"] = before["was_whole"] or is_whole(content)
    values["longest_word_count"] = max(longest, word_count)
    values["word_count"] = word_count
    values["is_unspaced"] = is_unspaced
    values["containment_key_count"] = containment_key_count
    changed = {name: value for name, value in values.items() if before[name] != value}
    named_before = load_attributions(connection, [article_id]).get(article_id, ())
    if named_before != content.attributions:
        connection.execute(attribution.delete().where(attribution.c.article_id == article_id))
        _add_attributions(connection, article_id, content.attributions)
    elif not changed:
        if snapshot_id is not None:
            _set_snapshot(connection, article_id, snapshot_id)
        return False
    changed["snapshot_id"] = snapshot_id
    is_revised = "text_sha256" in changed or "title" in changed
    if is_revised:
        keep_text(connection, before)
        changed["revision_id"] = _NEXT_REVISION.scalar_subquery()
    connection.execute(article.update().where(article.c.id == article_id).values(changed))
    if is_revised:
        _add_revision(
            connection,
            article_id,
            content,
            word_count=word_count,
            now=now,
            is_minor=is_minor and "title" not in changed,
        )
    return True


def keep_text(connection: sa.Connection, article_row: sa.RowMapping) -> None:
    """Nothing; the revision that was the article's present one keeps its text from now on.

    To be called before the article has another, with its row as it is.
    """
    values = {"revision_id": article_row["revision_id"], "text": article_row["text"]}
    connection.execute(_KEEP_TEXT, values)


def _set_snapshot(
    connection: sa.Connection, article_id: ArticleId, snapshot_id: SnapshotId
) -> None:
    """Nothing; the article's present text was last read from this snapshot."""
    connection.execute(
        article.update().where(article.c.id == article_id).values(snapshot_id=snapshot_id)
    )


def see_earlier(connection: sa.Connection, article_id: ArticleId, moment: datetime) -> bool:
    """Whether the article was not known to be there at this moment already; it is now."""
    statement = (
        article.update()
        .where(article.c.id == article_id, article.c.first_seen > moment)
        .values(first_seen=moment)
    )
    return connection.execute(statement).rowcount > 0


def save_fingerprint(
    connection: sa.Connection, article_id: ArticleId, mask: Mask, containment_key_count: int
) -> None:
    """Nothing; the article's keys were made under this mask, so many of them for containment."""
    connection.execute(
        _SAVE_FINGERPRINT,
        {"id_": article_id, "count_": containment_key_count, **_mask_columns(mask)},
    )


def is_whole(content: Article) -> bool:
    """Whether this text is the whole article: not paywalled, and not a teaser on a topic page."""
    return not content.is_paywalled and content.page_kind is not PageKind.TOPIC


def _columns(content: Article) -> dict[str, Any]:
    """The columns of `article` that come from the page alone, equal to what is read back."""
    published = content.published and whole_second(content.published)
    return {
        "canonical_url": content.canonical_url,
        "site_name": content.site_name,
        "title": content.title,
        "authors": list(content.authors),
        "published": published,
        "published_utc": published and published.astimezone(UTC),
        "published_precision": content.published_precision,
        "modified": content.modified and whole_second(content.modified),
        "language": content.language,
        "description": content.description,
        "image_url": content.image_url,
        "section": content.section,
        "tags": list(content.tags),
        "page_kind": content.page_kind,
        "text": content.text,
        "text_sha256": hash_text(content.text),
        "is_paywalled": content.is_paywalled,
    }


def _mask_columns(mask: Mask) -> dict[str, Any]:
    """The columns of `article` that say what of it is masked."""
    ranges = [list(pair) for pair in mask.ranges]
    return {"masked": ranges or None, "is_title_masked": mask.hides_title}


def _plausible(content: Article, first_seen: datetime) -> datetime | None:
    """The publication time in UTC, where the article can have been published then."""
    published = content.published
    if published is None or not is_possible(published, content.published_precision, first_seen):
        return None
    return published.astimezone(UTC)


def _add_revision(
    connection: sa.Connection,
    article_id: ArticleId,
    content: Article,
    *,
    word_count: int,
    now: datetime,
    is_minor: bool = False,
) -> None:
    """Nothing; the article's revision is this text."""
    values = {
        "of": article_id,
        "article_id": article_id,
        "seen_at": now,
        "title": content.title,
        "word_count": word_count,
        "text_sha256": hash_text(content.text),
        "is_minor": is_minor,
    }
    connection.execute(_ADD_REVISION, values)


def _add_attributions(
    connection: sa.Connection, article_id: ArticleId, attributions: Sequence[Attribution]
) -> None:
    rows = [
        {
            "article_id": article_id,
            "evidence": named.evidence,
            "url": named.url,
            "name": named.name,
            "quote": named.quote,
        }
        for named in attributions
    ]
    if rows:
        connection.execute(_ADD_ATTRIBUTIONS, rows)

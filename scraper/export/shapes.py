"""What a story, an article and a relation look like in files and in `--json`.

These shapes are an interface: programs read them. A key is never left out; what is absent is null.
Times that we took are UTC with a ``Z``. ``published`` is as the publisher printed it: with its
offset, or the day alone where no more is known.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from scraper.model import Precision
from scraper.store.changes import Tombstone

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.model import ArchivedArticle, Article, Attribution, Source
    from scraper.store.query import FullStory, Mirror
    from scraper.store.rulings import KeptApart, Ruling
    from scraper.store.story_lines import StoryLine
    from scraper.store.stream import NamedLink

Shape = dict[str, Any]

#: The columns of tables of stories; the last two are of stories that are no more.
STORY_COLUMNS = tuple(
    "story title url site authors published language word_count is_paywalled canonical_reason "
    "primary_source_url mirrors mirror_urls first_seen updated article external_id text "
    "tombstone into".split()
)
MEMBER_COLUMNS = tuple(
    "story joined_by first_seen id external_id url site title authors published language "
    "word_count is_paywalled attributions text".split()
)
RELATION_COLUMNS = tuple(
    "a_url b_url a_external_id b_external_id relation coverage_a coverage_b similarity "
    "passages".split()
)
SOURCE_COLUMNS = tuple(
    "name url kind origin state every_minutes last_check_at next_check_at failures reason "
    "detail".split()
)
#: The columns of a list of stories.
LINE_COLUMNS = tuple("story title url site language published mirrors first_seen updated".split())


def shape_story(story: FullStory) -> Shape:
    """A story with its canonical article and every mirror, texts included."""
    return {
        "story": story.id,
        "title": story.canonical.content.title,
        "canonical": shape_article(story.canonical),
        "canonical_reason": story.canonical_reason,
        "primary_source_url": story.primary_source_url,
        "mirrors": [shape_mirror(mirror) for mirror in story.mirrors],
        "first_seen": print_utc(story.first_seen),
        "updated": print_utc(story.updated),
    }


def shape_line(line: StoryLine) -> Shape:
    """A story in few words, as lists show it."""
    return {
        "story": line.id,
        "title": line.title,
        "url": line.url,
        "site": line.site,
        "language": line.language,
        "published": print_published(line.published, line.published_precision),
        "mirrors": line.mirrors,
        "first_seen": print_utc(line.first_seen),
        "updated": print_utc(line.updated),
    }


def shape_mirror(mirror: Mirror) -> Shape:
    """A mirror: its article, and what it is to the article ``joined_by``.

    ``coverage`` is the share of the mirror's words found there; ``passages`` are where in the
    mirror's text they stand, as code points. Where the relation is "merged", a person joined the
    two, and ``coverage`` and ``similarity`` are null where nothing is known of what they share.
    """
    text = mirror.article.content.text
    return shape_article(mirror.article) | {
        "relation": mirror.relation,
        "joined_by": mirror.article.joined_by,
        "coverage": mirror.coverage,
        "similarity": mirror.similarity,
        "passages": [
            {"start": span.start, "end": span.end, "text": text[span.start : span.end]}
            for span in mirror.passages
        ],
    }


def shape_article(article: ArchivedArticle) -> Shape:
    """An article with its text and what it names as its source."""
    content = article.content
    return {
        "id": article.id,
        "external_id": article.external_id,
        "url": content.url,
        "site": article.site,
        "title": content.title,
        "authors": list(content.authors),
        "published": print_published(content.published, content.published_precision),
        "language": content.language,
        "text": content.text,
        "word_count": article.word_count,
        "is_paywalled": content.is_paywalled,
        "attributions": [_shape_attribution(named) for named in content.attributions],
    }


def shape_member(article: ArchivedArticle) -> Shape:
    """An article with the story it is in; ``joined_by`` is null for the canonical.

    ``first_seen`` is exact, as of two articles of one second the earlier may be the canonical.
    """
    seen = article.first_seen.astimezone(UTC).isoformat(timespec="milliseconds")
    return {
        "story": article.story,
        "joined_by": article.joined_by,
        "first_seen": seen.replace("+00:00", "Z"),
    } | shape_article(article)


def shape_tombstone(gone: Tombstone) -> Shape:
    """A story that is in the set no more: "merged" into another, "forgotten", or "filtered"."""
    return {"story": gone.story, "tombstone": gone.why, "into": gone.into}


def shape_change(story: FullStory | Tombstone) -> Shape:
    """A story as it is now, or that it is no more."""
    return shape_tombstone(story) if isinstance(story, Tombstone) else shape_story(story)


def shape_row(story: FullStory | Tombstone) -> Shape:
    """A story in one row of a table: its canonical article, and of its mirrors the addresses."""
    if isinstance(story, Tombstone):
        return dict.fromkeys(STORY_COLUMNS) | shape_tombstone(story)
    canonical = shape_article(story.canonical)
    mirrors = [mirror.article.content.url for mirror in story.mirrors]
    return canonical | {
        "story": story.id,
        "article": story.canonical.id,
        "canonical_reason": story.canonical_reason,
        "primary_source_url": story.primary_source_url,
        "mirrors": len(mirrors),
        "mirror_urls": [url for url in mirrors if url],
        "first_seen": print_utc(story.first_seen),
        "updated": print_utc(story.updated),
        "tombstone": None,
        "into": None,
    }


def shape_content(content: Article) -> Shape:
    """What was read from a page that is not in the archive."""
    return {
        "url": content.url,
        "canonical_url": content.canonical_url,
        "title": content.title,
        "authors": list(content.authors),
        "published": print_published(content.published, content.published_precision),
        "modified": print_published(content.modified, None),
        "language": content.language,
        "site_name": content.site_name,
        "section": content.section,
        "tags": list(content.tags),
        "description": content.description,
        "image_url": content.image_url,
        "page_kind": content.page_kind,
        "is_paywalled": content.is_paywalled,
        "text": content.text,
        "attributions": [_shape_attribution(named) for named in content.attributions],
    }


def shape_relation(named: NamedLink) -> Shape:
    """A relation, read "a relation b", with passages as code points of both texts."""
    relation = named.link.relation
    return {
        "a_url": named.a_url,
        "b_url": named.b_url,
        "a_external_id": named.a_external_id,
        "b_external_id": named.b_external_id,
        "relation": relation.kind,
        "coverage_a": relation.coverage_a,
        "coverage_b": relation.coverage_b,
        "similarity": relation.similarity,
        "passages": [
            {
                "a_start": passage.a_start,
                "a_end": passage.a_end,
                "b_start": passage.b_start,
                "b_end": passage.b_end,
            }
            for passage in relation.passages
        ],
    }


def shape_ruling(ruling: Ruling) -> Shape:
    """A person's decision, and whether it holds; ``b`` is null for a preference."""
    decision = ruling.decision
    return {
        "decision": decision.id,
        "kind": decision.kind,
        "a": decision.a,
        "a_url": ruling.a_url,
        "b": decision.b,
        "b_url": ruling.b_url,
        "note": decision.note,
        "at": print_utc(decision.at),
        "undone_at": print_utc(decision.undone_at),
        "holds": ruling.holds,
    }


def shape_kept_apart(kept: KeptApart) -> Shape:
    """A relation, read "a relation b", that joins no stories because of these decisions."""
    return {
        "a": kept.link.a,
        "b": kept.link.b,
        "relation": kept.link.relation.kind,
        "other_story": kept.other_story,
        "decisions": list(kept.splits),
    }


def print_utc(moment: datetime | None) -> str | None:
    """The moment in UTC to the second: "2026-11-22T10:00:00Z"."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def print_published(moment: datetime | None, precision: Precision | None) -> str | None:
    """The publication time as printed: "2026-11-22T10:00:00+01:00", or "2026-11-22"."""
    if moment is None:
        return None
    if precision is Precision.DAY:
        return moment.date().isoformat()
    return moment.isoformat(timespec="seconds")


def _shape_attribution(named: Attribution) -> Shape:
    return {
        "evidence": named.evidence,
        "url": named.url,
        "name": named.name,
        "quote": named.quote,
    }


def shape_source(source: Source) -> Shape:
    """A source, and how asking it went last."""
    return {
        "name": source.name,
        "url": source.url,
        "kind": source.kind,
        "origin": source.origin,
        "state": source.state,
        "every_minutes": source.every_minutes,
        "last_check_at": print_utc(source.last_check_at),
        "next_check_at": print_utc(source.next_check_at),
        "failures": source.failures,
        "reason": source.reason,
        "detail": source.detail,
    }

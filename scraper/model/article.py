"""A page read: its article, and what that names as its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scraper.model.ids import ArticleId, DecisionId, PageId, RevisionId, StoryId
from scraper.model.reason import Reason


class Precision(StrEnum):
    """How exactly a publication time is known."""

    MINUTE = "minute"
    DAY = "day"
    #: The time was printed without an offset; UTC was assumed.
    ASSUMED = "assumed"


class PageKind(StrEnum):
    """What sort of page an article was read from."""

    ARTICLE = "article"
    TOPIC = "topic"
    LIVE_BLOG = "live_blog"
    MEDIA = "media"


class Evidence(StrEnum):
    """How a page names where its text came from."""

    CANONICAL_LINK = "canonical_link"
    IS_BASED_ON = "is_based_on"
    SOURCE_META = "source_meta"
    CREDIT_LINE = "credit_line"
    SOURCE_LINK = "source_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """A page naming where its text came from, by address, name or both; ``quote`` is its words."""

    evidence: Evidence
    url: str | None = None
    name: str | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Text and metadata read from a page, or imported.

    ``text`` is paragraphs separated by blank lines. ``published`` and ``modified`` keep the offset
    they were printed with. ``canonical_url`` is the page's own claim within its own site.
    """

    url: str | None
    title: str | None
    text: str
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_precision: Precision | None = None
    modified: datetime | None = None
    language: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    description: str | None = None
    image_url: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    is_paywalled: bool = False
    page_kind: PageKind = PageKind.ARTICLE
    attributions: tuple[Attribution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoArticle:
    """A page that carries no article, and in ``detail`` why we think so, in words for a person."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedArticle:
    """An Article as the archive holds it, with its place in a Story.

    ``joined_by`` is the member whose relation made it a mirror, None for a canonical. Where it was
    no relation but a person's decision that joined the two, ``merged_by`` is that decision.
    """

    id: ArticleId
    revision: RevisionId
    page: PageId | None
    story: StoryId
    joined_by: ArticleId | None
    merged_by: DecisionId | None
    collection: str | None
    external_id: str | None
    site: str | None
    first_seen: datetime
    word_count: int
    is_roundup: bool
    content: Article

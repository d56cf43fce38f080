"""A publication we watch, and what it announces."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from scraper.model.article import Precision
    from scraper.model.ids import SourceId
    from scraper.model.page import Validators
    from scraper.model.reason import Reason


class SourceKind(StrEnum):
    """What kind of publication a Source is."""

    FEED = "feed"
    #: A sitemap, or an index of sitemaps.
    SITEMAP = "sitemap"
    #: A page that links to articles: a front page, a section.
    LISTING = "listing"


class SourceState(StrEnum):
    """Whether a Source is asked, and how it went."""

    ACTIVE = "active"
    #: Asked at its pace, but the last time it failed.
    FAILING = "failing"
    #: Not asked: a person, the config or ten failures in a row say so.
    PAUSED = "paused"


#: After so many failures in a row a source is paused: `scraper run --all` tries it again.
GIVE_UP_AFTER = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publication we watch, and how asking it went last; ``reason`` is of the last failure."""

    id: SourceId
    url: str
    name: str
    kind: SourceKind
    origin: str
    every_minutes: float | None
    state: SourceState
    validators: Validators
    last_check_at: datetime | None
    next_check_at: datetime
    failures: int
    reason: Reason | None
    detail: str | None

    @property
    def gave_up(self) -> bool:
        """Whether its failures paused it, not a person."""
        return self.state is SourceState.PAUSED and self.failures >= GIVE_UP_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """A link that a source announced; ``url`` is absolute http(s).

    ``content`` is the HTML of the article's text, where the source gives it.
    """

    url: str
    title: str | None = None
    published: datetime | None = None
    published_precision: Precision | None = None
    updated: datetime | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a source announces, whatever its format: its own title and home page, and its entries.

    ``pace`` is how often it wants to be asked at most, where it says so.
    """

    title: str | None
    home_url: str | None
    entries: tuple[FeedEntry, ...]
    pace: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSitemap:
    """A sitemap that an index names; ``url`` is absolute http(s)."""

    url: str
    updated: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapIndex:
    """An index of sitemaps."""

    children: tuple[ChildSitemap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadFeed:
    """Bytes that announce nothing, and in ``detail`` why not, in words for a person."""

    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that a page names, with the title that it gives it; ``url`` is absolute http(s)."""

    url: str
    title: str | None = None

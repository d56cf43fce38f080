"""The domain's types: what walks through the rooms. Imports nothing of ours.

Every type is frozen; absent is ``None``, never ``""``; every ``datetime`` is aware. Times that we
took ourselves are UTC; times that a publisher printed keep the offset they were printed with.
The words are those of the glossary in ``scraper/__init__.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

SourceId = NewType("SourceId", int)
PageId = NewType("PageId", int)
ArticleId = NewType("ArticleId", int)
RevisionId = NewType("RevisionId", int)
StoryId = NewType("StoryId", int)
RunId = NewType("RunId", int)
DecisionId = NewType("DecisionId", int)


class Reason(StrEnum):
    """Why a request, a page or a source did not give what was asked for: a fixed list."""

    TOO_BIG = "too_big"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"
    RESET = "reset"
    DNS = "dns"
    TLS = "tls"
    BLOCKED_ADDRESS = "blocked_address"
    ROBOTS = "robots"
    REDIRECT = "redirect"
    HTTP_4XX = "http_4xx"
    HTTP_410 = "http_410"
    HTTP_429 = "http_429"
    HTTP_5XX = "http_5xx"
    NOT_HTML = "not_html"
    BAD_ENCODING = "bad_encoding"
    BAD_FEED = "bad_feed"
    WORKER_KILLED = "worker_killed"
    NO_ARTICLE = "no_article"
    NOARCHIVE = "noarchive"

    @property
    def may_pass(self) -> bool:
        """Whether asking again later can help: the trouble is the site's or the network's."""
        return self in _MAY_PASS


_MAY_PASS = frozenset(
    {
        Reason.TIMEOUT,
        Reason.TRUNCATED,
        Reason.RESET,
        Reason.DNS,
        Reason.TLS,
        Reason.HTTP_429,
        Reason.HTTP_5XX,
        Reason.WORKER_KILLED,
    }
)


class Precision(StrEnum):
    """How exactly a publication time is known."""

    MINUTE = "minute"
    DAY = "day"
    #: The time was printed without an offset; UTC was assumed.
    ASSUMED = "assumed"


# --- discover: what a source announces ------------------------------------------------------------


class SourceKind(StrEnum):
    """What kind of publication a Source is."""

    FEED = "feed"


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
    """A link that a source announced; ``url`` is absolute http(s)."""

    url: str
    title: str | None = None
    published: datetime | None = None
    published_precision: Precision | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A parsed feed, whatever its format: its own title and home page, and what it announces."""

    title: str | None
    home_url: str | None
    entries: tuple[FeedEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadFeed:
    """Bytes that are not a feed, and in ``detail`` why not, in words for a person."""

    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that a page names, with the title that it gives it; ``url`` is absolute http(s)."""

    url: str
    title: str | None = None


# --- fetch: one page asked for --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave us to ask "has it changed since?" (RFC 9110, section 13)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP exchange and how it ended; ``reason`` is ``None`` where all went well."""

    url: str
    at: datetime
    status: int | None
    reason: Reason | None
    detail: str | None
    wire_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The decoded bytes got from a page at one moment.

    ``url`` is what was asked for, ``final_url`` where redirects led, ``address`` where permanent
    ones alone led: the page's own. ``content_type`` and ``robots_tag`` are the headers Content-Type
    and X-Robots-Tag as sent.
    """

    url: str
    final_url: str
    address: str
    fetched_at: datetime
    status: int
    content_type: str | None
    robots_tag: str | None
    body: bytes
    validators: Validators
    requests: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server says that nothing changed since the validators were given (304)."""

    url: str
    fetched_at: datetime
    requests: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The page was not to be had, and why; ``retry_at`` is the earliest time the server allows."""

    url: str
    reason: Reason
    detail: str
    fetched_at: datetime
    status: int | None = None
    retry_at: datetime | None = None
    requests: tuple[Request, ...] = ()


Fetched: TypeAlias = Snapshot | NotModified | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What politeness must remember of one host between runs.

    ``host`` is scheme, name and port as dialled (``https://example.org:443``). ``robots`` is the
    text of its robots.txt, ``""`` where everything is allowed, ``None`` where it was never read.
    """

    host: str
    last_request_at: datetime | None = None
    not_before: datetime | None = None
    robots: str | None = None
    robots_at: datetime | None = None


class PageState(StrEnum):
    """What became of a Page."""

    ANNOUNCED = "announced"
    ARCHIVED = "archived"
    NO_ARTICLE = "no_article"
    #: Not to be had, and asking again will not help: robots.txt, a blocked address, too big.
    REFUSED = "refused"
    GONE = "gone"
    #: Not to be had now; asked again until its tries are used up.
    FAILING = "failing"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One address, and what became of it; ``next_attempt_at`` is None where it is left alone."""

    id: PageId
    url: str
    site: str
    state: PageState
    reason: Reason | None
    detail: str | None
    attempts: int
    next_attempt_at: datetime | None
    announced_at: datetime
    fetched_at: datetime | None
    validators: Validators


# --- extract: a page read -------------------------------------------------------------------------


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


# --- match: articles compared ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """What of an article is not compared: sorted ranges of code points apart, and its title."""

    ranges: tuple[tuple[int, int], ...] = ()
    hides_title: bool = False

    def title(self, title: str | None) -> str | None:
        """The title as it is compared: ``None`` where it is masked."""
        return None if self.hides_title else title


#: The mask of an article of which everything is compared.
NO_MASK = Mask()


class RelationKind(StrEnum):
    """What one article is to another: "a kind b"."""

    IDENTICAL = "identical"
    NEAR_DUPLICATE = "near_duplicate"
    EXCERPT_OF = "excerpt_of"
    #: ``EXCERPT_OF`` read from the longer text; never stored.
    CONTAINS = "contains"
    PARAPHRASE = "paraphrase"
    #: Passages are shared, but neither is a copy of the other; never joins a story.
    PART = "part"
    #: A person said that the two are one story; never stored as a relation.
    MERGED = "merged"

    @property
    def inverse(self) -> RelationKind:
        """The kind of "b to a" where "a to b" is this one."""
        return _INVERSE.get(self, self)


_INVERSE = {
    RelationKind.EXCERPT_OF: RelationKind.CONTAINS,
    RelationKind.CONTAINS: RelationKind.EXCERPT_OF,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words shared by two texts, as half-open code-point ranges into each."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A verified, directed claim between two texts, read "a kind b".

    ``coverage_a`` is the share of a's words found in b, ``coverage_b`` the reverse, ``similarity``
    the Jaccard similarity of their shingles: each 0.0 to 1.0. ``links`` says whether the relation
    may join the two into one story, ``why`` names the rule that decided, in words for a person.
    """

    kind: RelationKind
    coverage_a: float
    coverage_b: float
    similarity: float
    passages: tuple[Passage, ...]
    links: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A Relation between two articles of the archive, ``a < b`` not implied."""

    a: ArticleId
    b: ArticleId
    relation: Relation


class DecisionKind(StrEnum):
    """What a person decided."""

    #: An article is the canonical of whatever story it is in.
    PREFER = "prefer"
    #: Two articles are one story.
    MERGE = "merge"
    #: Two articles are never one story.
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided about one article or two; of two that cannot both hold the newer does.

    ``b`` is None for a preference. An undone decision is kept, and holds no more.
    """

    id: DecisionId
    at: datetime
    kind: DecisionKind
    a: ArticleId
    b: ArticleId | None
    note: str | None = None
    undone_at: datetime | None = None


class CanonicalRule(StrEnum):
    """The rule that chose a story's canonical, in the order in which they are asked."""

    PREFERRED = "preferred"
    ONLY_MEMBER = "only_member"
    NAMED_SOURCE = "named_source"
    SITE_PRIORITY = "site_priority"
    WHOLE_TEXT = "whole_text"
    EARLIEST_PUBLISHED = "earliest_published"
    FIRST_SEEN = "first_seen"
    LOWEST_URL = "lowest_url"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What the choice of a canonical reads of one article; every fact moves one way only.

    ``published`` is the first plausible publication time ever seen, with its precision;
    ``is_whole`` is true once a text of it was seen that was neither cut nor paywalled.
    ``priority`` is the site's configured priority, higher first, 0 where none is set.
    """

    id: ArticleId
    site: str | None
    url: str | None
    url_key: str | None
    published: datetime | None
    published_precision: Precision | None
    first_seen: datetime
    word_count: int
    is_whole: bool
    priority: int = 0
    attributions: tuple[Attribution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Canonical:
    """The chosen member of a story, the rule that decided, and the reason in words for a person."""

    article: ArticleId
    rule: CanonicalRule
    reason: str
    primary_source_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles joined by relations, in the order of their ids; its id is the smallest of them.

    ``joined_by`` names for each mirror the member whose relation made it one: the canonical where
    the two are related, else the member nearest to it. ``merged_by`` names the decision for those
    that no relation but a person joined to that member.
    """

    members: tuple[ArticleId, ...]
    canonical: Canonical
    joined_by: Mapping[ArticleId, ArticleId]
    merged_by: Mapping[ArticleId, DecisionId] = field(default_factory=dict)

    @property
    def id(self) -> StoryId:
        """The smallest member's id."""
        return StoryId(self.members[0])

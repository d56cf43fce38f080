"""One page asked for: what came back, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from scraper.model.ids import PageId
from scraper.model.reason import Reason


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
    ones alone led: the page's own. ``content_type``, ``robots_tag`` and ``tdm_reservation`` are the
    headers Content-Type, X-Robots-Tag and TDM-Reservation as sent, several X-Robots-Tag on a line
    each; ``max_age`` is Cache-Control's.
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
    tdm_reservation: str | None = None
    max_age: timedelta | None = None
    requests: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server says that nothing changed since the validators were given (304)."""

    url: str
    fetched_at: datetime
    max_age: timedelta | None = None
    requests: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The page was not to be had, and why; ``retry_at`` is the earliest time the server allows.

    ``is_others``: another process of a fleet asks its host, or one that it redirects to.
    """

    url: str
    reason: Reason
    detail: str
    fetched_at: datetime
    status: int | None = None
    retry_at: datetime | None = None
    requests: tuple[Request, ...] = ()
    is_others: bool = False


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

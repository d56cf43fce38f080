"""The door to the network: a URL goes in, a Snapshot, NotModified or Refused comes out.

What happens behind it, for each hop of a chain of redirects::

    an http(s) URL, and new to this chain?            else blocked_address, redirect
    what does its host's robots.txt say?              read it first where unknown or a day old
    wait for the host's turn, then for its delay      polite.py
    ask, with a deadline, over the guarded backend    exchange.py, backend.py
    judge the status and the type                     a redirect: next hop, its body unread

A host whose robots.txt cannot be read (5xx, 429, or no answer at all), or that was silent to
several requests in a row, is left alone for as long as the Fetcher lives, which is one run: its
pages are refused without being asked for, for the reason for which the last request failed,
because that reason says whether a later run may do better.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from scraper import clock
from scraper.fetch import robots
from scraper.fetch.address import parse_allowance
from scraper.fetch.backend import GuardedBackend, Resolve
from scraper.fetch.exchange import Answer, Ask, Failure, Wire
from scraper.fetch.http_status import PERMANENT, REDIRECTS, WHOLE, describe, failure_of
from scraper.fetch.identity import PRODUCT, user_agent
from scraper.fetch.polite import PoliteWire
from scraper.fetch.proxy import parse_proxy
from scraper.fetch.sniff import is_html, may_be_html
from scraper.model import (
    Fetched,
    NotModified,
    Reason,
    Refused,
    Request,
    Snapshot,
    Validators,
)
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import TracebackType

    from scraper.config import FetchConfig
    from scraper.fetch.host import Host, HostMemory

_SHOWN_CHARACTERS = 200  # of a URL that is no use


class Accept(Enum):
    """What kind of document is asked for; the value is the Accept header that says so.

    A FEED is whatever announces pages: a feed, a sitemap.
    """

    PAGE = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
    FEED = (
        "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,"
        "text/xml;q=0.9,application/json;q=0.8,text/html;q=0.5,*/*;q=0.1"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Where redirects led, where permanent ones alone led, and the answer."""

    final_url: str
    address: str
    answer: Answer


async def at_once() -> None:
    """Nothing, without a wait."""


class Fetcher:
    """Asks for pages and feeds, politely and guarded; an async context manager for one run.

    ``resolve`` stands in for the system's resolver. ``site_delay`` gives the least delay in
    seconds that is configured for the site of a host ("https://example.org:443"), ``None`` where
    none is; ``site_headers`` gives the headers that are configured for the site of a URL, which no
    other site is sent. ``until_room`` is awaited before each request, so that whoever takes what
    comes can hold it back. Raises ValueError where ``allow_addresses`` or ``contact`` cannot be
    read.
    """

    def __init__(
        self,
        config: FetchConfig,
        memory: HostMemory,
        *,
        resolve: Resolve | None = None,
        site_delay: Callable[[str], float | None] = lambda _host: None,
        site_headers: Callable[[str], Mapping[str, str]] = lambda _url: {},
        until_room: Callable[[], Awaitable[None]] = at_once,
    ) -> None:
        self._config = config
        self._memory = memory
        self._site_delay = site_delay
        self._site_headers = site_headers
        self._until_room = until_room
        self._backend = GuardedBackend(
            map(parse_allowance, config.allow_addresses),
            resolve=resolve,
            proxy=parse_proxy(config.proxy) if config.proxy else None,
        )
        self._user_agent = user_agent(config.contact)
        self._opened: PoliteWire | None = None

    async def __aenter__(self) -> Self:
        config = self._config
        self._opened = PoliteWire(
            Wire(self._backend, timeout_seconds=config.timeout_seconds),
            self._memory,
            user_agent=self._user_agent,
            min_delay=config.min_delay_seconds,
            site_delay=self._site_delay,
            concurrent_hosts=config.concurrent_hosts,
            until_room=self._until_room,
        )
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._wire.close()
        self._opened = None

    async def fetch(
        self, url: str, *, accept: Accept, validators: Validators | None = None
    ) -> Fetched:
        """What became of asking for this URL; whatever a server does comes back as a value.

        With ``validators`` the server may answer that nothing changed. The outcome's ``requests``
        are the exchanges that this call made, robots.txt and redirects included, in order; there
        are none where the host is left alone or wants a pause: then nothing was tried.
        """
        trail: list[Request] = []
        conditions = _conditions(validators or Validators())
        found = await self._follow(url, accept, conditions, trail)
        if isinstance(found, Failure):
            return Refused(
                url=url,
                reason=found.reason,
                detail=found.detail,
                fetched_at=clock.now(),
                status=found.status,
                retry_at=found.retry_at,
                requests=tuple(trail),
                is_others=found.is_others,
            )
        answer = found.answer
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return NotModified(
                url=url, fetched_at=clock.now(), max_age=answer.max_age, requests=tuple(trail)
            )
        return Snapshot(
            url=url,
            final_url=found.final_url,
            address=found.address,
            fetched_at=clock.now(),
            status=answer.status,
            content_type=answer.content_type,
            robots_tag=answer.robots_tag,
            body=answer.body or b"",
            validators=answer.validators,
            tdm_reservation=answer.tdm_reservation,
            max_age=answer.max_age,
            requests=tuple(trail),
        )

    async def sitemaps(self, url: str, trail: list[Request]) -> tuple[str, ...]:
        """The sitemaps that robots.txt of this normalised URL's host names, as written; none where
        it cannot be read. The exchanges that this takes are added to ``trail``.
        """
        host = self._wire.host(url)
        await self._refusal_by_robots(host, url, trail)
        rules = host.rules(clock.now())
        return rules.sitemaps if rules else ()

    @property
    def resting(self) -> int:
        """How many hosts wait for their delay now, and for nothing else."""
        return self._wire.resting

    @property
    def _wire(self) -> PoliteWire:
        if self._opened is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        return self._opened

    async def _follow(
        self, url: str, accept: Accept, conditions: dict[str, str], trail: list[Request]
    ) -> _Found | Failure:
        """Where the redirects led and the answer there, 200 or 304, or why there is none."""
        target = normalise_url(url)
        if target is None:
            return Failure(
                reason=Reason.BLOCKED_ADDRESS,
                detail=f"{url[:_SHOWN_CHARACTERS]!r} is not an http or https address",
            )
        address, has_moved_for_good = target, True
        seen: set[str] = set()
        while True:
            seen.add(target)
            host = self._wire.host(target)
            refusal = await self._refusal_by_robots(host, target, trail)
            if refusal:
                return refusal
            answer = await self._wire.ask(self._page_ask(target, accept, conditions), trail)
            if isinstance(answer, Failure):
                return answer
            if answer.status not in REDIRECTS:
                failure = _judge(answer, accept, host, is_conditional=bool(conditions))
                if failure:
                    return _blame(trail, failure)
                return _Found(final_url=target, address=address, answer=answer)
            step = _next_hop(answer, target, seen, self._config.max_redirects)
            if isinstance(step, Failure):
                return _blame(trail, step)
            target = step
            has_moved_for_good = has_moved_for_good and answer.status in PERMANENT
            if has_moved_for_good:
                address = target

    def _page_ask(self, url: str, accept: Accept, conditions: dict[str, str]) -> Ask:
        def wants_body(head: Answer) -> bool:
            is_fit = accept is Accept.FEED or may_be_html(head.content_type)
            return head.status in WHOLE and is_fit

        return Ask(
            url=url,
            headers={**self._site_headers(url), "Accept": accept.value, **conditions},
            wants_body=wants_body,
            max_bytes=self._config.max_body_bytes,
            unpacks=accept is Accept.FEED,
        )

    async def _refusal_by_robots(
        self, host: Host, url: str, trail: list[Request]
    ) -> Failure | None:
        async with host.rules_turn:
            if host.closed:
                return host.closed
            rules = host.rules(clock.now())
            if rules is None:
                asked_before = len(trail)
                text = await self._read_robots(robots.robots_url(url), trail)
                if isinstance(text, Failure):
                    failure = _of_robots(text)
                    if len(trail) > asked_before:  # else it wants a pause, which ends by itself
                        host.closed = failure
                    return failure
                rules = host.learn_rules(text, clock.now())
        if rules.allows(url):
            return None
        return Failure(
            reason=Reason.ROBOTS, detail=f"robots.txt of {host.state.host} forbids it to {PRODUCT}"
        )

    async def _read_robots(self, url: str, trail: list[Request]) -> str | Failure:
        """The text of the robots.txt at this URL, or why the host is to be left alone."""
        seen: set[str] = set()
        while True:
            seen.add(url)
            answer = await self._wire.ask(_robots_ask(url), trail)
            if isinstance(answer, Failure):
                return answer
            if answer.status in REDIRECTS:
                step = _next_hop(answer, url, seen, robots.MAX_REDIRECTS)
                if isinstance(step, Failure):
                    _blame(trail, step)
                    return robots.ALLOW_ALL
                url = step
                continue
            text = robots.read_robots(answer.status, answer.body or b"")
            if text is not None:
                return text
            failure = _failure(answer, self._wire.host(url), is_conditional=False)
            return _blame(trail, failure)


def _robots_ask(url: str) -> Ask:
    return Ask(
        url=url,
        headers={"Accept": "text/plain,*/*;q=0.1"},
        wants_body=lambda head: HTTPStatus(200) <= head.status < HTTPStatus(300),
        max_bytes=robots.MAX_ROBOTS_BYTES,
        takes_head=True,
    )


def _of_robots(failure: Failure) -> Failure:
    """What the failure of a host's robots.txt is to its pages.

    The status is not theirs. Where robots.txt came but could not be read, that is the server's
    error as well: it must not close the host beyond this run.
    """
    lasts = failure.reason is Reason.BLOCKED_ADDRESS
    return replace(
        failure,
        reason=failure.reason if failure.reason.may_pass or lasts else Reason.HTTP_5XX,
        detail=f"{failure.detail} (asked for robots.txt)",
        status=None,
    )


def _conditions(validators: Validators) -> dict[str, str]:
    """The headers that make a request conditional (RFC 9110, section 13.1)."""
    conditions = {
        "If-None-Match": validators.etag,
        "If-Modified-Since": validators.last_modified,
    }
    return {name: value for name, value in conditions.items() if value}


def _judge(answer: Answer, accept: Accept, host: Host, *, is_conditional: bool) -> Failure | None:
    """Why this answer is no use to us; ``None`` where it is."""
    if failure_of(answer.status, is_conditional=is_conditional):
        return _failure(answer, host, is_conditional=is_conditional)
    if answer.status == HTTPStatus.NOT_MODIFIED or accept is Accept.FEED:
        return None
    if answer.body is not None and is_html(answer.content_type, answer.body):
        return None
    return Failure(
        reason=Reason.NOT_HTML,
        detail=f"the server sent {(answer.content_type or 'no type')[:_SHOWN_CHARACTERS]!r}",
        status=answer.status,
    )


def _failure(answer: Answer, host: Host, *, is_conditional: bool) -> Failure:
    """The Failure that an answer's status stands for, with the pause that the host asked for."""
    not_before = host.state.not_before
    return Failure(
        reason=failure_of(answer.status, is_conditional=is_conditional) or Reason.HTTP_5XX,
        detail=f"the server answered {describe(answer.status)}",
        status=answer.status,
        retry_at=not_before if not_before and not_before > clock.now() else None,
    )


def _next_hop(answer: Answer, url: str, seen: set[str], most: int) -> str | Failure:
    """Where this redirect leads, as an http(s) URL that is new to the chain ``seen``."""
    target = normalise_url(answer.location, base=url) if answer.location else None
    if target is None:
        shown = (answer.location or "nowhere")[:_SHOWN_CHARACTERS]
        detail = f"{url} redirects to {shown!r}, which is no http or https address"
    elif target in seen:
        detail = f"the redirects go round in a circle, back to {target}"
    elif len(seen) > most:
        detail = f"more than {most} redirects"
    else:
        return target
    return Failure(reason=Reason.REDIRECT, detail=detail, status=answer.status)


def _blame(trail: list[Request], failure: Failure) -> Failure:
    """The same failure, written down at the exchange that it became of."""
    trail[-1] = replace(trail[-1], reason=failure.reason, detail=failure.detail)
    return failure

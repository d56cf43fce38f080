"""One HTTP exchange: a GET, and how it ended. The only file that imports httpx.

Rule 1: requests are given to httpx's transport, not to its client. What a client adds is what we
must not send: cookies of earlier answers, credentials from a URL or .netrc, proxies of the
environment; and it follows redirects by itself.
Rule 2: one deadline lies around everything, from the look-up of the name to the last byte, so that
a server that drips is cut off however alive it seems.
Rule 3: one connection per request. With a second or more between two requests to a host, keeping
one open would save a handshake, and now and then cost a page: the server closes it just when the
next request is on its way.
Rule 4: few large bodies are received at once. Whoever must wait to go on receiving is not charged
for it: its deadline stands still.
Rule 5: no exception of httpx, httpcore, h11, ssl or the system leaves this file: each becomes a
Failure.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import h11
import httpcore
import httpx

from scraper.body import Body, BodyError, unpack
from scraper.fetch.backend import DialError, GuardedBackend
from scraper.model import Reason, Validators

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from datetime import datetime

#: Names and values of an answer's headers together (DESIGN, promises of the fetcher).
MAX_HEADER_BYTES = 64 * 1024
_HEADER_SEPARATORS = len(b": \r\n")

#: A body beyond so many bytes is large: few pages are, and bombs and crowds want to be. Of these so
#: many are received at a time, which bounds what a run's bodies take in memory. Guesses.
LARGE_BODY_BYTES = 1_000_000
MAX_LARGE_BODIES = 6

#: A validator longer than this is not worth keeping and sending: real ones have under 100 bytes.
MAX_VALIDATOR_BYTES = 1024

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?([0-9]{1,10})", re.IGNORECASE)
_YEAR_SECONDS = 31_536_000  # more than this is no more (RFC 2616, section 14.21)

_SENDING = "http11.send_request_headers.started"

_TOO_LONG = 431  # h11's hint that a head, or the head of a chunk, outgrew its buffer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered; ``body`` is decoded, and ``None`` where it was not read."""

    status: int
    content_type: str | None
    location: str | None
    retry_after: str | None
    robots_tag: str | None
    validators: Validators
    tdm_reservation: str | None = None
    max_age: timedelta | None = None
    body: bytes | None = None
    wire_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there is no answer that can be used; ``status`` where one had come by then.

    ``is_others``: another process asks the host now, and nothing is wrong with it.
    """

    reason: Reason
    detail: str
    status: int | None = None
    retry_at: datetime | None = None
    wire_bytes: int = 0
    is_others: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked for, and how much of the answer is taken.

    ``wants_body`` decides by status and headers whether the body is read at all. Of a body larger
    than ``max_bytes`` the first so many are taken where ``takes_head``; else it is a Failure. Where
    ``unpacks``, a body that is a gzip file, as sitemaps are, is unpacked within the same bounds.
    ``on_send`` is called when the connection stands and the request goes out, which may be long
    after it was begun.
    """

    url: str
    headers: Mapping[str, str]
    wants_body: Callable[[Answer], bool]
    max_bytes: int
    takes_head: bool = False
    unpacks: bool = False
    on_send: Callable[[], None] = lambda: None


class Wire:
    """The connections of one Fetcher; exchanges go over it."""

    def __init__(
        self,
        backend: GuardedBackend,
        *,
        timeout_seconds: float,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._transport = _GuardedTransport(
            backend, tls or httpx.create_ssl_context(trust_env=False)
        )
        self._timeout_seconds = timeout_seconds
        self._large_bodies = asyncio.Semaphore(MAX_LARGE_BODIES)

    async def exchange(self, ask: Ask) -> Answer | Failure:
        """The answer to this question, or why there is none."""
        exchange = _Exchange(ask, self._large_bodies)
        try:
            async with asyncio.timeout(self._timeout_seconds) as deadline:
                return await exchange.run(self._transport, deadline)
        except TimeoutError:
            return exchange.failed(
                Reason.TIMEOUT, f"not finished after {self._timeout_seconds:g} seconds"
            )
        except (BodyError, DialError) as exc:
            return exchange.failed(exc.reason, exc.detail)
        except (
            httpx.InvalidURL,
            httpx.UnsupportedProtocol,
            httpx.LocalProtocolError,
            UnicodeError,  # of a name that no encoding of names takes
        ) as exc:
            return exchange.failed(Reason.BLOCKED_ADDRESS, f"this cannot be asked for: {exc}")
        except (httpx.TransportError, OSError) as exc:
            return exchange.failed(*_explain(exc, has_head=exchange.status is not None))

    async def close(self) -> None:
        """Close what is open."""
        await self._transport.aclose()


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over our backend, which its constructor has no argument for."""

    def __init__(self, backend: GuardedBackend, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=None,  # the Fetcher counts
            http1=True,
            http2=False,
            network_backend=backend,
        )


class _Exchange:
    """One exchange under way: remembers how far it came, for the case that it goes no further."""

    def __init__(self, ask: Ask, large_bodies: asyncio.Semaphore) -> None:
        self.status: int | None = None
        self._ask = ask
        self._body: Body | None = None
        self._large_bodies = large_bodies

    @property
    def wire_bytes(self) -> int:
        return self._body.wire_bytes if self._body else 0

    def failed(self, reason: Reason, detail: str) -> Failure:
        return Failure(reason=reason, detail=detail, status=self.status, wire_bytes=self.wire_bytes)

    async def run(self, transport: httpx.AsyncHTTPTransport, deadline: asyncio.Timeout) -> Answer:
        url = httpx.URL(self._ask.url)
        # Without a Host of ours httpx decodes the name, which fails for names that are registered
        # against IDNA 2008, such as those with emoji.
        headers = {"Host": url.netloc.decode(), **self._ask.headers, "Connection": "close"}
        request = httpx.Request("GET", url, headers=headers, extensions={"trace": self._trace})
        response = await transport.handle_async_request(request)
        try:
            self.status = response.status_code
            _check_headers(response.headers)
            answer = _read_head(response)
            if not self._ask.wants_body(answer):
                return answer
            body = await self._read_body(response, deadline)
            return replace(answer, body=body, wire_bytes=self.wire_bytes)
        finally:
            await response.aclose()

    async def _trace(self, event: str, _info: Mapping[str, object]) -> None:
        # What httpcore tells on the way: https://www.encode.io/httpcore/extensions/#trace
        if event == _SENDING:
            self._ask.on_send()

    async def _read_body(self, response: httpx.Response, deadline: asyncio.Timeout) -> bytes:
        ask = self._ask
        announced = response.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > ask.max_bytes and not ask.takes_head:
            raise BodyError(Reason.TOO_BIG, f"{announced} bytes announced")
        body = self._body = Body(response.headers.get("content-encoding"), max_bytes=ask.max_bytes)
        try:
            async with AsyncExitStack() as turn:
                async for chunk in response.aiter_raw():
                    was_small = body.size <= LARGE_BODY_BYTES
                    body.feed(chunk)
                    if was_small and body.size > LARGE_BODY_BYTES:
                        await turn.enter_async_context(self._turn_of_large_bodies(deadline))
        except BodyError as exc:
            if exc.reason is Reason.TOO_BIG and ask.takes_head:
                return body.head()
            raise
        whole = body.finish()
        return unpack(whole, max_bytes=ask.max_bytes) if ask.unpacks else whole

    @asynccontextmanager
    async def _turn_of_large_bodies(self, deadline: asyncio.Timeout) -> AsyncIterator[None]:
        now = asyncio.get_running_loop().time
        due, begun = deadline.when(), now()
        deadline.reschedule(None)
        async with self._large_bodies:
            deadline.reschedule(None if due is None else due + now() - begun)
            yield


def _check_headers(headers: httpx.Headers) -> None:
    size = sum(len(name) + len(value) + _HEADER_SEPARATORS for name, value in headers.raw)
    if size > MAX_HEADER_BYTES:
        raise BodyError(Reason.TOO_BIG, f"the headers alone have {size} bytes")


def _read_head(response: httpx.Response) -> Answer:
    headers = response.headers
    return Answer(
        status=response.status_code,
        content_type=_first(headers, "content-type"),
        location=_first(headers, "location"),
        retry_after=_first(headers, "retry-after"),
        # A line for each header: a robot's name in one says nothing of the others.
        robots_tag="\n".join(headers.get_list("x-robots-tag")) or None,
        validators=Validators(
            etag=_keepable(_first(headers, "etag")),
            last_modified=_keepable(_first(headers, "last-modified")),
        ),
        tdm_reservation=_first(headers, "tdm-reservation"),
        max_age=_max_age(headers.get("cache-control")),
    )


def _max_age(cache_control: str | None) -> timedelta | None:
    """For how long the answer is said to be fresh, at most a year; None where it is not said."""
    found = _MAX_AGE.search(cache_control or "")
    return timedelta(seconds=min(int(found[1]), _YEAR_SECONDS)) if found else None


def _first(headers: httpx.Headers, name: str) -> str | None:
    return next(iter(headers.get_list(name)), None) or None


def _keepable(validator: str | None) -> str | None:
    """The validator where we could send it back: printable ASCII of a sensible length."""
    if validator and validator.isascii() and validator.isprintable():
        return validator if len(validator) <= MAX_VALIDATOR_BYTES else None
    return None


def _explain(exc: Exception, *, has_head: bool) -> tuple[Reason, str]:
    """Reason and detail of a transport's exception; libraries hide the cause behind their own."""
    causes = list(_causes(exc))
    detail = next(filter(None, map(str, reversed(causes))), type(exc).__name__)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Reason.TLS, detail
    if any(isinstance(cause, httpx.TimeoutException | TimeoutError) for cause in causes):
        return Reason.TIMEOUT, detail
    if any(_is_too_long(cause) for cause in causes):
        return Reason.TOO_BIG, f"the headers alone have more than {MAX_HEADER_BYTES} bytes"
    if has_head and isinstance(exc, httpx.RemoteProtocolError):
        return Reason.TRUNCATED, detail
    return Reason.RESET, detail


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    """The exception and what led to it. httpcore raises some "from None": the context remains."""
    while exc is not None:
        yield exc
        exc = exc.__cause__ or exc.__context__


def _is_too_long(cause: BaseException) -> bool:
    return isinstance(cause, h11.RemoteProtocolError) and cause.error_status_hint == _TOO_LONG

"""Tests of one HTTP exchange against a server that misbehaves."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import time
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.fetch.address import parse_allowance
from scraper.fetch.backend import GuardedBackend
from scraper.fetch.exchange import (
    LARGE_BODY_BYTES,
    MAX_LARGE_BODIES,
    Answer,
    Ask,
    Failure,
    Wire,
)
from scraper.model import Fetched, Reason, Refused, Snapshot
from tests.fetch.fetch_doubles import CERTIFICATE, Fetch
from tests.fetch.loopback import Asked, Loopback, ResetConnection, redirect, reply

if TYPE_CHECKING:
    from collections.abc import Iterable

HTML = b"<!doctype html><title>Tide tables</title><p>High water at noon."


def refused(outcome: Fetched) -> Refused:
    """The outcome, which must be a refusal whose last request says the same."""
    assert isinstance(outcome, Refused), outcome
    assert outcome.requests[-1].reason == outcome.reason
    assert outcome.requests[-1].detail
    return outcome


def refused_quietly(outcome: Fetched) -> Refused:
    """The outcome, which must be a refusal."""
    assert isinstance(outcome, Refused), outcome
    return outcome


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_whole_page(server: Loopback, fetch: Fetch) -> None:
    """A page that is whole becomes a Snapshot with its bytes, headers and requests."""
    server.on(
        "/a",
        reply(
            HTML,
            'ETag: "v1"',
            "Last-Modified: Mon, 04 May 2026 10:00:00 GMT",
            "X-Robots-Tag: noarchive",
            "X-Robots-Tag: nofollow",
            content_type="text/html; charset=utf-8",
        ),
    )
    [page] = fetch(server.url("/a#part"))
    assert isinstance(page, Snapshot)
    assert page.body == HTML
    assert page.url == server.url("/a#part")
    assert page.final_url == server.url("/a")
    assert page.content_type == "text/html; charset=utf-8"
    assert page.robots_tag == "noarchive\nnofollow"
    assert page.validators.etag == '"v1"'
    assert page.validators.last_modified == "Mon, 04 May 2026 10:00:00 GMT"
    assert [(r.url, r.status, r.reason) for r in page.requests] == [
        (server.url("/robots.txt"), 404, None),
        (server.url("/a"), 200, None),
    ]
    assert page.requests[-1].wire_bytes == len(HTML)


def test_what_is_sent(
    server: Loopback, fetch: Fetch, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """Requests name us and our contact, offer what we can decode, and carry nothing private."""
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w", encoding="ascii") as file:  # noqa: PTH123 - a path as text
        file.write("machine 127.0.0.1 login reader password secret\n")
    monkeypatch.setenv("NETRC", netrc)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.on("/a", reply(HTML, "Set-Cookie: reader=1; Path=/"))
    first, second = fetch(server.url("/a"), server.url("/a"), contact="archive@example.org")
    assert isinstance(first, Snapshot)
    assert isinstance(second, Snapshot)
    for asked in server.asked:
        assert asked.headers["user-agent"].startswith("scraper")
        assert asked.headers["user-agent"].endswith(" (+archive@example.org)")
        assert asked.headers["accept-encoding"] == "gzip, deflate"
        assert asked.headers["host"] == f"127.0.0.1:{server.port}"
        assert not {"cookie", "authorization", "if-none-match", "referer"} & set(asked.headers)


def test_connections_are_not_kept(server: Loopback, fetch: Fetch) -> None:
    """Each request has a connection of its own, which the server is told."""
    server.on("/robots.txt", reply(b"User-agent: *\n", content_type="text/plain"))
    server.on("/a", reply(HTML))
    fetch(server.url("/a"), server.url("/a"))
    assert [asked.connection for asked in server.asked] == [1, 2, 3]
    assert {asked.headers["connection"] for asked in server.asked} == {"close"}


def test_slow_headers(server: Loopback, fetch: Fetch) -> None:
    """A server that drips headers for ever is cut off by the deadline, alive as it seems."""

    def script(_asked: Asked) -> Iterable[bytes]:
        yield b"HTTP/1.1 200 OK\r\n"
        yield from server.drip(b"X-Waiting: yes\r\n", seconds=0.02)

    server.on("/a", script)
    [page] = fetch(server.url("/a"), timeout_seconds=0.4)
    assert refused(page).reason is Reason.TIMEOUT
    assert refused(page).status is None


def test_slow_body(server: Loopback, fetch: Fetch) -> None:
    """A server that drips its body for ever is cut off by the deadline likewise."""

    def script(_asked: Asked) -> Iterable[bytes]:
        yield CHUNKED
        yield from server.drip(chunk(b"x"), seconds=0.02)

    server.on("/a", script)
    [page] = fetch(server.url("/a"), timeout_seconds=0.4)
    assert refused(page).reason is Reason.TIMEOUT
    assert refused(page).status == 200
    assert refused(page).requests[-1].wire_bytes > 1


def test_silence(server: Loopback, fetch: Fetch) -> None:
    """A server that accepts and says nothing is given up at the deadline."""

    def script(_asked: Asked) -> Iterable[bytes]:
        server.stopping.wait(10)
        yield b""

    server.on("/a", script)
    [page] = fetch(server.url("/a"), timeout_seconds=0.3)
    assert refused(page).reason is Reason.TIMEOUT


def test_informational_flood(server: Loopback, fetch: Fetch) -> None:
    """Endless "100 Continue" answers end at the deadline."""

    def script(_asked: Asked) -> Iterable[bytes]:
        while not server.stopping.is_set():
            yield b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000

    server.on("/a", script)
    [page] = fetch(server.url("/a"), timeout_seconds=0.4)
    assert refused(page).reason is Reason.TIMEOUT


def test_name_that_is_never_resolved() -> None:
    """The deadline also lies around the look-up of a name."""

    async def resolve(_name: str, _port: int) -> list[str]:
        await asyncio.sleep(10)
        return []

    answer = _exchange("http://news.test/", GuardedBackend(resolve=resolve), timeout_seconds=0.1)
    assert isinstance(answer, Failure)
    assert answer.reason is Reason.TIMEOUT


def test_giant_headers(server: Loopback, fetch: Fetch) -> None:
    """Headers beyond 64 KiB are too big, whether httpcore reads them or gives up on them."""
    for size in (70_000, 500_000):
        server.on("/a", reply(HTML, f"X-Filler: {'x' * size}"))
        [page] = fetch(server.url("/a"))
        assert refused(page).reason is Reason.TOO_BIG, size
        assert "headers" in refused(page).detail


def test_many_headers_that_fit(server: Loopback, fetch: Fetch) -> None:
    """Headers below 64 KiB are taken, however many they are."""
    server.on("/a", reply(HTML, *(f"X-{number}: {'y' * 40}" for number in range(1_000))))
    [page] = fetch(server.url("/a"))
    assert isinstance(page, Snapshot)


def test_body_shorter_than_announced(server: Loopback, fetch: Fetch) -> None:
    """A body that ends before its Content-Length is truncated."""
    server.on("/a", reply(HTML, length=len(HTML) + 1))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.TRUNCATED


def test_chunks_that_break_off(server: Loopback, fetch: Fetch) -> None:
    """A chunked body without its last chunk is truncated."""
    server.on("/a", CHUNKED + chunk(HTML))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.TRUNCATED


def test_cut_gzip(server: Loopback, fetch: Fetch) -> None:
    """A gzip body that breaks off is truncated, also where its Content-Length agrees."""
    server.on("/a", reply(gzip.compress(HTML * 50)[:-12], "Content-Encoding: gzip"))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.TRUNCATED


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(HTML, mtime=0)),
        ("deflate", zlib.compress(HTML)),
        ("x-gzip", gzip.compress(HTML, mtime=0)),
    ],
)
def test_codings_are_undone(server: Loopback, fetch: Fetch, coding: str, body: bytes) -> None:
    """Bodies in gzip and deflate arrive decoded, and the wire's bytes are counted encoded."""
    server.on("/a", reply(body, f"Content-Encoding: {coding}"))
    [page] = fetch(server.url("/a"))
    assert isinstance(page, Snapshot)
    assert page.body == HTML
    assert page.requests[-1].wire_bytes == len(body)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "gzip, deflate", "nonsense"])
def test_other_codings_are_refused(server: Loopback, fetch: Fetch, coding: str) -> None:
    """Codings that were not offered, and stacked ones, are refused unread."""
    server.on("/a", reply(gzip.compress(HTML), f"Content-Encoding: {coding}"))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.BAD_ENCODING
    assert refused(page).requests[-1].wire_bytes == 0


def test_bytes_that_are_not_of_their_coding(server: Loopback, fetch: Fetch) -> None:
    """Plain text announced as gzip cannot be decoded."""
    server.on("/a", reply(HTML, "Content-Encoding: gzip"))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.BAD_ENCODING


def test_bomb(server: Loopback, fetch: Fetch) -> None:
    """A body that inflates a thousandfold is refused for its ratio, well below the size limit."""
    server.on("/a", reply(gzip.compress(bytes(2_000_000)), "Content-Encoding: gzip"))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.TOO_BIG
    assert "decode to more than 200 times" in refused(page).detail


def test_announced_too_big(server: Loopback, fetch: Fetch) -> None:
    """A Content-Length beyond the limit is refused before a byte of the body is taken."""
    server.on("/a", reply(HTML, length=5_000_001))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.TOO_BIG
    assert refused(page).requests[-1].wire_bytes == 0


def test_endless_chunks(server: Loopback, fetch: Fetch) -> None:
    """A body without end is left at the limit, long before the deadline."""

    def script(_asked: Asked) -> Iterable[bytes]:
        yield CHUNKED
        while not server.stopping.is_set():
            yield chunk(b"x" * 8_000)

    server.on("/a", script)
    [page] = fetch(server.url("/a"), max_body_bytes=100_000)
    assert refused(page).reason is Reason.TOO_BIG
    assert refused(page).requests[-1].wire_bytes < 400_000


def test_reset(server: Loopback, fetch: Fetch) -> None:
    """A connection reset before or within an answer is a reset."""

    def at_once(_asked: Asked) -> Iterable[bytes]:
        raise ResetConnection

    def within(_asked: Asked) -> Iterable[bytes]:
        yield CHUNKED + chunk(HTML)
        server.stopping.wait(0.1)  # so that the head is not lost with the reset
        raise ResetConnection

    server.on("/a", at_once)
    server.on("/b", within)
    first, second = fetch(server.url("/a"), server.url("/b"))
    assert refused(first).reason is Reason.RESET
    assert refused(second).reason is Reason.RESET
    assert refused(second).status == 200


@pytest.mark.parametrize(
    "greeting", [b"", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"\x00\xff" * 40 + b"\r\n\r\n"]
)
def test_no_http(server: Loopback, fetch: Fetch, greeting: bytes) -> None:
    """What closes at once, or does not speak HTTP, counts as a reset."""
    server.on("/a", lambda _asked: [greeting])
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.RESET


def test_nobody_listens(fetch: Fetch) -> None:
    """A port on which nobody listens is a reset, and says so."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        [page] = fetch(f"http://127.0.0.1:{unused.getsockname()[1]}/")
    assert refused_quietly(page).reason is Reason.RESET
    assert "127.0.0.1" in refused_quietly(page).detail


def test_unknown_name(fetch: Fetch) -> None:
    """A name that nobody knows is a matter of DNS."""
    [page] = fetch("http://news.test/", names={})
    assert refused_quietly(page).reason is Reason.DNS


def test_redirect_bodies_are_not_read(server: Loopback, fetch: Fetch) -> None:
    """Behind a redirect's headers nothing is read, not even a body that would never end."""

    def script(_asked: Asked) -> Iterable[bytes]:
        yield b"HTTP/1.1 302 Found\r\nLocation: /b\r\nTransfer-Encoding: chunked\r\n\r\n"
        yield from server.drip(chunk(b"x"), seconds=0.01)

    server.on("/a", script)
    server.on("/b", reply(HTML))
    [page] = fetch(server.url("/a"))
    assert isinstance(page, Snapshot)
    assert page.requests[1].wire_bytes == 0


def test_untrusted_certificate(tls_server: Loopback, fetch: Fetch) -> None:
    """A certificate that no authority signed is refused."""
    tls_server.on("/", reply(HTML))
    url = tls_server.url(name="news.test", scheme="https")
    [page] = fetch(url, names={"news.test": ["127.0.0.1"]})
    assert refused_quietly(page).reason is Reason.TLS
    assert tls_server.asked == []


@pytest.mark.parametrize(("name", "is_right"), [("news.test", True), ("other.test", False)])
def test_tls_verifies_the_name(tls_server: Loopback, name: str, is_right: bool) -> None:  # noqa: FBT001 - a table's column
    """Dialled by its address, a server must still show a certificate for the name asked for."""
    tls_server.on("/", reply(HTML))

    async def resolve(_name: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    backend = GuardedBackend([parse_allowance("127.0.0.1:*")], resolve=resolve)
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
    answer = _exchange(tls_server.url(name=name, scheme="https"), backend, tls=trusting)
    if is_right:
        assert isinstance(answer, Answer)
        assert answer.body == HTML
        assert tls_server.asked[0].headers["host"] == f"{name}:{tls_server.port}"
    else:
        assert isinstance(answer, Failure)
        assert answer.reason is Reason.TLS
        assert "other.test" in answer.detail


def test_odd_validators_are_not_kept(server: Loopback, fetch: Fetch) -> None:
    """Validators that could not be sent back are not kept."""
    script = b"HTTP/1.1 200 OK\r\nETag: \xff\xfe\r\nContent-Type: text/html\r\n\r\n" + HTML
    server.on("/a", lambda _asked: [script])
    server.on("/b", reply(HTML, f'ETag: "{"x" * 2_000}"'))
    for page in fetch(server.url("/a"), server.url("/b")):
        assert isinstance(page, Snapshot)
        assert page.validators.etag is None


def test_location_in_raw_utf8(server: Loopback, fetch: Fetch) -> None:
    """A redirect's Location may be written in raw UTF-8, as browsers let it be."""
    server.on("/a", redirect("/ä"))
    server.on("/%C3%A4", reply(HTML))
    [page] = fetch(server.url("/a"))
    assert isinstance(page, Snapshot)
    assert page.final_url == server.url("/%C3%A4")


#: Pieces of answers, whole and broken, to be put together in any order.
PIECES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 200\r\n",
        b"HTTP/9.9 200 OK\r\n",
        b"HTTP/1.1 999 ?\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
        b"HTTP/1.1 302 Found\r\n",
        b"Location: http://[::\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: 5, 5\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 99999999999999999999999\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Content-Encoding: deflate\r\n",
        b"ETag: \x00\xff\r\n",
        b" folded\r\n",
        b": nameless\r\n",
        b"\r\n",
        b"\n\n",
        b"5\r\nhello\r\n",
        b"fffffffffffffffff\r\n",
        b"0\r\n\r\n",
        b"\x1f\x8b\x08\x00",
    ]
) | st.binary(max_size=20)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(answer=st.lists(PIECES, max_size=8).map(b"".join))
def test_whatever_a_server_sends(server: Loopback, answer: bytes) -> None:
    """Any bytes in place of an answer end as a value, and raise nothing."""
    server.on("/a", lambda _asked: [answer])
    backend = GuardedBackend([parse_allowance("127.0.0.1:*")])
    outcome = _exchange(server.url("/a"), backend, tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    assert isinstance(outcome, Answer | Failure)


def _exchange(
    url: str,
    backend: GuardedBackend,
    *,
    timeout_seconds: float = 10.0,
    tls: ssl.SSLContext | None = None,
) -> Answer | Failure:
    async def run() -> Answer | Failure:
        wire = Wire(backend, timeout_seconds=timeout_seconds, tls=tls)
        ask = Ask(url=url, headers={}, wants_body=lambda _head: True, max_bytes=1_000)
        try:
            return await wire.exchange(ask)
        finally:
            await wire.close()

    return asyncio.run(run())


def test_few_large_bodies_at_once_and_none_is_charged_for_waiting(server: Loopback) -> None:
    """A body that waits for another's end to be received is whole in the end, though the wait alone
    is longer than its deadline.
    """
    half = bytes(LARGE_BODY_BYTES // 2 + 1)

    def pieces(_asked: Asked) -> Iterable[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + half + half
        time.sleep(0.4)
        yield b"end"

    server.on("/a", pieces)
    ask = Ask(url=server.url("/a"), headers={}, wants_body=lambda _head: True, max_bytes=5_000_000)

    async def exchange_all() -> list[Answer | Failure]:
        backend = GuardedBackend([parse_allowance("127.0.0.0/8:*")])
        wire = Wire(backend, timeout_seconds=0.8)
        asked = [wire.exchange(ask) for _ in range(3 * MAX_LARGE_BODIES)]
        return list(await asyncio.gather(*asked))

    answers = asyncio.run(exchange_all())
    assert {type(answer) for answer in answers} == {Answer}

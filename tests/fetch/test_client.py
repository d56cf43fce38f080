"""Tests of the door: what becomes of a URL, hop by hop."""

from __future__ import annotations

import asyncio
import gzip
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.config import FetchConfig
from scraper.fetch.client import Accept, Fetcher
from scraper.model import (
    Fetched,
    HostState,
    NotModified,
    Reason,
    Refused,
    Request,
    Snapshot,
    Validators,
)
from tests.fetch.loopback import Asked, Loopback, redirect, reply

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_httpx import HTTPXMock

    from tests.fetch.fetch_doubles import FakeClock, Fetch, Memory

HTML = b"<!doctype html><title>Tide tables</title><p>High water at noon."
FORBID_ALL = reply(b"User-agent: *\nDisallow: /\n", content_type="text/plain")


def refused(outcome: Fetched) -> Refused:
    """The outcome, which must be a refusal."""
    assert isinstance(outcome, Refused), outcome
    return outcome


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.1", "127.1", "[::ffff:127.0.0.1]"]
)
def test_loopback_is_closed_by_default(server: Loopback, fetch: Fetch, host: str) -> None:
    """However loopback is spelt, it is refused without a connection, and the setting is named."""
    [page] = fetch(f"http://{host}:{server.port}/", allow_addresses=())
    assert refused(page).reason is Reason.BLOCKED_ADDRESS
    assert f"127.0.0.1:{server.port}" in refused(page).detail
    assert "[fetch] allow_addresses" in refused(page).detail
    assert server.asked == []


def test_names_do_not_hide_addresses(server: Loopback, fetch: Fetch) -> None:
    """A public name that leads to loopback is refused like loopback itself."""
    [page] = fetch(
        server.url(name="news.test"), names={"news.test": ["127.0.0.1"]}, allow_addresses=()
    )
    assert refused(page).reason is Reason.BLOCKED_ADDRESS
    assert server.asked == []


def test_allowance_opens_one_port(server: Loopback, second_server: Loopback, fetch: Fetch) -> None:
    """An exact "ip:port" opens that port of that address, and no other."""
    for loopback in (server, second_server):
        loopback.on("/", reply(HTML))
    first, second = fetch(
        server.url(), second_server.url(), allow_addresses=(f"127.0.0.1:{server.port}",)
    )
    assert isinstance(first, Snapshot)
    assert refused(second).reason is Reason.BLOCKED_ADDRESS
    assert second_server.asked == []


def test_rebinding(server: Loopback, memory: Memory) -> None:
    """A name is resolved once per connection, and judged each time: a name that turns to a private
    address at its second look-up was never looked up between judgement and connection, and is
    refused at the next one.
    """
    server.on("/", reply(HTML))
    answers = ["127.0.0.1", "169.254.169.254", "127.0.0.1"]

    async def resolve(_name: str, _port: int) -> list[str]:
        return [answers.pop(0)]

    async def run() -> Fetched:
        config = FetchConfig(min_delay_seconds=0, allow_addresses=("127.0.0.1:*",))
        async with Fetcher(config, memory, resolve=resolve) as fetcher:
            return await fetcher.fetch(server.url(name="news.test"), accept=Accept.PAGE)

    page = refused(asyncio.run(run()))
    assert [r.reason for r in page.requests] == [None, Reason.BLOCKED_ADDRESS]
    assert server.paths() == ["/robots.txt"]
    assert answers == ["127.0.0.1"]


def test_bad_allowance_is_a_clear_error(memory: Memory) -> None:
    """An allowance that cannot be read is a ValueError before anything is asked for."""
    with pytest.raises(ValueError, match="has no port"):
        Fetcher(FetchConfig(allow_addresses=("127.0.0.1",)), memory)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://news.test/a",
        "javascript:alert(1)",
        "news.test",
        "",
        "http://",
        "http://a b/",
        "http://user:secret@news.test/",
        "http://[fe80::1%25eth0]/",
        "http://news.test:99999/",
        "http://" + "a" * 10_000,
        "http://\udcff/",
    ],
)
def test_what_is_no_url(fetch: Fetch, url: str) -> None:
    """What cannot be asked for is refused as a value, and nothing is asked."""
    [page] = fetch(url, names={})
    assert refused(page).reason in {Reason.BLOCKED_ADDRESS, Reason.DNS}
    assert refused(page).url == url
    assert page.requests == ()


# --- redirects ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["xn--i-7iq.ws", "xn--a", "xn--"])
def test_a_name_that_idna_does_not_know_is_a_name(
    server: Loopback, fetch: Fetch, name: str
) -> None:
    """Emoji names are registered and answer; broken ones are refused like any unknown name."""
    server.on("/a", reply(HTML))
    known, unknown = (
        fetch(f"http://{name}:{server.port}/a", names=names)[0]
        for names in ({name: ["127.0.0.1"]}, {})
    )
    assert isinstance(known, Snapshot)
    assert refused(unknown).reason is Reason.DNS


def test_redirects_are_followed(server: Loopback, fetch: Fetch) -> None:
    """A chain of redirects of every kind leads to the page, and each hop is on record."""
    statuses = ("301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent")
    for number, status in enumerate(statuses):
        server.on(f"/{number}", redirect(f"./{number + 1}", status))
    server.on("/5", reply(HTML))
    [page] = fetch(server.url("/0"))
    assert isinstance(page, Snapshot)
    assert page.url == server.url("/0")
    assert page.final_url == server.url("/5")
    assert page.address == server.url("/1")  # what follows a temporary redirect is temporary
    assert [r.status for r in page.requests] == [404, 301, 302, 303, 307, 308, 200]
    assert not any(r.reason for r in page.requests)


def test_too_many_redirects(server: Loopback, fetch: Fetch) -> None:
    """As many redirects as the config allows are followed, and not one more."""
    for number in range(4):
        server.on(f"/{number}", redirect(f"/{number + 1}"))
    server.on("/4", reply(HTML))
    [page] = fetch(server.url("/0"), max_redirects=4)
    assert isinstance(page, Snapshot)
    [page] = fetch(server.url("/0"), max_redirects=3)
    assert refused(page).reason is Reason.REDIRECT
    assert refused(page).requests[-1].reason is Reason.REDIRECT
    [page] = fetch(server.url("/0"), max_redirects=0)
    assert refused(page).reason is Reason.REDIRECT


def test_redirect_loop(server: Loopback, fetch: Fetch) -> None:
    """A circle of redirects is noticed when it closes, fragments notwithstanding."""
    server.on("/a", redirect("/b#one"))
    server.on("/b", redirect("/a#two"))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.REDIRECT
    assert [asked.path for asked in server.pages()] == ["/a", "/b"]


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "gopher://news.test/", "http://", "data:text/html,x"]
)
def test_redirect_to_another_scheme(server: Loopback, fetch: Fetch, location: str) -> None:
    """Redirects lead nowhere but to http and https."""
    server.on("/a", redirect(location))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.REDIRECT
    assert location in refused(page).detail


def test_redirect_without_location(server: Loopback, fetch: Fetch) -> None:
    """A redirect that does not say where to is refused."""
    server.on("/a", reply(status="302 Found"))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.REDIRECT


def test_redirect_to_a_metadata_service(server: Loopback, fetch: Fetch) -> None:
    """A redirect to a link-local address is judged like any address, and never connected to."""
    server.on("/a", redirect("http://169.254.169.254/latest/meta-data/"))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.BLOCKED_ADDRESS
    assert "169.254.169.254:80 is not a public address (link-local)" in refused(page).detail


def test_redirect_into_forbidden_paths(
    server: Loopback, second_server: Loopback, fetch: Fetch
) -> None:
    """Each hop is judged by the robots.txt of its own host."""
    server.on("/a", redirect(second_server.url("/b")))
    second_server.on("/robots.txt", FORBID_ALL)
    second_server.on("/b", reply(HTML))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.ROBOTS
    assert second_server.paths() == ["/robots.txt"]


# --- robots.txt -----------------------------------------------------------------------------------


def test_robots_txt_comes_first(server: Loopback, fetch: Fetch) -> None:
    """robots.txt is asked for before anything else, once for all pages of a host."""
    server.on("/a", reply(HTML))
    server.on("/b", reply(HTML))
    pages = fetch(server.url("/a"), server.url("/b"), server.url("/a"))
    assert all(isinstance(page, Snapshot) for page in pages)
    assert server.paths() == ["/robots.txt", "/a", "/b", "/a"]
    assert [len(page.requests) for page in pages] == [2, 1, 1]


def test_forbidden_page(server: Loopback, fetch: Fetch) -> None:
    """A page that robots.txt forbids is not asked for."""
    server.on("/robots.txt", FORBID_ALL)
    first, second = fetch(server.url("/a"), server.url("/b"))
    assert refused(first).reason is Reason.ROBOTS
    assert refused(second).reason is Reason.ROBOTS
    assert server.paths() == ["/robots.txt"]


def test_pages_at_once_read_robots_txt_once(server: Loopback, fetch: Fetch) -> None:
    """Many pages of a host asked for at the same time wait for one robots.txt."""
    server.on("/a", reply(HTML))
    fetch(*[server.url("/a")] * 5, at_once=True)
    assert server.paths().count("/robots.txt") == 1


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "429 Slow Down"])
def test_unreadable_robots_txt_closes_the_host(server: Loopback, fetch: Fetch, status: str) -> None:
    """Where robots.txt fails, no page of the host is asked for in this run, nor it again."""
    server.on("/robots.txt", reply(status=status))
    server.on("/a", reply(HTML))
    first, *others = fetch(*[server.url("/a")] * 3)
    reason = Reason.HTTP_429 if status.startswith("429") else Reason.HTTP_5XX
    assert refused(first).reason is reason
    assert [r.reason for r in first.requests] == [reason]
    assert [(refused(page).reason, page.requests) for page in others] == [(reason, ())] * 2
    assert server.paths() == ["/robots.txt"]


def test_undecodable_robots_txt_closes_the_host(server: Loopback, fetch: Fetch) -> None:
    """A robots.txt in a coding that we do not read is trouble that may pass for the pages."""
    server.on("/robots.txt", reply(b"?", "Content-Encoding: br", content_type="text/plain"))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.HTTP_5XX
    assert refused(page).status is None
    assert [r.reason for r in page.requests] == [Reason.BAD_ENCODING]


def test_next_run_asks_for_robots_txt_again(server: Loopback, fetch: Fetch) -> None:
    """A host that was closed for one run is open to the next."""
    server.on("/robots.txt", reply(status="500 Oops"), reply(status="404 Not Found"))
    server.on("/a", reply(HTML))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.HTTP_5XX
    [page] = fetch(server.url("/a"))
    assert isinstance(page, Snapshot)


def test_silent_robots_txt_closes_the_host(server: Loopback, fetch: Fetch) -> None:
    """Where robots.txt times out, so do the host's pages, at once."""

    def silence(_asked: Asked) -> Iterable[bytes]:
        server.stopping.wait(10)
        yield b""

    server.on("/robots.txt", silence)
    first, second = fetch(server.url("/a"), server.url("/b"), timeout_seconds=0.2)
    assert refused(first).reason is Reason.TIMEOUT
    assert refused(second).reason is Reason.TIMEOUT
    assert server.paths() == ["/robots.txt"]


def test_robots_txt_is_remembered(
    server: Loopback, fetch: Fetch, memory: Memory, fake_clock: FakeClock
) -> None:
    """Between runs robots.txt is kept for 24 hours, and then asked for again."""
    server.on("/robots.txt", reply(b"User-agent: *\nDisallow: /b", content_type="text/plain"))
    server.on("/a", reply(HTML))
    fetch(server.url("/a"))
    fake_clock.moment += timedelta(hours=23)
    later, forbidden = fetch(server.url("/a"), server.url("/b"))
    assert isinstance(later, Snapshot)
    assert refused(forbidden).reason is Reason.ROBOTS
    assert server.paths() == ["/robots.txt", "/a", "/a"]
    fake_clock.moment += timedelta(hours=2)
    fetch(server.url("/a"))
    assert server.paths()[3:] == ["/robots.txt", "/a"]


def test_robots_txt_redirects(server: Loopback, second_server: Loopback, fetch: Fetch) -> None:
    """robots.txt may move to another host, and still governs the first."""
    server.on("/robots.txt", redirect(second_server.url("/rules")))
    second_server.on("/rules", FORBID_ALL)
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.ROBOTS
    assert [r.url for r in page.requests] == [
        server.url("/robots.txt"),
        second_server.url("/rules"),
    ]


def test_hosts_whose_robots_txt_redirect_to_each_other(
    server: Loopback, second_server: Loopback, fetch: Fetch
) -> None:
    """Two hosts that send each other for robots.txt do not lock up, and allow everything."""
    server.on("/robots.txt", redirect(second_server.url("/robots.txt")))
    second_server.on("/robots.txt", redirect(server.url("/robots.txt")))
    for loopback in (server, second_server):
        loopback.on("/a", reply(HTML))
    pages = fetch(server.url("/a"), second_server.url("/a"), at_once=True)
    assert all(isinstance(page, Snapshot) for page in pages)


@pytest.mark.parametrize(("hops", "is_read"), [(5, True), (6, False)])
def test_robots_txt_redirects_five_times(
    server: Loopback,
    fetch: Fetch,
    hops: int,
    is_read: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Five redirects of robots.txt are followed; more make it unavailable, which allows all."""
    server.on("/robots.txt", redirect("/r1"))
    for number in range(1, hops):
        server.on(f"/r{number}", redirect(f"/r{number + 1}"))
    server.on(f"/r{hops}", FORBID_ALL)
    server.on("/a", reply(HTML))
    [page] = fetch(server.url("/a"))
    assert isinstance(page, Refused if is_read else Snapshot)


def test_oversized_robots_txt(server: Loopback, fetch: Fetch) -> None:
    """Of an endless robots.txt the first half megabyte counts, and nothing more is read."""

    def endless(_asked: Asked) -> Iterable[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
        yield b"User-agent: *\nDisallow: /b\n"
        while not server.stopping.is_set():
            yield b"# and so on, and so on\n" * 500

    server.on("/robots.txt", endless)
    server.on("/a", reply(HTML))
    page, forbidden = fetch(server.url("/a"), server.url("/b"))
    assert isinstance(page, Snapshot)
    assert refused(forbidden).reason is Reason.ROBOTS
    assert page.requests[0].wire_bytes < 700_000


# --- conditional requests, statuses and types -----------------------------------------------------


def test_conditional_get(server: Loopback, fetch: Fetch) -> None:
    """Validators are sent, and "not modified" is an outcome of its own."""
    server.on("/a", reply(status="304 Not Modified", content_type=None))
    [page] = fetch(
        server.url("/a"),
        validators=Validators(etag='W/"v1"', last_modified="Mon, 04 May 2026 10:00:00 GMT"),
    )
    assert isinstance(page, NotModified)
    assert page.url == server.url("/a")
    [asked] = server.pages()
    assert asked.headers["if-none-match"] == 'W/"v1"'
    assert asked.headers["if-modified-since"] == "Mon, 04 May 2026 10:00:00 GMT"
    assert "if-none-match" not in server.asked[0].headers


def test_not_modified_unasked(server: Loopback, fetch: Fetch) -> None:
    """A 304 to a question without validators is the server's error."""
    server.on("/a", reply(status="304 Not Modified", content_type=None))
    for validators in (None, Validators()):
        [page] = fetch(server.url("/a"), validators=validators)
        assert refused(page).reason is Reason.HTTP_5XX


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (204, Reason.TRUNCATED),
        (206, Reason.TRUNCATED),
        (403, Reason.HTTP_4XX),
        (404, Reason.HTTP_4XX),
        (410, Reason.HTTP_410),
        (500, Reason.HTTP_5XX),
        (503, Reason.HTTP_5XX),
    ],
)
def test_statuses(fetch: Fetch, httpx_mock: HTTPXMock, status: int, reason: Reason) -> None:
    """A status without a page becomes its reason, in the outcome and in the request."""
    httpx_mock.add_response(url="http://news.test/robots.txt", status_code=404)
    httpx_mock.add_response(url="http://news.test/a", status_code=status, html="<html>")
    [page] = fetch("http://news.test/a")
    assert refused(page).reason is reason
    assert refused(page).status == status
    assert [r.reason for r in page.requests] == [None, reason]
    assert str(status) in refused(page).detail


def test_error_bodies_are_not_read(server: Loopback, fetch: Fetch) -> None:
    """The body of an error is not read."""

    def script(_asked: Asked) -> Iterable[bytes]:
        yield b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n"
        yield from server.drip(b"x", seconds=0.01)

    server.on("/a", script)
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.HTTP_4XX


@pytest.mark.parametrize("content_type", ["application/pdf", "image/png", "application/rss+xml"])
def test_pages_must_be_html(server: Loopback, fetch: Fetch, content_type: str) -> None:
    """What is announced as something else than HTML is not even read where a page is wanted."""
    server.on("/a", reply(HTML, content_type=content_type))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.NOT_HTML
    assert content_type in refused(page).detail
    assert page.requests[-1].reason is Reason.NOT_HTML
    assert page.requests[-1].wire_bytes == 0


def test_vague_types_are_looked_through(server: Loopback, fetch: Fetch) -> None:
    """Without a type that tells, the first bytes decide."""
    server.on("/page", reply(HTML, content_type=None))
    server.on("/text", reply(b"just words", content_type="text/plain"))
    page, text = fetch(server.url("/page"), server.url("/text"))
    assert isinstance(page, Snapshot)
    assert page.content_type is None
    assert refused(text).reason is Reason.NOT_HTML


@pytest.mark.parametrize("content_type", ["application/rss+xml", "text/html", "x/y", None])
def test_feeds_may_be_anything(server: Loopback, fetch: Fetch, content_type: str | None) -> None:
    """Where a feed is wanted, every type is taken: feeds come under all of them."""
    server.on("/feed", reply(b"<rss/>", content_type=content_type))
    [feed] = fetch(server.url("/feed"), accept=Accept.FEED)
    assert isinstance(feed, Snapshot)
    assert feed.body == b"<rss/>"


# --- interruption ---------------------------------------------------------------------------------


def test_interruption(server: Loopback, memory: Memory) -> None:
    """A fetch that is cancelled ends at once, and its request is remembered all the same."""
    arrived = threading.Event()

    def silence(_asked: Asked) -> Iterable[bytes]:
        arrived.set()
        server.stopping.wait(10)
        yield b""

    server.on("/a", silence)

    async def run() -> None:
        config = FetchConfig(min_delay_seconds=0, allow_addresses=("127.0.0.1:*",))
        async with Fetcher(config, memory) as fetcher:
            task = asyncio.create_task(fetcher.fetch(server.url("/a"), accept=Accept.PAGE))
            await asyncio.to_thread(arrived.wait, 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())
    states: list[HostState] = memory.saved
    assert states[-1].last_request_at is not None
    assert states[0].last_request_at is not None
    assert states[-1].last_request_at > states[0].last_request_at


def test_outside_its_context(memory: Memory) -> None:
    """A Fetcher that was not entered says so instead of failing somewhere deep."""
    fetcher = Fetcher(FetchConfig(), memory)
    with pytest.raises(RuntimeError, match="async with"):
        asyncio.run(fetcher.fetch("http://news.test/", accept=Accept.PAGE))


# --- what the config and the caller add -----------------------------------------------------------


def test_headers_of_a_site_never_reach_another(
    server: Loopback, second_server: Loopback, memory: Memory
) -> None:
    """A redirect to another site loses the subscription's headers; robots.txt needs none."""
    server.on("/a", redirect(second_server.url("/b")))
    second_server.on("/b", redirect(server.url("/c")))
    server.on("/c", reply(HTML))
    own = f"http://127.0.0.1:{server.port}/"

    def site_headers(url: str) -> dict[str, str]:
        return {"Cookie": "session=a"} if url.startswith(own) else {}

    async def run() -> Fetched:
        config = FetchConfig(min_delay_seconds=0, allow_addresses=("127.0.0.0/8:*",))
        async with Fetcher(config, memory, site_headers=site_headers) as fetcher:
            return await fetcher.fetch(server.url("/a"), accept=Accept.PAGE)

    assert isinstance(asyncio.run(run()), Snapshot)
    assert [asked.headers.get("cookie") for asked in server.pages()] == ["session=a"] * 2
    assert all("cookie" not in asked.headers for asked in second_server.asked)
    assert "cookie" not in server.asked[0].headers


@pytest.mark.parametrize(
    ("header", "max_age"),
    [
        ("Cache-Control: public, max-age=600", timedelta(minutes=10)),
        ('Cache-Control: MAX-AGE = "60"', timedelta(minutes=1)),
        ("Cache-Control: s-maxage=600", None),
        ("Cache-Control: max-age=-5", None),
        ("Cache-Control: max-age=9999999999", timedelta(days=365)),
        ("Cache-Control: no-store", None),
    ],
)
def test_for_how_long_an_answer_is_fresh(
    server: Loopback, fetch: Fetch, header: str, max_age: timedelta | None
) -> None:
    """Cache-Control's max-age is told, also of what has not changed; a year at most."""
    server.on("/a", reply(HTML, header), reply(b"", header, status="304 Not Modified"))
    first, second = fetch(server.url("/a"), server.url("/a"), validators=Validators(etag='"1"'))
    assert isinstance(first, Snapshot)
    assert isinstance(second, NotModified)
    assert first.max_age == second.max_age == max_age


def test_a_feed_that_is_a_gzip_file_is_unpacked(server: Loopback, fetch: Fetch) -> None:
    """As sitemaps are; a page is not, and a bomb or a cut file is refused as any body is."""
    packed = gzip.compress(b"<urlset/>" * 100)
    server.on("/map.xml.gz", reply(packed, content_type="application/gzip"))
    server.on("/bomb", reply(gzip.compress(bytes(20_000_000)), content_type="application/gzip"))
    server.on("/cut", reply(packed[:-9], content_type="application/gzip"))
    urls = [server.url(path) for path in ("/map.xml.gz", "/bomb", "/cut")]
    unpacked, bomb, cut = fetch(*urls, accept=Accept.FEED)
    assert isinstance(unpacked, Snapshot)
    assert unpacked.body == b"<urlset/>" * 100
    assert refused(bomb).reason is Reason.TOO_BIG
    assert refused(cut).reason is Reason.TRUNCATED


def test_sitemaps_of_robots_txt(server: Loopback, memory: Memory) -> None:
    """What robots.txt names is told, also before anything was asked of the host; else nothing."""
    rules = b"Sitemap: /one.xml\nUser-agent: *\nDisallow: /\nsitemap:https://a.example/two.xml\n"
    server.on("/robots.txt", reply(rules, content_type="text/plain"))

    async def run(path: str) -> tuple[tuple[str, ...], int]:
        config = FetchConfig(min_delay_seconds=0, allow_addresses=("127.0.0.0/8:*",))
        trail: list[Request] = []
        async with Fetcher(config, memory) as fetcher:
            return await fetcher.sitemaps(server.url(path), trail), len(trail)

    assert asyncio.run(run("/a")) == (("/one.xml", "https://a.example/two.xml"), 1)
    server.on("/robots.txt", reply(status="503 Busy"))
    memory.states.clear()
    assert asyncio.run(run("/a")) == ((), 1)

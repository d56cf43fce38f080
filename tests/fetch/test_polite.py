"""Tests of politeness as a server sees it: gaps, turns and pauses, in faked time."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from scraper.config import FetchConfig
from scraper.fetch.client import Accept, Fetcher
from scraper.fetch.polite import OTHERS_SECONDS
from scraper.fetch.politeness import MARGIN_SECONDS, MAX_WAIT_SECONDS
from scraper.model import Fetched, HostState, Reason, Refused, Snapshot
from tests.fetch.loopback import Asked, Loopback, redirect, reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.fetch.fetch_doubles import FakeClock, Fetch, Memory

HTML = b"<!doctype html><title>Tide tables</title><p>High water at noon."


def gaps(server: Loopback) -> list[float]:
    """Seconds between the requests as they arrived, robots.txt included."""
    return [later.at - earlier.at for earlier, later in pairwise(server.asked)]


def kept(*delays: float) -> object:
    """What gaps equal where these delays are kept."""
    return pytest.approx([delay + MARGIN_SECONDS for delay in delays])


def refused(outcome: Fetched) -> Refused:
    """The outcome, which must be a refusal."""
    assert isinstance(outcome, Refused), outcome
    return outcome


def test_gaps_of_the_config(server: Loopback, fetch: Fetch, fake_clock: FakeClock) -> None:
    """Requests to a host, robots.txt among them, start at least the configured delay apart."""
    server.on("/a", reply(HTML))
    fetch(*[server.url("/a")] * 3, min_delay_seconds=2.0)
    assert gaps(server) == kept(2.0, 2.0, 2.0)
    assert fake_clock.naps == kept(2.0, 2.0, 2.0)


def test_gaps_of_robots_txt(server: Loopback, fetch: Fetch, fake_clock: FakeClock) -> None:
    """A longer Crawl-delay holds from the first page on."""
    server.on("/robots.txt", reply(b"User-agent: *\nCrawl-delay: 7", content_type="text/plain"))
    server.on("/a", reply(HTML))
    fetch(*[server.url("/a")] * 2, min_delay_seconds=2.0)
    assert gaps(server) == kept(7.0, 7.0)


def test_gaps_of_the_site(server: Loopback, fetch: Fetch, fake_clock: FakeClock) -> None:
    """A site's own delay holds for its hosts, which are named as they are dialled."""
    server.on("/a", reply(HTML))
    delays = {f"http://127.0.0.1:{server.port}": 5.0}
    fetch(*[server.url("/a")] * 2, min_delay_seconds=1.0, site_delay=delays.get)
    assert gaps(server) == kept(5.0, 5.0)


def test_gaps_are_measured_from_start_to_start(
    server: Loopback, fetch: Fetch, fake_clock: FakeClock
) -> None:
    """The time an answer takes counts towards the gap."""

    def slow(_asked: Asked) -> Iterable[bytes]:
        fake_clock.moment += timedelta(seconds=4)
        yield reply(HTML)

    server.on("/a", slow)
    fetch(*[server.url("/a")] * 2, min_delay_seconds=5.0)
    assert gaps(server) == kept(5.0, 5.0)
    assert fake_clock.naps == kept(5.0, 1.0)


def test_a_slow_look_up_shortens_no_gap(
    server: Loopback, memory: Memory, fake_clock: FakeClock
) -> None:
    """A gap is counted from when a request goes out: what the server sees is never shorter."""
    waits = iter([1.5, 0.0, 0.9, 0.0])

    async def resolve(_name: str, _port: int) -> Sequence[str]:
        fake_clock.moment += timedelta(seconds=next(waits))
        return ["127.0.0.1"]

    async def run() -> None:
        config = FetchConfig(min_delay_seconds=2.0, allow_addresses=("127.0.0.0/8:*",))
        async with Fetcher(config, memory, resolve=resolve) as fetcher:
            for _ in range(3):
                await fetcher.fetch(server.url("/a", name="news.test"), accept=Accept.PAGE)

    server.on("/a", reply(HTML))
    asyncio.run(run())
    assert gaps(server) == kept(2.0, 2.9, 2.0)


def test_one_request_at_a_time(server: Loopback, fetch: Fetch) -> None:
    """However many pages are wanted at once, a host has one request to answer at a time."""
    at_work, most = [], 0

    def slow(asked: Asked) -> Iterable[bytes]:
        nonlocal most
        at_work.append(asked)
        most = max(most, len(at_work))
        server.stopping.wait(0.02)
        at_work.remove(asked)  # before it is sent: whoever has it all may ask again at once
        yield reply(HTML)

    server.on("/a", slow)
    pages = fetch(*[server.url("/a")] * 6, at_once=True)
    assert all(isinstance(page, Snapshot) for page in pages)
    assert len(server.pages()) == 6
    assert most == 1


def test_gaps_hold_at_once_too(server: Loopback, fetch: Fetch, fake_clock: FakeClock) -> None:
    """Pages asked for at the same time are the delay apart all the same."""
    server.on("/a", reply(HTML))
    fetch(*[server.url("/a")] * 4, at_once=True, min_delay_seconds=3.0)
    assert gaps(server) == kept(3.0, 3.0, 3.0, 3.0)


def test_hosts_are_asked_at_once(server: Loopback, second_server: Loopback, fetch: Fetch) -> None:
    """Two hosts are asked at the same time: each answers only once the other is asked, too."""
    barrier = threading.Barrier(2)

    def meet(_asked: Asked) -> Iterable[bytes]:
        barrier.wait(5)
        yield reply(HTML)

    for loopback in (server, second_server):
        loopback.on("/a", meet)
    pages = fetch(server.url("/a"), second_server.url("/a"), at_once=True)
    assert all(isinstance(page, Snapshot) for page in pages)


def test_hosts_at_once_are_limited(server: Loopback, second_server: Loopback, fetch: Fetch) -> None:
    """No more hosts are asked at the same time than the config allows."""
    events: list[str] = []

    def slow(_asked: Asked) -> Iterable[bytes]:
        events.append("in")
        server.stopping.wait(0.05)
        events.append("out")
        yield reply(HTML)

    for loopback in (server, second_server):
        loopback.on("/a", slow)
    fetch(server.url("/a"), second_server.url("/a"), at_once=True, concurrent_hosts=1)
    assert events == ["in", "out", "in", "out"]


def test_gap_between_runs(
    server: Loopback, fetch: Fetch, memory: Memory, fake_clock: FakeClock
) -> None:
    """The delay also holds from the last request of one run to the first of the next."""
    server.on("/a", reply(HTML))
    fetch(server.url("/a"), min_delay_seconds=10.0)
    fake_clock.moment += timedelta(seconds=4)
    fetch(server.url("/a"), min_delay_seconds=10.0)
    assert gaps(server) == kept(10.0, 10.0)


def test_memory_is_told_after_every_request(
    server: Loopback, fetch: Fetch, memory: Memory, fake_clock: FakeClock
) -> None:
    """After each request, failed ones included, the memory knows when it started."""
    server.on("/a", reply(HTML, length=10_000))
    [page] = fetch(server.url("/a"), min_delay_seconds=2.0)
    assert refused(page).reason is Reason.TRUNCATED
    host = f"http://127.0.0.1:{server.port}"
    assert {state.host for state in memory.saved} == {host}
    assert memory.states[host].last_request_at == page.requests[-1].at == fake_clock.moment


def test_redirects_are_polite_to_each_host(
    server: Loopback, second_server: Loopback, fetch: Fetch, fake_clock: FakeClock
) -> None:
    """A hop within a host waits; a hop to another host finds nothing to wait for there."""
    server.on("/a", redirect("/b"))
    server.on("/b", redirect(second_server.url("/c")))
    second_server.on("/c", reply(HTML))
    fetch(server.url("/a"), min_delay_seconds=2.0)
    assert gaps(server) == kept(2.0, 2.0)
    assert gaps(second_server) == kept(2.0)
    assert second_server.asked[0].at == server.asked[-1].at


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Busy"])
def test_short_retry_after_is_waited_for(
    server: Loopback, fetch: Fetch, fake_clock: FakeClock, status: str
) -> None:
    """A short Retry-After is the server's word on when to come again, and is slept through."""
    server.on("/a", reply(b"", "Retry-After: 20", status=status), reply(HTML))
    first, second = fetch(server.url("/a"), server.url("/a"), min_delay_seconds=1.0)
    assert isinstance(second, Snapshot)
    assert refused(first).retry_at == second.requests[0].at
    assert gaps(server) == pytest.approx([1.0 + MARGIN_SECONDS, 20.0])


def test_long_retry_after_is_left_to_the_next_run(
    server: Loopback, fetch: Fetch, fake_clock: FakeClock
) -> None:
    """A long Retry-After is not slept through: pages are refused unasked, with its time, until it
    has come; in later runs as well.
    """
    server.on("/a", reply(b"", "Retry-After: 7200", status="429 Slow Down"), reply(HTML))
    first, second = fetch(server.url("/a"), server.url("/b"))
    until = fake_clock.moment + timedelta(hours=2)
    assert (refused(first).reason, refused(first).retry_at) == (Reason.HTTP_429, until)
    assert (refused(second).reason, refused(second).retry_at) == (Reason.HTTP_429, until)
    assert second.requests == ()
    fake_clock.moment += timedelta(hours=1)
    [third] = fetch(server.url("/a"))
    assert refused(third).retry_at == until
    assert len(server.pages()) == 1
    fake_clock.moment = until
    [fourth] = fetch(server.url("/a"))
    assert isinstance(fourth, Snapshot)


def test_retry_after_beyond_a_day(server: Loopback, fetch: Fetch, fake_clock: FakeClock) -> None:
    """A Retry-After of a year is obeyed for 24 hours."""
    server.on("/a", reply(b"", "Retry-After: 31536000", status="503 Busy"))
    [page] = fetch(server.url("/a"))
    assert refused(page).retry_at == fake_clock.moment + timedelta(hours=24)


def test_429_without_retry_after(server: Loopback, fetch: Fetch, fake_clock: FakeClock) -> None:
    """A 429 that names no time leaves the host alone for longer than a run will wait."""
    server.on("/a", reply(status="429 Slow Down"))
    first, second = fetch(server.url("/a"), server.url("/b"))
    assert refused(second).requests == ()
    assert fake_clock.naps == []
    patience = timedelta(seconds=MAX_WAIT_SECONDS)
    for page in (first, second):
        retry_at = refused(page).retry_at
        assert retry_at is not None
        assert retry_at > fake_clock.moment + patience


def test_a_host_that_another_process_asks_is_put_off(
    server: Loopback, memory: Memory, fetch: Fetch, fake_clock: FakeClock
) -> None:
    """Its pages are refused unasked, to be asked for later; then they come."""
    server.on("/a", reply(HTML))
    memory.others.add(f"http://127.0.0.1:{server.port}")
    [page] = fetch(server.url("/a"))
    assert (refused(page).reason, refused(page).requests) == (Reason.HTTP_429, ())
    assert refused(page).retry_at == fake_clock.moment + timedelta(seconds=OTHERS_SECONDS)
    assert server.pages() == []
    memory.others.clear()
    [page] = fetch(server.url("/a"))
    assert isinstance(page, Snapshot)


def test_long_crawl_delay(server: Loopback, fetch: Fetch, fake_clock: FakeClock) -> None:
    """A Crawl-delay of an hour lets one page through per hour; the others are told when."""
    server.on("/robots.txt", reply(b"User-agent: *\nCrawl-delay: 3600", content_type="text/plain"))
    server.on("/a", reply(HTML))
    [first] = fetch(server.url("/a"))
    asked_at = fake_clock.moment
    hour = timedelta(seconds=3600 + MARGIN_SECONDS)
    assert refused(first).retry_at == asked_at + hour
    fake_clock.moment += hour
    second, third = fetch(server.url("/a"), server.url("/a"))
    assert isinstance(second, Snapshot)
    assert refused(third).retry_at == asked_at + 2 * hour
    assert len(server.pages()) == 1


def test_a_crawl_delay_of_a_minute_is_waited_for(
    server: Loopback, fetch: Fetch, fake_clock: FakeClock
) -> None:
    """A gap of a minute is slept through: its margin does not make it too long to wait for."""
    server.on("/robots.txt", reply(b"User-agent: *\nCrawl-delay: 60", content_type="text/plain"))
    server.on("/a", reply(HTML))
    [page] = fetch(server.url("/a"))
    assert isinstance(page, Snapshot)
    assert gaps(server) == kept(60.0)


def test_retry_after_in_the_last_hours_of_time(server: Loopback, fetch: Fetch) -> None:
    """A date that has no moment in UTC ends no run: the host is left alone for a day."""
    header = "Retry-After: Fri, 31 Dec 9999 23:59:59 -0500"
    server.on("/a", reply(b"", header, status="429 Slow Down"))
    [page] = fetch(server.url("/a"))
    assert refused(page).reason is Reason.HTTP_429


def test_a_pause_ends_within_a_run(server: Loopback, memory: Memory, fake_clock: FakeClock) -> None:
    """A pause from an earlier run closes a host no longer than it lasts: a Fetcher that lives on
    asks once it is over, robots.txt first.
    """
    host = f"http://127.0.0.1:{server.port}"
    memory.save(HostState(host=host, not_before=fake_clock.moment + timedelta(minutes=10)))
    server.on("/a", reply(HTML))

    async def run() -> tuple[Fetched, Fetched]:
        config = FetchConfig(allow_addresses=("127.0.0.1:*",))
        async with Fetcher(config, memory) as fetcher:
            early = await fetcher.fetch(server.url("/a"), accept=Accept.PAGE)
            fake_clock.moment += timedelta(minutes=10)
            return early, await fetcher.fetch(server.url("/a"), accept=Accept.PAGE)

    early, late = asyncio.run(run())
    assert refused(early).reason is Reason.HTTP_429
    assert early.requests == ()
    assert isinstance(late, Snapshot)


def test_silent_hosts_are_left_alone(server: Loopback, fetch: Fetch) -> None:
    """A host that says nothing three times in a row is not asked again in this run."""

    def silence(_asked: Asked) -> Iterable[bytes]:
        return []

    server.on("/a", silence)
    pages = fetch(*[server.url("/a")] * 5, at_once=True)
    assert [refused(page).reason for page in pages] == [Reason.RESET] * 5
    assert len(server.pages()) == 3
    assert sum(len(page.requests) for page in pages) == 1 + 3


def test_hosts_that_never_come_to_an_end_are_left_alone(server: Loopback, fetch: Fetch) -> None:
    """A host that drips is no better than a silent one: it would cost a deadline for each page."""

    def drip(_asked: Asked) -> Iterable[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n"
        yield from server.drip(b"x", seconds=0.02)

    server.on("/a", drip)
    pages = fetch(*[server.url("/a")] * 5, timeout_seconds=0.2)
    assert [refused(page).reason for page in pages] == [Reason.TIMEOUT] * 5
    assert len(server.pages()) == 3


def test_silence_in_between(server: Loopback, fetch: Fetch) -> None:
    """An answer of any kind, a bad one included, starts the count of silences anew."""

    def silence(_asked: Asked) -> Iterable[bytes]:
        return []

    missing = reply(status="404 Not Found")
    server.on("/a", silence, silence, missing, silence, silence, missing, reply(HTML))
    *_, last = fetch(*[server.url("/a")] * 7)
    assert isinstance(last, Snapshot)

"""The demo's world is served on loopback, under names or on addresses, and stops when told."""

from __future__ import annotations

import asyncio
import http.client
import socket
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from scraper.demo.server import RunningWorld, serve_world
from scraper.demo.world import EXPECTED_FEED_OUTCOMES, pages_of, render, sites_served

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BOTH_MODES = pytest.mark.parametrize("names", [True, False], ids=["names", "addresses"])


@pytest.fixture
def world() -> Iterator[RunningWorld]:
    """The world on addresses of its own, without faults."""
    with serve_world(names=False) as running:
        yield running


def ask(
    world: RunningWorld, url: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> tuple[http.client.HTTPResponse, bytes]:
    """One exchange, its host resolved as the world says; response and body."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    (ip,) = asyncio.run(world.resolve(parts.hostname, parts.port))
    connection = http.client.HTTPConnection(ip, parts.port, timeout=30)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, headers={"Host": parts.netloc, **(headers or {})})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@BOTH_MODES
def test_every_page_is_served_as_rendered(*, names: bool) -> None:
    """Both modes give each page's status and bytes, links between sites in the same addressing."""
    with serve_world(names=names, faults=True) as world:
        for key, page in pages_of(1).items():
            expected = render(page.site, page.path, 1, world.addresses)
            response, body = ask(world, world.page_url(key))
            assert (response.status, body) == (expected.status, expected.body)


@BOTH_MODES
def test_feeds_and_home_pages_are_there(*, names: bool) -> None:
    """Every feed and front page named by the world answers 200."""
    with serve_world(names=names) as world:
        assert len(world.feeds) == len(world.home_pages) == len(sites_served(faults=False))
        assert {ask(world, url)[0].status for url in (*world.feeds, *world.home_pages)} == {200}


@BOTH_MODES
def test_faults_are_only_there_where_asked_for(*, names: bool) -> None:
    """Without faults, no feed of the world fails; with them, those of the truth are added."""
    with serve_world(names=names) as sound, serve_world(names=names, faults=True) as faulty:
        paths = {path for _, path in EXPECTED_FEED_OUTCOMES}
        assert paths.isdisjoint(urlsplit(feed).path for feed in sound.feeds)
        assert {faulty.url(*feed) for feed in EXPECTED_FEED_OUTCOMES} < set(faulty.feeds)


def test_names_share_one_address_and_addresses_one_port() -> None:
    """Under names there is one ip:port to allow; without, one for each site, on one port."""
    with serve_world(names=True) as named, serve_world(names=False) as bare:
        assert named.allow_addresses == (f"127.0.0.1:{named.port}",)
        assert len(set(bare.allow_addresses)) == len(sites_served(faults=False))
        assert {urlsplit(feed).netloc for feed in bare.feeds} == set(bare.allow_addresses)
        assert all(urlsplit(feed).hostname in named_hosts() for feed in named.feeds)


def named_hosts() -> set[str]:
    """The names of the sites."""
    return {site.host for site in sites_served(faults=False)}


def test_nothing_else_is_in_this_world() -> None:
    """A strange name does not resolve, and a strange Host header is misdirected."""
    with serve_world(names=True) as world:
        with pytest.raises(socket.gaierror):
            asyncio.run(world.resolve("example.org", world.port))
        response, _ = ask(world, world.feeds[0], {"Host": "example.org"})
        assert response.status == 421


def test_validators_of_a_response_are_honoured(world: RunningWorld) -> None:
    """Sent back, an ETag or a Last-Modified gets a 304 without a body."""
    for site, wanted, given in (
        ("courier", "If-None-Match", "ETag"),
        ("rivers", "If-Modified-Since", "Last-Modified"),
    ):
        first, body = ask(world, world.url(site, "/"))
        again, nothing = ask(world, world.url(site, "/"), {wanted: first.headers[given]})
        assert (first.status, again.status, nothing) == (200, 304, b"")
        assert body


def test_head_has_the_length_and_no_body(world: RunningWorld) -> None:
    """HEAD says how long the body of GET is, and sends none."""
    _, body = ask(world, world.home_pages[0])
    response, nothing = ask(world, world.home_pages[0], method="HEAD")

    assert (response.headers["Content-Length"], nothing) == (str(len(body)), b"")


def test_requests_are_logged_as_answered(world: RunningWorld) -> None:
    """Host, path with its query, status and length of the body are kept, in order."""
    _, body = ask(world, world.url("herald", "/?utm_source=x"))
    ask(world, world.url("northwind", "/nowhere"))
    first, second = world.requests

    assert (first.path, first.status, first.body_bytes) == ("/?utm_source=x", 200, len(body))
    assert first.host == urlsplit(world.url("herald", "")).netloc
    assert (second.path, second.status) == ("/nowhere", 404)
    assert first.at <= second.at


def test_advance_serves_the_second_edition(world: RunningWorld) -> None:
    """After advancing, the article that grows is served grown; advancing again changes nothing."""
    url = world.page_url("sentinel/quarry-slip")
    _, before = ask(world, url)
    world.advance()
    _, after = ask(world, url)
    world.advance()

    assert before != after
    assert after == render("sentinel", urlsplit(url).path, 2, world.addresses).body
    assert world.edition == 2


def test_one_connection_serves_several_requests_and_is_closed_at_the_end() -> None:
    """Keep-alive works, and leaving the context hangs up and stops listening."""
    with serve_world(names=False) as world:
        parts = urlsplit(world.home_pages[0])
        assert parts.hostname
        # Shorter than the server's patience with an idle connection: the hanging up must be felt.
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        connection.request("GET", "/")
        connection.getresponse().read()
        kept = connection.sock
        connection.request("GET", "/robots.txt")
        assert connection.getresponse().read().startswith(b"User-agent: *")
        assert connection.sock is kept
    assert kept.recv(1) == b""
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((parts.hostname, world.port), timeout=30)


def test_module_prints_its_feeds_and_stops_by_itself() -> None:
    """`python -m scraper.demo.server` serves for a while and prints one feed URL per line."""
    done = subprocess.run(
        [sys.executable, "-m", "scraper.demo.server", "--seconds", "0.1", "--faults"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    feeds = done.stdout.splitlines()

    assert len(feeds) == sum(len(site.feeds) for site in sites_served(faults=True))
    assert all(feed.startswith("http://127.0.0.") for feed in feeds)
    assert done.stderr == ""

"""Tests of robots.txt: what it says to us, and what is made of answers that are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.fetch.robots import (
    ALLOW_ALL,
    MAX_ROBOTS_BYTES,
    Robots,
    is_fresh,
    read_robots,
    robots_url,
)
from scraper.model import HostState

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SITE = "https://news.test"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /private", "/private/a", False),
        ("User-agent: *\nDisallow: /private", "/public", True),
        ("User-agent: scraper\nDisallow: /", "/a", False),
        ("user-agent: SCRAPER\ndisallow: /", "/a", False),
        ("User-agent: Scraper/1.0\nDisallow: /", "/a", False),
        ("User-agent: scraper # you\nDisallow: /", "/a", False),
        ("User-agent: scraperbot\nDisallow: /", "/a", True),
        ("User-agent: scraper-pro\nDisallow: /", "/a", True),
        ("User-agent: scrape\nDisallow: /", "/a", True),
        ("User-agent: webscraper\nDisallow: /", "/a", True),
        # Our own group replaces that of everybody.
        ("User-agent: *\nDisallow: /\n\nUser-agent: scraper\nDisallow: /x", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: scraper\nDisallow: /x", "/x", False),
        # A group may name several robots, and a robot may have several groups.
        ("User-agent: other\nUser-agent: scraper\nDisallow: /", "/a", False),
        ("User-agent: scraper\nDisallow: /a\n\nUser-agent: scraper\nDisallow: /b", "/a", False),
        ("User-agent: scraper\nDisallow: /a\n\nUser-agent: scraper\nDisallow: /b", "/b", False),
        # Lines that mean nothing to us part no group's names from each other.
        ("User-agent: scraper\nNoindex: /a\nUser-agent: other\nDisallow: /", "/a", False),
        ("User-agent: scraper\nSitemap: /s.xml\nUser-agent: other\nDisallow: /", "/a", False),
        # Rules for others behind our own group are not ours.
        ("User-agent: scraper\nDisallow: /a\nUser-agent: other\nDisallow: /b", "/b", True),
        # The longest match wins, and Allow wins a draw.
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
        ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:  # noqa: FBT001 - a table's column
    """Groups, precedence and wildcards are those of RFC 9309, for our product token."""
    remembered = read_robots(200, text.encode())
    assert remembered is not None
    assert Robots(remembered).allows(SITE + path) is allowed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 10", 10.0),
        ("User-agent: *\nCrawl-delay: 0.5\nDisallow: /x", 0.5),
        ("User-agent: other\nCrawl-delay: 10", None),
        ("User-agent: *\nCrawl-delay: 10\n\nUser-agent: scraper\nCrawl-delay: 2", 2.0),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: -1", None),
        ("User-agent: *\nCrawl-delay: inf", None),
        ("", None),
    ],
)
def test_crawl_delay(text: str, seconds: float | None) -> None:
    """The Crawl-delay is that of our group, a finite number that is not negative."""
    assert Robots(text).crawl_delay == seconds


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 300, 304])
def test_unavailable_allows_everything(status: int) -> None:
    """4xx, and redirects that lead nowhere, mean that there are no rules."""
    assert read_robots(status, b"User-agent: *\nDisallow: /") == ALLOW_ALL


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599, 700])
def test_unreachable_closes_the_host(status: int) -> None:
    """5xx, and "too many requests", mean that the host is to be left alone."""
    assert read_robots(status, b"") is None


def test_html_is_no_robots_txt() -> None:
    """A home page or an error page in place of robots.txt says nothing, by whatever words."""
    page = b"\n <!DOCTYPE html><pre>\nUser-agent: *\nDisallow: /\n</pre>"
    assert read_robots(200, page) == ALLOW_ALL


def test_only_the_first_half_megabyte_is_read() -> None:
    """Rules beyond the size limit are not seen; those before it are."""
    first, last = b"User-agent: *\nDisallow: /first\n", b"\nDisallow: /last\n"
    text = read_robots(200, first + b"#" * MAX_ROBOTS_BYTES + last)
    assert text is not None
    assert len(text) == MAX_ROBOTS_BYTES
    assert not Robots(text).allows(f"{SITE}/first")
    assert Robots(text).allows(f"{SITE}/last")


def test_many_names_before_many_rules() -> None:
    """A file of 18,000 robots that share 30,000 rules is read without a copy for each."""
    text = "".join(f"user agent r{n}\n" for n in range(18_000)) + "Disallow: /\n" * 30_000
    text += "User-agent: scraper\nDisallow: /mine\n"
    rules = Robots(text)
    assert rules.allows(f"{SITE}/theirs")
    assert not rules.allows(f"{SITE}/mine")


@given(st.binary(max_size=400), st.integers(100, 599))
def test_any_bytes_can_be_read(body: bytes, status: int) -> None:
    """Whatever a server sends as robots.txt, there is an answer for every URL."""
    text = read_robots(status, body)
    if text is not None:
        assert Robots(text).allows(f"{SITE}/a?b=c") in {True, False}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.test/a/b?c", "https://news.test/robots.txt"),
        ("http://127.0.0.1:8400/", "http://127.0.0.1:8400/robots.txt"),
        ("https://[2001:db8::1]:444/x", "https://[2001:db8::1]:444/robots.txt"),
        ("https://news.test?x=/y", "https://news.test/robots.txt"),
    ],
)
def test_robots_url(url: str, expected: str) -> None:
    """The rules of a URL are at the top of its host."""
    assert robots_url(url) == expected


def test_freshness() -> None:
    """Rules are gone by for 24 hours; none, undated and future ones are read anew."""
    state = HostState(host="http://a:80", robots=ALLOW_ALL, robots_at=NOW)
    assert is_fresh(state, NOW)
    assert is_fresh(state, NOW + timedelta(hours=23, minutes=59))
    assert not is_fresh(state, NOW + timedelta(hours=24))
    assert not is_fresh(state, NOW - timedelta(seconds=1))
    assert not is_fresh(replace(state, robots=None), NOW)
    assert not is_fresh(replace(state, robots_at=None), NOW)

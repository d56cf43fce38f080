"""Tests of waiting and trying again, as decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.fetch.politeness import (
    MARGIN_SECONDS,
    MAX_PAUSE,
    PAUSE_AFTER_429,
    after_answer,
    delay_seconds,
    next_attempt,
    parse_retry_after,
    wait_seconds,
)
from scraper.model import HostState, Reason

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOST = HostState(host="https://news.test:443")


def seconds(number: float) -> timedelta:
    """So many seconds."""
    return timedelta(seconds=number)


@pytest.mark.parametrize(
    ("general", "site", "crawl_delay", "expected"),
    [
        (1.0, None, None, 1.0),
        (1.0, 5.0, None, 5.0),
        (1.0, 0.1, None, 1.0),
        (1.0, None, 10.0, 10.0),
        (1.0, None, 0.5, 1.0),
        (1.0, 5.0, 3.0, 5.0),
        (1.0, None, 1e9, 86_400.0),
    ],
)
def test_largest_delay_counts(
    general: float, site: float | None, crawl_delay: float | None, expected: float
) -> None:
    """The gap is the largest of config's, the site's and robots.txt's, a day at most, and a margin
    for requests that arrive closer together than they left.
    """
    delay = delay_seconds(general=general, site=site, crawl_delay=crawl_delay)
    assert delay == expected + MARGIN_SECONDS > expected


def test_no_margin_without_a_delay() -> None:
    """Where no gap is wanted nobody waits."""
    assert delay_seconds(general=0.0, site=None, crawl_delay=0.0) == 0.0


def test_waits() -> None:
    """A host waits for its gap and for its pause, whichever ends later."""
    assert wait_seconds(HOST, delay=5, now=NOW) == 0
    asked = replace(HOST, last_request_at=NOW - seconds(2))
    assert wait_seconds(asked, delay=5, now=NOW) == 3
    assert wait_seconds(asked, delay=1, now=NOW) == 0
    paused = replace(asked, not_before=NOW + seconds(30))
    assert wait_seconds(paused, delay=5, now=NOW) == 30
    assert wait_seconds(paused, delay=50, now=NOW) == 48


def test_clock_set_back() -> None:
    """Where the last request seems to lie in the future, nobody waits for more than the gap."""
    asked = replace(HOST, last_request_at=NOW + timedelta(days=400))
    assert wait_seconds(asked, delay=5, now=NOW) == 5
    paused = replace(HOST, not_before=NOW + timedelta(days=400))
    assert wait_seconds(paused, delay=5, now=NOW) == MAX_PAUSE.total_seconds()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", seconds(120)),
        (" 7 ", seconds(7)),
        ("86400", seconds(86_400)),
        ("86401", seconds(86_400)),
        ("9" * 5_000, seconds(86_400)),
        ("0", None),
        ("0000000000000", None),
        ("-5", None),
        ("1.5", None),
        ("\u0663", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("Mon, 04 May 2026 12:10:00 GMT", seconds(600)),
        ("Monday, 04-May-26 12:10:00 GMT", seconds(600)),
        ("Mon May  4 12:10:00 2026", seconds(600)),
        ("Mon, 04 May 2026 14:10:00 +0200", seconds(600)),
        ("Mon, 04 May 2026 11:59:00 GMT", None),
        ("Mon, 04 May 2099 12:00:00 GMT", seconds(86_400)),
        ("Fri, 31 Dec 9999 23:59:59 -0500", seconds(86_400)),
        ("Mon, 01 Jan 0001 00:00:00 +0500", None),
        ("Mon, 99 May 2026 12:00:00 GMT", None),
    ],
)
def test_retry_after(text: str | None, expected: timedelta | None) -> None:
    """Both forms of Retry-After are read, up to a day; what is past or unreadable is none."""
    assert parse_retry_after(text, NOW) == (NOW + expected if expected else None)


@given(st.text(max_size=40) | st.datetimes().map(format_datetime))
def test_retry_after_is_in_the_next_day(text: str) -> None:
    """Whatever the header says, the moment it names is within a day from now, or none."""
    moment = parse_retry_after(text, NOW)
    assert moment is None or NOW < moment <= NOW + MAX_PAUSE


@pytest.mark.parametrize(
    ("status", "retry_after", "pause"),
    [
        (200, "60", None),
        (301, "60", None),
        (404, "60", None),
        (429, "60", seconds(60)),
        (429, None, PAUSE_AFTER_429),
        (429, "never", PAUSE_AFTER_429),
        (503, "60", seconds(60)),
        (500, "60", seconds(60)),
        (503, None, None),
    ],
)
def test_what_an_answer_does(status: int, retry_after: str | None, pause: timedelta | None) -> None:
    """Pauses are made by 429 and, where they say so, by 5xx; by no other answer."""
    state = after_answer(HOST, status=status, retry_after=retry_after, now=NOW)
    assert state.not_before == (NOW + pause if pause else None)


def test_pauses_are_never_shortened() -> None:
    """A shorter pause after a longer one changes nothing."""
    paused = replace(HOST, not_before=NOW + seconds(600))
    assert after_answer(paused, status=429, retry_after="5", now=NOW) == paused
    longer = after_answer(paused, status=429, retry_after="900", now=NOW)
    assert longer.not_before == NOW + seconds(900)


def test_backoff() -> None:
    """Tries are made 10 minutes, 1 hour, 6 hours and then a day apart, while there are any left."""
    times = [next_attempt(n, Reason.TIMEOUT, None, NOW, 9) for n in range(1, 10)]
    hours = [1 / 6, 1, 6, 24, 24, 24, 24, 24]
    assert times == [*(NOW + timedelta(hours=h) for h in hours), None]


def test_server_names_the_time() -> None:
    """A page is not asked for before the time that the server named, nor before its backoff."""
    late, soon = NOW + seconds(7_200), NOW + seconds(5)
    assert next_attempt(1, Reason.HTTP_429, late, NOW, 3) == late
    assert next_attempt(1, Reason.HTTP_429, soon, NOW, 3) == NOW + seconds(600)


@given(st.sampled_from(Reason), st.integers(0, 10**6), st.integers(1, 10**6))
def test_never_again(reason: Reason, attempts: int, max_tries: int) -> None:
    """Another try is made just where the trouble may pass and tries are left, within a day."""
    again = next_attempt(attempts, reason, None, NOW, max_tries)
    assert (again is not None) == (reason.may_pass and attempts < max_tries)
    assert again is None or NOW < again <= NOW + timedelta(days=1)


def test_gone_is_gone() -> None:
    """A page that answered 410 is never asked for again, whatever is left of its tries."""
    assert next_attempt(1, Reason.HTTP_410, NOW + seconds(5), NOW, 100) is None

"""When a source or page is asked again, and what a failure makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.config import DiscoverConfig
from scraper.model import (
    GIVE_UP_AFTER,
    Page,
    PageId,
    PageState,
    Reason,
    Refused,
    Request,
    Source,
    SourceId,
    SourceKind,
    SourceState,
    Validators,
)
from scraper.pipeline.pace import (
    choose_interval,
    judge_refusal,
    judge_source,
    next_revisit,
    parse_span,
)

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def make_source(*, failures: int = 0, every_minutes: float | None = None) -> Source:
    """A source with so many failures behind it."""
    return Source(
        id=SourceId(1),
        url="https://example.org/feed",
        name="Example",
        kind=SourceKind.FEED,
        origin="command",
        every_minutes=every_minutes,
        state=SourceState.FAILING if failures else SourceState.ACTIVE,
        validators=Validators(),
        last_check_at=None,
        next_check_at=NOW,
        failures=failures,
        reason=None,
        detail=None,
    )


def make_page(*, state: PageState = PageState.ANNOUNCED, attempts: int = 0) -> Page:
    """A page in this state."""
    return Page(
        id=PageId(1),
        url="https://example.org/a",
        site="example.org",
        state=state,
        reason=None,
        detail=None,
        attempts=attempts,
        next_attempt_at=NOW,
        announced_at=NOW,
        fetched_at=None,
        validators=Validators(),
    )


def make_refusal(reason: Reason, *, status: int | None = None, was_asked: bool = True) -> Refused:
    """A refusal for this reason; ``was_asked`` where a request was made at all."""
    request = Request(
        url="https://example.org/a",
        at=NOW,
        status=status,
        reason=reason,
        detail=None,
        wire_bytes=0,
    )
    return Refused(
        url="https://example.org/a",
        reason=reason,
        detail="as it went",
        fetched_at=NOW,
        status=status,
        requests=(request,) if was_asked else (),
    )


def test_an_hourly_source_is_due_when_an_hourly_cron_job_comes_early() -> None:
    """A job that starts a minute early still finds the source due, one at half time does not."""
    verdict = judge_source(make_source(), reason=None, retry_at=None, interval=HOUR, now=NOW)
    assert NOW + timedelta(minutes=30) < verdict.next_check_at < NOW + timedelta(minutes=59)


def choose(
    *, every: float | None = None, recent: int | None = None, declared: timedelta | None = None
) -> timedelta:
    """The interval of a source with so many news in a week."""
    return choose_interval(
        make_source(every_minutes=every),
        DiscoverConfig(interval_minutes=60, fastest_minutes=15, slowest_minutes=1_440),
        recent=recent,
        span=timedelta(days=7),
        declared=declared,
    )


def test_a_pace_of_its_own_counts_before_all_else() -> None:
    """`--every` is what counts where it is set, whatever the source publishes or declares."""
    assert choose(every=10, recent=0, declared=9 * HOUR) == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("recent", "interval"),
    [
        (None, HOUR),  # nothing is known
        (0, 24 * HOUR),  # it is asleep
        (1, 24 * HOUR),
        (14, 6 * HOUR),  # two a day
        (84, HOUR),
        (10_000, HOUR / 4),
    ],
)
def test_the_pace_follows_what_a_source_publishes(recent: int | None, interval: timedelta) -> None:
    """Half the mean gap between its news, within the config's bounds."""
    assert choose(recent=recent) == interval


@pytest.mark.parametrize(
    ("declared", "interval"), [(HOUR / 2, HOUR), (3 * HOUR, 3 * HOUR), (99 * HOUR, 24 * HOUR)]
)
def test_a_source_is_not_asked_sooner_than_it_declares(
    declared: timedelta, interval: timedelta
) -> None:
    """Cache-Control, ttl and sy:updatePeriod make a pace slower, up to the slowest."""
    assert choose(recent=84, declared=declared) == interval


def test_sources_that_failed_together_are_not_asked_together() -> None:
    """A backoff is spread by the source's address, by a quarter at most, the same each time."""
    first = make_source()
    moments = {
        judge_source(
            replace(first, url=f"https://example.org/{number}"),
            reason=Reason.TIMEOUT,
            retry_at=None,
            interval=HOUR,
            now=NOW,
        ).next_check_at
        for number in range(10)
    }
    assert len(moments) == 10
    assert max(moments) - min(moments) < HOUR / 4
    assert min(moments) >= NOW + HOUR * 0.9


def test_success_forgets_failures() -> None:
    """A source that works again is active, and its failures are not counted on."""
    verdict = judge_source(
        make_source(failures=4), reason=None, retry_at=None, interval=HOUR, now=NOW
    )
    assert (verdict.state, verdict.failures) == (SourceState.ACTIVE, 0)


def test_failing_sources_are_asked_ever_more_rarely_and_then_paused() -> None:
    """The waits never shrink, and after ten failures in a row the source is paused."""
    source, waits = make_source(), []
    for failures in range(GIVE_UP_AFTER):
        assert source.failures == failures
        verdict = judge_source(source, reason=Reason.DNS, retry_at=None, interval=HOUR, now=NOW)
        waits.append(verdict.next_check_at - NOW)
        expected = SourceState.PAUSED if failures == GIVE_UP_AFTER - 1 else SourceState.FAILING
        assert verdict.state is expected
        source = make_source(failures=verdict.failures)
    assert waits == sorted(waits)
    assert waits[-1] <= timedelta(hours=24)


def test_a_source_that_is_gone_for_good_is_paused_at_once() -> None:
    """410 says that asking again is no use."""
    verdict = judge_source(
        make_source(), reason=Reason.HTTP_410, retry_at=None, interval=HOUR, now=NOW
    )
    assert (verdict.state, verdict.failures) == (SourceState.PAUSED, GIVE_UP_AFTER)


def test_a_source_is_not_asked_before_the_time_its_server_names() -> None:
    """Retry-After beyond our own backoff is obeyed."""
    retry_at = NOW + timedelta(hours=20)
    verdict = judge_source(
        make_source(),
        reason=Reason.HTTP_429,
        retry_at=retry_at,
        interval=HOUR,
        now=NOW,
    )
    assert verdict.next_check_at == retry_at


@pytest.mark.parametrize(
    ("reason", "status", "state"),
    [
        (Reason.HTTP_4XX, 404, PageState.GONE),
        (Reason.HTTP_410, 410, PageState.GONE),
        (Reason.HTTP_4XX, 403, PageState.REFUSED),
        (Reason.ROBOTS, None, PageState.REFUSED),
        (Reason.BLOCKED_ADDRESS, None, PageState.REFUSED),
        (Reason.NOT_HTML, 200, PageState.REFUSED),
    ],
)
def test_what_will_not_pass_is_never_asked_for_again(
    reason: Reason, status: int | None, state: PageState
) -> None:
    """A page that is gone or refused has no next attempt."""
    verdict = judge_refusal(make_page(), make_refusal(reason, status=status), max_tries=3, now=NOW)
    assert (verdict.state, verdict.next_attempt_at) == (state, None)


@given(reason=st.sampled_from([reason for reason in Reason if reason.may_pass]))
def test_what_may_pass_is_tried_three_times_in_all(reason: Reason) -> None:
    """A failing page is asked for at most ``max_tries`` times, then left alone."""
    page, tries = make_page(), 0
    while True:
        tries += 1
        verdict = judge_refusal(page, make_refusal(reason), max_tries=3, now=NOW)
        assert verdict.state is PageState.FAILING
        if verdict.next_attempt_at is None:
            break
        assert verdict.next_attempt_at > NOW
        page = make_page(state=PageState.FAILING, attempts=verdict.attempts)
    assert tries == 3


def test_a_page_that_was_not_asked_for_loses_no_try() -> None:
    """Where its host wants to be left alone, the page waits with all its tries."""
    verdict = judge_refusal(
        make_page(), make_refusal(Reason.HTTP_429, was_asked=False), max_tries=3, now=NOW
    )
    assert verdict.attempts == 0
    assert verdict.next_attempt_at is not None


@pytest.mark.parametrize("reason", [Reason.HTTP_5XX, Reason.ROBOTS, Reason.TIMEOUT])
def test_an_archived_page_stays_archived_when_it_fails(reason: Reason) -> None:
    """A page that fails never replaces what was archived of it."""
    verdict = judge_refusal(
        make_page(state=PageState.ARCHIVED), make_refusal(reason), max_tries=3, now=NOW
    )
    assert verdict.state is PageState.ARCHIVED


def test_revisits_come_in_order_and_end() -> None:
    """Two hours, a day, a week after it was first seen; then never."""
    revisit = ("7d", "2h", "1d")
    moments = []
    now: datetime | None = NOW
    while now is not None:
        now = next_revisit(NOW, revisit, now)
        moments.append(now and now - NOW)
    assert moments == [timedelta(hours=2), timedelta(days=1), timedelta(days=7), None]


def test_spans_are_minutes_hours_or_days() -> None:
    """The units of the config."""
    spans = [parse_span("90m"), parse_span("2h"), parse_span("7d")]
    assert spans == [timedelta(minutes=90), timedelta(hours=2), timedelta(days=7)]

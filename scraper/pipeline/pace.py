"""When a source or a page is asked again, and what a failure makes of it. Decides, does nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from zlib import crc32

from scraper.fetch.politeness import next_attempt
from scraper.model import GIVE_UP_AFTER, PageState, Reason, SourceState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scraper.config import DiscoverConfig
    from scraper.model import Page, Refused, Source

#: A source that fails is asked at least so often until then, whatever its backoff.
_LONGEST_BACKOFF = timedelta(hours=24)
#: Cron starts a little early or late: a source is due when this share of its interval has passed,
#: so that an hourly job asks an hourly source every hour and not every other.
_DUE_AT = 0.9

#: A backoff is lengthened by up to this share, so that sources which failed together (a network
#: that was down, a host of many feeds) are not asked together for ever after. A guess.
_JITTER = 0.25

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceVerdict:
    """What a source is after it was asked, and when it is asked next."""

    state: SourceState
    failures: int
    next_check_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PageVerdict:
    """What a page is after it was refused, and when it is asked for next; None is never."""

    state: PageState
    attempts: int
    next_attempt_at: datetime | None


def choose_interval(
    source: Source,
    config: DiscoverConfig,
    *,
    recent: int | None,
    span: timedelta,
    declared: timedelta | None,
) -> timedelta:
    """How long the source is left alone when all is well.

    What a person set for it holds. Else half the mean gap between its news, of which there were
    ``recent`` in the last ``span`` (None where it never had any), so that news waits for a quarter
    of a gap on average; and never less than the source itself declares. Within the config's bounds.
    """
    if source.every_minutes is not None:
        return timedelta(minutes=source.every_minutes)
    fastest = timedelta(minutes=config.fastest_minutes)
    slowest = max(fastest, timedelta(minutes=config.slowest_minutes))
    if recent is None:
        wanted = timedelta(minutes=config.interval_minutes)
    else:
        wanted = span / (2 * recent) if recent else slowest
    return min(max(wanted, declared or fastest, fastest), slowest)


def judge_source(
    source: Source,
    *,
    reason: Reason | None,
    retry_at: datetime | None,
    was_asked: bool = True,
    interval: timedelta,
    now: datetime,
) -> SourceVerdict:
    """What the source is now: working where ``reason`` is None, else failing, in the end paused;
    paused at once where it is gone for good.

    A source that was not really asked (its host wants to be left alone) has not failed once more.
    """
    interval *= _DUE_AT
    if reason is None:
        return SourceVerdict(state=SourceState.ACTIVE, failures=0, next_check_at=now + interval)
    failures = source.failures + was_asked
    if reason is Reason.HTTP_410:  # gone for good, and says so: the site wants no more requests
        failures = max(failures, GIVE_UP_AFTER)
    doubled = interval * 2 ** min(max(failures - 1, 0), 10) * (1 + _JITTER * _spread(source.url))
    backoff = max(interval, min(doubled, _LONGEST_BACKOFF))
    return SourceVerdict(
        state=SourceState.PAUSED if failures >= GIVE_UP_AFTER else SourceState.FAILING,
        failures=failures,
        next_check_at=max(now + backoff, retry_at or now),
    )


def _spread(url: str) -> float:
    """A number from 0 to 1 that the source's address alone decides: jitter without chance."""
    return crc32(url.encode()) / 0xFFFF_FFFF


def judge_refusal(page: Page, refused: Refused, *, max_tries: int, now: datetime) -> PageVerdict:
    """What the page is now that it was not to be had.

    What was archived stays archived, unless the site says that it is gone. A page that was not
    really asked for (its host wants to be left alone) has used up no try.
    """
    if refused.reason is Reason.HTTP_410 or refused.status == HTTPStatus.NOT_FOUND:
        return PageVerdict(state=PageState.GONE, attempts=page.attempts + 1, next_attempt_at=None)
    attempts = page.attempts + bool(refused.requests)
    again = None
    state = PageState.REFUSED
    if refused.reason.may_pass:
        state = PageState.FAILING
        again = next_attempt(attempts, refused.reason, refused.retry_at, now, max_tries)
    if page.state is PageState.ARCHIVED:
        state = PageState.ARCHIVED
    return PageVerdict(state=state, attempts=attempts, next_attempt_at=again)


def next_revisit(seen_at: datetime, revisit: Iterable[str], now: datetime) -> datetime | None:
    """When an archived page is asked for again; None where it is left alone from now on.

    ``revisit`` are spans since it was first seen, such as "2h", "1d".
    """
    moments = sorted(seen_at + parse_span(span) for span in revisit)
    return next((moment for moment in moments if moment > now), None)


def parse_span(span: str) -> timedelta:
    """The span that "90m", "2h" or "7d" says; the config has checked its form."""
    return timedelta(**{_UNITS[span[-1]]: int(span[:-1])})

"""How long we must wait before asking a host again, and whether another try is worth it.

Rule 1: gaps are measured from the start of one request to the start of the next, a request's start
being the moment at which it goes out: what comes before it (the name, the handshake) could shorten
the gap that the server sees.
Rule 2: nothing makes a gap shorter than ``[fetch] min_delay_seconds``; a site's own setting and
robots.txt's Crawl-delay can only make it longer.
Rule 3: what a host asks for beyond a day is taken as a day, so that a typing error there cannot
close a host for ever.
Rule 4: gaps are kept a little longer than asked for, since they are counted where requests arrive:
one that was slow on its way, followed by one that was not, come closer together than they left.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.model import HostState, Reason

#: Retry-After and Crawl-delay are obeyed up to here (DESIGN, promises of the fetcher).
MAX_PAUSE = timedelta(hours=24)

#: What is added to each gap. A guess: 4 ms were measured between a busy machine's own processes; a
#: network varies by a few times that, and nobody notices so little beside a second.
MARGIN_SECONDS = 0.02

#: A wait longer than this is not slept through: the page is refused with the time from which it
#: may be asked for. A guess: twice the Crawl-delays commonly met (1 to 30 s), and short beside
#: the minutes between two runs. A gap of a minute is slept through, its margin included.
MAX_WAIT_SECONDS = 60.0 + MARGIN_SECONDS

#: The pause after "429 Too Many Requests" that names none. A guess; longer than MAX_WAIT_SECONDS,
#: so that the host is left alone for the rest of a run.
PAUSE_AFTER_429 = timedelta(minutes=5)

#: Backoff of failed pages: 10 minutes, 1 hour, 6 hours, then every day. Guesses: a restart of a
#: server passes in minutes, a broken deployment in hours.
FIRST_BACKOFF = timedelta(minutes=10)
BACKOFF_FACTOR = 6
MAX_BACKOFF = timedelta(hours=24)

_DECIMALS = 10  # more digits of seconds than these are centuries


def delay_seconds(*, general: float, site: float | None, crawl_delay: float | None) -> float:
    """The gap to keep between two requests to a host: the largest of the three, at most a day, and
    the margin; none where none of the three is set.
    """
    gap = min(max(general, site or 0.0, crawl_delay or 0.0), MAX_PAUSE.total_seconds())
    return gap + MARGIN_SECONDS if gap else 0.0


def wait_seconds(state: HostState, *, delay: float, now: datetime) -> float:
    """How long to wait before this host may be asked, 0.0 where it may be at once.

    A clock that was set back makes nobody wait longer than the gap, or a day's pause.
    """
    gap = pause = timedelta()
    if state.last_request_at is not None:
        due = state.last_request_at + timedelta(seconds=delay)
        gap = min(due - now, timedelta(seconds=delay))
    if state.not_before is not None:
        pause = min(state.not_before - now, MAX_PAUSE)
    return max(gap, pause, timedelta()).total_seconds()


def after_answer(
    state: HostState, *, status: int, retry_after: str | None, now: datetime
) -> HostState:
    """What to remember of a host that has answered with this status and Retry-After header.

    Only "too many requests" and the server's own troubles (5xx) make a pause: on other answers
    Retry-After speaks of something else (RFC 9110, section 10.2.3). A pause is never shortened.
    """
    pause_until: datetime | None = None
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        pause_until = parse_retry_after(retry_after, now) or now + PAUSE_AFTER_429
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        pause_until = parse_retry_after(retry_after, now)
    if pause_until is None or (state.not_before is not None and state.not_before >= pause_until):
        return state
    return replace(state, not_before=pause_until)


def parse_retry_after(text: str | None, now: datetime) -> datetime | None:
    """The moment a Retry-After header names, at most a day from ``now``; ``None`` where it names
    none or one that has passed. Both forms are read: seconds, and an HTTP date.
    """
    text = (text or "").strip()
    if text.isascii() and text.isdigit():
        digits = text.lstrip("0")
        seconds = int(digits or 0) if len(digits) <= _DECIMALS else MAX_PAUSE.total_seconds()
        pause = timedelta(seconds=min(seconds, MAX_PAUSE.total_seconds()))
        return now + pause if pause else None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # "-0000", or none: HTTP dates are GMT
        moment = moment.replace(tzinfo=UTC)
    # Compared before it is moved to UTC: the last hours of 9999 lie beyond it there.
    return min(moment, now + MAX_PAUSE).astimezone(UTC) if moment > now else None


def next_attempt(
    attempts: int, reason: Reason, retry_at: datetime | None, now: datetime, max_tries: int
) -> datetime | None:
    """When a page is to be asked for again that was refused for this reason; ``None``: never.

    ``attempts`` counts the tries made so far, the refused one included. Exponential backoff,
    never earlier than ``retry_at``, the time that the server itself named.
    """
    if not reason.may_pass or attempts >= max_tries:
        return None
    # Beyond four steps the cap has long been reached; the bound keeps the power small.
    factor: int = BACKOFF_FACTOR ** min(max(attempts - 1, 0), 4)
    backoff = min(FIRST_BACKOFF * factor, MAX_BACKOFF)
    return max(now + backoff, retry_at) if retry_at is not None else now + backoff

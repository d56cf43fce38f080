"""The sources: which are well, how often each is asked, and what went wrong last."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper import clock
from scraper.match.version import FINGERPRINT_VERSION
from scraper.model import SourceState
from scraper.store.health import Announced, count_announced, load_health
from scraper.web.page import read_archive, render
from scraper.web.shown import count

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from scraper.model import Source

#: The chart beside each source, and the list below them.
DAYS, TROUBLES = 30, 20
_BAR_HEIGHT = 18
_HOUR, _DAY = 60, 1_440

#: Those that want attention come first.
_STATES = ("given up", "failing", "late", "new", "paused", "well")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source in the table; ``bars`` are the heights of its days, scaled to its own busiest."""

    source: Source
    state: str
    pace: str
    announced: Announced
    bars: tuple[float, ...]


def show_sources(request: Request) -> Response:
    """The page."""
    now = clock.now()
    with read_archive(request) as connection:
        health = load_health(
            connection, now=now, troubles=TROUBLES, fingerprint_version=FINGERPRINT_VERSION
        )
        announced = count_announced(connection, days=DAYS, now=now)
    nothing = Announced(by_day=(0,) * DAYS, ever=0)
    rows = sorted(
        (_make_row(source, announced.get(source.id, nothing), now) for source in health.sources),
        key=lambda row: (_STATES.index(row.state), row.source.name.casefold()),
    )
    return render(
        request,
        "sources.html",
        health=health,
        rows=rows,
        summary=_sum_up(Counter(row.state for row in rows)),
        bar_height=_BAR_HEIGHT,
        days=DAYS,
        now=now,
    )


def _make_row(source: Source, announced: Announced, now: datetime) -> SourceRow:
    busiest = max(announced.by_day)
    return SourceRow(
        source=source,
        state=_tell_state(source, now),
        pace=_tell_pace(source.every_minutes),
        announced=announced,
        bars=tuple(
            round(max(2.0, _BAR_HEIGHT * links / busiest), 1) if links else 0.0
            for links in announced.by_day
        ),
    )


def _tell_state(source: Source, now: datetime) -> str:
    """The state in one word; late is what was due a whole turn of its pace ago, a day at least."""
    if source.gave_up:
        return "given up"
    if source.state is not SourceState.ACTIVE:
        return str(source.state)
    if source.last_check_at is None:
        return "new"
    turn_minutes = max(source.every_minutes or 0, _DAY)
    late = (now - source.next_check_at).total_seconds() > turn_minutes * 60
    return "late" if late else "well"


def _tell_pace(minutes: float | None) -> str:
    if minutes is None:
        return "as configured"
    if minutes < 1:
        return f"every {minutes * 60:.0f} s"
    if minutes < 2 * _HOUR:
        return f"every {minutes:g} min"
    if minutes < 2 * _DAY:
        return f"every {round(minutes / _HOUR, 1):g} h"
    return f"every {round(minutes / _DAY, 1):g} d"


def _sum_up(counted: Counter[str]) -> str:
    """How the sources are, as a sentence."""
    if not counted:
        return "No sources yet: `scraper add URL` watches one."
    told = [f"{counted[state]} {state}" for state in reversed(_STATES) if counted[state]]
    return f"{count(counted.total(), 'source')}: " + ", ".join(told) + "."

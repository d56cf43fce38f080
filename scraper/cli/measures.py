"""Moments, durations, sizes and counts for people: in local time, and no more than is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.model import Precision

if TYPE_CHECKING:
    from datetime import datetime, timedelta

#: Where a duration, in seconds, is told in a larger or rounder measure: what reads well.
_TENTHS_UNTIL, _MINUTES_FROM, _HOURS_FROM = 10, 120, 7200
_KILO, _MEGA = 1_000, 1_000_000


def print_local(moment: datetime | None) -> str | None:
    """The moment in local time, to the minute: "2026-11-22 10:00"."""
    return None if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M}"


def print_publication(moment: datetime | None, precision: Precision | None) -> str | None:
    """When something was published, in local time; the day as printed where no more is known."""
    if moment is not None and precision is Precision.DAY:
        return f"{moment:%Y-%m-%d}"
    return print_local(moment)


def print_duration(span: timedelta) -> str:
    """About how long: "0.4 s", "90 s", "3 min", "2.5 h"."""
    seconds = span.total_seconds()
    if seconds < _MINUTES_FROM:
        return f"{seconds:.1f} s" if seconds < _TENTHS_UNTIL else f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if seconds < _HOURS_FROM else f"{minutes / 60:.1f} h"


def print_count(number: int, one: str, many: str | None = None) -> str:
    """How many: "1 story", "0 mirrors"; more than one of it is ``many``, or ``one`` with an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def print_size(size_bytes: int) -> str:
    """About how much: "850 B", "12 kB", "3.4 MB"."""
    if size_bytes < _KILO:
        return f"{size_bytes} B"
    if size_bytes < _MEGA:
        return f"{size_bytes / _KILO:.0f} kB"
    return f"{size_bytes / _MEGA:.1f} MB"

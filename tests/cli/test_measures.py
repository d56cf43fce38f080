"""Moments, durations and sizes as people read them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from scraper.cli.measures import (
    print_count,
    print_duration,
    print_local,
    print_publication,
    print_size,
)
from scraper.model import Precision

if TYPE_CHECKING:
    from collections.abc import Iterator

MOMENT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine's clock stands nine hours ahead of UTC."""
    monkeypatch.setenv("TZ", "UTC-9")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_moments_are_local() -> None:
    """A moment is told by the machine's clock, whatever offset it came with."""
    assert print_local(MOMENT) == "2026-11-23 08:30"
    assert print_local(MOMENT.astimezone(timezone(timedelta(hours=-5)))) == "2026-11-23 08:30"
    assert print_local(None) is None


def test_one_is_told_as_one() -> None:
    """A count is of one thing or of several, whose word may be another."""
    assert [print_count(number, "mirror") for number in range(3)] == [
        "0 mirrors",
        "1 mirror",
        "2 mirrors",
    ]
    assert print_count(1, "story", "stories") == "1 story"
    assert print_count(0, "story", "stories") == "0 stories"


def test_day_stays_the_day_that_was_printed() -> None:
    """Where only a day is known it is not moved into another by the local clock."""
    assert print_publication(MOMENT, Precision.DAY) == "2026-11-22"
    assert print_publication(MOMENT, Precision.MINUTE) == "2026-11-23 08:30"
    assert print_publication(None, Precision.DAY) is None


@pytest.mark.parametrize(
    ("seconds", "printed"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (31, "31 s"),
        (119, "119 s"),
        (185, "3 min"),
        (9000, "2.5 h"),
    ],
)
def test_durations(seconds: float, printed: str) -> None:
    """A duration has as many digits as mean something."""
    assert print_duration(timedelta(seconds=seconds)) == printed


@pytest.mark.parametrize(
    ("size", "printed"), [(0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (3_449_000, "3.4 MB")]
)
def test_sizes(size: int, printed: str) -> None:
    """A size is told in the measure that suits it."""
    assert print_size(size) == printed

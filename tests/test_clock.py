"""The clock by which leases are counted."""

from __future__ import annotations

import time

import pytest

from scraper import clock


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="other systems' clocks go on")
def test_the_time_that_a_machine_slept_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop that was shut for an hour has lost its leases, though it did nothing meanwhile."""
    asleep = 0.0

    def slept(which: int) -> float:
        return 100.0 + (asleep if which == time.CLOCK_BOOTTIME else 0.0)

    monkeypatch.setattr(time, "clock_gettime", slept)
    before = clock.ticks()
    asleep = 3600.0
    assert clock.ticks() - before == asleep

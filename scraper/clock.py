"""The only reader of time: everything else takes ``now`` as an argument or asks here.

Tests replace ``now``, ``ticks`` and ``sleep`` in this module, never ``datetime`` itself.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def ticks() -> float:
    """Seconds since some moment, unmoved by whoever sets the clock; those in which the machine
    slept are among them, which Linux leaves out of ``time.monotonic``.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


async def sleep(seconds: float) -> None:
    """Return after so many seconds; at once where they are not positive."""
    await asyncio.sleep(max(0.0, seconds))

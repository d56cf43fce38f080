"""The only reader of time: everything else takes ``now`` as an argument or asks here.

Tests replace ``now`` and ``sleep`` in this module, never ``datetime`` itself.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


async def sleep(seconds: float) -> None:
    """Return after so many seconds; at once where they are not positive."""
    await asyncio.sleep(max(0.0, seconds))

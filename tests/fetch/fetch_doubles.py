"""What stands in for the archive's memory and for the clock in tests of the fetch room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from scraper.model import Fetched, HostState

#: For the name news.test alone, signed by itself, until 2126.
CERTIFICATE = Path(__file__).with_name("certificates") / "news_test.pem"


class Memory:
    """A HostMemory that is forgotten with the test."""

    def __init__(self, *states: HostState) -> None:
        self.states = {state.host: state for state in states}
        self.saved: list[HostState] = []
        #: Hosts that another process asks.
        self.others: set[str] = set()

    def load(self, host: str) -> HostState | None:
        """What was saved last of this host."""
        return self.states.get(host)

    def save(self, state: HostState) -> None:
        """Remember this, and that it was saved."""
        self.states[state.host] = state
        self.saved.append(state)

    @contextmanager
    def hold(self, state: HostState) -> Iterator[HostState | None]:
        """The state, which nobody else changes; None where another process is said to."""
        yield None if state.host in self.others else state


class FakeClock:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 5, 4, 12, tzinfo=UTC)
        self.naps: list[float] = []

    def now(self) -> datetime:
        """The moment at which time stands."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Return at once, so many seconds later."""
        if seconds > 0:
            self.naps.append(seconds)
            self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0)


#: The fixture ``fetch``: URLs in, outcomes out.
Fetch: TypeAlias = Callable[..., "list[Fetched]"]

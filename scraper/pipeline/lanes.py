"""One thing at a time for each host, all hosts side by side.

How many hosts are asked at the same moment is for the fetcher to bound: a lane that waits for its
host's delay must not keep others from their turn. Where other processes work on the archive too,
a lane begins when its host is ours (``Turns``), and only the hosts for which there is time are.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from scraper.errors import ScraperError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

Job: TypeAlias = "Callable[[], Awaitable[None]]"

#: Lanes that wait for their host are looked at when a job ends, and at least so often: hosts that
#: begin to wait for their delay make room without a word.
_LOOK_SECONDS: Final = 0.5


class Turns(Protocol):
    """Whose turn it is to ask a host."""

    def take(self, hosts: Collection[str], *, room: int) -> Collection[str]:
        """Those of these hosts that are ours from now on."""

    def let_go(self, host: str) -> None:
        """Nothing; the host is anybody's."""


class Lanes:
    """Jobs in a lane for each host; a lane's jobs run in the order they were added.

    A job may add more. A ScraperError of a job, a full disk say, ends all lanes and comes out of
    ``run``. Any other exception is a bug of ours that a host's answer may have met: it ends that
    host's lane, and comes out once the others are empty, so that no host can keep all others from
    their turn.
    Once ``stop`` is set, jobs that run come to their end, and no more begin.
    ``room`` says for how many hosts more there is time beside those whose number it is given.
    Lanes of hosts that are others' when all of ours are empty are left: others do what is due.
    """

    def __init__(
        self, turns: Turns, *, room: Callable[[int], int], stop: asyncio.Event | None = None
    ) -> None:
        self._turns = turns
        self._room = room
        self._stop = stop or asyncio.Event()
        self._waiting: dict[str, deque[Job]] = {}
        self._open: dict[str, deque[Job]] = {}
        self._changed = asyncio.Event()
        self._bug: Exception | None = None

    def add(self, host: str, job: Job) -> None:
        """Nothing; the job runs when it is its turn."""
        lane = self._open.get(host)
        if lane is None:
            lane = self._waiting.setdefault(host, deque())
            self._changed.set()
        lane.append(job)

    async def run(self) -> None:
        """Return when every lane of ours is empty, or stopped."""
        try:
            async with asyncio.TaskGroup() as tasks:
                while not self._stop.is_set() and (self._open_lanes(tasks) or self._open):
                    await self._until_changed()
        except BaseExceptionGroup as failed:
            raise failed.exceptions[0] from None  # whoever calls knows the error, not the group
        if self._bug is not None:
            raise self._bug

    def _open_lanes(self, tasks: asyncio.TaskGroup) -> bool:
        """Whether any of the lanes that wait could begin."""
        taken = self._turns.take(self._waiting.keys(), room=self._room(len(self._open)))
        for host in list(taken):
            self._open[host] = self._waiting.pop(host)
            tasks.create_task(self._drain(host))
        return bool(taken)

    async def _until_changed(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS if self._waiting else None):
                await self._changed.wait()
        self._changed.clear()

    async def _drain(self, host: str) -> None:
        lane = self._open[host]
        while lane and not self._stop.is_set():
            try:
                await lane.popleft()()
            except ScraperError:
                raise
            except Exception as exc:  # noqa: BLE001 - whatever it is, others are not to suffer
                self._bug = self._bug or exc
                lane.clear()
            self._changed.set()
        # No await between the last look at the lane and this line: nothing can be added unseen.
        del self._open[host]
        self._turns.let_go(host)
        self._changed.set()

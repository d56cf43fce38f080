"""One thing at a time for each host, all hosts side by side.

How many hosts are asked at the same moment is for the fetcher to bound: a lane that waits for its
host's delay must not keep others from their turn.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from scraper.errors import ScraperError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Job: TypeAlias = "Callable[[], Awaitable[None]]"


class Lanes:
    """Jobs in a lane for each host; a lane's jobs run in the order they were added.

    A job may add more. A ScraperError of a job, a full disk say, ends all lanes and comes out of
    ``run``. Any other exception is a bug of ours that a host's answer may have met: it ends that
    host's lane, and comes out once the others are empty, so that no host can keep all others from
    their turn.
    Once ``stop`` is set, jobs that run come to their end, and no more begin.
    """

    def __init__(self, stop: asyncio.Event | None = None) -> None:
        self._stop = stop or asyncio.Event()
        self._lanes: dict[str, deque[Job]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._bug: Exception | None = None

    def add(self, host: str, job: Job) -> None:
        """Nothing; the job runs when it is its turn."""
        lane = self._lanes.get(host)
        if lane is not None:
            lane.append(job)
            return
        self._lanes[host] = deque([job])
        if self._tasks is not None:
            self._tasks.create_task(self._drain(host))

    async def run(self) -> None:
        """Return when every lane is empty, or stopped."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                for host in list(self._lanes):
                    tasks.create_task(self._drain(host))
        except BaseExceptionGroup as failed:
            raise failed.exceptions[0] from None  # whoever calls knows the error, not the group
        finally:
            self._tasks = None
        if self._bug is not None:
            raise self._bug

    async def _drain(self, host: str) -> None:
        lane = self._lanes[host]
        while lane and not self._stop.is_set():
            try:
                await lane.popleft()()
            except ScraperError:
                raise
            except Exception as exc:  # noqa: BLE001 - whatever it is, others are not to suffer
                self._bug = self._bug or exc
                lane.clear()
        # No await between the last look at the lane and this line: nothing can be added unseen.
        del self._lanes[host]

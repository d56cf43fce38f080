"""One thing at a time for each host, many hosts at a time."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

from scraper.errors import ArchiveError
from scraper.pipeline.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Collection


class Turns:
    """Hosts, of which some are asked by another process."""

    def __init__(self, *, others: Collection[str] = ()) -> None:
        self.others = set(others)
        self.ours: set[str] = set()
        self.most = 0

    def take(self, hosts: Collection[str], *, room: int) -> Collection[str]:
        """Those of these hosts that nobody else asks, as many as there is room for."""
        taken = [host for host in hosts if host not in self.others][: max(room, 0)]
        self.ours.update(taken)
        self.most = max(self.most, len(self.ours))
        return taken

    def let_go(self, host: str) -> None:
        """The host is anybody's."""
        self.ours.remove(host)


def open_lanes(turns: Turns | None = None, *, most: int = 100) -> Lanes:
    """Lanes of a process that has time for so many hosts."""
    return Lanes(turns or Turns(), room=lambda begun: most - begun)


def test_jobs_of_one_lane_run_in_order_and_never_together() -> None:
    """A lane's jobs run one after another, in the order they were added."""
    log: list[str] = []

    async def job(name: str) -> None:
        log.append(f"begin {name}")
        await asyncio.sleep(0)
        log.append(f"end {name}")

    async def main() -> None:
        lanes = open_lanes()
        for name in "abc":
            lanes.add("host", partial(job, name))
        await lanes.run()

    asyncio.run(main())
    assert log == [f"{what} {name}" for name in "abc" for what in ("begin", "end")]


def test_lanes_run_side_by_side() -> None:
    """A job that waits for one in another lane does not wait for ever."""

    async def main() -> None:
        arrived = asyncio.Event()

        async def wait() -> None:
            await arrived.wait()

        async def arrive() -> None:
            arrived.set()

        lanes = open_lanes()
        lanes.add("one", wait)
        lanes.add("two", arrive)
        await asyncio.wait_for(lanes.run(), timeout=10)

    asyncio.run(main())


def test_a_job_may_add_jobs_to_its_own_and_to_new_lanes() -> None:
    """What a job adds is run before the lanes are done, also where the lane had just emptied."""
    log: list[str] = []

    async def main() -> None:
        lanes = open_lanes()

        async def late(name: str) -> None:
            log.append(name)

        async def first() -> None:
            log.append("first")
            lanes.add("host", lambda: late("same lane"))
            lanes.add("other", lambda: late("new lane"))

        lanes.add("host", first)
        await lanes.run()

    asyncio.run(main())
    assert sorted(log) == ["first", "new lane", "same lane"]


def test_a_bug_in_a_job_comes_out() -> None:
    """An exception is not swallowed: a run that met a bug ends with it."""

    async def main() -> None:
        async def broken() -> None:
            raise ZeroDivisionError

        lanes = open_lanes()
        lanes.add("host", broken)
        await lanes.run()

    with pytest.raises(ZeroDivisionError):
        asyncio.run(main())


def test_a_bug_ends_the_lane_of_its_host_alone() -> None:
    """One host's answer that meets a bug keeps no other host from its turn."""
    log: list[str] = []

    async def main() -> None:
        async def broken() -> None:
            raise ZeroDivisionError

        async def slow() -> None:
            await asyncio.sleep(0)
            log.append("other")

        lanes = open_lanes()
        lanes.add("host", broken)
        lanes.add("host", slow)
        for _ in range(2):
            lanes.add("other", slow)
        await lanes.run()

    with pytest.raises(ZeroDivisionError):
        asyncio.run(main())
    assert log == ["other", "other"]


def test_an_error_in_a_job_ends_the_other_lanes() -> None:
    """The archive's own errors come out as they are; what waits elsewhere is not finished."""
    log: list[str] = []

    async def main() -> None:
        async def fail() -> None:
            raise ArchiveError("the disk is full")

        async def wait() -> None:
            await asyncio.Event().wait()
            log.append("never")

        lanes = open_lanes()
        lanes.add("host", fail)
        lanes.add("other", wait)
        await lanes.run()

    with pytest.raises(ArchiveError, match="the disk is full"):
        asyncio.run(main())
    assert log == []


def test_a_host_that_another_process_asks_is_left_to_it() -> None:
    """What is due there stays due; every other lane runs, and each host is let go at its end."""
    log: list[str] = []
    turns = Turns(others={"theirs"})

    async def job(name: str) -> None:
        log.append(name)

    async def main() -> None:
        lanes = open_lanes(turns)
        for name in ("ours", "theirs", "another"):
            lanes.add(name, partial(job, name))
        await lanes.run()

    asyncio.run(main())
    assert sorted(log) == ["another", "ours"]
    assert turns.ours == set()


def test_a_host_that_another_process_lets_go_is_taken_up() -> None:
    """While there is work of ours, it is looked for again and again."""
    log: list[str] = []
    turns = Turns(others={"theirs"})

    async def let_go() -> None:
        turns.others.clear()

    async def job() -> None:
        log.append("theirs")

    async def main() -> None:
        lanes = open_lanes(turns)
        lanes.add("theirs", job)
        lanes.add("ours", let_go)
        lanes.add("ours", let_go)
        await lanes.run()

    asyncio.run(main())
    assert log == ["theirs"]


def test_no_more_hosts_are_taken_than_there_is_time_for() -> None:
    """The others wait until a lane ends, and could be another process's meanwhile."""
    turns = Turns()
    log: list[int] = []

    async def job(number: int) -> None:
        await asyncio.sleep(0)
        log.append(number)

    async def main() -> None:
        lanes = open_lanes(turns, most=3)
        for number in range(10):
            lanes.add(str(number), partial(job, number))
        await lanes.run()

    asyncio.run(main())
    assert sorted(log) == list(range(10))
    assert turns.most == 3

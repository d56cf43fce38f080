"""One thing at a time for each host, many hosts at a time."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from scraper.errors import ArchiveError
from scraper.pipeline.lanes import Lanes


def test_jobs_of_one_lane_run_in_order_and_never_together() -> None:
    """A lane's jobs run one after another, in the order they were added."""
    log: list[str] = []

    async def job(name: str) -> None:
        log.append(f"begin {name}")
        await asyncio.sleep(0)
        log.append(f"end {name}")

    async def main() -> None:
        lanes = Lanes()
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

        lanes = Lanes()
        lanes.add("one", wait)
        lanes.add("two", arrive)
        await asyncio.wait_for(lanes.run(), timeout=10)

    asyncio.run(main())


def test_a_job_may_add_jobs_to_its_own_and_to_new_lanes() -> None:
    """What a job adds is run before the lanes are done, also where the lane had just emptied."""
    log: list[str] = []

    async def main() -> None:
        lanes = Lanes()

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

        lanes = Lanes()
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

        lanes = Lanes()
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

        lanes = Lanes()
        lanes.add("host", fail)
        lanes.add("other", wait)
        await lanes.run()

    with pytest.raises(ArchiveError, match="the disk is full"):
        asyncio.run(main())
    assert log == []

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
        lanes = Lanes(8)
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

        lanes = Lanes(2)
        lanes.add("one", wait)
        lanes.add("two", arrive)
        await asyncio.wait_for(lanes.run(), timeout=10)

    asyncio.run(main())


@pytest.mark.parametrize("most", [1, 3])
def test_no_more_lanes_run_than_allowed(most: int) -> None:
    """However many hosts there are, so many are asked at a time and no more."""
    running = highest = 0

    async def job() -> None:
        nonlocal running, highest
        running += 1
        highest = max(highest, running)
        await asyncio.sleep(0.001)
        running -= 1

    async def main() -> None:
        lanes = Lanes(most)
        for number in range(10):
            lanes.add(f"host{number}", job)
        await lanes.run()

    asyncio.run(main())
    assert highest == most


def test_a_job_may_add_jobs_to_its_own_and_to_new_lanes() -> None:
    """What a job adds is run before the lanes are done, also where the lane had just emptied."""
    log: list[str] = []

    async def main() -> None:
        lanes = Lanes(1)

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
    """An exception is not swallowed: one bug always stops a run."""

    async def main() -> None:
        async def broken() -> None:
            raise ZeroDivisionError

        lanes = Lanes(2)
        lanes.add("host", broken)
        await lanes.run()

    with pytest.raises(ZeroDivisionError):
        asyncio.run(main())


def test_an_error_in_a_job_ends_the_other_lanes() -> None:
    """The archive's own errors come out as they are; what waits elsewhere is not finished."""
    log: list[str] = []

    async def main() -> None:
        async def fail() -> None:
            raise ArchiveError("the disk is full")

        async def wait() -> None:
            await asyncio.Event().wait()
            log.append("never")

        lanes = Lanes(2)
        lanes.add("host", fail)
        lanes.add("other", wait)
        await lanes.run()

    with pytest.raises(ArchiveError, match="the disk is full"):
        asyncio.run(main())
    assert log == []

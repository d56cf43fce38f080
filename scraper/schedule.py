"""`watch`: what is due is asked for, for ever.

    every 30 seconds: open the archive; where something is due, take its lock, make a pass, let go

When something is due, is written in the archive's own tables; APScheduler gives the beat. Nothing
that goes wrong in a pass ends the watch: it is logged, and the next beat tries again.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from msgspec.structs import replace

from scraper import clock
from scraper.errors import LockedError, ScraperError
from scraper.pipeline.run import pass_over
from scraper.pipeline.watchlist import take_over_sources
from scraper.pipeline.work import find_work

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from scraper.config import Config
    from scraper.pipeline.report import RunReport
    from scraper.store.archive import Archive

#: How often the tables are looked at. A source's interval is minutes: half of one is soon enough.
TICK_SECONDS = 30.0

#: So long after it was told to end, what is being asked for may come to its end. With what is cut
#: off then, and the workers' end, it stays under the five seconds that DESIGN promises.
GRACE_SECONDS = 3.0

#: A pass lasts as long as its slowest host, and meanwhile no source that becomes due is asked. So
#: a host's sources and its pages have less of a pass here than in a run; the next look takes up
#: what is left. A source is asked so many minutes late at most, little beside the least pace of 15;
#: passes that overlap would need a lock for each host. A guess.
HOST_MINUTES = 2.0

logger = logging.getLogger(__name__)


class Watch:
    """Passes over what is due, one at a time, until SIGTERM or SIGINT.

    ``open_archive`` is used anew for each look at what is due, ``join_runs`` for each pass, so that
    others have the lock in between; ``load_config`` is called at once, and for each SIGHUP;
    ``on_report`` after each pass.
    """

    def __init__(
        self,
        *,
        open_archive: Callable[[], AbstractContextManager[Archive]],
        join_runs: Callable[[Archive], AbstractContextManager[None]],
        load_config: Callable[[], Config],
        on_report: Callable[[RunReport], None],
        workers: int,
        tick_seconds: float = TICK_SECONDS,
    ) -> None:
        self._open_archive = open_archive
        self._join_runs = join_runs
        self._load_config = load_config
        self._on_report = on_report
        self._workers = workers
        self._tick_seconds = tick_seconds
        self._config = load_config()
        self._is_config_new = True
        self._stop = asyncio.Event()
        self._ended_by = signal.SIGTERM
        self._pass: asyncio.Task[None] | None = None
        self._trouble: type[ScraperError] | None = None

    async def run(self) -> signal.Signals:
        """The signal that ended the watch."""
        scheduler = AsyncIOScheduler(timezone=UTC)
        job = scheduler.add_job(
            self._tick,
            "interval",
            seconds=self._tick_seconds,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

        def reload() -> None:
            self._reload()
            job.modify(next_run_time=datetime.now(UTC))

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end, number)
        loop.add_signal_handler(signal.SIGHUP, reload)
        scheduler.start()
        logger.info("watching, with a look at what is due every %g s", self._tick_seconds)
        try:
            await self._stop.wait()
            scheduler.pause()
            await self._end_pass()
        finally:
            scheduler.shutdown(wait=False)
        return self._ended_by

    def _end(self, number: signal.Signals) -> None:
        logger.info("ending because of %s", number.name)
        self._ended_by = number
        self._stop.set()

    def _reload(self) -> None:
        try:
            self._config = self._load_config()
            self._is_config_new = True
        except ScraperError as exc:
            logger.error("the config stays as it was: %s", exc)  # noqa: TRY400 - its line says all
        else:
            logger.info("the config was read again")

    async def _end_pass(self) -> None:
        """Nothing; the pass has ended, by itself or cut off."""
        if self._pass is None:
            return
        _, unfinished = await asyncio.wait({self._pass}, timeout=GRACE_SECONDS)
        for task in unfinished:
            task.cancel()
            await asyncio.wait({task})

    async def _tick(self) -> None:
        self._pass = asyncio.create_task(self._pass_over())
        try:
            await self._pass
        except asyncio.CancelledError:
            logger.info("the pass was cut off; what it did not finish is due still")
        except LockedError:
            logger.info("another run holds the archive's lock: the next tick tries again")
        except ScraperError as exc:
            self._complain(exc)
        except Exception:
            logger.exception("a pass failed, which is a bug of ours; the next tick tries again")
        else:
            self._trouble = None
        finally:
            self._pass = None

    async def _pass_over(self) -> None:
        with self._open_archive() as archive:
            if not self._is_config_new and not find_work(archive, clock.now()).is_any:
                return
            with self._join_runs(archive):
                now = clock.now()
                config = self._config
                take_over_sources(archive, config, now)
                self._is_config_new = False
                work = find_work(archive, now)
                if not work.is_any:
                    return
                report = await pass_over(
                    archive,
                    _in_short_passes(config),
                    work,
                    command="watch",
                    workers=self._workers,
                    stop=self._stop,
                )
        self._on_report(report)

    def _complain(self, trouble: ScraperError) -> None:
        """Nothing; trouble is told when it begins, and not again before a pass went well.

        In other words it may come back: a server goes away, is not there, starts up.
        """
        is_new = type(trouble) is not self._trouble
        logger.log(logging.ERROR if is_new else logging.INFO, "%s", trouble)
        self._trouble = type(trouble)


def _in_short_passes(config: Config) -> Config:
    most = min(config.fetch.max_host_minutes, HOST_MINUTES)
    return replace(config, fetch=replace(config.fetch, max_host_minutes=most))

"""A watch goes on, whatever goes wrong in a pass."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from scraper.config import Config, DiscoverConfig, FetchConfig, SourceConfig
from scraper.errors import ArchiveError, ConfigError
from scraper.schedule import Watch
from scraper.store.archive import open_archive
from scraper.worker.limits import MIN_WORKERS
from tests.pipeline.test_run import serve_paper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

    from scraper.pipeline.report import RunReport
    from scraper.store.archive import Archive

FETCH = FetchConfig(min_delay_seconds=0, allow_addresses=("127.0.0.0/8:*",))


def keep_watch(
    archive_path: Path,
    *,
    config: Config,
    on_open: Callable[[], None] = lambda: None,
    on_report: Callable[[RunReport], None] = lambda _report: None,
) -> signal.Signals:
    """The signal that ended a watch with a quick beat."""

    @contextmanager
    def opened() -> Iterator[Archive]:
        on_open()
        with open_archive(archive_path) as archive:
            yield archive

    async def run() -> signal.Signals:
        watch = Watch(
            open_archive=opened,
            join_runs=lambda _archive: nullcontext(),
            load_config=lambda: config,
            on_report=on_report,
            workers=MIN_WORKERS,
            tick_seconds=0.02,
        )
        return await watch.run()

    return asyncio.run(run())


def end_watch() -> None:
    """Tell this process to end its watch."""
    os.kill(os.getpid(), signal.SIGTERM)


def test_errors_are_logged_once_and_the_next_beat_goes_on(
    archive_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What is expected to go wrong is a line when it begins; a bug of ours has its traceback."""
    troubles = [
        ArchiveError("the disk is full"),
        ArchiveError("the disk is full, in other words"),
        None,
        ArchiveError("the disk is full"),
        ZeroDivisionError("one of ours"),
        ConfigError(archive_path, "fetch", "is odd"),
    ]

    def on_open() -> None:
        if not troubles:
            end_watch()
        elif trouble := troubles.pop(0):
            raise trouble

    with caplog.at_level(logging.ERROR):
        assert keep_watch(archive_path, config=Config(), on_open=on_open) is signal.SIGTERM
    told = [record.getMessage() for record in caplog.records if record.name == "scraper.schedule"]
    assert told[:2] == ["the disk is full"] * 2
    assert told[2].startswith("a pass failed, which is a bug of ours")
    assert told[3].endswith("fetch: is odd")
    assert "ZeroDivisionError: one of ours" in caplog.text


def test_each_source_is_asked_at_its_own_pace(archive_path: Path) -> None:
    """A source that is due every second is asked again and again, one due every hour once."""
    with serve_paper() as paper:
        paper.write_feed()
        paper.pages["/slow.xml"] = paper.pages["/feed.xml"]
        config = Config(
            fetch=FETCH,
            discover=DiscoverConfig(),
            source=(
                SourceConfig(url=paper.url("/feed.xml"), name="fast", every_minutes=1 / 60),
                SourceConfig(url=paper.url("/slow.xml"), name="slow"),
            ),
        )
        reports: list[RunReport] = []

        def on_report(report: RunReport) -> None:
            reports.append(report)
            if len(reports) == 3:
                end_watch()

        keep_watch(archive_path, config=config, on_report=on_report)
        asked = [path for path in paper.asked if path.endswith(".xml")]
    assert sorted(asked) == ["/feed.xml"] * 3 + ["/slow.xml"]


def test_no_host_keeps_the_others_waiting_for_long(
    archive_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With many pages and a slow pace, a host's pages are taken up again at the next look."""
    monkeypatch.setattr("scraper.schedule.HOST_MINUTES", 1 / 60)
    with serve_paper() as paper:
        for number in range(3):
            paper.write_article(f"/{number}", f"Nobody has seen the ferry {number} today. " * 9)
        paper.write_feed("/0", "/1", "/2")
        config = Config(
            fetch=FETCH,
            source=(SourceConfig(url=paper.url("/feed.xml"), name="paper"),),
        )
        paper.meanwhile["/0"] = lambda: time.sleep(1.2)
        reports: list[RunReport] = []

        def on_report(report: RunReport) -> None:
            reports.append(report)
            if sum(len(one.pages) for one in reports) == 3:
                end_watch()

        keep_watch(archive_path, config=config, on_report=on_report)
    assert len(reports) > 1
    assert all(report.pages for report in reports)

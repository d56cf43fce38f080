"""Measures for Prometheus: read from the archive, so they go on over runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scraper import clock
from scraper.errors import FileError, MetricsError
from scraper.metrics import serve_metrics, write_metrics
from scraper.model import PageState, Reason
from scraper.store import pages, sources
from scraper.store.archive import open_archive
from scraper.store.sources import RunCounts

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.store.archive import Archive

Labels: TypeAlias = tuple[tuple[str, str], ...]


def read_measures(path: Path) -> dict[tuple[str, Labels], float]:
    """The samples of a textfile: (name, labels) -> value."""
    families = text_string_to_metric_families(path.read_text())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def record_run(archive: Archive, *, articles: int, wire_bytes: int) -> None:
    """A run that ended."""
    with archive.write() as connection:
        number = sources.start_run(connection, "run", clock.now())
        counts = RunCounts(
            sources_checked=2,
            sources_failed=1,
            pages_fetched=articles,
            pages_failed=0,
            articles_new=articles,
            wire_bytes=wire_bytes,
        )
        sources.finish_run(connection, number, counts, clock.now())


def test_textfile_has_gauges_of_now_and_totals_of_all_runs(
    archive: Archive, archive_path: Path, tmp_path: Path
) -> None:
    """Labels carry what a site wrote, quoted; a second writing replaces the first as a whole."""
    target = tmp_path / "scraper.prom"
    with archive.write() as connection:
        sources.add_source(
            connection,
            url="https://example.org/feed",
            name='The "Daily"\nCow',
            every_minutes=None,
            origin=sources.BY_COMMAND,
            now=clock.now(),
        )
        number = pages.add_page(
            connection,
            url="https://example.org/a",
            key="example.org/a",
            site="example.org",
            state=PageState.ANNOUNCED,
            next_attempt_at=clock.now(),
            now=clock.now(),
        )
        pages.record_outcome(
            connection,
            number,
            state=PageState.FAILING,
            reason=Reason.WORKER_KILLED,
            attempts=1,
            next_attempt_at=None,
            fetched_at=clock.now(),
        )
    record_run(archive, articles=3, wire_bytes=1_000)
    write_metrics(target, lambda: open_archive(archive_path))
    record_run(archive, articles=4, wire_bytes=500)
    write_metrics(target, lambda: open_archive(archive_path))
    measures = read_measures(target)
    assert measures["scraper_archive_readable", ()] == 1
    assert measures["scraper_runs_total", ()] == 2
    assert measures["scraper_articles_new_total", ()] == 7
    assert measures["scraper_wire_bytes_total", ()] == 1_500
    assert measures["scraper_sources_due", ()] == 1
    failing = (("reason", "worker_killed"), ("state", "failing"))
    assert measures["scraper_pages", failing] == 1
    cow = (("source", 'The "Daily"\nCow'), ("state", "active"))
    assert measures["scraper_source_failures", cow] == 0
    assert [path.name for path in tmp_path.glob("*.prom*")] == ["scraper.prom"]


def test_archive_that_cannot_be_read_is_told_so(tmp_path: Path) -> None:
    """What scrapes goes on, and can raise an alarm."""
    target = tmp_path / "scraper.prom"
    write_metrics(target, lambda: open_archive(tmp_path / "nowhere.db"))
    assert read_measures(target) == {("scraper_archive_readable", ()): 0}


def test_what_cannot_be_written_or_listened_on_is_one_line(
    archive_path: Path, tmp_path: Path
) -> None:
    """With the file or address in it."""
    with pytest.raises(FileError, match=r"nowhere/scraper\.prom cannot be written: No such file"):
        write_metrics(tmp_path / "nowhere" / "scraper.prom", lambda: open_archive(archive_path))
    with (
        serve_metrics("127.0.0.1", 0, lambda: open_archive(archive_path)) as port,
        pytest.raises(MetricsError, match=f"127.0.0.1:{port} cannot be listened on: "),
        serve_metrics("127.0.0.1", port, lambda: open_archive(archive_path)),
    ):
        pass

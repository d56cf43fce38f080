"""The archive's measures for Prometheus: a textfile for `run`, a page for `watch` and `web`.

All of them are read from the archive when they are asked for, so both give the same, and counters
go on over restarts and over runs that cron starts.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    generate_latest,
    start_http_server,
    write_to_textfile,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from scraper import clock
from scraper.errors import FileError, MetricsError, ScraperError
from scraper.match.version import FINGERPRINT_VERSION
from scraper.store.health import load_health, load_totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from prometheus_client.metrics_core import Metric

    from scraper.store.archive import Archive
    from scraper.store.health import Health, RunTotals

    OpenArchive = Callable[[], AbstractContextManager[Archive]]


#: As what a page of measures is sent.
METRICS_TYPE = CONTENT_TYPE_LATEST


def write_metrics(path: Path, open_archive: OpenArchive) -> None:
    """Nothing; the file has the measures, and had the earlier ones until it had all of these.

    Raises FileError where it cannot be written.
    """
    try:
        write_to_textfile(str(path), _register(open_archive))
    except OSError as exc:
        raise FileError(str(path), "written", exc) from exc


@contextmanager
def serve_metrics(address: str, port: int, open_archive: OpenArchive) -> Iterator[int]:
    """The port on which the measures can be had while the context lasts.

    Raises MetricsError where nothing can listen there.
    """
    try:
        server, thread = start_http_server(port, addr=address, registry=_register(open_archive))
    except OSError as exc:
        raise MetricsError(f"{address}:{port}", exc) from exc
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def print_metrics(archive: Archive) -> bytes:
    """The measures as Prometheus reads them over HTTP."""
    return generate_latest(_register(lambda: nullcontext(archive)))


def _register(open_archive: OpenArchive) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_ArchiveCollector(open_archive))
    return registry


class _ArchiveCollector(Collector):
    """Reads the archive each time it is asked."""

    def __init__(self, open_archive: OpenArchive) -> None:
        self._open_archive = open_archive

    def describe(self) -> Iterable[Metric]:
        """Nothing: the names need not be asked for before the measures are."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The measures; of an archive that cannot be read, that it cannot."""
        readable = GaugeMetricFamily("scraper_archive_readable", "Whether the archive can be read.")
        try:
            with self._open_archive() as archive, archive.read() as connection:
                health = load_health(
                    connection,
                    now=clock.now(),
                    troubles=0,
                    fingerprint_version=FINGERPRINT_VERSION,
                )
                totals = load_totals(connection)
        except ScraperError:
            readable.add_metric((), 0)
            yield readable
            return
        readable.add_metric((), 1)
        yield readable
        yield from _measure(health)
        yield from _total(totals)


def _measure(health: Health) -> Iterator[Metric]:
    """What is so at the moment."""
    pages = GaugeMetricFamily(
        "scraper_pages", "Pages by state, and by why they are in it.", labels=("state", "reason")
    )
    for counted in health.pages:
        pages.add_metric((counted.state, counted.reason or ""), counted.count)
    yield pages
    failures = GaugeMetricFamily(
        "scraper_source_failures",
        "How often in a row a source failed by now.",
        labels=("source", "state"),
    )
    for source in health.sources:
        failures.add_metric((source.name, source.state), source.failures)
    yield failures
    for name, told, value in (
        ("articles", "Articles in the archive.", health.articles),
        ("stories", "Stories in the archive.", health.stories),
        ("mirrors", "Articles that are copies.", health.mirrors),
        ("sources_due", "Sources that are due to be asked.", health.sources_due),
        ("pages_due", "Pages that are due to be asked for.", health.pages_due),
    ):
        yield GaugeMetricFamily(f"scraper_{name}", told, value=value)
    last = health.last_run
    if last is not None:
        yield GaugeMetricFamily(
            "scraper_last_run_start_time_seconds",
            "When the last pass began.",
            value=last.started_at.timestamp(),
        )
        if last.finished_at is not None:
            yield GaugeMetricFamily(
                "scraper_last_run_duration_seconds",
                "How long the last pass took.",
                value=(last.finished_at - last.started_at).total_seconds(),
            )


def _total(totals: RunTotals) -> Iterator[Metric]:
    """What all passes did, since there is an archive."""
    for name, told, value in (
        ("runs", "Passes and fetches.", totals.runs),
        ("sources_checked", "Times that a source was asked.", totals.sources_checked),
        ("sources_failed", "Times that a source failed.", totals.sources_failed),
        ("pages_fetched", "Times that a page was asked for.", totals.pages_fetched),
        ("pages_failed", "Times that a page failed and may pass.", totals.pages_failed),
        ("articles_new", "Articles that were new.", totals.articles_new),
        ("wire_bytes", "Bytes received.", totals.wire_bytes),
    ):
        yield CounterMetricFamily(f"scraper_{name}", told, value=value)

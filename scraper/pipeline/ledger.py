"""What every transaction of a pass has in common: its run, its requests, the hosts' state."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from scraper import clock
from scraper.store import sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import timedelta

    import sqlalchemy as sa

    from scraper.model import PageId, Request, RunId, SourceId
    from scraper.pipeline.hosts import Hosts
    from scraper.store.archive import Archive
    from scraper.store.sources import RunCounts


class Ledger:
    """The books of one run. What the hosts' state has become is written with every transaction, so
    that a process that is killed was as polite as it remembers.
    """

    def __init__(self, archive: Archive, hosts: Hosts) -> None:
        self.archive = archive
        self.wire_bytes = 0
        self._hosts = hosts
        self._run_id: RunId | None = None

    def begin(self, command: str) -> RunId:
        """The number of the run, which has begun."""
        with self.write() as connection:
            self._run_id = sources.start_run(connection, command, clock.now())
        return self._run_id

    def finish(self, counts: RunCounts, *, keep_requests: timedelta) -> None:
        """Nothing; the run is over, and requests older than that are forgotten."""
        now = clock.now()
        with self.write() as connection:
            sources.forget_requests_before(connection, now - keep_requests)
            if self._run_id is not None:
                sources.finish_run(connection, self._run_id, counts, now)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction of the archive that also writes what became of the hosts."""
        with self.archive.write() as connection:
            yield connection
            self._hosts.write(connection)
        self._hosts.settle()

    def record(
        self,
        connection: sa.Connection,
        requests: Iterable[Request],
        *,
        source_id: SourceId | None = None,
        page_id: PageId | None = None,
    ) -> None:
        """Nothing; the exchanges are in the log, and their bytes are counted."""
        exchanges = tuple(requests)
        self.wire_bytes += sum(exchange.wire_bytes for exchange in exchanges)
        sources.record_requests(
            connection, exchanges, run_id=self._run_id, source_id=source_id, page_id=page_id
        )

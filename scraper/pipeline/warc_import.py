"""Files of crawled pages into the archive: WARC, as Common Crawl publishes news in it.

    judge    is a record a page, and when was it fetched?        warc.records, warc.response
    know     was it imported before, or is it forgotten?         store.imported_warc
    read     its article, in a worker                            pipeline.reading
    file     a batch of them in one transaction                  pipeline.filing

Rule 1: nothing is copied unless that is asked for: a snapshot names the file and the place.
Rule 2: a page is known by its key and its moment, so an import that was killed goes on where it was
when it is begun again, and a file that was moved is found again where it is now.
Rule 3: a page that was fetched later as well keeps its later text.
Rule 4: no record stops an import: what cannot be read is counted with its reason.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from scraper import clock
from scraper.errors import FileError
from scraper.extract.reservations import Reservation
from scraper.model import Article, NoArticle, Reason
from scraper.pipeline.archiving import complete
from scraper.pipeline.captures import WarcReport, find_captures
from scraper.pipeline.filing import Filing, ReadCapture
from scraper.pipeline.imports import BATCH_ARTICLES, BATCH_TIME
from scraper.pipeline.ingest import Filed, prepare
from scraper.pipeline.reading import read_recorded
from scraper.store import imported_warc, pages, snapshots, sources, takedown
from scraper.urls import site_of
from scraper.worker.parser import Killed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path
    from typing import BinaryIO

    from scraper.config import FetchConfig
    from scraper.pipeline.captures import Capture
    from scraper.pipeline.ingest import Ingest
    from scraper.pipeline.site_rules import SiteRules
    from scraper.store.archive import Archive
    from scraper.store.snapshots import SnapshotKeeper
    from scraper.worker.parser import Parser

#: So many pages, or bytes of them, are given to workers before the page that is filed next: enough
#: to keep two of them busy while a batch is filed, at 4 ms a page and 2 s a batch; as far as memory
#: goes. A guess.
_AHEAD_PAGES: Final = 256
_AHEAD_BYTES: Final = 40_000_000
#: So many pages, or bytes of them, are asked for at once whether they are known.
_CHUNK_PAGES: Final = 64
_CHUNK_BYTES: Final = 10_000_000

#: Of pages that are copied a batch holds so many bytes at most.
_BATCH_BYTES: Final = 20_000_000

_Read: TypeAlias = "Future[tuple[str, Article | NoArticle] | Killed]"


@contextmanager
def copying(archive: Archive) -> Iterator[SnapshotKeeper]:
    """What copies pages into the archive's own files: one for this import, which counts as a run.

    The caller holds the archive's lock.
    """
    snapshots.tidy(archive)
    with archive.write() as connection:
        run_id = sources.start_run(connection, "import", clock.now())
    yield snapshots.SnapshotKeeper(archive, run_id)
    with archive.write() as connection:
        sources.finish_run(connection, run_id, sources.RunCounts(), clock.now())


class WarcImport:
    """Imports WARC files; ``keeper`` copies their pages into the archive's own, None names them."""

    def __init__(
        self,
        archive: Archive,
        ingest: Ingest,
        parser: Parser,
        *,
        rules: SiteRules,
        config: FetchConfig,
        keeper: SnapshotKeeper | None = None,
    ) -> None:
        self._archive = archive
        self._parser = parser
        self._rules = rules
        respected = {
            Reservation.NOARCHIVE: config.respect_noarchive,
            Reservation.TDM: config.respect_tdm_reservation,
        }
        self._respected = tuple(str(name) for name, is_so in respected.items() if is_so)
        self._is_copying = keeper is not None
        self._filing = Filing(archive, ingest, keeper)

    def read(self, path: Path, *, on_batch: Callable[[int], None] | None = None) -> WarcReport:
        """What became of the file's pages; every transaction's are kept, also when it is stopped.

        ``on_batch`` is called after each with the number of bytes read since. Raises FileError
        where the file cannot be read, or another was imported by this name before.
        """
        report = WarcReport()
        try:
            self._check_name(imported_warc.name_file(path))
            with path.open("rb") as file:
                self._read(path, file, report, on_batch or (lambda _size: None))
        except OSError as exc:
            raise FileError(str(path), "read", exc) from exc
        return report

    def _check_name(self, name: str) -> None:
        """Nothing; raises FileError where the archive knows another file by this name."""
        with self._archive.read() as connection:
            is_other = imported_warc.is_replaced(connection, name)
        if is_other:
            raise _replaced(name)

    def _read(
        self, path: Path, file: BinaryIO, report: WarcReport, on_batch: Callable[[int], None]
    ) -> None:
        batch: list[ReadCapture] = []
        told, held, begun = 0, 0, clock.now()
        for capture, reading in self._look_ahead(path, file, report):
            if (ready := self._take(capture, reading, report)) is not None:
                batch.append(ready)
                held += len(capture.block)
            is_full = len(batch) >= BATCH_ARTICLES or held >= _BATCH_BYTES
            if is_full or clock.now() - begun >= BATCH_TIME:
                self._filing.file(batch, report)
                on_batch(capture.place.end - told)
                batch, told, held, begun = [], capture.place.end, 0, clock.now()
        self._filing.file(batch, report)
        on_batch(path.stat().st_size - told)

    def _look_ahead(
        self, path: Path, file: BinaryIO, report: WarcReport
    ) -> Iterator[tuple[Capture, _Read]]:
        """The file's pages that are not known, each being read by a worker some pages before it is
        taken.
        """
        waiting: deque[tuple[Capture, _Read]] = deque()
        size = 0
        for captures in _in_chunks(find_captures(imported_warc.name_file(path), file, report)):
            for capture in self._unknown(captures, report):
                waiting.append((replace(capture, block=self._kept(capture)), self._submit(capture)))
                size += capture.place.length
            while len(waiting) > _AHEAD_PAGES or size > _AHEAD_BYTES:
                size -= waiting[0][0].place.length
                yield waiting.popleft()
        yield from waiting

    def _kept(self, capture: Capture) -> bytes:
        """What must be remembered of the record until it is filed: all, where it is copied."""
        return capture.block if self._is_copying else b""

    def _submit(self, capture: Capture) -> _Read:
        settings = self._rules.of(capture.url)
        return self._parser.submit(
            read_recorded,
            capture.block,
            url=capture.url,
            recorded_at=capture.at.timestamp(),
            respected=self._respected,
            text_css=settings.text_css,
            title_css=settings.title_css,
        )

    def _unknown(self, captures: Sequence[Capture], report: WarcReport) -> list[Capture]:
        """Those of these pages that are neither known nor forgotten, which are counted.

        Raises FileError where another page lies in their place, as the archive has it.
        """
        with self._archive.read() as connection:
            known = imported_warc.find_known(connection, (each.mark for each in captures))
            page_ids = pages.find_page_ids(connection, (each.key for each in captures))
            gone = pages.forgotten_among(connection, page_ids.values())
            gone_sites = takedown.forgotten_sites(connection)
            left = []
            for capture in captures:
                if page_ids.get(capture.key) in gone or site_of(capture.url) in gone_sites:
                    report.counts[Filed.FORGOTTEN] += 1
                elif (found := known.get(capture.mark)) is not None and found.is_there:
                    report.counts[Filed.UNCHANGED] += 1
                elif (page_id := page_ids.get(capture.key)) is not None:
                    announced = pages.load_announcement(connection, page_id)
                    left.append(replace(capture, announced=announced))
                else:
                    left.append(capture)
            if left and not self._is_copying:
                name = left[0].place.warc_file
                moved = {each.place.offset for each in left if each.mark in known}
                offsets = {each.place.offset for each in left} - moved
                if imported_warc.find_taken(connection, name, offsets):
                    raise _replaced(name)
        return left

    def _take(self, capture: Capture, reading: _Read, report: WarcReport) -> ReadCapture | None:
        """The page once it is read; None where nothing of it is to be kept, which is counted."""
        read = reading.result()
        if isinstance(read, Killed):
            report.skip(Reason.WORKER_KILLED)
            return None
        payload_sha256, found = read
        if isinstance(found, Article):
            content = replace(complete(found, capture.announced, capture.at), url=capture.url)
            return ReadCapture(
                capture=capture, payload_sha256=payload_sha256, found=prepare(content)
            )
        if found.reason is not Reason.NO_ARTICLE:
            report.skip(found.reason)
            return None
        return ReadCapture(capture=capture, payload_sha256=payload_sha256, found=found)


def _in_chunks(captures: Iterable[Capture]) -> Iterator[list[Capture]]:
    """The pages, some at a time: what is known is asked for all of them at once."""
    chunk: list[Capture] = []
    size = 0
    for capture in captures:
        chunk.append(capture)
        size += len(capture.block)
        if len(chunk) >= _CHUNK_PAGES or size > _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _replaced(name: str) -> FileError:
    problem = "another file was imported by this name before, put that back and give this a new one"
    return FileError(name, "imported", OSError(0, problem))

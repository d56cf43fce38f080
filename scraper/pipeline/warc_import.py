"""Files of crawled pages into the archive: WARC, as Common Crawl publishes news in it.

    judge    is a record a page, and when was it fetched?        warc.records, warc.response
    know     was it imported before, or is it forgotten?         store.imported_warc
    read     its article, in a worker                            pipeline.reading
    file     a batch of them in one transaction                  pipeline.ingest

Rule 1: nothing is copied unless that is asked for: a snapshot names the file and the place.
Rule 2: a page is known by its key and its moment, so an import that was killed goes on where it was
when it is begun again, and a file that was moved is found again where it is now.
Rule 3: a page that was fetched later as well keeps its later text.
Rule 4: no record stops an import: what cannot be read is counted with its reason.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from scraper import clock
from scraper.errors import FileError
from scraper.extract.reservations import Reservation
from scraper.model import Article, NoArticle, PageState, Reason
from scraper.pipeline.archiving import claimed_address, complete
from scraper.pipeline.captures import WarcReport, find_captures
from scraper.pipeline.imports import BATCH_ARTICLES, BATCH_TIME
from scraper.pipeline.ingest import Filed, Place, prepare
from scraper.pipeline.reading import read_recorded
from scraper.store import imported_warc, pages, snapshots, sources, takedown
from scraper.store.snapshots import Appended, add_snapshot
from scraper.urls import page_key, site_of
from scraper.warc.response import read_snapshot
from scraper.worker.parser import Killed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    import sqlalchemy as sa

    from scraper.config import FetchConfig
    from scraper.model import Page, PageId, SnapshotId
    from scraper.pipeline.captures import Capture
    from scraper.pipeline.ingest import Ingest, Prepared
    from scraper.pipeline.site_rules import SiteRules
    from scraper.store.archive import Archive
    from scraper.store.imported_warc import Known
    from scraper.store.snapshots import SnapshotKeeper
    from scraper.worker.parser import Parser

#: So many pages, or bytes of them, are given to workers before the page that is filed next: enough
#: to keep them busy while a batch is filed. A guess.
_AHEAD_PAGES: Final = 64
_AHEAD_BYTES: Final = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A page that was read; ``found`` is its article with its words, or why there is none."""

    capture: Capture
    payload_sha256: str
    found: Prepared | NoArticle


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
        self._ingest = ingest
        self._parser = parser
        self._rules = rules
        respected = {
            Reservation.NOARCHIVE: config.respect_noarchive,
            Reservation.TDM: config.respect_tdm_reservation,
        }
        self._respected = tuple(str(name) for name, is_so in respected.items() if is_so)
        self._keeper = keeper

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
        batch: list[_Ready] = []
        told, begun = 0, clock.now()
        for capture, reading in self._look_ahead(path, file, report):
            if (ready := self._take(capture, reading, report)) is not None:
                batch.append(ready)
            if len(batch) >= BATCH_ARTICLES or clock.now() - begun >= BATCH_TIME:
                self._file(batch, report)
                on_batch(capture.place.end - told)
                batch, told, begun = [], capture.place.end, clock.now()
        self._file(batch, report)
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
        """What must be remembered of the record while it is read: all, where it is copied."""
        return capture.block if self._keeper else b""

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
            if left and not self._keeper:
                name = left[0].place.warc_file
                moved = {each.place.offset for each in left if each.mark in known}
                offsets = {each.place.offset for each in left} - moved
                if imported_warc.find_taken(connection, name, offsets):
                    raise _replaced(name)
        return left

    def _take(self, capture: Capture, reading: _Read, report: WarcReport) -> _Ready | None:
        """The page once it is read; None where nothing of it is to be kept, which is counted."""
        read = reading.result()
        if isinstance(read, Killed):
            report.skip(Reason.WORKER_KILLED)
            return None
        payload_sha256, found = read
        if isinstance(found, Article):
            content = replace(complete(found, capture.announced, capture.at), url=capture.url)
            return _Ready(capture=capture, payload_sha256=payload_sha256, found=prepare(content))
        if found.reason is not Reason.NO_ARTICLE:
            report.skip(found.reason)
            return None
        return _Ready(capture=capture, payload_sha256=payload_sha256, found=found)

    def _file(self, batch: Sequence[_Ready], report: WarcReport) -> None:
        """Nothing; the batch is in the archive."""
        batch = self._without_forgotten(batch, report)
        if not batch:
            return
        kept = self._copy(batch)
        now = clock.now()
        outcomes: list[Filed | None] = []
        with (
            self._archive.write() as connection,
            self._ingest.gathering(connection, now),
        ):
            known = imported_warc.find_known(connection, (each.capture.mark for each in batch))
            keys = [each.capture.key for each in batch]
            page_ids = pages.find_page_ids(connection, keys)
            for ready, appended in zip(batch, kept, strict=True):
                found = known.get(ready.capture.mark)
                if found is not None:
                    outcomes.append(_find_again(connection, found, appended))
                    continue
                filing = _Filing(connection, self._ingest, ready, appended, now)
                outcomes.append(filing.file(page_ids.get(ready.capture.key)))
                if filing.has_joined:
                    page_ids = pages.find_page_ids(connection, keys)
                else:
                    page_ids[ready.capture.key] = filing.page_id
                known[ready.capture.mark] = imported_warc.Known(
                    id=filing.snapshot,
                    payload_sha256=ready.payload_sha256,
                    place=appended.place,
                )
        report.without_article += outcomes.count(None)
        report.counts.update(outcome for outcome in outcomes if outcome is not None)

    def _without_forgotten(self, batch: Sequence[_Ready], report: WarcReport) -> list[_Ready]:
        """Those of the batch that lead to no page that somebody wanted gone; these are counted."""
        claimed = {ready.capture.mark: _claimed_key(ready) for ready in batch}
        with self._archive.read() as connection:
            ids = pages.find_page_ids(connection, filter(None, claimed.values()))
            gone = pages.forgotten_among(connection, ids.values())
        left = [ready for ready in batch if ids.get(claimed[ready.capture.mark] or "") not in gone]
        report.counts[Filed.FORGOTTEN] += len(batch) - len(left)
        return left

    def _copy(self, batch: Sequence[_Ready]) -> list[Appended]:
        """Where each page of the batch lies, on the disk by then."""
        if self._keeper is not None:
            return self._keeper.copy(
                [
                    read_snapshot(each.block, url=each.url, at=each.at)
                    for each in (ready.capture for ready in batch)
                ]
            )
        return [
            Appended(
                fetched_at=ready.capture.at,
                payload_sha256=ready.payload_sha256,
                place=ready.capture.place,
                revisit_of=None,
            )
            for ready in batch
        ]


def _in_chunks(captures: Iterable[Capture]) -> Iterator[list[Capture]]:
    """The pages, some at a time: what is known is asked for all of them at once."""
    chunk: list[Capture] = []
    size = 0
    for capture in captures:
        chunk.append(capture)
        size += len(capture.block)
        if len(chunk) >= _AHEAD_PAGES or size > _AHEAD_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


class _Filing:
    """One page into the archive, inside the batch's transaction."""

    def __init__(
        self,
        connection: sa.Connection,
        ingest: Ingest,
        ready: _Ready,
        kept: Appended,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._ingest = ingest
        self._ready = ready
        self._kept = kept
        self._now = now
        self.snapshot: SnapshotId
        self.page_id: PageId
        #: Keys that led to other pages may lead to this one now.
        self.has_joined = False

    def file(self, page_id: PageId | None) -> Filed | None:
        """What became of the page's article; None where it has none. ``page_id`` is the page to
        which its key leads.
        """
        is_new = page_id is None
        if isinstance(self._ready.found, NoArticle):
            self.page_id = self._add_page(PageState.NO_ARTICLE) if page_id is None else page_id
            self._note_page(self._ready.found, is_new=is_new)
            return None
        self.page_id = self._add_page(PageState.ARCHIVED) if page_id is None else page_id
        return self._file_article(self._ready.found, is_new=is_new)

    def _note_page(self, found: NoArticle, *, is_new: bool) -> None:
        """Nothing; the snapshot is the page's, and a page that is new has no article.

        One that is not keeps what it is: it has an article, or is asked for itself.
        """
        self.snapshot = add_snapshot(self._connection, self.page_id, self._kept)
        if is_new:
            self._record(PageState.NO_ARTICLE, found)

    def _file_article(self, prepared: Prepared, *, is_new: bool) -> Filed:
        capture = self._ready.capture
        address, key = capture.url, _claimed_key(self._ready)
        if key is not None:
            self.has_joined = True
            held = self._ingest.join_claimed(
                self._connection, self.page_id, key, prepared, self._now
            )
            if held is not None:
                is_new = is_new and held == self.page_id
                self.page_id, address = held, prepared.content.canonical_url or address
        there = None if is_new else pages.load_page(self._connection, self.page_id)
        is_outdated = there is not None and _is_later(there.fetched_at, capture.at)
        self.snapshot = add_snapshot(self._connection, self.page_id, self._kept)
        place = Place(
            page_id=self.page_id,
            site=site_of(address),
            is_new=is_new,
            snapshot=self.snapshot,
            seen_at=capture.at,
            is_outdated=is_outdated,
        )
        shown = replace(prepared, content=replace(prepared.content, url=address))
        filed = self._ingest.file(self._connection, shown, place, self._now)
        if there is not None and not (is_outdated and there.state is PageState.ARCHIVED):
            again = there.next_attempt_at if there.state is not PageState.NO_ARTICLE else None
            self._record(PageState.ARCHIVED, next_attempt_at=again, before=there)
        return filed

    def _add_page(self, state: PageState) -> PageId:
        capture = self._ready.capture
        return pages.add_page(
            self._connection,
            url=capture.url,
            key=capture.key,
            site=site_of(capture.url),
            state=state,
            next_attempt_at=None,
            now=capture.at,
            fetched_at=capture.at,
        )

    def _record(
        self,
        state: PageState,
        found: NoArticle | None = None,
        *,
        next_attempt_at: datetime | None = None,
        before: Page | None = None,
    ) -> None:
        at = self._ready.capture.at
        pages.record_outcome(
            self._connection,
            self.page_id,
            state=state,
            reason=found.reason if found else None,
            detail=found.detail if found else None,
            next_attempt_at=next_attempt_at,
            fetched_at=max(at, (before and before.fetched_at) or at),
        )


def _find_again(connection: sa.Connection, found: Known, kept: Appended) -> Filed:
    """Unchanged; where the file in which the snapshot lay is gone, it lies here from now on."""
    if not found.is_there and found.payload_sha256 == kept.payload_sha256:
        imported_warc.move_snapshot(connection, found.id, kept.place)
    return Filed.UNCHANGED


def _replaced(name: str) -> FileError:
    problem = "another file was imported by this name before, put that back and give this a new one"
    return FileError(name, "imported", OSError(0, problem))


def _is_later(fetched_at: datetime | None, moment: datetime) -> bool:
    return fetched_at is not None and fetched_at > moment


def _claimed_key(ready: _Ready) -> str | None:
    """The key of the address that the article says is its own, where it is another."""
    if isinstance(ready.found, NoArticle):
        return None
    claimed = claimed_address(ready.found.content, ready.capture.url)
    key = page_key(claimed) if claimed else None
    return None if key == ready.capture.key else key

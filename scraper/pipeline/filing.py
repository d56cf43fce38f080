"""Pages of a crawl that were read, into the archive: a batch of them in one transaction.

leave out   those that lead to a page that somebody wanted gone    store.pages
copy        into the archive's own files, where that is asked for  store.snapshots
file        each page, its snapshot and its article                pipeline.ingest
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper import clock
from scraper.model import NoArticle, PageState
from scraper.pipeline.archiving import claimed_address
from scraper.pipeline.ingest import Filed, Place
from scraper.store import imported_warc, pages
from scraper.store.snapshots import Appended, add_snapshots
from scraper.urls import page_key, site_of
from scraper.warc.response import read_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.model import Page, PageId, SnapshotId
    from scraper.pipeline.captures import Capture, WarcReport
    from scraper.pipeline.ingest import Ingest, Prepared
    from scraper.store.archive import Archive
    from scraper.store.imported_warc import Known
    from scraper.store.snapshots import SnapshotKeeper


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCapture:
    """A page that was read; ``found`` is its article with its words, or why there is none."""

    capture: Capture
    payload_sha256: str
    found: Prepared | NoArticle


class Filing:
    """Files what was read of crawls; ``keeper`` copies the pages into the archive's own files, None
    names them where they lie.
    """

    def __init__(self, archive: Archive, ingest: Ingest, keeper: SnapshotKeeper | None) -> None:
        self._archive = archive
        self._ingest = ingest
        self._keeper = keeper

    def file(self, batch: Sequence[ReadCapture], report: WarcReport) -> None:
        """Nothing; the batch is in the archive, and what became of its pages is counted."""
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
            added = _Added(connection, zip(batch, kept, strict=True), known)
            for ready, appended in zip(batch, kept, strict=True):
                if (snapshot := added.take(ready.capture.mark)) is None:
                    outcomes.append(_find_again(connection, known[ready.capture.mark], appended))
                    continue
                page_id = added.page_ids[ready.capture.key]
                filing = _FilingPage(connection, self._ingest, ready, snapshot, now)
                outcomes.append(filing.file(page_id, is_new=added.is_first(page_id)))
                if filing.has_joined:
                    added.look_again()
                known[ready.capture.mark] = imported_warc.Known(
                    id=snapshot, payload_sha256=ready.payload_sha256, place=appended.place
                )
        report.without_article += outcomes.count(None)
        report.counts.update(outcome for outcome in outcomes if outcome is not None)

    def _without_forgotten(
        self, batch: Sequence[ReadCapture], report: WarcReport
    ) -> list[ReadCapture]:
        """Those of the batch that lead to no page that somebody wanted gone; these are counted."""
        claimed = {ready.capture.mark: _claimed_key(ready) for ready in batch}
        with self._archive.read() as connection:
            ids = pages.find_page_ids(connection, filter(None, claimed.values()))
            gone = pages.forgotten_among(connection, ids.values())
        left = [ready for ready in batch if ids.get(claimed[ready.capture.mark] or "") not in gone]
        report.counts[Filed.FORGOTTEN] += len(batch) - len(left)
        return left

    def _copy(self, batch: Sequence[ReadCapture]) -> list[Appended]:
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


class _Added:
    """The pages and snapshots of a batch that the archive did not have, added all at once."""

    def __init__(
        self,
        connection: sa.Connection,
        batch: Iterable[tuple[ReadCapture, Appended]],
        known: Mapping[tuple[str, datetime], Known],
    ) -> None:
        self._connection = connection
        fresh = {
            ready.capture.mark: (ready, kept)
            for ready, kept in reversed(list(batch))  # of one page and moment the first
            if ready.capture.mark not in known
        }
        ordered = list(reversed(fresh.values()))
        self._keys = {ready.capture.key for ready, _ in ordered}
        self.page_ids = pages.find_page_ids(connection, self._keys)
        new: dict[str, pages.FetchedPage] = {}
        for ready, _ in ordered:
            capture = ready.capture
            if capture.key not in self.page_ids and capture.key not in new:
                has_none = isinstance(ready.found, NoArticle)
                state = PageState.NO_ARTICLE if has_none else PageState.ARCHIVED
                new[capture.key] = pages.FetchedPage(
                    url=capture.url, key=capture.key, at=capture.at, state=state
                )
        ids = pages.add_fetched_pages(connection, list(new.values()))
        self._untouched = set(ids)
        self.page_ids |= zip(new, ids, strict=True)
        kept_by_page = [(self.page_ids[ready.capture.key], kept) for ready, kept in ordered]
        marks = [ready.capture.mark for ready, _ in ordered]
        self._snapshots = dict(zip(marks, add_snapshots(connection, kept_by_page), strict=True))

    def take(self, mark: tuple[str, datetime]) -> SnapshotId | None:
        """The snapshot of this page and moment, once; None where it was there, or was taken."""
        return self._snapshots.pop(mark, None)

    def is_first(self, page_id: PageId) -> bool:
        """Whether the page is new and this is the first that is filed of it."""
        is_first = page_id in self._untouched
        self._untouched.discard(page_id)
        return is_first

    def look_again(self) -> None:
        """Nothing; keys that led to other pages may lead to one that was joined with them."""
        self.page_ids = pages.find_page_ids(self._connection, self._keys)


class _FilingPage:
    """One page into the archive, inside the batch's transaction."""

    def __init__(
        self,
        connection: sa.Connection,
        ingest: Ingest,
        ready: ReadCapture,
        snapshot: SnapshotId,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._ingest = ingest
        self._ready = ready
        self._snapshot = snapshot
        self._now = now
        self._page_id: PageId
        #: Keys that led to other pages may lead to this one now.
        self.has_joined = False

    def file(self, page_id: PageId, *, is_new: bool) -> Filed | None:
        """What became of the page's article; None where it has none. ``page_id`` is the page to
        which its key leads.
        """
        self._page_id = page_id
        if isinstance(self._ready.found, NoArticle):
            self._note_page(self._ready.found, is_new=is_new)
            return None
        return self._file_article(self._ready.found, is_new=is_new)

    def _note_page(self, found: NoArticle, *, is_new: bool) -> None:
        """Nothing; a page that is new has no article.

        One that is not keeps what it is: it has an article, or is asked for itself.
        """
        if is_new:
            self._record(PageState.NO_ARTICLE, found)

    def _file_article(self, prepared: Prepared, *, is_new: bool) -> Filed:
        capture = self._ready.capture
        address, key = capture.url, _claimed_key(self._ready)
        if key is not None:
            held = self._ingest.joiner.join_claimed(
                self._connection,
                self._page_id,
                key,
                self._now,
                text=prepared.words,
                title=prepared.content.title,
            )
            if held is not None:
                self.has_joined = True
                is_new = is_new and held == self._page_id
                self._page_id, address = held, prepared.content.canonical_url or address
        there = None if is_new else pages.load_page(self._connection, self._page_id)
        is_outdated = there is not None and _is_later(there.fetched_at, capture.at)
        place = Place(
            page_id=self._page_id,
            site=site_of(address),
            is_new=is_new,
            snapshot=self._snapshot,
            seen_at=capture.at,
            is_outdated=is_outdated,
        )
        shown = replace(prepared, content=replace(prepared.content, url=address))
        filed = self._ingest.file(self._connection, shown, place, self._now)
        if there is not None and not (is_outdated and there.state is PageState.ARCHIVED):
            again = there.next_attempt_at if there.state is not PageState.NO_ARTICLE else None
            self._record(PageState.ARCHIVED, next_attempt_at=again, before=there)
        return filed

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
            self._page_id,
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


def _is_later(fetched_at: datetime | None, moment: datetime) -> bool:
    return fetched_at is not None and fetched_at > moment


def _claimed_key(ready: ReadCapture) -> str | None:
    """The key of the address that the article says is its own, where it is another."""
    if isinstance(ready.found, NoArticle):
        return None
    claimed = claimed_address(ready.found.content, ready.capture.url)
    key = page_key(claimed) if claimed else None
    return None if key == ready.capture.key else key

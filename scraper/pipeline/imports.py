"""Files of articles into the archive: JSON Lines, one article a line.

Of several lines with one id the last counts, and each text that the article never had is a
revision of it. A line with a text that it had before, but not as the article is now, is therefore
held back until all lines are read: a later line with its id takes its place, so that importing the
same lines twice changes nothing; where none does, the article becomes what it says. An import that
is killed and begun again comes to the same end.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from scraper import clock
from scraper.match.naming import NO_AGENCIES
from scraper.model import PageState
from scraper.pipeline.held_lines import HeldLines
from scraper.pipeline.import_line import SkippedLineError, begin_line
from scraper.pipeline.ingest import Filed, Ingest, Place, prepare
from scraper.store import articles, pages, takedown
from scraper.urls import page_key, site_of
from scraper.worker.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.config import SiteConfig
    from scraper.model import PageId
    from scraper.pipeline.import_line import ReadyLine
    from scraper.store.archive import Archive

#: One transaction holds so many articles, or what five seconds bring. Their keys are written in
#: order: the more there are, the more of them meet on a page of the index. In an archive of 100,000
#: a batch of 200 took 3.3 ms of CPU an article, of 1,000 2.7.
BATCH_ARTICLES = 1_000
BATCH_TIME = timedelta(seconds=5)

#: So many lines, or bytes of them, are read before the line that is filed next: enough to keep
#: workers busy while a batch is filed, whatever the lines' size. A guess.
_AHEAD_LINES, _AHEAD_BYTES = 64, 20_000_000

#: Editors on Windows begin a file with it.
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

#: So many lines that could not be read are remembered; all are counted.
_REMEMBERED = 20


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What became of some lines; ``problems`` are the first that could not be read, with reasons.

    It is complete once the import is settled.
    """

    counts: dict[Filed, int] = field(
        default_factory=lambda: {filed: 0 for filed in Filed if filed is not Filed.FORGOTTEN}
    )
    skipped: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def is_any_read(self) -> bool:
        """Whether any line could be read."""
        return any(self.counts.values())

    def skip(self, number: int, problem: str) -> None:
        """Nothing; the line is counted as not read."""
        self.skipped += 1
        if len(self.problems) < _REMEMBERED:
            self.problems.append(f"line {number}: {problem}")

    def settle(self, filed: Filed) -> None:
        """Nothing; this is what became of a line that was held back."""
        self.counts[Filed.EARLIER] -= 1
        self.counts[filed] += 1


def import_lines(
    archive: Archive,
    lines: Iterable[bytes],
    *,
    collection: str,
    sites: Mapping[str, SiteConfig],
    agencies: Mapping[str, str] = NO_AGENCIES,
    on_batch: Callable[[int], None] | None = None,
) -> ImportReport:
    """What became of a JSON Lines file's lines; see ``Import.read``."""
    with (
        Parser() as parser,
        Import(archive, collection, Ingest(sites, agencies), parser) as importing,
    ):
        report = importing.read(lines, on_batch=on_batch)
        importing.settle()
    return report


class Import:
    """The import of one or more files whose ids are one collection's: read all, then settle.

    A context manager that gives back the room that held back lines take.
    """

    def __init__(self, archive: Archive, collection: str, ingest: Ingest, parser: Parser) -> None:
        self._archive = archive
        self._collection = collection
        self._ingest = ingest
        self._held: HeldLines[ImportReport] = HeldLines()
        self._parser = parser

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._held.close()

    def read(
        self, lines: Iterable[bytes], *, on_batch: Callable[[int], None] | None = None
    ) -> ImportReport:
        """What became of a JSON Lines file's lines, those that are held back counted apart.

        ``on_batch`` is called after each transaction with the number of bytes read in it.
        """
        report = ImportReport()
        batch: list[ReadyLine] = []
        size, begun = 0, clock.now()
        for number, (line_size, begun_line) in enumerate(self._look_ahead(lines), 1):
            size += line_size
            try:
                if begun_line is not None:
                    batch.append(begun_line())
            except SkippedLineError as exc:
                report.skip(number, str(exc))
            if len(batch) >= BATCH_ARTICLES or clock.now() - begun >= BATCH_TIME:
                self._file(batch, report)
                if on_batch is not None:
                    on_batch(size)
                batch, size, begun = [], 0, clock.now()
        self._file(batch, report)
        if on_batch is not None:
            on_batch(size)
        return report

    def _look_ahead(
        self, lines: Iterable[bytes]
    ) -> Iterator[tuple[int, Callable[[], ReadyLine] | None]]:
        """Each line's size and what gives its article, None where it is blank; begun some lines
        before it is taken, so that workers read pages while others are filed.
        """
        begun: deque[tuple[int, Callable[[], ReadyLine] | None]] = deque()
        ahead = 0
        for number, line in enumerate(lines):
            content = line if number else line.removeprefix(_BYTE_ORDER_MARK)
            begun.append((len(line), self._begin(content) if content.strip() else None))
            ahead += len(line)
            while len(begun) > _AHEAD_LINES or ahead > _AHEAD_BYTES:
                ahead -= begun[0][0]
                yield begun.popleft()
        yield from begun

    def _begin(self, line: bytes) -> Callable[[], ReadyLine]:
        try:
            return begin_line(line, self._parser)
        except SkippedLineError as exc:
            problem = exc  # told when it is the line's turn

        def tell() -> ReadyLine:
            raise problem

        return tell

    def settle(self) -> None:
        """Nothing; the articles have the earlier texts that no later line took the place of."""
        while held := self._held.take(BATCH_ARTICLES):
            batch = [begin_line(line, self._parser)() for line, _ in held]
            for (_, report), filed in zip(
                held, self._file_all(batch, may_return=True), strict=True
            ):
                report.settle(filed)

    def _file(self, batch: list[ReadyLine], report: ImportReport) -> None:
        """Nothing; the batch is in the archive, but for the lines that are held back."""
        if not batch:
            return
        for ready, filed in zip(batch, self._file_all(batch, may_return=False), strict=True):
            report.counts[filed] = report.counts.get(filed, 0) + 1
            if (replaced := self._held.drop(ready.external_id)) is not None:
                replaced.settle(Filed.UNCHANGED)
            if filed is Filed.EARLIER:
                self._held.hold(ready.external_id, ready.line, report)

    def _file_all(self, batch: list[ReadyLine], *, may_return: bool) -> list[Filed]:
        """What became of each line of the batch, which is one transaction."""
        now = clock.now()
        keys = {ready.url: page_key(ready.url) for ready in batch if ready.url}
        outcomes = []
        current = self._find_current(batch)
        read = [None if ready.external_id in current else prepare(ready.content) for ready in batch]
        with (
            self._archive.write() as connection,
            self._ingest.gathering(connection, now),
        ):
            ids = (ready.external_id for ready in batch)
            seen = set(articles.known_ids(connection, self._collection, ids))
            page_ids = pages.find_page_ids(connection, keys.values())
            forgotten = pages.forgotten_among(connection, page_ids.values())
            forgotten_sites = takedown.forgotten_sites(connection)
            for ready, prepared in zip(batch, read, strict=True):
                url = ready.url
                # What is known under its id stays on its page, whatever address it has now.
                is_known = ready.external_id in seen
                page_id = None if url is None or is_known else page_ids.get(keys[url])
                if page_id in forgotten or (url and site_of(url) in forgotten_sites):
                    outcomes.append(Filed.FORGOTTEN)
                    continue
                if prepared is None:
                    outcomes.append(Filed.UNCHANGED)
                    continue
                is_new = not is_known and page_id is None
                if is_new and url is not None:
                    page_id = page_ids[keys[url]] = _add_page(connection, url, keys[url], now)
                place = Place(
                    page_id=page_id,
                    site=site_of(url) if url else None,
                    collection=self._collection,
                    external_id=ready.external_id,
                    is_new=is_new,
                )
                outcomes.append(
                    self._ingest.file(connection, prepared, place, now, may_return=may_return)
                )
                seen.add(ready.external_id)
        return outcomes

    def _find_current(self, batch: list[ReadyLine]) -> set[str]:
        """The ids of lines that say what the archive has: as most lines do of a file that is
        imported again. Nothing of them need be read, so an import that was stopped is soon where
        it was. Of an id with several lines each is looked at in its turn.
        """
        counted = Counter(ready.external_id for ready in batch)
        with self._archive.read() as connection:
            known = articles.known_ids(connection, self._collection, counted)
            return {
                ready.external_id
                for ready in batch
                if counted[ready.external_id] == 1
                and (article_id := known.get(ready.external_id)) is not None
                and articles.is_current(connection, article_id, ready.content)
            }


def _add_page(connection: sa.Connection, url: str, key: str, now: datetime) -> PageId:
    """The page of a new imported article: archived, never asked for unless a person asks."""
    return pages.add_page(
        connection,
        url=url,
        key=key,
        site=site_of(url),
        state=PageState.ARCHIVED,
        next_attempt_at=None,
        now=now,
    )

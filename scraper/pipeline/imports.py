"""Files of articles into the archive: JSON Lines, one article a line.

A line is ``{"id"?, "url"?, "title"?, "text", "published"?, "authors"?, "language"?}``, or
``{"url", "html"}`` for a page as it was crawled. Its place is (collection, id); a line without an
id is known by its address, else by its text, so that importing a file twice changes nothing.
A line that cannot be read is counted with its reason and never stops the import.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec

from scraper import clock
from scraper.extract import extract_article
from scraper.extract.dates import parse_time
from scraper.match.naming import NO_AGENCIES
from scraper.model import Article, NoArticle, PageState
from scraper.pipeline.ingest import Filed, Ingest, Place, Prepared, prepare
from scraper.store import articles, pages, stored_text
from scraper.urls import normalise_url, page_key, site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.config import SiteConfig
    from scraper.model import PageId
    from scraper.store.archive import Archive

#: One transaction holds so many articles, or what two seconds bring (DESIGN 3: 1,100 articles/s
#: against 273 with a transaction for each).
BATCH_ARTICLES = 200
BATCH_TIME = timedelta(seconds=2)

#: A longer line is no article: twice the largest page that is fetched, which JSON may double.
MAX_LINE_BYTES = 10_000_000
#: Editors on Windows begin a file with it.
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

#: So many lines that could not be read are remembered; all are counted.
_REMEMBERED = 20


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a JSON Lines file; other keys are passed over."""

    id: str | int | None = None
    url: str | None = None
    title: str | None = None
    text: str | None = None
    html: str | None = None
    published: str | None = None
    authors: tuple[str, ...] | str = ()
    language: Annotated[str, msgspec.Meta(max_length=35)] | None = None


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What an import did; ``problems`` are the first lines that could not be read, with reasons."""

    counts: dict[Filed, int] = field(default_factory=lambda: dict.fromkeys(Filed, 0))
    skipped: int = 0
    problems: list[str] = field(default_factory=list)

    def skip(self, number: int, problem: str) -> None:
        """Nothing; the line is counted as not read."""
        self.skipped += 1
        if len(self.problems) < _REMEMBERED:
            self.problems.append(f"line {number}: {problem}")


def import_lines(
    archive: Archive,
    lines: Iterable[bytes],
    *,
    collection: str,
    sites: Mapping[str, SiteConfig],
    agencies: Mapping[str, str] = NO_AGENCIES,
    on_batch: Callable[[int], None] | None = None,
) -> ImportReport:
    """What became of a JSON Lines file's lines.

    ``on_batch`` is called after each transaction with the number of bytes read in it.
    """
    report = ImportReport()
    ingest = Ingest(sites, agencies)
    batch: list[_Ready] = []
    size, begun = 0, clock.now()
    for number, line in enumerate(lines, 1):
        size += len(line)
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)  # noqa: PLW2901 - the same line without it
        if line.strip():
            try:
                batch.append(_prepare_line(line))
            except _SkippedLineError as exc:
                report.skip(number, str(exc))
        if len(batch) >= BATCH_ARTICLES or clock.now() - begun >= BATCH_TIME:
            _file_batch(archive, ingest, batch, collection, report)
            if on_batch is not None:
                on_batch(size)
            batch, size, begun = [], 0, clock.now()
    _file_batch(archive, ingest, batch, collection, report)
    if on_batch is not None:
        on_batch(size)
    return report


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A line, ready to be filed under its id."""

    external_id: str
    prepared: Prepared

    @property
    def url(self) -> str | None:
        """The article's address."""
        return self.prepared.content.url


class _SkippedLineError(Exception):
    """A line that cannot be read; says why."""


def _prepare_line(text: bytes) -> _Ready:
    """The article of a line with its words and keys.

    Raises _SkippedLineError with the reason where there is none.
    """
    if len(text) > MAX_LINE_BYTES:
        raise _SkippedLineError(f"is over {MAX_LINE_BYTES // 1_000_000} MB")
    try:
        line = msgspec.json.decode(text, type=Line)
    except msgspec.MsgspecError as exc:
        raise _SkippedLineError(str(exc)) from exc
    except UnicodeDecodeError as exc:
        raise _SkippedLineError("is not UTF-8") from exc
    url = normalise_url(line.url) if line.url else None
    article = _read_page(line, url) if line.html is not None else _read_text(line, url)
    known_by = page_key(url) if url else stored_text.hash_text(article.text)
    external_id = known_by if line.id is None else str(line.id)
    return _Ready(external_id=_storable(external_id), prepared=prepare(article))


def _read_page(line: Line, url: str | None) -> Article:
    """The article of a line that carries a page."""
    if url is None:
        raise _SkippedLineError("has html, but no url")
    extracted = extract_article(line.html.encode() if line.html else b"", url=url)
    if isinstance(extracted, NoArticle):
        raise _SkippedLineError(extracted.detail)
    return replace(extracted, url=extracted.canonical_url or url)


def _read_text(line: Line, url: str | None) -> Article:
    """The article of a line that carries a text."""
    text = _storable(line.text or "").strip()
    if not text:
        raise _SkippedLineError("has neither text nor html")
    printed = parse_time(line.published)
    authors = (line.authors,) if isinstance(line.authors, str) else line.authors
    return Article(
        url=url,
        title=_storable(line.title or "").strip() or None,
        text=text,
        authors=tuple(name for author in authors if (name := _storable(author).strip())),
        published=printed.at if printed else None,
        published_precision=printed.precision if printed else None,
        language=line.language,
    )


def _storable(text: str) -> str:
    """The text without what SQL cannot hold: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _file_batch(
    archive: Archive, ingest: Ingest, batch: list[_Ready], collection: str, report: ImportReport
) -> None:
    """Nothing; the batch is in the archive, as one transaction."""
    if not batch:
        return
    now = clock.now()
    keys = {ready.url: page_key(ready.url) for ready in batch if ready.url}
    with archive.write() as connection:
        ids = (ready.external_id for ready in batch)
        known = articles.known_ids(connection, collection, ids)
        page_ids = pages.find_page_ids(connection, keys.values())
        for ready in batch:
            url = ready.url
            # What is known under its id stays on its page, whatever address it has now.
            is_known = ready.external_id in known
            page_id = None if url is None or is_known else page_ids.get(keys[url])
            is_new = not is_known and page_id is None
            if is_new and url is not None:
                page_id = page_ids[keys[url]] = _add_page(connection, url, keys[url], now)
            place = Place(
                page_id=page_id,
                site=site_of(url) if url else None,
                collection=collection,
                external_id=ready.external_id,
                is_new=is_new,
            )
            report.counts[ingest.file(connection, ready.prepared, place, now)] += 1
            known.add(ready.external_id)


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

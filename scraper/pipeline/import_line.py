"""One line of a JSON Lines file, read and ready to be filed.

A line is ``{"id"?, "url"?, "title"?, "text", "published"?, "authors"?, "language"?}``, or
``{"url", "html"}`` for a page as it was crawled. Its place is (collection, id); a line without an
id is known by its address, else by its text.
A line that cannot be read is counted with its reason and never stops the import.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import msgspec

from scraper.extract import extract_article
from scraper.extract.dates import parse_time
from scraper.model import Article, NoArticle, Reason
from scraper.store import stored_text
from scraper.urls import normalise_url, page_key
from scraper.worker.parser import Killed

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from scraper.worker.parser import Parser

#: A longer line is no article: twice the largest page that is fetched, which JSON may double.
MAX_LINE_BYTES = 10_000_000


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyLine:
    """A line, ready to be filed under its id."""

    line: bytes
    external_id: str
    content: Article

    @property
    def url(self) -> str | None:
        """The article's address."""
        return self.content.url


class SkippedLineError(Exception):
    """A line that cannot be read; says why."""


def begin_line(text: bytes, parser: Parser) -> Callable[[], ReadyLine]:
    """What gives the article of a line; a page that the line carries is read by then in a worker.

    Raises SkippedLineError with the reason where there is none, both now and when it is called.
    """
    if len(text) > MAX_LINE_BYTES:
        raise SkippedLineError(f"is over {MAX_LINE_BYTES // 1_000_000} MB")
    line = _decode(text)
    url = normalise_url(line.url) if line.url else None
    if line.html is None:
        return lambda: _make_ready(text, line, _read_text(line, url), url)
    if url is None:
        raise SkippedLineError("has html, but no url")
    page = parser.submit(extract_article, line.html.encode(), url=url)
    known = msgspec.structs.replace(line, html=None)  # its bytes are the worker's now
    return lambda: _make_ready(text, known, _take_page(page, url), url)


def _make_ready(text: bytes, line: Line, article: Article, url: str | None) -> ReadyLine:
    known_by = page_key(url) if url else stored_text.hash_text(article.text)
    external_id = known_by if line.id is None else str(line.id)
    return ReadyLine(line=text, external_id=_storable(external_id), content=article)


def _decode(text: bytes) -> Line:
    try:
        try:
            return msgspec.json.decode(text, type=Line)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            if b"\\u" not in text:
                raise
            return msgspec.json.decode(_without_half_pairs(text), type=Line)
    except (msgspec.MsgspecError, json.JSONDecodeError) as exc:
        raise SkippedLineError(str(exc)) from exc
    except UnicodeDecodeError as exc:
        raise SkippedLineError("is not UTF-8") from exc
    except RecursionError as exc:
        raise SkippedLineError("is nested too deeply") from exc


def _without_half_pairs(text: bytes) -> bytes:
    """The line without escaped halves of surrogate pairs, as programs write them that cut a text in
    the middle of a character; msgspec takes none.
    """
    return json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "ignore")


def _take_page(page: Future[Article | NoArticle | Killed], url: str) -> Article:
    """The article of a line that carries a page, read in a worker."""
    extracted = page.result()
    if isinstance(extracted, Killed):
        raise SkippedLineError(f"{Reason.WORKER_KILLED}: {extracted.detail}")
    if isinstance(extracted, NoArticle):
        raise SkippedLineError(extracted.detail)
    return replace(extracted, url=extracted.canonical_url or url)


def _read_text(line: Line, url: str | None) -> Article:
    """The article of a line that carries a text."""
    text = _storable(line.text or "").strip()
    if not text:
        raise SkippedLineError("has neither text nor html")
    printed = parse_time(line.published)
    authors = (line.authors,) if isinstance(line.authors, str) else line.authors
    return Article(
        url=url,
        title=_storable(line.title or "").strip() or None,
        text=text,
        authors=tuple(name for author in authors if (name := _storable(author).strip())),
        published=printed.at if printed else None,
        published_precision=printed.precision if printed else None,
        language=_storable(line.language or "") or None,
    )


def _storable(text: str) -> str:
    """The text without what SQL cannot hold: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()

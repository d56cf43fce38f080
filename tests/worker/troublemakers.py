"""Parsers as a hostile page would have them; workers import them by name."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from scraper.extract import extract_article
from scraper.model import (
    Article,
    BadFeed,
    Feed,
    NoArticle,
    Reason,
    SitemapIndex,
    Snapshot,
    SourceKind,
)
from scraper.pipeline.reading import read_page, read_source


def echo(content: bytes, *, times: int = 1) -> bytes:
    """The same again."""
    return content * times


def name_process(_content: bytes) -> int:
    """The number of the process that parses."""
    return os.getpid()


def eat_memory(_content: bytes) -> bytes:
    """Nothing, ever: there is no end of memory to take."""
    taken = []
    while True:
        taken.append(bytearray(16_000_000))


def loop_for_ever(_content: bytes) -> bytes:
    """Nothing, ever; it is busy, and deaf to what Python could interrupt."""
    return bytes(sum(range(10**18)))


def sleep_for_ever(_content: bytes) -> bytes:
    """Nothing, ever; it takes no CPU meanwhile."""
    while True:
        time.sleep(60)


def mark_and_sleep(path: bytes) -> bytes:
    """As ``sleep_for_ever``, after it left a mark that it began."""
    Path(path.decode()).touch()
    return sleep_for_ever(b"")


def crash(_content: bytes) -> bytes:
    """Nothing; a parser written in C went wrong."""
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def leave(_content: bytes) -> bytes:
    """Nothing; the process ends by itself."""
    os._exit(7)


def stumble(content: bytes) -> bytes:
    """Nothing: it has a bug."""
    raise ValueError(f"no idea what {content!r} is")


def babble(content: bytes) -> bytes:
    """The same, after it wrote to every stream that it can find."""
    print("x" * 100_000)  # noqa: T201 - as a library's leftover would
    print("y" * 100_000, file=sys.stderr)  # noqa: T201 - likewise
    return content


def find_nothing(_content: bytes) -> NoArticle:
    """A value of the model."""
    return NoArticle(reason=Reason.NO_ARTICLE, detail="nothing")


#: A page with this in it ends its worker.
DEADLY = b"<!-- deadly -->"


def extract_or_die(
    html: bytes, *, url: str, content_type: str | None = None
) -> Article | NoArticle:
    """As ``extract_article``, but for the deadly page."""
    if DEADLY in html:
        crash(html)
    return extract_article(html, url=url, content_type=content_type)


def read_page_or_die(
    snapshot: Snapshot, *, respected: tuple[str, ...], text_css: str | None, title_css: str | None
) -> Article | NoArticle:
    """As ``read_page``, but for the deadly page."""
    if DEADLY in snapshot.body:
        crash(snapshot.body)
    return read_page(snapshot, respected=respected, text_css=text_css, title_css=title_css)


def read_source_or_die(
    snapshot: Snapshot, kind: SourceKind, *, max_entries: int
) -> Feed | SitemapIndex | BadFeed:
    """As ``read_source``, but for the deadly document."""
    if DEADLY in snapshot.body:
        crash(snapshot.body)
    return read_source(snapshot, kind, max_entries=max_entries)


def find_an_index(_content: bytes, **_named: object) -> NoArticle:
    """No article, whatever the page."""
    return NoArticle(reason=Reason.NO_ARTICLE, detail="an index page")


def find_better(_content: bytes, *, url: str, **_named: object) -> Article:
    """An article, whatever the page."""
    return Article(url=url, title="Better", text="And this is what the page says. " * 20)


def crash_at_the_first(
    content: bytes, *, url: str, content_type: str | None = None, **_named: object
) -> Article | NoArticle:
    """The page's article; but one page is fatal."""
    if url.endswith("/ferry"):
        crash(content)
    return extract_article(content, url=url, content_type=content_type)

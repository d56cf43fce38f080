"""Extraction beside other programs: F1 and pages a second of CPU, page by page in one run.

usage: python benchmarks/extract.py [FOLDER ...]

A FOLDER holds pages/NAME.html.gz and truth.jsonl ({"name", "url", "text"}); without one, the pages
that the project's own tests read. F1 is of the 4-word shingles of a page's text, from precision and
recall averaged over pages: Kiss and others, article-extraction-benchmark. All programs read a page
before the next is opened, so that a busy machine slows them alike. trafilatura is asked for its
metadata too, as ours gives them; readability-lxml gives only a title, resiliparse only a text.
"""

from __future__ import annotations

import gzip
import json
import logging
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import readability
import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import detect_encoding
from selectolax.lexbor import LexborHTMLParser

from scraper.extract import extract_article
from scraper.model import Article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures" / "pages"
_WORD = re.compile(r"\w+")
_SHINGLE = 4
#: Pages read by all before the first is measured: models and tables are loaded by then.
_WARM_UP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page with the text that is in it; None where only the time it takes counts."""

    url: str
    html: bytes
    text: str | None


@dataclass(slots=True)
class Tally:
    """What one program took, and how exact it was."""

    seconds: float = 0.0
    slowest: float = 0.0
    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)


def ours(page: Page) -> str:
    """The text by this project."""
    found = extract_article(page.html, url=page.url)
    return found.text if isinstance(found, Article) else ""


def by_trafilatura(page: Page) -> str:
    """The text by trafilatura, with metadata."""
    found = trafilatura.bare_extraction(page.html, url=page.url, with_metadata=True)
    return (found.text if found else None) or ""


def by_readability(page: Page) -> str:
    """The text by readability-lxml."""
    try:
        summary = readability.Document(page.html).summary(html_partial=True)
    except Exception:  # noqa: BLE001 - what it raises is its failure, and is counted as an empty text
        return ""
    body = LexborHTMLParser(summary).body
    return body.text(separator=" ") if body is not None else ""


def by_resiliparse(page: Page) -> str:
    """The text by resiliparse."""
    encoding = detect_encoding(page.html)
    html = page.html.decode(encoding, "replace")
    return str(extract_plain_text(html, main_content=True, alt_texts=False, links=False))


def only_parsed(page: Page) -> str:
    """No text: the floor that any program on this parser stands on."""
    LexborHTMLParser(page.html)
    return ""


PROGRAMS: dict[str, Callable[[Page], str]] = {
    "scraper": ours,
    "trafilatura": by_trafilatura,
    "readability-lxml": by_readability,
    "resiliparse": by_resiliparse,
    "parse only": only_parsed,
}


def pages_of(folder: Path) -> Iterator[Page]:
    """The pages of a set, one at a time."""
    with (folder / "truth.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            truth = json.loads(line)
            yield Page(
                url=truth.get("url") or "https://example.org/",
                html=gzip.decompress((folder / "pages" / f"{truth['name']}.html.gz").read_bytes()),
                text=truth.get("text") or None,
            )


def own_pages() -> Iterator[Page]:
    """The project's own fixtures that hold an article of known text."""
    for path in sorted(FIXTURES.glob("*.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        text = expected.get("article", {}).get("text")
        yield Page(
            url=expected["url"],
            html=path.with_suffix(".html").read_bytes(),
            text="\n\n".join(text) if text else None,
        )


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The text's runs of four words, counted; a shorter text is one run."""
    words = _WORD.findall(text)
    runs = max(1, len(words) - _SHINGLE + 1)
    return Counter(tuple(words[at : at + _SHINGLE]) for at in range(runs) if words)


def measure(name: str, pages: Callable[[], Iterator[Page]]) -> None:
    """Print one set's table."""
    for _, page in zip(range(_WARM_UP), pages(), strict=False):
        for read in PROGRAMS.values():
            read(page)
    tallies = {program: Tally() for program in PROGRAMS}
    count = 0
    for page in pages():
        count += 1
        true = shingles(page.text) if page.text else None
        for program, read in PROGRAMS.items():
            start = time.process_time()
            text = read(page)
            spent = time.process_time() - start
            tally = tallies[program]
            tally.seconds += spent
            tally.slowest = max(tally.slowest, spent)
            if true is not None:
                _judge(tally, true, shingles(text))
    known = len(tallies["scraper"].recall)
    print(f"\n{name}: {count} pages, {known} of known text")
    print(f"{'':18}{'F1':>7}{'P':>7}{'R':>7}{'pages/s':>9}{'x parse':>9}{'slowest ms':>12}")
    floor = tallies["parse only"].seconds
    for program, tally in tallies.items():
        figures = _figures(tally) if program != "parse only" else " " * 21
        print(
            f"{program:18}{figures}{count / tally.seconds:9.0f}{tally.seconds / floor:9.1f}"
            f"{tally.slowest * 1000:12.0f}"
        )


def _judge(tally: Tally, true: Counter[tuple[str, ...]], found: Counter[tuple[str, ...]]) -> None:
    shared = sum((true & found).values())
    tally.recall.append(shared / sum(true.values()) if true else 1.0)
    if found:  # a page that was not answered says nothing of precision
        tally.precision.append(shared / sum(found.values()))


def _figures(tally: Tally) -> str:
    precision = sum(tally.precision) / max(1, len(tally.precision))
    recall = sum(tally.recall) / max(1, len(tally.recall))
    both = precision + recall
    return f"{2 * precision * recall / both if both else 0.0:7.3f}{precision:7.3f}{recall:7.3f}"


def main() -> None:
    """Measure each folder named, or the project's own pages."""
    logging.disable(logging.CRITICAL)  # trafilatura and readability report each page they refuse
    folders = [Path(name) for name in sys.argv[1:]]
    for folder in folders:
        measure(str(folder), lambda folder=folder: pages_of(folder))  # type: ignore[misc]
    if not folders:
        measure("the project's own pages", own_pages)


if __name__ == "__main__":
    main()

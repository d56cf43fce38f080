"""A WARC file through this project and through other programs: articles a second of CPU.

usage: python benchmarks/peers.py [--damage] [WARC]

Ours reads the file, extracts with the workers that `scraper import` starts, matches, and stores in
a fresh archive on the disk. trafilatura extracts with its metadata, and datasketch keeps what it
gives in a MinHash LSH in memory (128 permutations, 5-word shingles, 0.5); nothing is stored.
news-please extracts alone, where $NEWSPLEASE names a Python that has it. Others read the file by
warcio. The file is dealt out in slices, each of which all programs read before the next, so that a
busy machine slows them alike. CPU is all of a program's, its workers included.

Without WARC: 400 pages of invented sites, one in twenty a copy. They have 6 KB where real ones have
180, so extraction hardly counts in them; a real file says more.

With --damage: how many of a file's pages are read by our reader, warcio and fastwarc where one
place of it is damaged.
"""

from __future__ import annotations

import gzip
import io
import logging
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from synthetic import SEED, deal_words

from scraper.config import FetchConfig
from scraper.match.version import FINGERPRINT_VERSION
from scraper.pipeline.ingest import Filed, Ingest
from scraper.pipeline.site_rules import SiteRules
from scraper.pipeline.warc_import import WarcImport
from scraper.store.archive import create_archive
from scraper.warc.records import Record, scan_records
from scraper.warc.response import UnusableError, decode_body, read_response
from scraper.worker.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGES = 400
SLICES = 6
#: The demo's sites have menus, asides and footers around an article; so have these.
MENU = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in "News Sport Weather".split())


def invent_page(number: int) -> tuple[str, bytes]:
    """An address, and a page of one of 40 sites with furniture around a text."""
    words, _ = deal_words(number)
    sentences = [" ".join(words[at : at + 15]).capitalize() for at in range(0, len(words), 15)]
    text = "".join(
        f"<p>{escape('. '.join(sentences[at : at + 3]))}.</p>" for at in range(0, len(sentences), 3)
    )
    site = f"site{number % 40}.example"
    links = "".join(
        f'<div class="teaser"><h3><a href="/{at}">{" ".join(deal_words(at)[0][:8])}</a></h3></div>'
        for at in range(number, number + 20)
    )
    title = " ".join(words[:9]).capitalize()
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{title} | {site}</title>"
        f'<meta property="og:title" content="{title}"><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="2026-11-20T08:00:00Z">'
        f'<script>var tracking = {{"page": {number}}};</script></head><body>'
        f"<nav><ul>{MENU}</ul></nav>"
        f"<article><h1>{title}</h1><p class='byline'>By Ada Quill</p>{text}</article>"
        f"<aside>{links}</aside><footer><p>Copyright {site}. All rights reserved.</p></footer>"
        "</body></html>"
    )
    return f"https://{site}/2026/11/20/{number}", html.encode()


def write_record(url: str, html: bytes, number: int) -> bytes:
    """A gzip member with a response record."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html
    date = datetime.fromtimestamp(1_795_000_000 + number, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", compresslevel=6)


def deal_slices(warc: Path | None, folder: Path) -> list[Path]:
    """The file's response records, dealt out to so many files."""
    if warc is None:
        members = [write_record(*invent_page(number), number) for number in range(PAGES)]
    else:
        with warc.open("rb") as file:
            found = [each for each in scan_records(file) if isinstance(each, Record)]
            members = []
            for record in found:
                if record.kind == "response":
                    file.seek(record.offset)
                    raw = file.read(record.length)
                    members.append(raw if raw[:2] == b"\x1f\x8b" else gzip.compress(raw, 6))
    slices = [folder / f"slice{number}.warc.gz" for number in range(SLICES)]
    for number, path in enumerate(slices):
        path.write_bytes(b"".join(members[number::SLICES]))
    return slices


def cpu_seconds(pids: tuple[int, ...] = ()) -> float:
    """What this process, its children that ended, and these that live have used up."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = time.process_time() + ended.ru_utime + ended.ru_stime
    for pid in pids:
        with suppress(FileNotFoundError):
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
            used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


@dataclass(slots=True)
class Tally:
    """What one program took for the slices, and how many articles it found."""

    seconds: float = 0.0
    wall: float = 0.0
    articles: int = 0
    slices: list[float] = field(default_factory=list)


class Ours:
    """`scraper import` without its start: reader, workers, matching, archive."""

    name = "scraper import"

    def __init__(self, folder: Path) -> None:
        self.archive = create_archive(
            folder / "archive.db", fingerprint_version=FINGERPRINT_VERSION, now=datetime.now(UTC)
        )
        self.parser = Parser()
        # The others read pages that ask not to be archived; so that all do the same, so do we here.
        config = FetchConfig(respect_noarchive=False, respect_tdm_reservation=False)
        self.importing = WarcImport(
            self.archive, Ingest({}), self.parser, rules=SiteRules({}), config=config
        )

    def read(self, path: Path) -> tuple[int, float]:
        """How many articles are in the slice, and the CPU it took."""
        begun = cpu_seconds(self.parser.pids)
        report = self.importing.read(path)
        return (
            sum(report.counts[filed] for filed in (Filed.NEW, Filed.REVISED, Filed.UNCHANGED)),
            cpu_seconds(self.parser.pids) - begun,
        )

    def close(self) -> None:
        """Nothing; workers and archive are closed."""
        self.parser.close()
        self.archive.close()


class TrafilaturaAndDatasketch:
    """What people build who need the same: extraction, and LSH over shingles."""

    name = "trafilatura + datasketch"

    def __init__(self, _folder: Path) -> None:
        from datasketch import MinHashLSH

        self.lsh = MinHashLSH(threshold=0.5, num_perm=128)
        self.count = 0

    def read(self, path: Path) -> tuple[int, float]:
        """How many articles are in the slice, and the CPU it took."""
        import trafilatura
        from datasketch import MinHash
        from warcio.archiveiterator import ArchiveIterator

        begun, found = cpu_seconds(), 0
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                html = record.content_stream().read()
                url = record.rec_headers.get_header("WARC-Target-URI")
                document = trafilatura.bare_extraction(html, url=url, with_metadata=True)
                if document is None or not document.text:
                    continue
                words = document.text.lower().split()
                sketch = MinHash(num_perm=128)
                sketch.update_batch(
                    [" ".join(words[at : at + 5]).encode() for at in range(max(1, len(words) - 4))]
                )
                self.lsh.query(sketch)
                self.lsh.insert(self.count, sketch)
                self.count += 1
                found += 1
        return found, cpu_seconds() - begun

    def close(self) -> None:
        """Nothing to close."""


class NewsPlease:
    """news-please's extraction, in an interpreter of its own: its libraries contradict our pins."""

    name = "news-please, extraction"

    def __init__(self, _folder: Path) -> None:
        self.process = subprocess.Popen(
            [os.environ["NEWSPLEASE"], str(Path(__file__).with_name("peers_newsplease.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def read(self, path: Path) -> tuple[int, float]:
        """How many articles are in the slice, and the CPU it took."""
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe
        assert self.process.stdout is not None  # noqa: S101 - likewise
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        found, seconds = self.process.stdout.readline().split()
        return int(found), float(seconds)

    def close(self) -> None:
        """Nothing; the process has ended."""
        self.process.communicate()


def compare(warc: Path | None) -> None:
    """Print the table."""
    programs: list[Callable[[Path], Ours | TrafilaturaAndDatasketch | NewsPlease]]
    programs = [Ours, TrafilaturaAndDatasketch]
    if os.environ.get("NEWSPLEASE"):
        programs.append(NewsPlease)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        slices = deal_slices(warc, folder)
        opened = [program(folder) for program in programs]
        tallies = {program.name: Tally() for program in opened}
        for number, path in enumerate(slices):
            for program in opened:
                begun = time.monotonic()
                found, seconds = program.read(path)
                if number == 0:
                    continue  # by now all have loaded what they need
                tally = tallies[program.name]
                tally.articles += found
                tally.seconds += seconds
                tally.wall += time.monotonic() - begun
        for program in opened:
            program.close()
    print(f"{warc or 'invented pages'}, {SLICES - 1} of {SLICES} slices")
    print(f"{'':26}{'articles':>9}{'CPU s':>8}{'per s CPU':>11}{'x ours':>8}{'per s':>8}")
    ours = tallies[Ours.name]
    rate = ours.articles / ours.seconds
    for label, tally in tallies.items():
        own = tally.articles / tally.seconds
        print(
            f"{label:26}{tally.articles:9}{tally.seconds:8.1f}{own:11.0f}{own / rate:8.2f}"
            f"{tally.articles / tally.wall:8.0f}"
        )
    if not os.environ.get("NEWSPLEASE"):
        print("news-please is left out: NEWSPLEASE=/path/to/python names one that has it")


def by_ours(raw: bytes) -> Iterator[bytes]:
    """The pages that our reader gives."""
    for record in scan_records(io.BytesIO(raw)):
        if isinstance(record, Record) and record.kind == "response":
            with suppress(UnusableError):
                yield decode_body(read_response(record.block or b""))


def by_warcio(raw: bytes) -> Iterator[bytes]:
    """The pages that warcio gives, until it stops."""
    from warcio.archiveiterator import ArchiveIterator

    for record in ArchiveIterator(io.BytesIO(raw)):
        if record.rec_type == "response":
            yield record.content_stream().read()


def by_fastwarc(raw: bytes) -> Iterator[bytes]:
    """The pages that fastwarc gives, until it stops."""
    from fastwarc.warc import ArchiveIterator

    for record in ArchiveIterator(io.BytesIO(raw)):
        if record.headers.get("WARC-Type") == "response":
            record.parse_http()
            yield record.reader.read()


READERS = {"ours": by_ours, "warcio": by_warcio, "fastwarc": by_fastwarc}


def damage(raw: bytes, kind: str, chance: random.Random) -> bytes:
    """The file with one place of its middle third damaged."""
    at = chance.randrange(len(raw) // 3, len(raw) * 2 // 3)
    return {
        "cut": lambda: raw[:at],
        "one byte": lambda: raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :],
        "4 KB of zeros": lambda: raw[:at] + bytes(4096) + raw[at + 4096 :],
        "70 bytes more": lambda: raw[:at] + b"garbage" * 10 + raw[at:],
        "100 bytes less": lambda: raw[:at] + raw[at + 100 :],
    }[kind]()


def compare_damaged(warc: Path | None) -> None:
    """Print how many whole pages each reader gives, and how many that are not what was there."""
    with tempfile.TemporaryDirectory() as name:
        raw = b"".join(path.read_bytes() for path in deal_slices(warc, Path(name)))
    whole = set()
    print(f"{'':18}" + "".join(f"{reader:>40}" for reader in READERS))
    for kind in ("whole", "cut", "one byte", "4 KB of zeros", "70 bytes more", "100 bytes less"):
        file = raw if kind == "whole" else damage(raw, kind, random.Random(SEED))
        cells = []
        for read in READERS.values():
            given: list[bytes] = []
            begun, ending = time.process_time(), ""
            with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
                try:
                    given.extend(read(file))
                except Exception as exc:  # noqa: BLE001 - what a library raises is its answer
                    ending = f", {type(exc).__name__}"
            if kind == "whole":
                whole |= set(given)
                ending = f", {(time.process_time() - begun) / len(given) * 1000:.2f} ms each"
            right = sum(page in whole for page in given)
            cells.append(f"{right} right {len(given) - right} wrong{ending}")
        print(f"{kind:18}" + "".join(f"{cell:>40}" for cell in cells))


def main() -> None:
    """Print what was asked for."""
    logging.disable(logging.CRITICAL)  # trafilatura reports each page that it refuses
    words = [word for word in sys.argv[1:] if word != "--damage"]
    warc = Path(words[0]) if words else None
    (compare_damaged if "--damage" in sys.argv else compare)(warc)


if __name__ == "__main__":
    main()

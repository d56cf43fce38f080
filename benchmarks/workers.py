"""What workers cost: CPU of pages read in workers beside the same pages read in this process.

usage: python benchmarks/workers.py [FOLDER] [ROUNDS]

FOLDER holds HTML files, also gzipped ones, at any depth; without it, the fixture pages of the
tests. All are read once in this process and once in two workers, in turn, ROUNDS times (five); the
medians count, as ratios, because they were taken in one run on one machine. Workers are started
before, as they last for a thousand pages: what that costs is shown apart.
"""

from __future__ import annotations

import gzip
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.extract import extract_article
from scraper.worker.limits import MIN_WORKERS, Limits
from scraper.worker.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Sequence

URL = "https://example.org/story"
FIXTURES = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "pages"
#: A smaller set is read so often that a round has as many pages.
LEAST = 400


def cpu_seconds(*, ended: bool) -> float:
    """User and system time of this process, and with ``ended`` of its children that have ended."""
    who = [resource.RUSAGE_SELF] + [resource.RUSAGE_CHILDREN] * ended
    usages = [resource.getrusage(one) for one in who]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def read_pages(folder: Path) -> list[bytes]:
    """The pages of the folder, at least LEAST of them."""
    found = [path.read_bytes() for path in sorted(folder.rglob("*.html"))]
    found += [gzip.decompress(path.read_bytes()) for path in sorted(folder.rglob("*.html.gz"))]
    if not found:
        sys.exit(f"no .html or .html.gz file in {folder}")
    return found * -(-LEAST // len(found))


def read_here(pages: Sequence[bytes]) -> tuple[float, float]:
    """CPU and wall seconds of the pages in this process."""
    cpu, wall = cpu_seconds(ended=False), time.perf_counter()
    for page in pages:
        extract_article(page, url=URL)
    return cpu_seconds(ended=False) - cpu, time.perf_counter() - wall


def read_in_workers(pages: Sequence[bytes], *, limits: Limits) -> tuple[float, float]:
    """CPU seconds of all processes and wall seconds of the pages in workers, from start to end."""
    cpu, wall = cpu_seconds(ended=True), time.perf_counter()
    with Parser(MIN_WORKERS, limits) as parser:
        waiting = [parser.submit(extract_article, page, url=URL) for page in pages]
        for future in waiting:
            future.result()
        passed = time.perf_counter() - wall
    return cpu_seconds(ended=True) - cpu, passed


def main() -> None:
    """Print the table."""
    folder = Path(next(iter(sys.argv[1:]), FIXTURES))
    rounds = int(next(iter(sys.argv[2:]), 5))
    pages = read_pages(folder)
    limits = Limits(documents=10 * len(pages))
    ways = {
        "in this process": lambda: read_here(pages),
        "in two workers": lambda: read_in_workers(pages, limits=limits),
        "starting two workers": lambda: read_in_workers(pages[:2], limits=limits),
    }
    taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, read in ways.items():
            taken[way].append(read())
    cpu = {way: statistics.median(one for one, _ in times) for way, times in taken.items()}
    wall = {way: statistics.median(one for _, one in times) for way, times in taken.items()}
    print(f"{len(pages)} pages of {folder.name}, median of {rounds}")
    for way in ways:
        print(f"{way:<22} {cpu[way]:6.2f} s CPU {wall[way]:6.2f} s wall")
    warm = cpu["in two workers"] - cpu["starting two workers"]
    print(f"CPU in workers / in this process: {warm / cpu['in this process']:.2f}")
    print(
        f"wall in workers / in this process: {wall['in two workers'] / wall['in this process']:.2f}"
    )


main()

"""What new articles cost in archives of growing size, and whether their copies are found.

usage: python benchmarks/index.py [ARTICLES...]

One archive is grown to ARTICLES (1,000, 10,000 and 100,000) texts as ``synthetic`` deals them; at
each size a fresh `scraper import` files 50 new ones into a copy of it, half of them copies of what
is there. CPU is what it takes beyond importing datasketch and SQLAlchemy, in the same run; medians
of five. "of the first" compares it with the smallest archive's.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from synthetic import make_line

from scraper.match.version import FINGERPRINT_VERSION
from scraper.pipeline.imports import import_lines
from scraper.store.archive import create_archive, open_archive

SIZES = (1_000, 10_000, 100_000)
NEW = 50
NEW_COPIES = 0.5
ROUNDS = 5
IMPORTS = [sys.executable, "-c", "import datasketch, sqlalchemy.orm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one process took."""

    wall: float
    cpu: float
    peak_mb: float


def measure(command: list[str]) -> Cost:
    """The cost of a process from start to exit, which must succeed."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begun
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(wall=wall, cpu=cpu, peak_mb=usage.ru_maxrss / 1024)


def found_copies(path: Path, copies: dict[int, int]) -> int:
    """How many of the copies are in their original's story."""
    with closing(sqlite3.connect(path)) as connection:
        story = dict(connection.execute("SELECT external_id, story_id FROM article"))
    return sum(story[str(copied)] == story[str(original)] for copied, original in copies.items())


def file_new(folder: Path, grown: Path, size: int) -> tuple[list[Cost], str]:
    """The costs of filing the new articles, and how many of their copies were found."""
    dealt = {number: make_line(number, copies=NEW_COPIES) for number in range(size, size + NEW)}
    new = folder / "new.jsonl"
    new.write_bytes(b"".join(line for line, _ in dealt.values()))
    # A copy of one that is itself new is not asked for: its original is dealt otherwise.
    copies = {number: of for number, (_, of) in dealt.items() if of is not None and of < size}
    target = folder / "copy.db"
    scraper = [sys.executable, "-m", "scraper", "--archive", str(target), "import", str(new)]
    costs = []
    for _ in range(ROUNDS):
        shutil.copyfile(grown, target)
        costs.append(measure([*scraper, "--collection", "bench"]))
    return costs, f"{found_copies(target, copies)}/{len(copies)}"


def main() -> None:
    """Print the table."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    imports = statistics.median(measure(IMPORTS).cpu for _ in range(ROUNDS))
    print(f"import datasketch, sqlalchemy.orm: {imports:.2f} s of CPU")
    print(f"{NEW} new articles    wall    CPU  beyond imports  of the first  peak MB  copies found")
    first = None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        grown = folder / "grown.db"
        now = datetime.now(UTC)
        held = 0
        create_archive(grown, fingerprint_version=FINGERPRINT_VERSION, now=now).close()
        for size in sizes:
            growing = multiprocessing.get_context("spawn").Process(
                target=grow, args=(grown, held, size)
            )
            growing.start()
            growing.join()
            held = size
            costs, found = file_new(folder, grown, size)
            wall = statistics.median(cost.wall for cost in costs)
            cpu = statistics.median(cost.cpu for cost in costs)
            peak = max(cost.peak_mb for cost in costs)
            beyond = cpu - imports
            first = first or beyond
            print(
                f"into {size:>9,} {wall:>9.2f} {cpu:>6.2f} {beyond:>15.2f} {beyond / first:>13.2f}"
                f" {peak:>8.0f} {found:>13}",
                flush=True,
            )


def grow(path: Path, held: int, size: int) -> None:
    """Nothing; the archive holds so many articles, and no log beside the file.

    In a process of its own: what is measured later begins with this one's memory.
    """
    with open_archive(path) as archive:
        lines = (make_line(number)[0] for number in range(held, size))
        import_lines(archive, lines, collection="bench", sites={})


if __name__ == "__main__":
    main()

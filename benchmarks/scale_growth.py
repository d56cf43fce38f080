"""Archives of growing size, kept in a folder and grown on from there the next time.

One archive is grown from size to size and kept at each. It is grown faster than a user's would be:
nothing is written twice for the sake of a crash. What is cut off is therefore begun again at the
last size that is kept.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from synthetic import make_line

from scraper.match.version import FINGERPRINT_VERSION
from scraper.pipeline.imports import import_lines
from scraper.store.archive import create_archive, open_archive
from scraper.store.schema import article

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scale_engines import Engine

    from scraper.store.archive import Where

COLLECTION = "bench"
GROWING = "growing"
#: What was grown is noted after so many articles.
STRETCH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """So many articles' growth: what the archive had after it, and what the process took.

    Dealing the texts is not counted. ``peak_mb`` is the most that the process had by then.
    """

    held: int
    articles: int
    cpu: float
    wall: float
    peak_mb: float


def grow_to(engine: Engine, sizes: list[int]) -> None:
    """Nothing; there is an archive of each size. Those that were made before are kept."""
    before = None
    for size in sorted(sizes):
        if not engine.exists(size):
            print(f"growing an archive of {size:,} articles", flush=True)
            engine.remove(GROWING)
            if before is None:
                now, where = datetime.now(UTC), engine.make(GROWING)
                create_archive(where, fingerprint_version=FINGERPRINT_VERSION, now=now).close()
            else:
                engine.copy(before, GROWING)
            # In a process of its own: its memory is the import's, and nobody else's.
            process = multiprocessing.get_context("spawn").Process(
                target=_grow, args=(engine, size)
            )
            process.start()
            process.join()
            if process.exitcode:
                raise SystemExit(f"{engine.where(GROWING)} was not grown to {size:,} articles")
            engine.rename(GROWING, size)
        before = size


def _grow(engine: Engine, size: int) -> None:
    """Nothing; the archive holds so many articles, and no log beside the file."""
    with open_archive(engine.where(GROWING)) as archive:
        with archive.read() as connection:
            held = connection.execute(sa.select(sa.func.count()).select_from(article)).scalar_one()
        engine.hurry(archive)
        growth = _Growth(engine.notes, held)
        import_lines(archive, growth.deal(size), collection=COLLECTION, sites={})
    growth.note(size)


class _Growth:
    """Deals the articles of a growth and notes what their import took."""

    def __init__(self, notes: Path, held: int) -> None:
        self._notes = notes
        self._held = held
        self._cpu, self._wall = _cpu_seconds(), time.perf_counter()

    def deal(self, size: int) -> Iterator[bytes]:
        """The lines of the articles that are missing of so many."""
        for number in range(self._held, size):
            if number > self._held and number % STRETCH == 0:
                self.note(number)
            cpu, wall = time.process_time(), time.perf_counter()
            line, _ = make_line(number)
            self._cpu += time.process_time() - cpu
            self._wall += time.perf_counter() - wall
            yield line

    def note(self, held: int) -> None:
        """Nothing; what was imported since the last note is noted."""
        if held == self._held:
            return
        cpu, wall = _cpu_seconds(), time.perf_counter()
        stretch = Stretch(
            held=held,
            articles=held - self._held,
            cpu=cpu - self._cpu,
            wall=wall - self._wall,
            peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )
        with self._notes.open("a") as notes:
            notes.write(json.dumps(asdict(stretch)) + "\n")
        self._held, self._cpu, self._wall = held, cpu, wall


def _cpu_seconds() -> float:
    """What this process took, and those of its workers that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)

"""Archives of growing size, kept, and grown on from the last that is kept.

They are grown faster than a user's would be: nothing is written twice for the sake of a crash. What
is cut off is therefore begun again at the last size that is kept.
"""

from __future__ import annotations

import json
import multiprocessing
import os
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
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from scale_engines import Engine

COLLECTION = "bench"
GROWING = "growing"
#: What was grown is noted after so many articles, for those who wait.
STRETCH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Some articles' import: how many the archive had after it, and what it took.

    Dealing the texts is not counted. ``peak_mb`` is the most that the process had by then.
    """

    held: int
    articles: int
    cpu: float
    wall: float
    peak_mb: float

    @property
    def rate_cpu(self) -> float:
        """Articles a second of CPU."""
        return self.articles / self.cpu

    @property
    def rate_wall(self) -> float:
        """Articles a second."""
        return self.articles / self.wall


def grow_to(engine: Engine, sizes: Sequence[int]) -> None:
    """Nothing; there is an archive of each size. Those that were made before are kept."""
    before = None
    for size in sorted(sizes):
        if not engine.exists(str(size)):
            print(f"growing an archive of {size:,} articles in {engine.folder}", flush=True)
            if before is None:
                now, where = datetime.now(UTC), engine.make(GROWING)
                create_archive(where, fingerprint_version=FINGERPRINT_VERSION, now=now).close()
            else:
                engine.copy(before, GROWING)
            _in_new_process(import_dealt, engine, GROWING, size, hurried=True)
            engine.rename(GROWING, str(size))
        before = str(size)


def measure_import(engine: Engine, name: str, articles: int) -> Stretch:
    """What so many more articles took in a process of their own, as a user's import does it."""
    with open_archive(engine.where(name)) as archive, archive.read() as connection:
        held = connection.execute(sa.select(sa.func.count()).select_from(article)).scalar_one()
    os.sync()  # what was written before is not waited for now
    _in_new_process(import_dealt, engine, name, held + articles, hurried=False)
    last = notes(engine.folder).read_text().splitlines()[-1]
    return Stretch(**json.loads(last))


def import_dealt(engine: Engine, name: str, size: int, *, hurried: bool) -> None:
    """Nothing; the archive holds the first so many articles that are dealt."""
    with open_archive(engine.where(name)) as archive:
        with archive.read() as connection:
            held = connection.execute(sa.select(sa.func.count()).select_from(article)).scalar_one()
        if hurried:
            engine.hurry(archive)
        watch = _Watch(engine, held)
        import_lines(archive, watch.deal(size), collection=COLLECTION, sites={})
    watch.note(size)


def notes(folder: Path) -> Path:
    """Where each stretch is noted when it is done, a line each."""
    return folder / "imports.jsonl"


def _in_new_process(work: Callable[..., None], *arguments: object, **named: object) -> None:
    """Nothing; it was done in a process whose memory is this work's alone."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=work, args=arguments, kwargs=named)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{work.__name__} failed: see above")


class _Watch:
    """Deals articles, and notes what importing them takes."""

    def __init__(self, engine: Engine, held: int) -> None:
        self._engine = engine
        self._held = held
        self._cpu, self._wall = self._cpu_seconds(), time.perf_counter()

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
        cpu, wall = self._cpu_seconds(), time.perf_counter()
        stretch = Stretch(
            held=held,
            articles=held - self._held,
            cpu=cpu - self._cpu,
            wall=wall - self._wall,
            peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )
        with notes(self._engine.folder).open("a") as lines:
            lines.write(json.dumps(asdict(stretch)) + "\n")
        self._held, self._cpu, self._wall = held, cpu, wall

    def _cpu_seconds(self) -> float:
        """What this process took, its workers that have ended, and the engine's own processes."""
        taken = [
            resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ]
        return sum(one.ru_utime + one.ru_stime for one in taken) + self._engine.cpu_seconds()

"""What an archive costs at one size: to import into, to add a day's articles to, to read."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from scale_growth import COLLECTION
from synthetic import SEED, VOCABULARY, find_original, make_line, vocabulary

from scraper.store.archive import open_archive
from scraper.store.schema import article
from scraper.store.search import find_stories
from scraper.store.search_query import read_search
from scraper.store.story_lines import list_stories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scale_engines import Engine

    from scraper.store.archive import Where

NEW = 50
NEW_COPIES = 0.5
#: So many searches, and pages of stories, are asked for in one process.
ASKED = 200
#: As many stories as the commands show.
SHOWN = 20
_AT_A_TIME = 1_000
#: What matching cannot do without.
LIBRARIES = [sys.executable, "-c", "import datasketch, sqlalchemy.orm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one process took from start to exit, and the engine for it meanwhile."""

    wall: float
    cpu: float
    peak_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """How many of the copies were found to be their originals' stories."""

    found: int
    planted: int

    def __str__(self) -> str:
        return f"{self.found:,} of {self.planted:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Milliseconds of one question among many."""

    median: float
    p99: float

    def __str__(self) -> str:
        return f"{self.median:.1f} / {self.p99:.1f} ms"


def measure_process(engine: Engine, command: Sequence[str]) -> Cost:
    """The cost of a process, which must succeed."""
    before, begun = engine.cpu_seconds(), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=engine.folder)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begun
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    cpu = usage.ru_utime + usage.ru_stime + engine.cpu_seconds() - before
    return Cost(wall=wall, cpu=cpu, peak_mb=usage.ru_maxrss / 1024)


def scraper(engine: Engine, name: str, *command: str) -> list[str]:
    """The command on this archive."""
    return [sys.executable, "-m", "scraper", "--archive", engine.where(name).address, *command]


def median_cost(costs: Sequence[Cost]) -> Cost:
    """The medians of each, but the highest peak."""
    return Cost(
        wall=statistics.median(cost.wall for cost in costs),
        cpu=statistics.median(cost.cpu for cost in costs),
        peak_mb=max(cost.peak_mb for cost in costs),
    )


def import_new(engine: Engine, name: str, size: int, turn: int) -> tuple[Cost, Recall]:
    """What NEW articles more cost, half of them copies of the first ``size``, and which were found.

    Each turn has other articles.
    """
    numbers = range(size + turn * NEW, size + (turn + 1) * NEW)
    dealt = {number: make_line(number, copies=NEW_COPIES) for number in numbers}
    new = engine.folder / "new.jsonl"
    new.write_bytes(b"".join(line for line, _ in dealt.values()))
    cost = measure_process(
        engine, scraper(engine, name, "import", str(new), "--collection", COLLECTION)
    )
    # A copy of one that is itself new is not asked for: it may have been dealt otherwise.
    copies = {number: of for number, (_, of) in dealt.items() if of is not None and of < size}
    return cost, _count_found(engine.where(name), copies)


def count_planted(engine: Engine, size: int) -> Recall:
    """How many of the copies among the archive's articles are in their originals' stories."""
    dealt = ((number, find_original(number)) for number in range(size))
    copies = {number: of for number, of in dealt if of is not None}
    return _count_found(engine.where(str(size)), copies)


def sum_texts(engine: Engine, size: int) -> int:
    """How many bytes the archive's texts are; each of their characters is one."""
    total = sa.select(sa.func.sum(sa.func.length(article.c.text)))
    with open_archive(engine.where(str(size))) as archive, archive.read() as connection:
        return int(connection.execute(total).scalar_one())


def time_searches(engine: Engine, name: str) -> Latency:
    """What a search takes whose one to three words are as often rare as common."""
    chance = random.Random(SEED)
    typed = [
        " ".join(_deal_word(chance) for _ in range(chance.randint(1, 3))) for _ in range(ASKED)
    ]
    searches = [read_search(words, now=datetime.now(UTC)) for words in typed]
    taken = []
    with open_archive(engine.where(name)) as archive, archive.read() as connection:
        find_stories(connection, searches[0], limit=SHOWN)  # what is done once is not counted
        for search in searches:
            begun = time.perf_counter()
            find_stories(connection, search, limit=SHOWN)
            taken.append(time.perf_counter() - begun)
    return _summarise(taken)


def time_stories(engine: Engine, name: str) -> Latency:
    """What a page of stories takes, page after page from the newest on, and again."""
    taken = []
    with open_archive(engine.where(name)) as archive, archive.read() as connection:
        lines = list_stories(connection, limit=SHOWN)
        for _ in range(ASKED):
            begun = time.perf_counter()
            lines = list_stories(connection, limit=SHOWN, after=lines[-1] if lines else None)
            taken.append(time.perf_counter() - begun)
    return _summarise(taken)


def _deal_word(chance: random.Random) -> str:
    """A word whose rank is of any order of magnitude: the first is in every text."""
    return vocabulary()[int(VOCABULARY ** chance.random()) - 1]


def _summarise(seconds: Sequence[float]) -> Latency:
    hundredths = statistics.quantiles(seconds, n=100)
    return Latency(median=statistics.median(seconds) * 1000, p99=hundredths[98] * 1000)


def _count_found(where: Where, copies: dict[int, int]) -> Recall:
    """How many of these copies are in the story of what they copy."""
    asked = sorted({*copies, *copies.values()})
    story: dict[int, int] = {}
    with open_archive(where) as archive, archive.read() as connection:
        for at in range(0, len(asked), _AT_A_TIME):
            rows = connection.execute(
                sa.select(article.c.external_id, article.c.story_id).where(
                    article.c.collection == COLLECTION,
                    article.c.external_id.in_(map(str, asked[at : at + _AT_A_TIME])),
                )
            )
            story |= {int(row.external_id): row.story_id for row in rows}
    found = sum(story[copied] == story[original] for copied, original in copies.items())
    return Recall(found=found, planted=len(copies))

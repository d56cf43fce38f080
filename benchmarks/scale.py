"""What a growing corpus costs: archives of 10,000, 100,000 and a million articles, measured alike.

usage: python benchmarks/scale.py [--archive sqlite|postgresql] [--folder FOLDER] [SIZE...]

The archives hold texts as ``synthetic`` deals them, one in twenty a copy of an earlier one. They
are grown once, in three quarters of an hour to a million, and kept in FOLDER (build/scale), where
the next run finds them; what is measured happens to copies of them, so there must be room for twice
their size: 25 GB for the usual sizes. Prints a table, and writes a plot of it into FOLDER.
Processes are started on all sizes in turn, so that ratios hold on a machine that does other things.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scale_engines import open_engine
from scale_growth import grow_to, measure_import
from scale_measures import (
    LIBRARIES,
    NEW,
    Cost,
    Latency,
    Recall,
    count_planted,
    import_new,
    measure_process,
    median_cost,
    scraper,
    sum_texts,
    time_searches,
    time_stories,
)
from scale_plot import Panel, draw
from synthetic import VOCABULARY, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scale_engines import Engine
    from scale_growth import Stretch

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 5
#: So many articles more are imported to know the rate: enough for two dozen transactions.
IMPORTED = 5_000
#: Larger archives are not rebuilt: a million fingerprints take hours.
REBUILT_MOST = 100_000
#: The limits that the project has set itself, by engine and for all.
TIMES_TEXTS = {"sqlite": 3.5, "postgresql": 6.0}
CPU_BEYOND = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """What processes took that were started on archives of all sizes in turn."""

    new: list[Cost] = field(default_factory=list)
    new_copies: list[Recall] = field(default_factory=list)
    searches: list[Cost] = field(default_factory=list)
    lists: list[Cost] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured of the archive of one size; CPU and wall in seconds."""

    size: int
    archive_bytes: int
    text_bytes: int
    planted: Recall
    new: Cost
    new_beyond: float
    new_copies: Recall
    search: Cost
    searches: Latency
    listing: Cost
    lists: Latency
    imported: Stretch
    stories_rebuilt: Cost | None
    fingerprints_rebuilt: Cost | None

    @property
    def times_texts(self) -> float:
        """The archive's size as a multiple of its texts'."""
        return self.archive_bytes / self.text_bytes


def measure(engine: Engine, sizes: Sequence[int], rebuilt_most: int) -> list[Figures]:
    """The figures of each size; copies of the archives are made for it, and removed."""
    for size in sizes:
        engine.copy(str(size), _copy_of(size))
    os.sync()  # what was written before is not waited for while others are measured
    try:
        libraries, turns = _take_turns(engine, sizes)
        return [
            _measure_one(engine, size, turns[size], libraries, rebuilds=size <= rebuilt_most)
            for size in sizes
        ]
    finally:
        for size in sizes:
            engine.remove(_copy_of(size))


def _take_turns(engine: Engine, sizes: Sequence[int]) -> tuple[float, dict[int, Turns]]:
    """What importing the libraries takes, and what each size's processes took."""
    libraries = []
    turns = {size: Turns() for size in sizes}
    word = vocabulary()[VOCABULARY // 100]
    for turn in range(ROUNDS):
        print(f"starting processes, {turn + 1} of {ROUNDS}", flush=True)
        libraries.append(measure_process(engine, LIBRARIES).cpu)
        for size, taken in turns.items():
            name = _copy_of(size)
            cost, copies = import_new(engine, name, size, turn)
            taken.new.append(cost)
            taken.new_copies.append(copies)
            taken.searches.append(measure_process(engine, scraper(engine, name, "search", word)))
            taken.lists.append(measure_process(engine, scraper(engine, name, "stories")))
    return statistics.median(libraries), turns


def _measure_one(
    engine: Engine, size: int, turns: Turns, libraries: float, *, rebuilds: bool
) -> Figures:
    name = _copy_of(size)
    new = median_cost(turns.new)
    print(f"measuring {size:,} articles", flush=True)
    return Figures(
        size=size,
        archive_bytes=engine.size_bytes(str(size)),
        text_bytes=sum_texts(engine, size),
        planted=count_planted(engine, size),
        new=new,
        new_beyond=new.cpu - libraries,
        new_copies=Recall(
            found=sum(recall.found for recall in turns.new_copies),
            planted=sum(recall.planted for recall in turns.new_copies),
        ),
        search=median_cost(turns.searches),
        searches=time_searches(engine, name),
        listing=median_cost(turns.lists),
        lists=time_stories(engine, name),
        imported=measure_import(engine, name, IMPORTED),
        stories_rebuilt=_rebuild(engine, name, "stories") if rebuilds else None,
        fingerprints_rebuilt=_rebuild(engine, name, "fingerprints") if rebuilds else None,
    )


def _rebuild(engine: Engine, name: str, what: str) -> Cost:
    return measure_process(engine, scraper(engine, name, "rebuild", what))


def _copy_of(size: int) -> str:
    return f"copy_of_{size}"


#: What a row of the table says of the figures; the first of them are the smallest archive's.
ROWS: dict[str, Callable[[Figures, Figures], str]] = {
    "import, articles a second of CPU": lambda of, _: f"{of.imported.rate_cpu:,.0f}",
    "import, articles a second": lambda of, _: f"{of.imported.rate_wall:,.0f}",
    "import, peak memory": lambda of, _: f"{of.imported.peak_mb:.0f} MB",
    "archive, bytes an article": lambda of, _: f"{of.archive_bytes / of.size:,.0f}",
    "archive, times its texts": lambda of, _: f"{of.times_texts:.2f}",
    "planted copies found": lambda of, _: str(of.planted),
    f"{NEW} new articles": lambda of, _: f"{of.new.wall:.2f} s",
    f"{NEW} new, CPU beyond imports": lambda of, _: f"{of.new_beyond:.2f} s",
    f"{NEW} new, of the smallest's CPU": lambda of, first: (
        f"{of.new_beyond / first.new_beyond:.2f}"
    ),
    f"{NEW} new, peak memory": lambda of, _: f"{of.new.peak_mb:.0f} MB",
    f"{NEW} new, their copies found": lambda of, _: str(of.new_copies),
    "`scraper search`, CPU / wall": lambda of, _: _tell_process(of.search),
    "a search, median / p99": lambda of, _: str(of.searches),
    "`scraper stories`, CPU / wall": lambda of, _: _tell_process(of.listing),
    "a page of stories, median / p99": lambda of, _: str(of.lists),
    "`rebuild stories`, CPU / wall": lambda of, _: _tell_rebuild(of.stories_rebuilt),
    "`rebuild fingerprints`, CPU / wall": lambda of, _: _tell_rebuild(of.fingerprints_rebuilt),
}


def print_table(figures: Sequence[Figures]) -> None:
    """Nothing; the figures are printed as a table in Markdown."""
    print("| articles | " + " | ".join(f"{of.size:,}" for of in figures) + " |")
    print("|---|" + "--:|" * len(figures))
    for row, tell in ROWS.items():
        print(f"| {row} | " + " | ".join(tell(of, figures[0]) for of in figures) + " |")


def draw_panels(figures: Sequence[Figures], engine: str) -> str:
    """The figures that matter most, as an SVG."""
    return draw(
        [of.size for of in figures],
        [
            Panel(
                title="Import rate at this size",
                unit="articles a second",
                lines={
                    "of CPU": [of.imported.rate_cpu for of in figures],
                    "by the clock": [of.imported.rate_wall for of in figures],
                },
            ),
            Panel(
                title=f"{NEW} new articles",
                unit="s",
                lines={
                    "CPU beyond imports": [of.new_beyond for of in figures],
                    "by the clock": [of.new.wall for of in figures],
                },
                bound=CPU_BEYOND,
            ),
            Panel(
                title="Archive's size",
                unit="as a multiple of its texts",
                lines={"": [of.times_texts for of in figures]},
                bound=TIMES_TEXTS[engine],
            ),
            Panel(
                title="A search",
                unit="ms",
                lines={
                    "median": [of.searches.median for of in figures],
                    "p99": [of.searches.p99 for of in figures],
                },
            ),
        ],
    )


def describe_machine(engine: Engine) -> str:
    """The machine, as figures need it to be told."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({_find_processor()}), {memory:.0f} GB of memory,"
        f" {_find_disk(engine.folder)}, {platform.system()}, Python {platform.python_version()},"
        f" {engine.version}"
    )


def _find_processor() -> str:
    """Its name, where the kernel tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _find_disk(folder: Path) -> str:
    """What kind of disk the folder is on."""
    device = folder.stat().st_dev
    at = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve()
    for place in (at, at.parent):  # a partition's disk is its parent
        rotates = place / "queue" / "rotational"
        if rotates.exists():
            if place.name.startswith(("vd", "xvd")):
                return "a virtual disk"  # which does not know what it lies on
            return "a hard disk" if rotates.read_text().strip() == "1" else "a solid-state disk"
    return "a disk"


def _tell_process(cost: Cost) -> str:
    return f"{cost.cpu:.2f} / {cost.wall:.2f} s"


def _tell_rebuild(cost: Cost | None) -> str:
    return "not measured" if cost is None else f"{cost.cpu:,.0f} / {cost.wall:,.0f} s"


def main() -> None:
    """Print the table and write the plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", metavar="SIZE", nargs="*", type=int)
    parser.add_argument("--archive", choices=sorted(TIMES_TEXTS), default="sqlite")
    parser.add_argument("--folder", type=Path, default=Path("build/scale"))
    parser.add_argument("--rebuilt-most", metavar="SIZE", type=int, default=REBUILT_MOST)
    asked = parser.parse_args()
    sizes = sorted(asked.sizes or SIZES)
    with open_engine(asked.archive, asked.folder) as engine:
        grow_to(engine, sizes)
        figures = measure(engine, sizes, asked.rebuilt_most)
        print(describe_machine(engine))
        print_table(figures)
        plot = asked.folder / f"{asked.archive}.svg"
        plot.write_text(draw_panels(figures, asked.archive))
        print(f"plot: {plot}")


if __name__ == "__main__":
    main()

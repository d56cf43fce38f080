"""What starting costs: CPU of commands that read, beside the imports they need.

usage: python benchmarks/startup.py [ROUNDS [ARCHIVE]]

Each program runs in a fresh process, all of them in turn, ROUNDS times (nine); the medians count,
as ratios, because they were taken in one run on one machine. The archive is the demo's, or ARCHIVE,
in which the commonest word of a text and one that stands in few are looked for.
"""

from __future__ import annotations

import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

SCRAPER = [sys.executable, "-m", "scraper"]


def cpu_seconds(command: list[str], folder: Path) -> float:
    """User and system time of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def choose_words(archive: Path) -> tuple[str, str, str]:
    """A word of nearly every text, one of few, and a site."""
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as connection:
        texts = connection.execute("SELECT text FROM article ORDER BY id LIMIT 200").fetchall()
        site = connection.execute("SELECT site FROM article WHERE site <> '' LIMIT 1").fetchone()
    counts = Counter(word for (text,) in texts for word in set(text.split()) if word.isalpha())
    ordered = [word for word, _ in counts.most_common()]
    return ordered[0], ordered[len(ordered) // 2], site[0]


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        cpu_seconds([*SCRAPER, "demo", "--folder", "demo"], Path(name))
        archive = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else folder / "archive.db"  # noqa: PLR2004 - see usage
        common, rare, site = choose_words(archive)
        reading = [*SCRAPER, "--archive", str(archive)]
        programs = {
            "import click": [sys.executable, "-c", "import click"],
            "scraper --help": [*SCRAPER, "--help"],
            "import sqlalchemy.orm": [sys.executable, "-c", "import sqlalchemy.orm"],
            "scraper status": [*reading, "status"],
            "scraper stories": [*reading, "stories"],
            "scraper stories --site": [*reading, "stories", "--site", site],
            "scraper stories --author": [*reading, "stories", "--author", "no such name"],
            "scraper search, a rare word": [*reading, "search", rare],
            "scraper search, a common word": [*reading, "search", common],
            "scraper search --since": [*reading, "search", common, "--since", "2000-01-01"],
            "scraper run, nothing due": [*SCRAPER, "run"],
        }
        taken: dict[str, list[float]] = {program: [] for program in programs}
        for _ in range(rounds):
            for program, command in programs.items():
                taken[program].append(cpu_seconds(command, folder))
    median = {program: statistics.median(times) for program, times in taken.items()}
    for program, seconds in median.items():
        print(f"{program:<30} {seconds * 1000:6.0f} ms CPU, median of {rounds}")
    for program in (name for name in median if name.startswith("scraper")):
        beside = "import click" if program == "scraper --help" else "import sqlalchemy.orm"
        print(f"{program} / {beside}: {median[program] / median[beside]:.2f}")


main()

"""What starting costs: CPU of `scraper --help` and `scraper status` beside the imports they need.

usage: python benchmarks/startup.py [ROUNDS]

Each program runs in a fresh process, all of them in turn, ROUNDS times (nine); the medians count,
as ratios, because they were taken in one run on one machine.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SCRAPER = [sys.executable, "-m", "scraper"]


def cpu_seconds(command: list[str], folder: Path) -> float:
    """User and system time of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        cpu_seconds([*SCRAPER, "demo", "--folder", "demo"], Path(name))
        programs = {
            "import click": [sys.executable, "-c", "import click"],
            "scraper --help": [*SCRAPER, "--help"],
            "import sqlalchemy.orm": [sys.executable, "-c", "import sqlalchemy.orm"],
            "scraper status": [*SCRAPER, "status"],
            "scraper run, nothing due": [*SCRAPER, "run"],
        }
        taken: dict[str, list[float]] = {program: [] for program in programs}
        for _ in range(rounds):
            for program, command in programs.items():
                taken[program].append(cpu_seconds(command, folder))
    median = {program: statistics.median(times) for program, times in taken.items()}
    for program, seconds in median.items():
        print(f"{program:<26} {seconds * 1000:6.0f} ms CPU, median of {rounds}")
    for program, beside in (
        ("scraper --help", "import click"),
        ("scraper status", "import sqlalchemy.orm"),
        ("scraper run, nothing due", "import sqlalchemy.orm"),
    ):
        print(f"{program} / {beside}: {median[program] / median[beside]:.2f}")


main()

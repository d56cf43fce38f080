"""What exports take of an archive: rate, CPU, peak memory and size for each format.

usage: python benchmarks/export.py ARCHIVE

Each export is a fresh `scraper export` into a temporary folder, first of the newest 1,000 stories,
then of all: memory is bounded if the second takes little more of it. Rates are of articles, mirrors
included, by the CPU time that the second took beyond the first, so that starting up does not count.
"As before" says that a second export of all gave the same bytes; then one with the cursor follows,
of nothing. WARC is of the pages that the archive keeps.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

EXPORTS = [
    ("stories", "jsonl"),
    ("stories", "csv"),
    ("stories", "parquet"),
    ("stories", "markdown"),
    ("stories", "atom"),
    ("stories", "warc"),
    ("articles", "jsonl"),
    ("articles", "parquet"),
    ("relations", "jsonl"),
]
FEW = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one process took, and what its manifest says it wrote."""

    wall: float
    cpu: float
    peak_mb: float
    counted: int
    size_mb: float
    sha256: str
    cursor: str


def export(archive: Path, folder: Path, what: str, file_format: str, *more: str) -> Cost:
    """The cost of one export."""
    target = folder / f"{what}.{file_format}"
    command = [sys.executable, "-m", "scraper", "--archive", str(archive), "export", what]
    command += ["--format", file_format, "-o", str(target), *more]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begun
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    beside = target / "manifest.json" if target.is_dir() else Path(f"{target}.manifest.json")
    manifest = json.loads(beside.read_text(encoding="utf-8"))
    files = target.glob("*/*.md") if target.is_dir() else [target]
    counts = manifest["counts"]
    return Cost(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / 1024,
        counted=counts.get("articles", counts.get("pages", counts.get(what, 0))),
        size_mb=sum(file.stat().st_size for file in files) / 1e6,
        sha256=hashlib.sha256(beside.read_bytes()).hexdigest(),
        cursor=manifest["cursor"],
    )


def main() -> None:
    """Print the table."""
    archive = Path(sys.argv[1])
    head = "export wall_s CPU_s counted per_CPU_s peak_MB of_1,000 size_MB as_before no_change_s"
    print(*(f"{title.replace('_', ' '):>12}" for title in head.split()))
    for what, file_format in EXPORTS:
        with tempfile.TemporaryDirectory() as made:
            few = export(archive, Path(made), what, file_format, "--limit", str(FEW))
            whole, again = (export(archive, Path(made), what, file_format) for _ in range(2))
            since = ("--since", whole.cursor)
            idle = (
                export(archive, Path(made), what, file_format, *since)
                if what == "stories"
                else None
            )
        rate = (whole.counted - few.counted) / (whole.cpu - few.cpu)
        cells = [
            f"{what[:4]} {file_format}",
            f"{whole.wall:.1f}",
            f"{whole.cpu:.1f}",
            f"{whole.counted:,}",
            f"{rate:,.0f}",
            f"{whole.peak_mb:.0f}",
            f"{few.peak_mb:.0f}",
            f"{whole.size_mb:.1f}",
            "yes" if whole.sha256 == again.sha256 else "NO",
            f"{idle.wall:.1f}" if idle else "",
        ]
        print(*(f"{cell:>12}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()

"""An export whose process is killed half-way leaves the old files, and does not hinder the next."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from scraper.export.folder import write_folder
from scraper.export.target import write_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.archive_builder import ArchiveBuilder

#: Exports something, and half-way says so and waits.
_HALF = """
import sys
from pathlib import Path
from scraper.export.folder import write_folder
from scraper.export.target import write_file

def half(*first):
    yield from first
    print("half-way", flush=True)
    sys.stdin.read()

path = Path(sys.argv[1])
if path.suffix:
    write_file(path, half(b"x" * 100_000))
else:
    write_folder(path, half(("0000/1.md", b"new"), ("0000/2.md", b"new")), whole=True)
"""


def kill_half_way(path: Path) -> None:
    """Nothing; an export to this path was under way, and its process got SIGKILL."""
    with subprocess.Popen(
        [sys.executable, "-c", _HALF, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half-way\n"
        process.kill()
        assert process.wait() == -9


def test_the_old_file_is_there(tmp_path: Path) -> None:
    """After SIGKILL the file holds the old export to the byte; the next one replaces it."""
    path = tmp_path / "out.jsonl"
    write_file(path, [b"old\n"])
    kill_half_way(path)
    assert path.read_bytes() == b"old\n"
    write_file(path, [b"new\n"])
    assert path.read_bytes() == b"new\n"
    assert list(path.parent.iterdir()) == [path]


def test_there_is_no_file_where_there_was_none(tmp_path: Path) -> None:
    """A first export that is killed leaves no file of its name."""
    path = tmp_path / "out.jsonl"
    kill_half_way(path)
    assert not path.exists()


def test_the_old_folder_is_there(tmp_path: Path) -> None:
    """After SIGKILL no file of the folder is another; the next export makes it new."""
    folder = tmp_path / "notes"
    write_folder(folder, [("0000/1.md", b"old")], whole=True)
    kill_half_way(folder)
    assert [path.name for path in folder.rglob("*.md") if ".part" not in path.parts] == ["1.md"]
    assert (folder / "0000/1.md").read_bytes() == b"old"
    write_folder(folder, [("0000/1.md", b"new")], whole=True)
    assert (folder / "0000/1.md").read_bytes() == b"new"
    assert sorted(path.name for path in folder.iterdir()) == ["0000", "SHA256SUMS"]


def test_a_disk_that_is_full_is_one_line(builder: ArchiveBuilder, tmp_path: Path) -> None:
    """Where a file may not grow any more the command says so, ends with 1, and leaves the old."""
    for number in range(30):
        builder.article(f"Story {number}", "Many words. " * 1_000)

    def allow_little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    path = tmp_path / "out" / "out.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"old\n")
    command = [sys.executable, "-m", "scraper", "--archive", builder.archive.location.address]
    ran = subprocess.run(
        [*command, "export", "stories", "-o", str(path)],
        capture_output=True,
        text=True,
        preexec_fn=allow_little,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == f"scraper: {path} cannot be written: File too large\n"
    assert path.read_bytes() == b"old\n"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.slow
def test_the_command_is_killed_at_any_moment(builder: ArchiveBuilder, tmp_path: Path) -> None:
    """After each kill there is the old export or the new one, to the byte, and never a half."""
    for number in range(600):
        builder.article(f"Story {number}", "Many words of it. " * 300)
    path = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "scraper", "--archive", builder.archive.location.address]
    command += ["export", "stories", "-o", str(path)]
    begun = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    whole, took = path.read_bytes(), time.monotonic() - begun
    chance = random.Random(7)  # noqa: S311 - moments, not secrets
    killed = 0
    for _ in range(12):
        path.write_bytes(b"old\n")
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                process.wait(took * chance.uniform(0.3, 1.0))
            except subprocess.TimeoutExpired:
                process.kill()
                killed += 1
        assert path.read_bytes() in {b"old\n", whole}
    assert killed
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert path.read_bytes() == whole
    assert not path.with_name(".out.jsonl.part").exists()

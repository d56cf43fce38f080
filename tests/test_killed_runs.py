"""SIGKILL at any moment loses nothing that was finished, and doubles nothing."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from scraper.demo.server import serve_world

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.demo.server import RunningWorld

CONFIG = """
[fetch]
min_delay_seconds = 0
allow_addresses = ["127.0.0.0/8:*"]
"""


def scraper(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command's outcome, run in this folder."""
    return subprocess.run(
        [sys.executable, "-m", "scraper", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )


def begin_archive(folder: Path, world: RunningWorld) -> None:
    """A folder with a config and an archive that watches the world."""
    folder.mkdir()
    scraper(folder, "init")
    listed = "".join(f'[[source]]\nurl = "{url}"\n' for url in world.feeds)
    (folder / "config.toml").write_text(CONFIG + listed)


def told_stories(folder: Path) -> list[tuple[object, ...]]:
    """The archive's stories without what depends on the moment or the order of arrival."""
    exported = scraper(folder, "export", "stories").stdout.splitlines()
    return sorted(
        (
            story["canonical"]["url"],
            story["canonical"]["text"],
            tuple(
                sorted(
                    (mirror["url"], mirror["text"], mirror["relation"])
                    for mirror in story["mirrors"]
                )
            ),
        )
        for story in map(json.loads, exported)
    )


def count_stories(folder: Path) -> int:
    """How many stories the archive holds by now."""
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM story").fetchone()[0])


def unnamed_bytes(folder: Path) -> dict[str, int]:
    """By how many bytes each WARC file is longer than what the archive names."""
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        ends = dict(
            connection.execute(
                "SELECT warc_file, max(offset + length) FROM snapshot GROUP BY warc_file"
            ).fetchall()
        )
    assert ends
    sizes = {file.name: file.stat().st_size for file in (folder / "archive.db.warc").iterdir()}
    return {
        name: size - ends.get(name, 0) for name, size in sizes.items() if size != ends.get(name)
    }


def kill_runs(folder: Path, kills: int, seed: int) -> list[int]:
    """How many stories there were after each of so many runs that were killed at work."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    stories = []
    for _ in range(kills):
        process = subprocess.Popen([sys.executable, "-m", "scraper", "run", "--all"], cwd=folder)
        # From the moment the run holds its lock, so that the kill meets it at work.
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if has_begun(folder):
                break
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.8))
        process.kill()
        process.wait(timeout=30)
        with closing(sqlite3.connect(folder / "archive.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            connection.execute("UPDATE run SET finished_at = started_at WHERE finished_at IS NULL")
            connection.commit()
        stories.append(count_stories(folder))
    return stories


def has_begun(folder: Path) -> bool:
    """Whether a run has written that it began and not that it ended."""
    with closing(sqlite3.connect(folder / "archive.db", timeout=30)) as connection:
        return bool(
            connection.execute("SELECT count(*) FROM run WHERE finished_at IS NULL").fetchone()[0]
        )


def check_killed_runs(tmp_path: Path, kills: int, seed: int) -> None:
    """After the kills and one full run, the archive is that of an undisturbed run."""
    with serve_world(names=False) as world:
        begin_archive(tmp_path / "calm", world)
        scraper(tmp_path / "calm", "run", "--all")
        begin_archive(tmp_path / "killed", world)
        stories = kill_runs(tmp_path / "killed", kills, seed)
        assert stories == sorted(stories)
        scraper(tmp_path / "killed", "run", "--all")
    assert told_stories(tmp_path / "killed") == told_stories(tmp_path / "calm")
    checked = scraper(tmp_path / "killed", "db", "check")
    assert checked.returncode == 0
    assert unnamed_bytes(tmp_path / "killed") == {}


def test_five_kills_lose_nothing(tmp_path: Path) -> None:
    """Five runs killed at random moments, then one that is left alone."""
    check_killed_runs(tmp_path, kills=5, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_twenty_kills_lose_nothing(tmp_path: Path, seed: int) -> None:
    """Four times five kills, each time into a new archive, so that they meet work to do."""
    check_killed_runs(tmp_path, kills=5, seed=seed)

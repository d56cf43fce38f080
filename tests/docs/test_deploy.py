"""docs/deploy: what is copied from there names commands, options, files and measures that exist."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scraper.metrics import write_metrics
from scraper.store.archive import open_archive
from tests.docs.doc_commands import command_lines, find_fault
from tests.docs.doc_pages import DOCS, code_spans, table_rows, without_blocks
from tests.test_metrics import record_run

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.store.archive import Archive

FOLDER = DOCS / "deploy"
REPOSITORY = DOCS.parent
PROGRAM = "/opt/scraper/bin/scraper"


def read(name: str) -> str:
    """A file of the folder."""
    return (FOLDER / name).read_text(encoding="utf-8")


def lines_of(name: str) -> list[str]:
    """The command lines that a file gives the program, without its name."""
    text = read(name)
    if name.endswith(".md"):
        return command_lines(text)
    if name == "Dockerfile":
        default = re.findall(r"^CMD (\[.+\])$", text, re.MULTILINE)
        typed: list[str] = re.findall(r"^#.* -v news:/data scraper (.+)$", text, re.MULTILINE)
        return typed + [shlex.join(json.loads(words)) for words in default]
    return re.findall(rf"^[^#\n]*{PROGRAM} (.+)$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("crontab", 2),
        ("scraper.service", 1),
        ("scraper-watch.service", 1),
        ("Dockerfile", 3),
        ("README.md", 2),
    ],
)
def test_every_command_named_exists_with_its_options(name: str, count: int) -> None:
    """The program knows each command, and each option given to it."""
    found = lines_of(name)
    assert len(found) >= count
    assert {line: fault for line in found if (fault := find_fault(shlex.split(line)))} == {}


def test_every_file_is_in_the_readme() -> None:
    """A link for each, and none to what is not there."""
    linked = set(re.findall(r"\]\(([^)]+)\)", read("README.md")))
    assert linked == {path.name for path in FOLDER.iterdir()} - {"README.md"}


def test_cron_lines_have_five_fields_and_a_command() -> None:
    """As crontab(5) wants them; a bare percent sign would end the command."""
    lines = [line for line in read("crontab").splitlines() if line and line[0] in "*0123456789"]
    assert len(lines) == 2
    for line in lines:
        assert all(re.fullmatch(r"[\d*/,-]+", field) for field in line.split()[:5])
        assert "%" not in line


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze"
)
def test_units_are_sound(tmp_path: Path) -> None:
    """Systemd knows every setting, and calls the services' exposure small."""
    names = [path.name for path in FOLDER.glob("scraper*.*")]
    assert len(names) == 3
    for name in names:
        (tmp_path / name).write_text(read(name).replace(PROGRAM, sys.executable))
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(f"./{name}" for name in names)],  # noqa: S607 - wherever it is
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    for name in names:
        if name.endswith(".service"):
            judged = subprocess.run(
                ["systemd-analyze", "security", "--offline=true", "--threshold=20", f"./{name}"],  # noqa: S607 - likewise
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert judged.returncode == 0, judged.stdout


def test_watch_service_has_the_same_walls() -> None:
    """What one service may not do, the other may not."""
    walls = read("scraper.service").partition("# config.toml and")[2]
    assert "NoNewPrivileges" in walls
    assert walls.strip() in read("scraper-watch.service")


def test_image_copies_what_is_there() -> None:
    """The constraints lie at the top of what the build copies, and nothing leaves them out."""
    assert "--constraint constraints.txt" in read("Dockerfile")
    ignored = (REPOSITORY / ".dockerignore").read_text().split()
    for needed in ("constraints.txt", "scraper", "migrations", "config.example.toml", "README.md"):
        assert (REPOSITORY / needed).exists()
        assert needed not in ignored


def test_every_measure_is_in_the_readme(archive: Archive, tmp_path: Path) -> None:
    """All that is written, and nothing else."""
    record_run(archive, articles=1, wire_bytes=1)
    target = tmp_path / "scraper.prom"
    write_metrics(target, lambda: open_archive(archive.location))
    written = set(re.findall(r"^# TYPE (\S+)", target.read_text(), re.MULTILINE))
    told = {
        span.partition("{")[0]
        for row in table_rows(without_blocks(read("README.md")))
        for span in code_spans(row[0])
        if span.startswith("scraper_")
    }
    assert told == written
    assert set(re.findall(r"\bscraper_\w+", read("README.md"))) <= written

"""`scraper rebuild`, and the commands that wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.match.version import FINGERPRINT_VERSION
from scraper.store import schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from scraper.store.archive import Archive


def set_version(archive: Archive, version: int) -> None:
    """Nothing; the archive says that it has fingerprints of this version."""
    with archive.write() as connection:
        connection.execute(schema.archive.update().values(fingerprint_version=version))


@pytest.mark.parametrize(
    "words", [["run"], ["fetch", "https://a.example/"], ["import"], ["rebuild", "stories"]]
)
def test_what_matches_waits_for_the_rebuild(
    archive: Archive, run: Callable[..., Result], tmp_path: Path, words: list[str]
) -> None:
    """One line names the command to run; afterwards all is well."""
    if words == ["import"]:
        lines = tmp_path / "articles.jsonl"
        lines.write_text('{"title": "A bridge", "text": "The bridge is closed."}\n')
        words = ["import", str(lines)]
    set_version(archive, FINGERPRINT_VERSION - 1)
    refused = run("--archive", str(archive.path), *words)
    assert refused.exit_code == 10
    assert refused.stderr.endswith("run `scraper rebuild fingerprints`\n")
    assert refused.stderr.count("\n") == 1
    assert run("--archive", str(archive.path), "stories").exit_code == 0
    assert run("--archive", str(archive.path), "rebuild", "fingerprints").exit_code == 0
    with archive.read() as connection:
        found = connection.execute(sa.select(schema.archive.c.fingerprint_version)).scalar()
    assert found == FINGERPRINT_VERSION


def test_fingerprints_of_a_newer_program_are_left_alone(
    archive: Archive, run: Callable[..., Result]
) -> None:
    """The remedy is a newer program, not a rebuild."""
    set_version(archive, FINGERPRINT_VERSION + 1)
    for words in (["run"], ["rebuild", "fingerprints"]):
        refused = run("--archive", str(archive.path), *words)
        assert refused.exit_code == 10
        assert "upgrade the program" in refused.stderr


def test_rebuilding_is_silent(archive: Archive, run: Callable[..., Result]) -> None:
    """Both commands say nothing where all went well."""
    for what in ("fingerprints", "stories"):
        done = run("--archive", str(archive.path), "rebuild", what)
        assert (done.exit_code, done.output) == (0, "")

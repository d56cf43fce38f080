"""`scraper rebuild`, and the commands that wait for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.match.version import FINGERPRINT_VERSION
from scraper.pipeline.matching import Matcher
from scraper.pipeline.rebuilding import rebuild_fingerprints
from scraper.store import schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from scraper.store.archive import Archive
    from tests.archive_builder import ArchiveBuilder


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
    refused = run("--archive", archive.location.address, *words)
    assert refused.exit_code == 10
    assert refused.stderr.endswith("run `scraper rebuild fingerprints`\n")
    assert refused.stderr.count("\n") == 1
    assert run("--archive", archive.location.address, "stories").exit_code == 0
    assert run("--archive", archive.location.address, "rebuild", "fingerprints").exit_code == 0
    with archive.read() as connection:
        found = connection.execute(sa.select(schema.archive.c.fingerprint_version)).scalar()
    assert found == FINGERPRINT_VERSION


def test_fingerprints_of_a_newer_program_are_left_alone(
    archive: Archive, run: Callable[..., Result]
) -> None:
    """The remedy is a newer program, not a rebuild."""
    set_version(archive, FINGERPRINT_VERSION + 1)
    for words in (["run"], ["rebuild", "fingerprints"]):
        refused = run("--archive", archive.location.address, *words)
        assert refused.exit_code == 10
        assert "upgrade the program" in refused.stderr


def test_rebuilding_is_silent(archive: Archive, run: Callable[..., Result]) -> None:
    """Both commands say nothing where all went well."""
    for what in ("fingerprints", "stories"):
        done = run("--archive", archive.location.address, "rebuild", what)
        assert (done.exit_code, done.output) == (0, "")


def matching_line(run: Callable[..., Result]) -> str | None:
    """What `scraper status` says about matching; None where it says nothing."""
    lines = run("status").stdout.splitlines()
    return next((line for line in lines if line.startswith("matching:")), None)


def fingerprints_shape(run: Callable[..., Result]) -> tuple[object, ...]:
    """What `scraper status --json` says: whether all are there, what is left, what to type."""
    told = json.loads(run("status", "--json").stdout)["fingerprints"]
    return told["version"] == told["wanted"], told["left"], told["type"]


def test_status_says_that_a_rebuild_was_interrupted(
    builder: ArchiveBuilder, archive: Archive, run: Callable[..., Result]
) -> None:
    """From its first step to its last, with what is left and what to type; then no more."""
    for number in range(3):
        builder.tell(builder.article("Ferry", f"The ferry is back, day {number}."))
    assert matching_line(run) is None
    assert fingerprints_shape(run) == (True, None, None)

    def interrupt(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild_fingerprints(archive, Matcher({}), on_batch=interrupt)
    assert matching_line(run) == (
        "matching: waits: `scraper rebuild fingerprints` goes on or was stopped, 6 articles and"
        " stories are left; type it again to go on"
    )
    assert fingerprints_shape(run) == (False, 6, "scraper rebuild fingerprints")
    assert run("rebuild", "fingerprints").exit_code == 0
    assert matching_line(run) is None


def test_status_says_that_a_rebuild_is_wanted(archive: Archive, run: Callable[..., Result]) -> None:
    """Or, where a newer program made the fingerprints, that none is."""
    set_version(archive, FINGERPRINT_VERSION - 1)
    assert (matching_line(run) or "").endswith("type `scraper rebuild fingerprints`")
    assert fingerprints_shape(run) == (False, None, "scraper rebuild fingerprints")
    set_version(archive, FINGERPRINT_VERSION + 1)
    assert (matching_line(run) or "").endswith("upgrade the program")
    assert fingerprints_shape(run) == (False, None, None)

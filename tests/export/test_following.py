"""Whoever follows changes holds what the archive holds, whatever happened to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scraper.match.version import FINGERPRINT_VERSION
from scraper.store.archive import open_archive
from scraper.store.schema import archive as archive_table
from tests.cli.cli_texts import write_prose
from tests.cli.conftest import here, home, quiet_log, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from scraper.store.archive import Location

__all__ = ["here", "home", "quiet_log", "run"]

Story = dict[str, Any]


class Follower:
    """Somebody who was given every change, and one who asks for the whole each time."""

    def __init__(self, run: Callable[..., Result], *filters: str) -> None:
        self._run = run
        self._filters = filters
        self.held: dict[int, Story] = {}

    def follow(self) -> list[Story]:
        """The lines that came now; they were applied to what was held."""
        lines = self._export("--cursor-file", "cursor")
        for line in lines:
            if "tombstone" in line:
                self.held.pop(line["story"], None)
            else:
                self.held[line["story"]] = line
        return lines

    def whole(self) -> dict[int, Story]:
        """All stories as they are now."""
        return {line["story"]: line for line in self._export()}

    def _export(self, *args: str) -> list[Story]:
        result = self._run("export", "stories", *args, *self._filters)
        assert result.exit_code == 0, result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def follower(run: Callable[..., Result]) -> Follower:
    """Somebody who follows an archive that is new."""
    assert run("init").exit_code == 0
    return Follower(run)


def save(run: Callable[..., Result], *articles: dict[str, str]) -> None:
    """Nothing; these articles are imported, each under its address."""
    lines = "".join(json.dumps({"title": "", **article}) + "\n" for article in articles)
    Path("articles.jsonl").write_text(lines, encoding="utf-8")
    result = run("import", "articles.jsonl")
    assert result.exit_code == 0, result.output


def article(number: int, text: str, *, site: str = "paper") -> dict[str, str]:
    """An article to import."""
    return {"url": f"https://{site}.example/{number}", "title": f"News {number}", "text": text}


WHOLE = write_prose(1)
#: Its beginning and its end share nothing, and do not join it before it is there.
BEGINNING, END = WHOLE[: len(WHOLE) // 2], WHOLE[len(WHOLE) // 2 :]


def test_nothing_changed_is_nothing_told(follower: Follower, run: Callable[..., Result]) -> None:
    """After all has been told, nothing is, however often it is asked."""
    save(run, article(1, WHOLE), article(2, write_prose(2)))
    assert len(follower.follow()) == 2
    cursor = Path("cursor").read_bytes()
    assert follower.follow() == follower.follow() == []
    assert Path("cursor").read_bytes() == cursor


def test_a_new_mirror_is_one_story(follower: Follower, run: Callable[..., Result]) -> None:
    """A copy of what is held tells its story again, and nothing else."""
    save(run, article(1, WHOLE), article(2, write_prose(2)), article(3, write_prose(3)))
    follower.follow()
    save(run, article(4, WHOLE, site="copy"))
    (line,) = follower.follow()
    assert line["story"] == 1
    assert [mirror["url"] for mirror in line["mirrors"]] == ["https://copy.example/4"]


def test_stories_that_merge_leave_a_tombstone(
    follower: Follower, run: Callable[..., Result]
) -> None:
    """An article that joins two stories makes them one; where the other went is told."""
    save(run, article(1, BEGINNING), article(2, END, site="copy"))
    assert len(follower.follow()) == 2
    save(run, article(3, WHOLE, site="third"))
    told, gone = follower.follow()
    assert (told["story"], len(told["mirrors"])) == (1, 2)
    assert gone == {"story": 2, "tombstone": "merged", "into": 1}


def test_what_began_and_ended_unseen_is_not_told(
    follower: Follower, run: Callable[..., Result]
) -> None:
    """A story that came and went between two exports was never held: it needs no tombstone."""
    save(run, article(1, WHOLE))
    follower.follow()
    save(run, article(2, write_prose(2)))
    assert run("forget", "https://paper.example/2", "--yes").exit_code == 0
    assert follower.follow() == []


def happen(run: Callable[..., Result]) -> list[tuple[str, ...]]:
    """What people do to an archive, as commands; before each some articles may arrive."""
    return [
        ("merge", "https://paper.example/1", "https://paper.example/2"),
        ("prefer", "https://copy.example/4"),
        ("split", "https://paper.example/1", "https://copy.example/4"),
        ("undo",),
        ("rebuild", "stories"),
        ("undo", "1"),
        ("forget", "https://paper.example/1", "--yes"),
        ("rebuild", "stories"),
        ("forget", "copy.example", "--yes"),
    ]


@pytest.mark.parametrize(
    "filters",
    [(), ("--mirrored",), ("--site", "copy.example"), ("--relation", "excerpt_of")],
    ids=" ".join,
)
def test_a_follower_holds_what_the_archive_holds(
    filters: tuple[str, ...], run: Callable[..., Result]
) -> None:
    """After every step of an archive's life, also where filters cease to hold of a story."""
    assert run("init").exit_code == 0
    follower = Follower(run, *filters)
    told = 0
    arriving = [
        [article(1, WHOLE), article(2, write_prose(2)), article(3, write_prose(3))],
        [article(4, WHOLE, site="copy"), article(5, BEGINNING, site="topics")],
        [article(1, f"{WHOLE}\n\n{write_prose(9, sentences=6)}")],
        [article(3, write_prose(4)), article(6, write_prose(5), site="copy")],
    ]
    for step in [*arriving, *happen(run)]:
        if isinstance(step, list):
            save(run, *step)
        else:
            result = run(*step)
            assert result.exit_code == 0, (step, result.output)
        told += len(follower.follow())
        assert follower.held == follower.whole(), step
    assert told > len(follower.held)


def test_a_rebuild_that_changes_nothing_tells_nothing(
    follower: Follower, run: Callable[..., Result], here: Location
) -> None:
    """Also where all fingerprints and relations are made anew."""
    save(run, article(1, WHOLE), article(2, write_prose(2)))
    save(run, article(4, WHOLE, site="copy"), article(5, BEGINNING, site="topics"))
    follower.follow()
    assert run("rebuild", "stories").exit_code == 0
    with open_archive(here) as opened, opened.write() as connection:
        older = FINGERPRINT_VERSION - 1
        connection.execute(archive_table.update().values(fingerprint_version=older))
    assert run("rebuild", "fingerprints").exit_code == 0
    assert follower.follow() == []


def test_a_relation_that_changed_tells_its_story(
    follower: Follower, run: Callable[..., Result], here: Location
) -> None:
    """Rebuilt under other rules a mirror's coverage may be another; its story is told again."""
    save(run, article(1, WHOLE), article(5, BEGINNING, site="topics"))
    follower.follow()
    with open_archive(here) as opened, opened.write() as connection:
        connection.exec_driver_sql("UPDATE relation SET coverage_a = 0.91, coverage_b = 0.92")
        connection.exec_driver_sql("UPDATE story SET evidence = 7")
    assert follower.follow() == []
    assert run("rebuild", "stories").exit_code == 0
    (line,) = follower.follow()
    assert line["mirrors"][0]["coverage"] in {0.91, 0.92}
    assert follower.held == follower.whole()


def test_a_line_that_turns_out_to_be_the_sites_tells_the_story(
    follower: Follower, run: Callable[..., Result]
) -> None:
    """What later articles show of a site changes how much of an earlier one is copied."""
    footer = (
        "Readers keep this paper free for all by what they give each month, and the trust owning "
        "it keeps nothing back but what the presses and the wages of thirty people cost in a year."
    )
    save(run, article(1, f"{WHOLE}\n\n{footer}"), article(4, WHOLE, site="copy"))
    (told,) = follower.follow()
    before = told["mirrors"][0]
    save(run, *(article(n, f"{write_prose(n)}\n\n{footer}") for n in (6, 7, 8)))
    again, *others = follower.follow()
    assert [line["story"] for line in (again, *others)] == [1, 3, 4, 5]
    assert again["mirrors"][0]["joined_by"] == before["joined_by"]
    assert again["mirrors"][0] != before
    assert follower.held == follower.whole()


def test_cursors_that_cannot_be_followed(follower: Follower, run: Callable[..., Result]) -> None:
    """One of another archive, one ahead of this, and what is none: one line each, and exit 2."""
    save(run, article(1, WHOLE))
    follower.follow()
    own = Path("cursor").read_text(encoding="ascii").strip()
    archive, _, seq = own.partition(":")
    other = f"00000000-0000-4000-8000-000000000000:{seq}"
    for cursor, said in (
        (other, "is of another archive"),
        (f"{archive}:{int(seq) + 1}", "is ahead of this archive"),
        ("2026-11-01", "is no cursor"),
        (archive, "is no cursor"),
        (f"{archive}:-1", "is no cursor"),
        (f"{archive}:{2**70}", "is no cursor"),
        ("", "is no cursor"),
        ("\x1b[2J", "is no cursor"),
    ):
        result = run("export", "stories", "--since", cursor, "-o", "out.jsonl")
        assert (result.exit_code, result.stdout) == (2, ""), cursor
        assert said in result.stderr
        assert result.stderr.count("\n") == 1
        assert not Path("out.jsonl").exists()
    for wrong in (
        ("stories", "--since", own, "--cursor-file", "cursor"),
        ("stories", "--since", own, "--limit", "3"),
        ("stories", "--cursor-file", "new", "--limit", "3"),
        ("articles", "--since", own),
        ("articles", "--cursor-file", "new"),
    ):
        result = run("export", *wrong)
        assert result.exit_code == 2, wrong
    Path("cursor").write_text("nonsense " * 100, encoding="ascii")
    result = run("export", "stories", "--cursor-file", "cursor")
    assert result.exit_code == 2
    assert result.stderr.startswith("scraper: cursor: 'nonsense")


def test_a_cursor_moves_only_after_the_file_is_there(
    follower: Follower, run: Callable[..., Result]
) -> None:
    """Where the export cannot be written the cursor stays, and nothing is lost."""
    save(run, article(1, WHOLE))
    result = run("export", "stories", "--cursor-file", "cursor", "-o", "none/out.jsonl")
    assert result.exit_code == 1
    assert not Path("cursor").exists()
    assert len(follower.follow()) == 1

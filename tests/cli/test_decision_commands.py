"""`scraper prefer`, `merge`, `split` and `undo`: what people see, and what programs get."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scraper.model import RelationKind
from scraper.store.archive import hold_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from tests.archive_builder import ArchiveBuilder

FERRY, COPY, TIDES = (f"https://{site}.example/a" for site in ("paper", "copy", "tides"))


@pytest.fixture(autouse=True)
def told(builder: ArchiveBuilder) -> None:
    """A story of articles 1 and 2, which are related, and another of article 3."""
    whole = builder.article("Ferry", "The ferry is back.", url=FERRY)
    copy = builder.article("Ferry", "The ferry is back, they say.", url=COPY)
    builder.article("Tides", "The tide is out.", url=TIDES)
    builder.relate(whole, copy, RelationKind.NEAR_DUPLICATE)
    builder.tell(whole, copy)


def test_prefer_for_people(run: Callable[..., Result]) -> None:
    """The decision, the story as it is now, and the reason in `show`."""
    result = run("prefer", "copy.example/a", "--note", "the  author's\x1b[2J own\n")
    assert result.stdout.splitlines() == [
        "decision 1: article 2 is preferred",
        "story 1: canonical article 2 at copy.example, 1 mirror",
    ]
    shown = run("show", "1").stdout
    assert "because:        a person's choice (decision 1): the author's own\n" in shown
    assert "decided by people\n" in shown
    assert run("prefer", "2").stdout.startswith("decision 1 already: article 2 is preferred\n")


@pytest.mark.parametrize("again", [("prefer", "2"), ("merge", "1", "2"), ("split", "2", "1")])
def test_a_decision_made_again_takes_the_new_note(
    again: tuple[str, ...], run: Callable[..., Result]
) -> None:
    """It stays one decision; without a note it keeps the one that it has."""
    run(*again, "--note", "at first")
    said = run(*again, "--note", "on second thoughts").stdout.splitlines()
    assert said[0].startswith("decision 1 already: ")
    assert said[1] == "its note is now: on second thoughts"
    for note in ((), ("--note", "on second thoughts")):
        told = json.loads(run(*again, *note, "--json").stdout)
        assert (told["is_new"], told["is_noted"]) == (False, False)
        assert told["decision"]["note"] == "on second thoughts"
    assert len(json.loads(run("undo", "--list", "--json").stdout)) == 1


def test_the_new_note_is_the_reason(run: Callable[..., Result]) -> None:
    """Why the canonical is the canonical, also in exports."""
    run("prefer", "2", "--note", "at first")
    run("prefer", "2", "--note", "on second thoughts")
    story = json.loads(run("export", "stories").stdout.splitlines()[0])
    assert story["canonical_reason"] == "a person's choice (decision 1): on second thoughts"


def test_merge_for_people(run: Callable[..., Result]) -> None:
    """Two stories are one, and the mirror is told as merged."""
    assert run("merge", TIDES, "1").stdout.splitlines() == [
        "decision 1: articles 3 and 1 are one story",
        "story 1: canonical article 1 at paper.example, 2 mirrors",
    ]
    mirror = next(line for line in run("show", "3").stdout.splitlines() if TIDES in line)
    assert mirror.split()[:3] == ["3", "merged", "1"]
    assert run("stories", "--relation", "merged").stdout.count("\n") == 2
    assert run("db", "check").exit_code == 0


def test_split_for_people(run: Callable[..., Result]) -> None:
    """Each story shows the link that joins nothing, and by which decision."""
    assert run("split", "2", FERRY).stdout.splitlines() == [
        "decision 1: articles 2 and 1 are never one story",
        "story 1: canonical article 1 at paper.example, 0 mirrors",
        "story 2: canonical article 2 at copy.example, 0 mirrors",
    ]
    for story, other in (("1", "2"), ("2", "1")):
        last = run("show", story).stdout.splitlines()[-1]
        assert last == (
            f"articles 1 and 2 (near duplicate): kept apart from story {other} by decision 1"
        )


def test_undo_and_its_list(run: Callable[..., Result]) -> None:
    """The last that stands, then one by its number; the list tells of each how it stands."""
    assert run("undo", "--list").stdout == "no decisions yet\n"
    run("split", "1", "2")
    run("merge", "1", "2", "--note", "after all")
    run("prefer", "3")
    said = [line.split("  ") for line in run("undo", "--list").stdout.splitlines()[1:]]
    states = [[part.strip() for part in line if part.strip()][3] for line in said]
    assert states == ["overruled", "holds", "holds"]
    assert run("undo").stdout.startswith("decision 3 is undone: article 3 is preferred\n")
    undone = run("undo", "2").stdout.splitlines()
    assert undone[:2] == [
        "decision 2 is undone: articles 1 and 2 are one story",
        "again holds decision 1: articles 1 and 2 are never one story",
    ]


def test_decisions_for_programs(run: Callable[..., Result]) -> None:
    """The decision, what it overruled, and the stories it is about; the same in `show`."""
    run("split", "1", "2")
    made = json.loads(run("merge", "1", "2", "--json").stdout)
    assert {key: made["decision"][key] for key in ("decision", "kind", "a", "a_url", "b")} == {
        "decision": 2,
        "kind": "merge",
        "a": 1,
        "a_url": FERRY,
        "b": 2,
    }
    assert (made["is_new"], made["overruled"], made["revived"]) == (True, [1], [])
    assert [line["story"] for line in made["stories"]] == [1]
    listed = json.loads(run("undo", "--list", "--json").stdout)
    assert [(found["decision"], found["holds"]) for found in listed] == [(1, False), (2, True)]
    undone = json.loads(run("undo", "--json").stdout)
    assert (undone["decision"]["undone_at"] is None, undone["revived"]) == (False, [1])
    shown = json.loads(run("show", "1", "--json").stdout)
    assert shown["decisions"][0] | {"at": None} == listed[0] | {"at": None, "holds": True}
    assert shown["kept_apart"] == [
        {"a": 1, "b": 2, "relation": "near_duplicate", "other_story": 2, "decisions": [1]}
    ]


def test_merged_in_exports(run: Callable[..., Result]) -> None:
    """The keys are those of any mirror; what is not known is null."""
    run("merge", "1", "3")
    (story,) = (json.loads(line) for line in run("export", "stories").stdout.splitlines())
    near, merged = story["mirrors"]
    assert set(merged) == set(near)
    assert [merged[key] for key in ("relation", "joined_by", "coverage", "similarity")] == [
        "merged",
        1,
        None,
        None,
    ]
    assert merged["passages"] == []


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("prefer", "99"), 1, "nothing is archived as 99"),
        (("merge", "1", "nowhere.example/x"), 1, "nothing is archived as nowhere.example/x"),
        (("split", FERRY, "1"), 2, "both are article 1: name two articles"),
        (("merge", "1"), 2, "Missing argument 'B'"),
        (("prefer", "1", "--note", "x" * 1_001), 2, "Invalid value for '--note': 1001 characters"),
        (("undo",), 1, "there is no decision to undo"),
        (("undo", "4"), 1, "there is no decision 4: `scraper undo --list` shows them all"),
        (("undo", "0"), 2, "Invalid value for '[N]'"),
        (("undo", "--list", "4"), 2, "--list undoes nothing: leave it out, or the number"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    args: tuple[str, ...], code: int, said: str, run: Callable[..., Result]
) -> None:
    """On stderr, with its exit code; no decision is made."""
    result = run(*args)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith(f"scraper: {said}")
    assert result.stderr.count("\n") == 1
    assert run("undo", "--list").stdout == "no decisions yet\n"


def test_a_decision_waits_for_no_run(run: Callable[..., Result], archive_path: Path) -> None:
    """Another run may hold the archive's lock."""
    with hold_lock(archive_path):
        assert run("merge", "1", "3").exit_code == 0
        assert run("undo").exit_code == 0

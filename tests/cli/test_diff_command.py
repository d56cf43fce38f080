"""`scraper diff`: articles and their revisions, on a terminal, in a pipe and for programs."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from scraper.cli.app import cli
from tests.cli.cli_texts import import_articles, write_prose

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from scraper.store.archive import Archive

TEXT = write_prose(1, sentences=8)
PARAGRAPHS = TEXT.split("\n\n")
FERRY = "The ferry is late on Monday, and nobody knows why it is."


@pytest.fixture
def archived(archive: Archive, run: Callable[..., Result]) -> Archive:
    """1: a text with three revisions; 2: it with a paragraph moved; 3: a hostile one."""
    for text in (FERRY, FERRY.replace("Monday", "Tuesday"), FERRY.replace("Monday", "Friday")):
        import_articles(
            run, {"id": "a", "url": "https://paper.example/f", "title": "F", "text": text}
        )
    import_articles(run, {"id": "b", "title": "Whole", "text": TEXT})
    import_articles(
        run, {"id": "c", "title": "Moved", "text": "\n\n".join((*PARAGRAPHS[1:], PARAGRAPHS[0]))}
    )
    import_articles(
        run, {"id": "d", "title": "E\x1b[2Jvil", "text": FERRY + " \x1b]0;owned\x07 \u202egnp"}
    )
    return archive


def body(result: Result) -> str:
    """What follows the heading."""
    assert result.exit_code == 0, result.stderr
    return str(result.stdout.partition("\n\n")[2])


def test_a_word_diff(archived: Archive, run: Callable[..., Result]) -> None:
    """Which texts they are, how many words changed, and the changes in their places."""
    result = run("diff", "1@1", "paper.example/f")
    heading = result.stdout.splitlines()[:3]
    assert heading == [
        "--- article 1 at paper.example, text 1 of 3: F",
        "+++ article 1 at paper.example, text 3 of 3: F",
        "words: 11 the same, 1 taken out, 1 put in",
    ]
    assert body(result) == (
        "The ferry is late on [-Monday-]{+Friday+}, and nobody knows why it is.\n"
    )


def test_equal_texts(archived: Archive, run: Callable[..., Result]) -> None:
    """Nothing is marked."""
    assert body(run("diff", "1", "1")) == FERRY.replace("Monday", "Friday") + "\n"


def test_revisions_one_after_the_other(archived: Archive, run: Callable[..., Result]) -> None:
    """Each text against the next, or one line where there is only one."""
    shown = run("diff", "1", "--revisions").stdout
    assert shown.index("[-Monday-]{+Tuesday+}") < shown.index("[-Tuesday-]{+Friday+}")
    both = json.loads(run("diff", "1", "--revisions", "--json").stdout)
    assert [(one["a"]["revision"], one["b"]["revision"]) for one in both] == [(1, 2), (2, 3)]
    assert run("diff", "2", "--revisions").stdout == "only one text was seen of this article\n"
    assert json.loads(run("diff", "2", "--revisions", "--json").stdout) == []


def test_a_moved_passage(archived: Archive, run: Callable[..., Result]) -> None:
    """It is numbered at both places, whole where it is now, and neither put in nor taken out."""
    result = run("diff", "2", "3")
    assert " 0 taken out, 0 put in, " in result.stdout
    assert "moved in 1 passage; " in result.stdout
    shown = body(result)
    assert shown.startswith("(1> ")
    assert f"{{1> {PARAGRAPHS[0].removesuffix('.')}" in shown
    assert shown.index("<1)") < shown.index(PARAGRAPHS[2]) < shown.index("{1> ")
    assert "[-" not in shown
    assert "{+" not in shown


def diff(run: Callable[..., Result], *args: str) -> dict[str, Any]:
    """The differences for programs."""
    shape: dict[str, Any] = json.loads(run("diff", *args, "--json").stdout)
    return shape


@pytest.mark.parametrize("pair", [("1@1", "1@2"), ("2", "3"), ("1", "2")])
def test_for_programs(pair: tuple[str, str], archived: Archive, run: Callable[..., Result]) -> None:
    """The pieces' ranges lie in the texts given, and those of b make it up."""
    told = diff(run, *pair)
    made = ""
    for piece in told["pieces"]:
        side = "a" if piece["b"] is None else "b"
        place = piece[side]
        assert told[side]["text"][place["start"] : place["end"]] == piece["text"]
        made += piece["text"] if side == "b" else ""
    assert made == told["b"]["text"]
    assert set(told["words"]) == {"same", "moved", "removed", "added"}


@pytest.mark.parametrize(
    ("is_terminal", "no_color", "shown"),
    [
        (True, None, "\x1b[31m\x1b[9mMonday\x1b[0m\x1b[32mFriday\x1b[0m, and"),
        (True, "", "\x1b[31m\x1b[9mMonday\x1b[0m\x1b[32mFriday\x1b[0m, and"),
        (True, "1", "[-Monday-]{+Friday+}, and"),
        (False, None, "[-Monday-]{+Friday+}, and"),
    ],
)
def test_colour_on_a_terminal_only(
    *,
    is_terminal: bool,
    no_color: str | None,
    shown: str,
    archived: Archive,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Red and green there; marks where NO_COLOR is set, and where nobody looks."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    printed = TerminalIO() if is_terminal else io.StringIO()
    monkeypatch.setattr(sys, "stdout", printed)
    with pytest.raises(SystemExit) as ended:
        cli.main(["diff", "1@1", "1"])
    assert ended.value.code == 0
    assert shown in printed.getvalue()


class TerminalIO(io.StringIO):
    """What is printed to a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_nothing_of_the_text_steers_a_terminal(
    archived: Archive, run: Callable[..., Result]
) -> None:
    """Titles and texts lose their escapes, as text and as JSON."""
    for args in (("1", "4"), ("4", "1"), ("4", "4"), ("1", "4", "--json")):
        shown = run("diff", *args).stdout
        assert all(char.isprintable() or char == "\n" for char in shown)


@pytest.mark.parametrize(
    ("args", "exit_code", "said"),
    [
        (("1",), 2, "name two articles, or one with --revisions"),
        (("1", "2", "--revisions"), 2, "name two articles, or one with --revisions"),
        (("1", "99"), 1, "nothing is archived as 99"),
        (("1@4", "1"), 1, "there is no 1@4: 3 texts were seen of that article"),
        (("1@0", "1"), 1, "nothing is archived as 1@0"),
        (("99@1", "1"), 1, "nothing is archived as 99"),
    ],
)
@pytest.mark.usefixtures("archived")
def test_what_cannot_be_compared(
    args: tuple[str, ...], exit_code: int, said: str, run: Callable[..., Result]
) -> None:
    """One line says which of the two is not there."""
    result = run("diff", *args)
    assert result.exit_code == exit_code
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_address_may_end_as_a_revision_does(
    archive: Archive, run: Callable[..., Result]
) -> None:
    """What is archived under that address is meant, if anything is."""
    url = "https://paper.example/people/ada@2"
    import_articles(run, {"id": "x", "url": url, "title": "A", "text": FERRY})
    import_articles(run, {"id": "x", "url": url, "title": "A", "text": f"{FERRY} Or so."})
    assert diff(run, url, f"{url}@1")["a"]["revision"] == 2
    assert diff(run, f"{url}@1", f"{url}@2")["a"]["text"] == FERRY

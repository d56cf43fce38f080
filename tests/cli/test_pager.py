"""On a real terminal: what is long goes through a pager, and what is shown fits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from tests.cli.terminal_double import on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.archive_builder import ArchiveBuilder

SCRAPER = [sys.executable, "-m", "scraper"]
BOLD = "\x1b[1m"


@pytest.fixture
def many(builder: ArchiveBuilder) -> ArchiveBuilder:
    """Thirty stories, some of them in Chinese, with titles longer than a screen is wide."""
    for number in range(30):
        title = (
            f"老水塔的秘密{number}" * 9 if number % 3 else f"The ferry returns, part {number} " * 6
        )
        builder.article(title, "The old ferry.", url=f"https://paper{number}.example/{number}")
    return builder


def show(
    *args: str, lines: int = 24, columns: int = 80, pager: str = "sed s/^/PAGED:/", plain: str = ""
) -> str:
    """What the command shows on a terminal of this size until it ends."""
    env = {"PAGER": pager, "NO_COLOR": plain}
    with on_terminal([*SCRAPER, *args], lines=lines, columns=columns, env=env) as terminal:
        return terminal.wait_for_end()


def test_what_is_long_is_paged(many: ArchiveBuilder) -> None:
    """Thirty stories on 24 lines go through the pager; one that we do not know gets no colours."""
    shown = show("stories", "--limit", "30").splitlines()
    assert len([line for line in shown if line.startswith("PAGED:")]) == 31
    assert "\x1b" not in "".join(shown)


@pytest.mark.parametrize(
    ("args", "lines", "pager"),
    [
        (("stories", "--limit", "9"), 24, "sed s/^/PAGED:/"),
        (("stories", "--limit", "30"), 60, "sed s/^/PAGED:/"),
        (("--no-pager", "stories", "--limit", "30"), 24, "sed s/^/PAGED:/"),
        (("stories", "--limit", "30"), 24, ""),
        (("stories", "--limit", "30"), 24, "cat"),
        (("stories", "--limit", "30", "--json"), 24, "sed s/^/PAGED:/"),
        (("stories", "--limit", "30", "--csv"), 24, "sed s/^/PAGED:/"),
    ],
)
def test_what_fits_or_is_not_to_be_paged_is_not(
    many: ArchiveBuilder, args: tuple[str, ...], lines: int, pager: str
) -> None:
    """What fits the screen is shown at once, as is everything where no pager is wanted."""
    shown = show(*args, lines=lines, pager=pager)
    assert "PAGED:" not in shown
    assert "paper29.example" in shown


@pytest.mark.parametrize(
    "args",
    [("search", "ferry", "--limit", "30"), ("show", "1", "--text"), ("status", "--troubles", "9")],
)
def test_other_commands_are_paged_too(many: ArchiveBuilder, args: tuple[str, ...]) -> None:
    """Whatever is longer than a screen of three lines is."""
    assert "PAGED:" in show(*args, lines=3)


def test_without_a_name_the_pager_is_less(many: ArchiveBuilder, tmp_path: Path) -> None:
    """`less` shows the first screen, in colour, and goes on from there."""
    command = [*SCRAPER, "stories", "--limit", "30"]
    # No PAGER at all: env(1) takes away what surrounds the tests.
    with on_terminal(["env", "-u", "PAGER", "-u", "LESS", *command], env={}) as terminal:
        assert BOLD in terminal.wait_for("part 27")
        terminal.type("q")
        assert "part 0" not in terminal.wait_for_end()


@pytest.mark.parametrize("columns", [80, 132])
def test_lines_fit_the_screen(many: ArchiveBuilder, columns: int) -> None:
    """No line is wider than the terminal, Chinese ones neither; nor is anything else coloured."""
    shown = show("stories", "--limit", "30", columns=columns, plain="1", pager="")
    assert "\x1b" not in shown
    widths = [cell_len(line) for line in shown.splitlines()]
    assert len(widths) == 31
    assert max(widths) <= columns


def test_a_reader_who_leaves_the_pager_is_no_noise(many: ArchiveBuilder) -> None:
    """A pager that ends before it has read all is not an error."""
    shown = show("stories", "--limit", "30", pager="head -n 2")
    assert len(shown.splitlines()) == 2
    assert "scraper:" not in shown
    assert "Traceback" not in shown

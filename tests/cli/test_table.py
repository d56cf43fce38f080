"""Tables: whole in a pipe, fitted on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.cells import cell_len

from scraper.cli.table import Column, emphasise, print_table

if TYPE_CHECKING:
    import pytest

COLUMNS = (
    Column(heading="id", right=True),
    Column(heading="site"),
    Column(heading="title", wide=True),
    Column(heading="n", right=True),
)
LONG = "A title that goes on and on, far beyond what one line of a terminal can take at a time"
ROWS = ((7, "a.example", LONG, 3), (123, None, "新桥昨天开放\x1b[2J", 40))


def on_terminal(monkeypatch: pytest.MonkeyPatch, columns: int, **variables: str) -> None:
    """Nothing; stdout is a terminal of this width."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_pipe_gets_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """Elsewhere than on a terminal no cell is cut, columns stand in line, nothing is coloured."""
    print_table(COLUMNS, ROWS)
    heading, first, second = capsys.readouterr().out.splitlines()
    assert heading.split() == ["id", "site", "title", "n"]
    assert LONG in first
    assert "新桥昨天开放" in second
    assert cell_len(first) == cell_len(second) == cell_len(heading)
    assert "\x1b" not in heading + first + second


def test_terminal_is_not_overrun(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal wide cells give way, and say so by an ellipsis; narrow ones stay whole."""
    on_terminal(monkeypatch, 50, NO_COLOR="1")
    print_table(COLUMNS, ROWS)
    heading, first, second = capsys.readouterr().out.splitlines()
    assert max(cell_len(line) for line in (heading, first, second)) == 50
    assert "a.example" in first
    assert "A title" in first
    assert "…" in first
    assert "新桥昨天开放" in second
    assert second.endswith(" 40")


def test_wide_characters_are_cut_between_not_within(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A character of two columns that would stand across the edge gives way to a space."""
    on_terminal(monkeypatch, 20, NO_COLOR="1")
    for title in ("新" * 30, "a" + "新" * 30):
        print_table((Column(heading="title", wide=True),), [(title,)])
        assert cell_len(capsys.readouterr().out.splitlines()[1]) == 20


def test_no_rows_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    """A table without rows prints nothing, not even headings."""
    print_table(COLUMNS, ())
    assert capsys.readouterr().out == ""


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bold on a terminal, unless NO_COLOR is set; plain elsewhere."""
    assert emphasise("x") == "x"
    on_terminal(monkeypatch, 80)
    assert emphasise("x") == "\x1b[1mx\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert emphasise("x") == "x"

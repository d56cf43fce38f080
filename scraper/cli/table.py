"""Tables for people: aligned columns that lose nothing where they are not on a terminal.

On a terminal a table fits its width: wide cells are cut, with an ellipsis, and headings stand out.
Elsewhere (a pipe, a file) every cell is whole, so that `scraper stories | grep` finds what is
there; but no cell anywhere is longer than any title is. Widths are those that a terminal gives each
character, by rich's tables of them; nothing else of rich is imported.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click
from rich.cells import cell_len, set_cell_size

from scraper.cli.terminal import LONGEST_LINE, make_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GAP = "  "
#: A wide column is never cut shorter; on a narrower terminal the lines wrap.
_LEAST_WIDTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column's heading; numbers stand ``right``; a ``wide`` one gives way where room is short."""

    heading: str
    right: bool = False
    wide: bool = False


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Nothing; the table is on stdout, nothing where it has no rows. None is an empty cell."""
    cells = [["" if cell is None else _make_cell(cell) for cell in row] for row in rows]
    if not cells:
        return
    headings = [column.heading for column in columns]
    widths = [max(cell_len(row[at]) for row in (headings, *cells)) for at in range(len(columns))]
    if sys.stdout.isatty():
        widths = _fit(columns, widths, get_terminal_size().columns)
    click.echo(emphasise(_lay_out(columns, headings, widths)))
    for row in cells:
        click.echo(_lay_out(columns, row, widths))


def _make_cell(cell: object) -> str:
    return make_line(str(cell), most=LONGEST_LINE)


def emphasise(text: str) -> str:
    """The text in bold, where stdout is a terminal and NO_COLOR (https://no-color.org) is unset."""
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return click.style(text, bold=True) if wanted else text


def _fit(columns: Sequence[Column], widths: Sequence[int], room: int) -> list[int]:
    """The widths with the wide columns' shortened, the widest first, until they fit the room."""
    fitted = list(widths)
    too_much = sum(fitted) + len(_GAP) * (len(fitted) - 1) - room
    wide = [at for at, column in enumerate(columns) if column.wide]
    while too_much > 0 and wide:
        widest = max(wide, key=lambda at: fitted[at])
        if fitted[widest] <= _LEAST_WIDTH:
            break
        fitted[widest] -= 1
        too_much -= 1
    return fitted


def _lay_out(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    laid = (
        _place(cell, width, right=column.right)
        for column, cell, width in zip(columns, cells, widths, strict=True)
    )
    return _GAP.join(laid).rstrip()


def _place(cell: str, width: int, *, right: bool) -> str:
    """The cell in exactly so many columns of a terminal."""
    spare = width - cell_len(cell)
    if spare < 0:
        return set_cell_size(cell, width - 1) + "…"
    return " " * spare + cell if right else cell + " " * spare

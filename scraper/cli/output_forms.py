"""``--json`` and ``--csv``: what a command read, for programs; tables are for people.

Of both options the later counts. Times are UTC in either.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scraper.export.csv_table import write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

JSON, CSV = "json", "csv"

_Command = TypeVar("_Command", bound="Callable[..., Any]")


def form_options(rows: str) -> Callable[[_Command], _Command]:
    """The options ``--json`` and ``--csv`` as ``form``: "json", "csv" or None; a row of CSV is
    what is said of ``rows``.
    """

    def decorate(command: _Command) -> _Command:
        for option in (
            click.option("--csv", "form", flag_value=CSV, help=f"Print CSV: {rows}."),
            click.option("--json", "form", flag_value=JSON, help="Print JSON, for programs."),
        ):
            command = option(command)
        return command

    return decorate


def print_csv(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    """Nothing; the rows are on stdout as CSV in UTF-8, of each what stands under these headings."""
    for line in write_table(columns, rows):
        sys.stdout.buffer.write(line)

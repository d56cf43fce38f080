"""CSV (RFC 4180), UTF-8, a row for each shape; what is nested is put into one cell.

Spreadsheets run what begins like a formula. Such a cell begins with an apostrophe, which they do
not show; see https://owasp.org/www-community/attacks/CSV_Injection.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from scraper.export.harmless import clean
from scraper.export.jsonl import encode_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: What begins a formula, also in full width, and white space that programs cut off before it.
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def write_table(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """A line of headings, then the rows."""
    buffer = io.StringIO(newline="")
    table = csv.writer(buffer)
    table.writerow(columns)
    for row in rows:
        table.writerow([write_cell(row[column]) for column in columns])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def write_cell(value: object) -> str:
    """The value in one cell that no spreadsheet takes for a formula.

    Nothing is an empty cell, yes and no are "true" and "false", several names are joined by "; ",
    anything else that is nested is JSON.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            text = clean(value)
        case [*names] if all(isinstance(name, str) for name in names):
            text = clean("; ".join(map(str, names)))
        case _:
            text = encode_json(value)
    return f"'{text}" if _FORMULA.match(text) else text

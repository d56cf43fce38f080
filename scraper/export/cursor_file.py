"""The file in which whoever follows changes keeps its cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.errors import FileError, UsageError
from scraper.export.target import write_file
from scraper.store.changes import parse_cursor

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.store.changes import Cursor

#: A cursor has some sixty characters; of a file that is none no more is read.
_MOST = 200


def read_cursor(path: Path) -> Cursor | None:
    """The cursor in this file; None where there is no file yet.

    Raises UsageError for a file that holds something else, FileError for one that cannot be read.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MOST).decode("ascii", "replace")
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise FileError(str(path), "read", exc) from exc
    try:
        return parse_cursor(text)
    except UsageError as exc:
        raise UsageError(f"{path}: {exc}") from None


def write_cursor(path: Path, cursor: Cursor) -> None:
    """Nothing; the file holds this cursor. Raises FileError."""
    write_file(path, [f"{cursor}\n".encode()])

"""What of the archive is to be exported, and as what; and what then was."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING

from scraper.errors import UsageError
from scraper.export.shapes import print_utc
from scraper.store.filters import EVERY, Wanted

if TYPE_CHECKING:
    from scraper.store.changes import Cursor

#: What can be exported, and as what; the first is taken where nothing is said.
FORMATS = {
    "stories": ("jsonl", "csv", "parquet", "markdown", "atom", "warc"),
    "articles": ("jsonl", "csv", "parquet", "warc"),
    "relations": ("jsonl", "csv", "parquet"),
    "sources": ("jsonl", "csv", "parquet", "opml"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be exported, and as what. Raises UsageError for what cannot be.

    ``wanted`` and ``newest`` choose stories; of articles and relations it is those of the chosen
    stories. With ``since`` only what changed after it.
    """

    what: str
    file_format: str
    wanted: Wanted = EVERY
    newest: int | None = None
    since: Cursor | None = None

    def __post_init__(self) -> None:
        formats = FORMATS[self.what]
        if self.file_format not in formats:
            raise UsageError(
                f"{self.what} cannot be written as {self.file_format}: "
                f"choose {', '.join(formats[:-1])} or {formats[-1]}"
            )
        if self.since is not None and self.what != "stories":
            raise UsageError("changes are told of stories: a cursor goes with `export stories`")
        if self.since is not None and self.newest is not None:
            raise UsageError("--limit would leave out changes: it does not go with a cursor")
        if self.what == "sources" and (self.wanted != EVERY or self.newest is not None):
            raise UsageError("filters choose stories: `export sources` takes none")

    @property
    def is_folder(self) -> bool:
        """Whether it is many files."""
        return self.file_format == "markdown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was exported: of which moment, and how many of each kind."""

    cursor: Cursor
    counts: dict[str, int]


def describe_filters(wish: Wish) -> dict[str, object]:
    """The filters that were given, by name."""
    given = {
        field.name: getattr(wish.wanted, field.name)
        for field in fields(wish.wanted)
        if getattr(wish.wanted, field.name) != getattr(EVERY, field.name)
    }
    if wish.newest is not None:
        given["limit"] = wish.newest
    return {
        name: print_utc(value) if isinstance(value, datetime) else value
        for name, value in given.items()
    }

"""What an export says of itself in a file beside it: of what it is, how much, and its digest.

The manifest takes its name after the file has. Where a process was killed in between, its digest is
not the file's: then export again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.export.jsonl import encode_json
from scraper.export.target import write_file
from scraper.export.wish import describe_filters

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.export.target import Written
    from scraper.export.wish import Outcome, Wish


def write_manifest(path: Path, wish: Wish, outcome: Outcome, written: Written) -> None:
    """Nothing; the manifest is in this file. It holds no time of writing: the same export has the
    same manifest.
    """
    said = {
        "archive": str(outcome.cursor.archive),
        "what": wish.what,
        "format": wish.file_format,
        "filters": describe_filters(wish),
        "since": None if wish.since is None else str(wish.since),
        "cursor": str(outcome.cursor),
        "counts": outcome.counts,
        "file": {"name": written.name, "bytes": written.size, "sha256": written.sha256},
    }
    write_file(path, [encode_json(said, indent=2).encode(), b"\n"])

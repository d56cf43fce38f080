"""Whether every snapshot is where the archive says, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.errors import SnapshotError
from scraper.store.imported_warc import GONE, find_missing
from scraper.store.snapshots import read_payload, scan_snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from scraper.store.archive import Archive

#: So many snapshots are named; of a file that is gone each would be.
_MOST_TOLD = 20


def check_snapshots(connection: sa.Connection, archive: Archive) -> Iterator[str]:
    """What is wrong with the snapshots, a line each; each record is read, and its digest compared.

    `warcio check` does not do: it passes a file that is cut, and knows nothing of our offsets.
    """
    missing = find_missing(connection)
    for file, count in missing.items():
        yield f"{file}, in which {count} snapshots lie, {GONE}"
    wrong = 0
    for kept in scan_snapshots(connection):
        if kept.place.warc_file in missing:
            continue
        try:
            payload = read_payload(archive, kept.place, kept.payload_sha256)
        except SnapshotError as exc:
            problem = exc.problem
        else:
            if (payload is None) == (kept.revisit_of is not None):
                continue
            problem = "is a revisit" if payload is None else "is no revisit"
        wrong += 1
        if wrong <= _MOST_TOLD:
            place = kept.place
            yield f"snapshot {kept.id} ({place.warc_file}, offset {place.offset}) {problem}"
    if wrong > _MOST_TOLD:
        yield f"{wrong - _MOST_TOLD} more snapshots are damaged"

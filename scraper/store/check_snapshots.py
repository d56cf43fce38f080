"""Whether every snapshot is where the archive says, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.errors import SnapshotError
from scraper.store import warc
from scraper.store.snapshots import scan_snapshots

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
    folder = archive.snapshots
    wrong = 0
    for kept in scan_snapshots(connection):
        try:
            payload = warc.read_payload(folder, kept.place, kept.payload_sha256)
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

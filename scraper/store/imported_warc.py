"""Snapshots that lie in WARC files of others, which an import read and copied nothing of.

Rule 1: such a snapshot names its file by the whole path; our own are named without a folder.
Rule 2: these files are read and never written: what is forgotten of them is forgotten here alone.
Rule 3: a page was fetched once at one moment: what is imported again, from the same file or a copy
of it, is known by its page and its time.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.errors import SnapshotError
from scraper.model import SnapshotId
from scraper.store.ids import among, pack
from scraper.store.schema import page_key, print_instant, snapshot
from scraper.store.warc import Payload, Place, hash_payload
from scraper.warc.records import GZIP, DamagedError, read_record
from scraper.warc.response import UnusableError, decode_body, read_address, read_response

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

#: What is said of a file that somebody moved.
GONE = "is not there any more: put it back, or import it again from where it is now"

_KEPT = (
    sa.select(page_key.c.key, snapshot)
    .join(snapshot, snapshot.c.page_id == page_key.c.page_id)
    .where(among(page_key.c.key, "keys"), among(snapshot.c.fetched_at, "times"))
)
_FIRST = (
    sa.select(snapshot)
    .where(snapshot.c.warc_file == sa.bindparam("warc_file"))
    .order_by(snapshot.c.offset)
    .limit(1)
)
_TAKEN = sa.select(snapshot.c.offset).where(
    snapshot.c.warc_file == sa.bindparam("warc_file"), among(snapshot.c.offset)
)
#: A snapshot's file is the archive's own, which may be written.
IS_OURS = snapshot.c.warc_file.not_like("/%")
_FILES = (
    sa.select(snapshot.c.warc_file, sa.func.count().label("snapshots"))
    .where(~IS_OURS)
    .group_by(snapshot.c.warc_file)
    .order_by(snapshot.c.warc_file)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A snapshot that the archive names already."""

    id: SnapshotId
    payload_sha256: str
    place: Place

    @property
    def is_there(self) -> bool:
        """Whether the file in which it lies is ours, or where it was."""
        return not self.place.is_imported or Path(self.place.warc_file).is_file()


def name_file(path: Path) -> str:
    """How snapshots name this file of somebody's."""
    return str(path.resolve())


def find_known(
    connection: sa.Connection, captures: Iterable[tuple[str, datetime]]
) -> dict[tuple[str, datetime], Known]:
    """Of these pages' keys, each with a moment, those of which there is a snapshot of then."""
    asked = set(captures)
    parameters = {
        "keys": pack(key for key, _ in asked),
        "times": pack({print_instant(moment) for _, moment in asked}),
    }
    found = {}
    for row in connection.execute(_KEPT, parameters):
        place = Place(warc_file=row.warc_file, offset=row.offset, length=row.length)
        found[row.key, row.fetched_at] = Known(
            id=SnapshotId(row.id), payload_sha256=row.payload_sha256, place=place
        )
    return {capture: known for capture, known in found.items() if capture in asked}


def is_replaced(connection: sa.Connection, warc_file: str) -> bool:
    """Whether the file of this name is another than the one that was imported by it before."""
    row = connection.execute(_FIRST, {"warc_file": warc_file}).one_or_none()
    if row is None:
        return False
    place = Place(warc_file=warc_file, offset=row.offset, length=row.length)
    try:
        read_imported(place, row.payload_sha256)
    except SnapshotError:
        return True
    return False


def find_taken(connection: sa.Connection, warc_file: str, offsets: Collection[int]) -> set[int]:
    """Those of these places in the file at which a snapshot lies, as the archive has it."""
    rows = connection.execute(_TAKEN, {"warc_file": warc_file, "ids": pack(offsets)})
    return set(rows.scalars())


def move_snapshot(connection: sa.Connection, moved: SnapshotId, place: Place) -> None:
    """Nothing; the snapshot lies here from now on."""
    connection.execute(
        snapshot.update()
        .where(snapshot.c.id == moved)
        .values(warc_file=place.warc_file, offset=place.offset, length=place.length)
    )


def find_missing(connection: sa.Connection) -> dict[str, int]:
    """The imported files that are not where they were, and how many snapshots lie in each."""
    rows = connection.execute(_FILES)
    return {row.warc_file: row.snapshots for row in rows if not Path(row.warc_file).is_file()}


def read_imported(place: Place, payload_sha256: str) -> Payload:
    """The page at this place of somebody's file.

    Raises SnapshotError where the file is gone, or the record is not what was imported.
    """
    try:
        with Path(place.warc_file).open("rb") as file:
            record = read_record(file, place.offset)
        response = read_response(record.block or b"")
        body = decode_body(response)
    except FileNotFoundError as exc:
        raise SnapshotError(place.warc_file, None, GONE) from exc
    except OSError as exc:
        problem = f"cannot be read: {exc.strerror or exc}"
        raise SnapshotError(place.warc_file, None, problem) from exc
    except (DamagedError, UnusableError) as exc:
        raise SnapshotError(place.warc_file, place.offset, str(exc)) from exc
    if hash_payload(body) != payload_sha256:
        raise SnapshotError(place.warc_file, place.offset, "is not what was imported from there")
    return Payload(url=read_address(record) or "", content_type=response.content_type, body=body)


def read_packed(place: Place, payload_sha256: str) -> bytes:
    """The record at this place as a gzip member, after its page was compared.

    Raises SnapshotError as ``read_imported`` does.
    """
    read_imported(place, payload_sha256)
    with Path(place.warc_file).open("rb") as file:
        file.seek(place.offset)
        raw = file.read(place.length)
    return raw if raw.startswith(GZIP) else gzip.compress(raw, mtime=0)

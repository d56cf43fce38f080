"""What is kept of pages as they were fetched: which record of which WARC file.

Rule 1: a record is named here only after it is on the disk.
Rule 2: what is forgotten is named in `erasure` from the transaction that forgets it until its bytes
are overwritten, so that a process that is killed in between is made good by the next.
Rule 3: a revisit refers to a snapshot of its own page, so that a page can be forgotten alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.errors import SnapshotError
from scraper.model import PageId, SnapshotId
from scraper.store import warc
from scraper.store.ids import among, pack
from scraper.store.imported_warc import IS_OURS, read_imported, read_packed
from scraper.store.schema import article, erasure, run, snapshot
from scraper.store.warc import Place, WarcWriter, hash_payload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from scraper.model import RunId, Snapshot
    from scraper.store.archive import Archive
    from scraper.store.warc import Payload

# What is asked for every page that is kept, built once.
_ADD_SNAPSHOTS = snapshot.insert().returning(snapshot.c.id, sort_by_parameter_order=True)
_FIND_PAYLOAD = (
    sa.select(snapshot)
    .where(
        snapshot.c.page_id == sa.bindparam("of_page"),
        snapshot.c.payload_sha256 == sa.bindparam("digest"),
        snapshot.c.revisit_of.is_(None),
    )
    .order_by(snapshot.c.id)
    .limit(1)
)
_UNENDED = sa.select(run.c.id).where(run.c.finished_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSnapshot:
    """A snapshot in the WARC files; ``revisit_of`` is the earlier one that has its payload."""

    id: SnapshotId
    page: PageId
    fetched_at: datetime
    payload_sha256: str
    place: Place
    revisit_of: SnapshotId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """A snapshot that is on the disk, and that no table names yet."""

    fetched_at: datetime
    payload_sha256: str
    place: Place
    revisit_of: SnapshotId | None


class SnapshotKeeper:
    """Keeps what one run fetches, in a WARC file of its own."""

    def __init__(self, archive: Archive, run_id: RunId) -> None:
        self._archive = archive
        self._folder = archive.snapshots
        self._writer = WarcWriter(self._folder, warc.file_name(run_id))

    def append(self, page_id: PageId, fetched: Snapshot) -> Appended:
        """The snapshot, written to the disk; ``add_snapshot`` names it in a transaction.

        Raises SnapshotError where it cannot be written.
        """
        digest = hash_payload(fetched.body)
        with self._archive.read() as connection:
            earlier = _find_payload(connection, page_id, digest)
        refers_to = None if earlier is None else self._refer(earlier)
        place = self._writer.append(fetched, digest, refers_to=refers_to)
        return Appended(
            fetched_at=fetched.fetched_at,
            payload_sha256=digest,
            place=place,
            revisit_of=earlier.id if earlier is not None and refers_to else None,
        )

    def copy(self, imported: Sequence[Snapshot]) -> list[Appended]:
        """These snapshots of others, written to the disk; ``add_snapshot`` names each.

        Raises SnapshotError where they cannot be written.
        """
        digests = [hash_payload(each.body) for each in imported]
        places = self._writer.append_all(zip(imported, digests, strict=True))
        return [
            Appended(
                fetched_at=each.fetched_at, payload_sha256=digest, place=place, revisit_of=None
            )
            for each, digest, place in zip(imported, digests, places, strict=True)
        ]

    def _refer(self, earlier: KeptSnapshot) -> tuple[str, datetime] | None:
        """The address and moment of an earlier snapshot; None where it cannot be read any more."""
        try:
            payload = read_payload(self._archive, earlier.place, earlier.payload_sha256)
        except SnapshotError:
            return None
        return None if payload is None else (payload.url, earlier.fetched_at)


def add_snapshot(connection: sa.Connection, page_id: PageId, kept: Appended) -> SnapshotId:
    """The id of the snapshot, which is the page's from now on."""
    return add_snapshots(connection, [(page_id, kept)])[0]


def add_snapshots(
    connection: sa.Connection, kept: Iterable[tuple[PageId, Appended]]
) -> list[SnapshotId]:
    """The ids of these snapshots, in their order; each is its page's from now on."""
    rows = [
        {
            "page_id": page_id,
            "fetched_at": each.fetched_at,
            "payload_sha256": each.payload_sha256,
            "warc_file": each.place.warc_file,
            "offset": each.place.offset,
            "length": each.place.length,
            "revisit_of": each.revisit_of,
        }
        for page_id, each in kept
    ]
    return list(map(SnapshotId, connection.execute(_ADD_SNAPSHOTS, rows).scalars())) if rows else []


def load_snapshots(connection: sa.Connection, pages: Iterable[PageId]) -> list[KeptSnapshot]:
    """The snapshots of these pages, in the order in which they were kept."""
    statement = sa.select(snapshot).where(among(snapshot.c.page_id)).order_by(snapshot.c.id)
    return [_read_snapshot(row) for row in connection.execute(statement, {"ids": pack(pages)})]


def scan_snapshots(connection: sa.Connection) -> Iterator[KeptSnapshot]:
    """All snapshots, in the order in which they lie in the files."""
    statement = sa.select(snapshot).order_by(snapshot.c.warc_file, snapshot.c.offset)
    with connection.execute(statement, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            yield _read_snapshot(row)


def read_snapshot(connection: sa.Connection, archive: Archive, kept: KeptSnapshot) -> Payload:
    """What was fetched, also where the snapshot is a revisit.

    Raises SnapshotError where it is not there any more as it was written.
    """
    found = read_payload(archive, kept.place, kept.payload_sha256)
    if found is None and kept.revisit_of is not None:
        statement = sa.select(snapshot).where(snapshot.c.id == kept.revisit_of)
        first = _read_snapshot(connection.execute(statement).one())
        found = read_payload(archive, first.place, kept.payload_sha256)
    if found is None:
        path = str(archive.snapshots / kept.place.warc_file)
        raise SnapshotError(path, kept.place.offset, "is a revisit of nothing")
    return found


def each_record(
    connection: sa.Connection, archive: Archive, articles: sa.Select[tuple[int]]
) -> Iterator[bytes]:
    """The WARC records from which these articles were read, packed as they lie in the files.

    Each once, in the order in which they were kept; one that a revisit refers to is among them.
    Raises SnapshotError where one is not there any more as it was written.
    """
    read = sa.select(article.c.snapshot_id).where(article.c.id.in_(articles))
    held = sa.select(snapshot.c.revisit_of).where(snapshot.c.id.in_(read))
    wanted = sa.or_(snapshot.c.id.in_(read), snapshot.c.id.in_(held))
    statement = sa.select(snapshot).where(wanted)
    statement = statement.order_by(snapshot.c.warc_file, snapshot.c.offset)
    folder = archive.snapshots
    with connection.execute(statement, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            kept = _read_snapshot(row)
            if kept.place.is_imported:
                yield read_packed(kept.place, kept.payload_sha256)
            else:
                yield warc.read_record(folder, kept.place, kept.payload_sha256)


def read_payload(archive: Archive, place: Place, payload_sha256: str) -> Payload | None:
    """The page at this place, in a file of ours or of somebody's; None where it is a revisit.

    Raises SnapshotError where it is not there any more as it was.
    """
    if place.is_imported:
        return read_imported(place, payload_sha256)
    return warc.read_payload(archive.snapshots, place, payload_sha256)


def delete_snapshots(connection: sa.Connection, ids: Iterable[SnapshotId]) -> None:
    """Nothing; these snapshots are no more, and their bytes are to be overwritten by ``tidy``, but
    for those in files of others.

    No other snapshot may be a revisit of one of them.
    """
    gone = {"ids": pack(ids)}
    places = sa.select(snapshot.c.warc_file, snapshot.c.offset, snapshot.c.length)
    connection.execute(
        erasure.insert().from_select(
            ["warc_file", "offset", "length"], places.where(among(snapshot.c.id), IS_OURS)
        ),
        gone,
    )
    connection.execute(
        article.update().where(among(article.c.snapshot_id)).values(snapshot_id=None), gone
    )
    connection.execute(snapshot.update().where(among(snapshot.c.id)).values(revisit_of=None), gone)
    connection.execute(snapshot.delete().where(among(snapshot.c.id)), gone)


def join_runs(archive: Archive) -> AbstractContextManager[None]:
    """A run's part in the archive's lock while the context lasts; all of it where the engine shares
    it with nobody. The WARC files are tidied up first, where no other run writes them.

    Raises LockedError.
    """
    return archive.location.join_runs(lambda: tidy(archive))


def tidy(archive: Archive) -> None:
    """Nothing; the WARC files hold what the tables name: forgotten records are overwritten, and
    what a process that was killed left behind is cut off. The caller has the archive's lock alone.

    Only the newest file that is named, and those after it, can have an unfinished tail, as each run
    tidies before it begins a file; where several run at once, that of any run that did not end. A
    forgotten record whose file is not here is taken for gone, but where machines share an archive:
    there it may lie on another, and waits for a run that finds it.
    Raises SnapshotError where a file cannot be written.
    """
    folder = archive.snapshots
    with archive.read() as connection:
        rows = connection.execute(sa.select(erasure)).all()
        newest = connection.execute(
            sa.select(sa.func.max(snapshot.c.warc_file)).where(IS_OURS)
        ).scalar()
        unended = {warc.file_name(run) for run in connection.execute(_UNENDED).scalars()}
    erased = [Place(warc_file=row.warc_file, offset=row.offset, length=row.length) for row in rows]
    is_shared = archive.location.is_shared
    done = {place.warc_file for place in erased if warc.blank(folder, place) or not is_shared}
    touched = {place.warc_file for place in erased}
    touched |= {
        name
        for name in warc.list_files(folder)
        if newest is None or name >= newest or name in unended
    }
    with archive.read() as connection:
        ends = {name: _find_end(connection, name) for name in touched}
    for name, end in sorted(ends.items()):
        warc.cut(folder, name, end)
    if done:
        with archive.write() as connection:
            connection.execute(
                erasure.delete().where(among(erasure.c.warc_file)), {"ids": pack(done)}
            )


def _find_end(connection: sa.Connection, warc_file: str) -> int:
    """Where the last record that is named ends; 0 where the file has none."""
    statement = (
        sa.select(snapshot.c.offset + snapshot.c.length)
        .where(snapshot.c.warc_file == warc_file)
        .order_by(snapshot.c.offset.desc())
        .limit(1)
    )
    return connection.execute(statement).scalar() or 0


def _find_payload(connection: sa.Connection, page_id: PageId, digest: str) -> KeptSnapshot | None:
    """The page's snapshot that holds this payload itself."""
    row = connection.execute(_FIND_PAYLOAD, {"of_page": page_id, "digest": digest}).one_or_none()
    return None if row is None else _read_snapshot(row)


def _read_snapshot(row: sa.Row[Any]) -> KeptSnapshot:
    fields = row._mapping
    return KeptSnapshot(
        id=SnapshotId(fields["id"]),
        page=PageId(fields["page_id"]),
        fetched_at=fields["fetched_at"],
        payload_sha256=fields["payload_sha256"],
        place=Place(
            warc_file=fields["warc_file"], offset=fields["offset"], length=fields["length"]
        ),
        revisit_of=fields["revisit_of"] and SnapshotId(fields["revisit_of"]),
    )

"""WARC 1.1 files: pages as they were fetched, a gzip member for each record.

Rule 1: a record is on the disk before `append` returns it, and is named in a table only after.
Rule 2: what stands behind the last record that a table names is an unfinished tail.
Rule 3: a record is taken out where it stands: its bytes are overwritten by a record of the same
length that says nothing, so that no other record moves.

ISO 28500:2017; https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from zlib_ng import zlib_ng

from scraper.errors import SnapshotError
from scraper.warc.records import BadGzipError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from scraper.model import Snapshot

#: Between 1 and 3 (DESIGN 8): pages are written once and hardly ever read.
_GZIP_LEVEL: Final = 2
_ENDING: Final = ".warc.gz"
#: What `file_name` gives, and nothing else in the folder: what others put there is not cut off.
_OUR_NAME: Final = re.compile(r"run-[0-9]{10,}\.warc\.gz")
_SAME_PAYLOAD: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
#: What each file says of itself.
_SAID: Final = {
    "software": "scraper",
    "format": "WARC File Format 1.1",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    "description": "Bodies are written decoded; headers that describe the coding are left out.",
}
#: A gzip member's header that announces a comment: RFC 1952, section 2.3. Its last byte says that
#: the system on which it was written is unknown.
_COMMENTED: Final = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record lies: bytes of a file in the archive's WARC folder, or of somebody's file,
    which is named by its whole path.
    """

    warc_file: str
    offset: int
    length: int

    @property
    def end(self) -> int:
        """The first byte after it."""
        return self.offset + self.length

    @property
    def is_imported(self) -> bool:
        """Whether it lies in somebody's file, which is never written."""
        return self.warc_file.startswith("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A page's decoded bytes, and what is needed to read an article out of them again."""

    url: str
    content_type: str | None
    body: bytes


def hash_payload(body: bytes) -> str:
    """The SHA-256 of a page's decoded bytes, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def warc_folder(archive: Path) -> Path:
    """The folder of the archive's WARC files, beside the file itself; it need not exist."""
    real = archive.resolve()
    return real.with_name(real.name + ".warc")


def file_name(run: int) -> str:
    """The name of a run's file: names sort as runs do."""
    return f"run-{run:010}{_ENDING}"


class WarcWriter:
    """Appends records to one new file, which is made with its first record."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / name
        self._end = 0

    def append(
        self, snapshot: Snapshot, payload_sha256: str, *, refers_to: tuple[str, datetime] | None
    ) -> Place:
        """Where the snapshot lies from now on, on the disk.

        ``refers_to`` is the address and the moment of an earlier snapshot with the same payload,
        which is then not written again. Raises SnapshotError where it cannot be written; the file
        is as it was before.
        """
        return self._append([_compress(_make_record(snapshot, payload_sha256, refers_to))])[0]

    def append_all(self, snapshots: Iterable[tuple[Snapshot, str]]) -> list[Place]:
        """Where these snapshots lie from now on, each with its payload's SHA-256; as ``append``,
        but the disk is waited for once.
        """
        made = [_compress(_make_record(each, sha256, None)) for each, sha256 in snapshots]
        return self._append(made) if made else []

    def _append(self, members: list[bytes]) -> list[Place]:
        try:
            if not self._end:
                self._end = self._begin()
            _write_through(self._path, self._end, b"".join(members))
        except OSError as exc:
            raise _cannot(self._path, "be written", exc) from exc
        places = []
        for member in members:
            place = Place(warc_file=self._path.name, offset=self._end, length=len(member))
            places.append(place)
            self._end = place.end
        return places

    def _begin(self) -> int:
        """The length of the new file, which says who wrote it."""
        member = make_opening({"WARC-Filename": self._path.name})
        self._path.parent.mkdir(exist_ok=True)
        with self._path.open("xb"):
            pass
        try:
            _write_through(self._path, 0, member)
        except OSError:
            self._path.unlink()
            raise
        for folder in (self._path.parent, self._path.parent.parent):
            _sync_folder(folder)
        return len(member)


def read_payload(folder: Path, place: Place, payload_sha256: str) -> Payload | None:
    """The page at this place; None where it is a revisit, which has no payload of its own.

    Raises SnapshotError where the record is not there, not whole, or not what was written.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    path = folder / place.warc_file
    raw = _read_member(path, place)
    try:
        record = next(iter(ArchiveIterator(BytesIO(raw))), None)
        body = None if record is None else record.content_stream().read()
    except ArchiveLoadFailed as exc:
        raise SnapshotError(str(path), place.offset, f"is no WARC record: {exc}") from exc
    if record is None or record.rec_type not in {"response", "revisit"}:
        raise SnapshotError(str(path), place.offset, "is no page")
    if record.rec_headers.get_header("WARC-Payload-Digest") != f"sha256:{payload_sha256}":
        raise SnapshotError(str(path), place.offset, "is another page than was written there")
    if record.rec_type == "revisit":
        return None
    if hash_payload(body or b"") != payload_sha256:
        raise SnapshotError(str(path), place.offset, "is not what was written there")
    return Payload(
        url=record.rec_headers.get_header("WARC-Target-URI"),
        content_type=record.http_headers and record.http_headers.get_header("Content-Type"),
        body=body or b"",
    )


def read_record(folder: Path, place: Place, payload_sha256: str) -> bytes:
    """The record at this place as it lies there, a gzip member, after its digest was compared.

    Raises SnapshotError as ``read_payload`` does.
    """
    read_payload(folder, place, payload_sha256)
    return _read_bytes(folder / place.warc_file, place)


def blank(folder: Path, place: Place) -> bool:
    """Whether the file is here; then the record's bytes are overwritten, on the disk too."""
    path = folder / place.warc_file
    try:
        size = path.stat().st_size
        if size > place.offset:
            _write_through(path, place.offset, _make_blank(place.length)[: size - place.offset])
    except FileNotFoundError:
        return False
    except OSError as exc:
        raise _cannot(path, "be overwritten", exc) from exc
    return True


def cut(folder: Path, warc_file: str, end: int) -> None:
    """Nothing; the file ends there, and there is none where it would be empty."""
    path = folder / warc_file
    try:
        if end == 0:
            path.unlink(missing_ok=True)
            _sync_folder(folder)
        elif path.stat().st_size > end:
            with path.open("r+b") as file:
                file.truncate(end)
                os.fsync(file.fileno())
    except FileNotFoundError:
        return  # `db check` says so
    except OSError as exc:
        raise _cannot(path, "be cut", exc) from exc


def list_files(folder: Path) -> list[str]:
    """The names of the folder's files of runs, the oldest first; none where there is no folder."""
    try:
        return sorted(path.name for path in folder.iterdir() if _OUR_NAME.fullmatch(path.name))
    except FileNotFoundError:
        return []
    except OSError as exc:
        raise _cannot(folder, "be read", exc) from exc


def _read_member(path: Path, place: Place) -> bytes:
    """The record's bytes, unpacked. The checksum of gzip is compared on the way."""
    packed = _read_bytes(path, place)
    unpack = zlib_ng.decompressobj(zlib_ng.MAX_WBITS | 16)
    try:
        raw = unpack.decompress(packed)
    except BadGzipError as exc:
        raise SnapshotError(str(path), place.offset, f"is damaged: {exc}") from exc
    if not unpack.eof or unpack.unused_data:
        raise SnapshotError(str(path), place.offset, "is cut or of another length")
    return raw


def _read_bytes(path: Path, place: Place) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(place.offset)
            return file.read(place.length)
    except OSError as exc:
        raise _cannot(path, "be read", exc) from exc


def _make_record(
    snapshot: Snapshot, payload_sha256: str, refers_to: tuple[str, datetime] | None
) -> bytes:
    """A response record, or a revisit record where an earlier one has the same payload."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    writer = WARCWriter(BytesIO(), gzip=False, warc_version="1.1")
    fields = (
        ("Content-Type", snapshot.content_type),
        *(("X-Robots-Tag", line) for line in (snapshot.robots_tag or "").splitlines()),
        ("ETag", snapshot.validators.etag),
        ("Last-Modified", snapshot.validators.last_modified),
        ("Content-Length", str(len(snapshot.body))),
    )
    http = StatusAndHeaders(
        str(snapshot.status),
        # A header is ASCII; warcio fails on some that are not.
        [(name, _ascii(value)) for name, value in fields if value is not None],
        protocol="HTTP/1.1",
    )
    headers = {
        "WARC-Date": _print_date(snapshot.fetched_at),
        "WARC-Payload-Digest": f"sha256:{payload_sha256}",
    }
    if refers_to is None:
        record = writer.create_warc_record(
            snapshot.final_url,
            "response",
            payload=BytesIO(snapshot.body),
            length=len(snapshot.body),
            http_headers=http,
            warc_headers_dict=headers,
        )
    else:
        headers |= {
            "WARC-Profile": _SAME_PAYLOAD,
            "WARC-Refers-To-Target-URI": refers_to[0],
            "WARC-Refers-To-Date": _print_date(refers_to[1]),
        }
        record = writer.create_warc_record(
            snapshot.final_url, "revisit", http_headers=http, warc_headers_dict=headers
        )
    return _written(writer, record)


def _ascii(value: str) -> str:
    return value.encode("ascii", "replace").decode("ascii")


def make_opening(headers: dict[str, str]) -> bytes:
    """The record, packed, by which a file says who wrote it; ``headers`` are those of its own."""
    from warcio.warcwriter import WARCWriter

    writer = WARCWriter(BytesIO(), gzip=False, warc_version="1.1")
    said = "\r\n".join(f"{field}: {value}" for field, value in _SAID.items()).encode() + b"\r\n"
    record = writer.create_warc_record(
        None,
        "warcinfo",
        payload=BytesIO(said),
        length=len(said),
        warc_content_type="application/warc-fields",
        warc_headers_dict=headers,
    )
    return _compress(_written(writer, record))


def _make_blank(length: int) -> bytes:
    """A gzip member of exactly this length that holds nothing but a comment in its header."""
    tail = b"\x03\x00" + bytes(8)  # an empty deflate block, the checksum and length of nothing
    comment = length - len(_COMMENTED) - len(tail) - 1
    return _COMMENTED + b"-" * comment + b"\x00" + tail


def _written(writer: Any, record: Any) -> bytes:  # noqa: ANN401  # warcio has no types
    writer.write_record(record)
    written: bytes = writer.out.getvalue()
    return written


def _compress(raw: bytes) -> bytes:
    return zlib_ng.compress(raw, _GZIP_LEVEL, zlib_ng.MAX_WBITS | 16)


def _print_date(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _write_through(path: Path, offset: int, content: bytes) -> None:
    """Nothing; the bytes are on the disk. Where they do not fit, the file ends where it did."""
    with path.open("r+b", buffering=0) as file:
        before = os.fstat(file.fileno()).st_size
        try:
            file.seek(offset)
            left = memoryview(content)
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        except OSError:
            file.truncate(before)
            raise


def _sync_folder(folder: Path) -> None:
    """Nothing; which files the folder has is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot(path: Path, deed: str, exc: OSError) -> SnapshotError:
    problem = f"cannot {deed}: {exc.strerror or exc}"
    if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
        problem += ": make room and run the command again; nothing is lost"
    elif exc.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        problem += ": make the folder writable, or set [archive] snapshots = false"
    return SnapshotError(str(path), None, problem)

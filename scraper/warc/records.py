"""The records of a WARC file, gzip members each or plain, and where they lie.

Rule 1: a record is whole or damaged, never a part: gzip's checksum agrees, or the digest that a
plain one names, and it is as long as it says.
Rule 2: behind damage, reading goes on where the next record begins.
Rule 3: memory is bounded: of a record that is larger than a page may be only the header is kept.

ISO 28500:2017; https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import hashlib
import os
import re
from base64 import b32encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from zlib_ng import zlib_ng

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Blocks that are larger are not kept: the most that is fetched of a page, and its headers.
MAX_BLOCK_BYTES: Final = 5_000_000 + 65_536
#: A longer header is damage: real ones have under 1,000 bytes, the longest by their address.
_MAX_HEADER_BYTES: Final = 65_536
_STEP_BYTES: Final = 65_536

#: zlib-ng reads gzip as Python's zlib does, in half the time: of 6,000 damages each found the same.
BadGzipError: Final[type[Exception]] = zlib_ng.error  # type: ignore[assignment]  # its stub calls the class an instance

GZIP: Final = b"\x1f\x8b\x08"
_VERSION: Final = b"WARC/"
_BLANK_LINE: Final = b"\r\n\r\n"
#: What may begin a record: a gzip member, or a version line above a field.
_BEGINNING: Final = re.compile(rb"\x1f\x8b\x08|WARC/[01]\.[0-9]{1,2}\r\n(?=[A-Za-z-]{1,40}:)")
#: The digests that crawlers write.
_DIGESTS: Final = frozenset({"md5", "sha1", "sha256", "sha512"})
#: No more bytes decide whether one begins.
_LONGEST_BEGINNING: Final = 52


class DamagedError(Exception):
    """There is no whole record at this place; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record: bytes of its file, ``length`` as it lies there.

    ``fields`` are those of its header, by their names in lower case. ``block`` is what it carries,
    None where that is larger than ``MAX_BLOCK_BYTES``.
    """

    offset: int
    length: int
    fields: Mapping[str, str]
    block: bytes | None

    @property
    def end(self) -> int:
        """The first byte after it."""
        return self.offset + self.length

    @property
    def kind(self) -> str:
        """What it is: response, request, revisit and so on; "" where it does not say."""
        return self.fields.get("warc-type", "").lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A place in a file at which there is no record, and why; ``end`` is where the next begins."""

    offset: int
    end: int
    problem: str


def scan_records(file: BinaryIO) -> Iterator[Record | Damage]:
    """What lies in a file, from its beginning to its end; never raises but for what the disk does.

    Members that hold nothing, as ours do whose pages were forgotten, are passed over.
    """
    size = file.seek(0, os.SEEK_END)
    at = 0
    while at < size:
        try:
            record, end = _read(file, at)
        except DamagedError as exc:
            end = _find_beginning(file, at + 1, size)
            yield Damage(offset=at, end=end, problem=str(exc))
        else:
            if record is not None:
                yield record
        at = end


def read_record(file: BinaryIO, offset: int) -> Record:
    """The record at this place. Raises DamagedError where there is none."""
    record, _ = _read(file, offset)
    if record is None:
        raise DamagedError("holds nothing")
    return record


def _read(file: BinaryIO, offset: int) -> tuple[Record | None, int]:
    """The record at this place and where the next begins; None where there is but padding."""
    file.seek(offset)
    start = file.read(_STEP_BYTES)
    if start.startswith(GZIP):
        return _read_member(file, offset, start)
    padding = len(start) - len(start.lstrip(b"\r\n\0"))  # a line too many; as on tapes
    return (None, offset + padding) if padding else _read_plain(file, offset, start)


def _read_member(file: BinaryIO, offset: int, start: bytes) -> tuple[Record | None, int]:
    """The record in the gzip member that begins here."""
    unpack = zlib_ng.decompressobj(zlib_ng.MAX_WBITS | 16)
    kept, size = bytearray(), 0
    packed, most = start, MAX_BLOCK_BYTES + _MAX_HEADER_BYTES
    try:
        while not unpack.eof:
            if not packed and not (packed := file.read(_STEP_BYTES)):
                raise DamagedError("is cut: the file ends before its gzip member does")
            content = unpack.decompress(packed, most)
            packed = unpack.unconsumed_tail
            size += len(content)
            if len(kept) < most:
                kept += content
    except BadGzipError as exc:
        raise DamagedError(f"its gzip member is damaged: {exc}") from exc
    end = file.tell() - len(unpack.unused_data)
    if not size:
        return None, end
    fields, header_end, length = _read_header(bytes(kept[:_MAX_HEADER_BYTES]))
    behind = kept[header_end + length : header_end + length + len(_VERSION) + len(_BLANK_LINE)]
    if _VERSION in behind:
        raise DamagedError(
            "its gzip member holds more records than this: `warcio recompress` mends the file"
        )
    # Some writers end a block with one line end, or none.
    if not 0 <= size - header_end - length <= len(_BLANK_LINE) or behind.strip(b"\r\n"):
        raise DamagedError(f"says that it has {length} bytes, but has {size - header_end}")
    is_page_sized = length <= MAX_BLOCK_BYTES
    block = bytes(kept[header_end : header_end + length]) if is_page_sized else None
    return Record(offset=offset, length=end - offset, fields=fields, block=block), end


def _read_plain(file: BinaryIO, offset: int, start: bytes) -> tuple[Record, int]:
    """The record that begins here uncompressed."""
    if len(start) < _MAX_HEADER_BYTES:
        start += file.read(_MAX_HEADER_BYTES - len(start))
    fields, header_end, length = _read_header(start[:_MAX_HEADER_BYTES])
    begin = offset + header_end
    size = file.seek(0, os.SEEK_END)
    if begin + length > size:
        raise DamagedError("is cut, or longer than it says: the file ends before it does")
    block = None
    if length <= MAX_BLOCK_BYTES:
        file.seek(begin)
        block = file.read(length)
    end = min(begin + length + len(_BLANK_LINE), size)
    file.seek(begin + length)
    behind = file.read(end - begin - length)
    if behind != _BLANK_LINE[: len(behind)]:
        raise DamagedError(f"is longer or shorter than the {length} bytes that it says")
    if block is not None and not _agrees(fields.get("warc-block-digest", ""), block):
        raise DamagedError("is not what its WARC-Block-Digest says")
    return Record(offset=offset, length=end - offset, fields=fields, block=block), end


def _agrees(told: str, block: bytes) -> bool:
    """Whether a block has the digest that its record tells, "sha1:" and Base32 as most write it, or
    hexadecimal; also where it tells none, or one of another kind.
    """
    name, _, digest = told.strip().partition(":")
    if name.lower() not in _DIGESTS or not digest:
        return True
    own = hashlib.new(name, block, usedforsecurity=False).digest()
    in_base32 = b32encode(own).decode().rstrip("=")
    return digest.lower() == own.hex() or digest.upper().rstrip("=") == in_base32


def _read_header(start: bytes) -> tuple[dict[str, str], int, int]:
    """A record's fields, where its header ends, and how many bytes its block is said to have."""
    if not start.startswith(_VERSION):
        raise DamagedError("is no WARC record")
    end = start.find(_BLANK_LINE)
    if end < 0:
        raise DamagedError("its header has no end")
    fields: dict[str, str] = {}
    name = ""
    for line in start[:end].decode("utf-8", "replace").split("\r\n")[1:]:
        if line[:1] in {" ", "\t"}:  # a line that goes on the one before
            fields[name] = f"{fields.get(name, '')} {line.strip()}"
            continue
        name, _, content = line.partition(":")
        name = name.strip().lower()
        fields.setdefault(name, content.strip())
    told = fields.get("content-length", "")
    if not (told.isascii() and told.isdigit() and len(told) < 16):  # noqa: PLR2004 - a petabyte
        raise DamagedError("does not say how long it is")
    return fields, end + len(_BLANK_LINE), int(told)


def _find_beginning(file: BinaryIO, at: int, size: int) -> int:
    """Where the first record from here on begins; the file's end where there is none."""
    while at < size:
        file.seek(at)
        window = file.read(_STEP_BYTES * 16)
        for found in _BEGINNING.finditer(window):
            place = at + found.start()
            if found[0] != GZIP or _holds_record(file, place):
                return place
        if at + len(window) >= size:
            break
        at += max(1, len(window) - _LONGEST_BEGINNING)
    return size


def _holds_record(file: BinaryIO, offset: int) -> bool:
    """Whether what looks like a gzip member opens with a record."""
    file.seek(offset)
    unpack = zlib_ng.decompressobj(zlib_ng.MAX_WBITS | 16)
    try:
        return unpack.decompress(file.read(4096), len(_VERSION)) == _VERSION
    except BadGzipError:
        return False

"""Records of files that are whole, and of files that are not."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b32encode
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.warc.records import MAX_BLOCK_BYTES, Damage, DamagedError, Record, read_record
from scraper.warc.records import scan_records as scan
from tests.warc_builder import Warc, make_record, make_warc

BLOCKS = tuple(f"block number {number}".encode() * (number + 1) for number in range(6))
RECORDS = tuple(make_record("response", block) for block in BLOCKS)
PACKED, PLAIN = make_warc(RECORDS), make_warc(RECORDS, is_packed=False)


def read(content: bytes) -> tuple[list[bytes | None], list[Damage]]:
    """The blocks of a file's records, and its damage."""
    found = list(scan(BytesIO(content)))
    records = [each for each in found if isinstance(each, Record)]
    for record in records:
        assert read_record(BytesIO(content), record.offset) == record
    return [each.block for each in records], [each for each in found if isinstance(each, Damage)]


@pytest.mark.parametrize("warc", [PACKED, PLAIN], ids=["packed", "plain"])
def test_records_are_found_where_they_lie(warc: Warc) -> None:
    """Each with its place, its fields and its block."""
    found = [each for each in scan(BytesIO(warc.content)) if isinstance(each, Record)]
    assert [each.block for each in found] == list(BLOCKS)
    assert [each.offset for each in found] == list(warc.offsets)
    assert found[-1].end == len(warc.content)
    assert (found[0].kind, found[0].fields["warc-date"]) == ("response", "2026-11-20T08:00:00Z")


@pytest.mark.parametrize("warc", [PACKED, PLAIN], ids=["packed", "plain"])
@given(share=st.floats(0, 1))
def test_a_file_that_is_cut_gives_what_is_before(warc: Warc, share: float) -> None:
    """Every record that is whole, and no other; what is left of one is told."""
    at = int(share * len(warc.content))
    blocks, damage = read(warc.content[:at])
    # Of a plain record the two line ends behind its block may be missing.
    spare = 0 if warc is PACKED else 4
    ends = [end - spare for end in (*warc.offsets[1:], len(warc.content))]
    whole = sum(end <= at for end in ends)
    assert blocks == list(BLOCKS[:whole])
    is_between = at in {0, *warc.offsets} or any(end <= at <= end + spare for end in ends)
    assert len(damage) == (0 if is_between else 1)


@pytest.mark.parametrize("warc", [PACKED, PLAIN], ids=["packed", "plain"])
@given(share=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_wrong_byte_costs_one_record(warc: Warc, share: float, flip: int) -> None:
    """Those before and behind it are read."""
    at = int(share * len(warc.content))
    content = bytearray(warc.content)
    content[at] ^= flip
    blocks, damage = read(bytes(content))
    hit = sum(offset <= at for offset in warc.offsets) - 1
    others = [block for number, block in enumerate(BLOCKS) if number != hit]
    assert [block for block in blocks if block in others] == others
    assert len(damage) <= 1 or warc is PLAIN


@given(
    share=st.floats(0, 1),
    size=st.integers(0, 200),
    strange=st.binary(max_size=60),
    is_packed=st.booleans(),
)
def test_a_strange_stretch_costs_what_it_hits(
    *, share: float, size: int, strange: bytes, is_packed: bool
) -> None:
    """Bytes that are missing, too many or others: every record that is whole is read."""
    warc = PACKED if is_packed else PLAIN
    at = int(share * len(warc.content))
    blocks, _ = read(warc.content[:at] + strange + warc.content[at + size :])
    ends = [*warc.offsets[1:], len(warc.content)]
    for offset, end, block in zip(warc.offsets, ends, BLOCKS, strict=True):
        if end <= at or offset >= at + size:
            assert block in blocks


@given(content=st.binary(max_size=300))
def test_no_bytes_raise(content: bytes) -> None:
    """What is no WARC file holds no record."""
    assert read(content)[0] == []


def test_a_wrong_length_costs_one_record() -> None:
    """One that says too little or too much, plain or packed."""
    for length in (0, 3, 33, 10**12):
        wrong = make_record("response", BLOCKS[1], length=length)
        for is_packed in (True, False):
            warc = make_warc([RECORDS[0], wrong, RECORDS[2]], is_packed=is_packed)
            blocks, damage = read(warc.content)
            assert blocks == [BLOCKS[0], BLOCKS[2]]
            assert [each.offset for each in damage] == [warc.offsets[1]]
            assert damage[0].end == warc.offsets[2]


@pytest.mark.parametrize("is_hex", [True, False], ids=["hex", "base32"])
@pytest.mark.parametrize("name", ["md5", "sha1", "SHA256"])
def test_a_plain_record_agrees_with_its_digest(name: str, *, is_hex: bool) -> None:
    """No checksum of gzip finds another byte in it; of a packed one that is asked for no more."""
    digest = hashlib.new(name, BLOCKS[1]).digest()
    told = f"{name}:{digest.hex() if is_hex else b32encode(digest).decode()}"
    right = make_record("response", BLOCKS[1], fields={"WARC-Block-Digest": told})
    assert read(make_warc([RECORDS[0], right, RECORDS[2]], is_packed=False).content)[1] == []
    other = b"B" + BLOCKS[1][1:]
    wrong = make_warc([RECORDS[0], right.replace(BLOCKS[1], other), RECORDS[2]], is_packed=False)
    blocks, (damage,) = read(wrong.content)
    assert blocks == [BLOCKS[0], BLOCKS[2]]
    assert (damage.offset, damage.end) == wrong.offsets[1:]
    assert "WARC-Block-Digest" in damage.problem


@pytest.mark.parametrize("told", ["", "sha1", "sha1:", "crc32:ABCD", "sha1:ZZZ", ":"])
def test_a_digest_that_is_none_proves_nothing(told: str) -> None:
    """Of a kind that nobody writes it is not asked; one that is cut agrees with nothing."""
    record = make_record("response", BLOCKS[1], fields={"WARC-Block-Digest": told})
    _, damage = read(make_warc([record], is_packed=False).content)
    assert len(damage) == (told == "sha1:ZZZ")


def test_a_member_of_many_records_is_told() -> None:
    """A file that is one gzip member cannot be read at an offset, and what mends it is said."""
    _, (damage,) = read(gzip.compress(b"".join(RECORDS)))
    assert "warcio recompress" in damage.problem


def test_members_that_hold_nothing_are_passed_over() -> None:
    """As a record leaves one that was forgotten, and padding between records."""
    content = make_warc(RECORDS[:1]).content + gzip.compress(b"") + bytes(700)
    assert read(content + make_warc(RECORDS[1:2]).content) == ([BLOCKS[0], BLOCKS[1]], [])
    assert read(RECORDS[0] + b"\r\n\r\n" + RECORDS[1]) == ([BLOCKS[0], BLOCKS[1]], [])


def test_of_a_record_that_is_too_large_the_header_is_kept() -> None:
    """A film costs no memory."""
    large = make_record("response", bytes(MAX_BLOCK_BYTES + 1))
    for is_packed in (True, False):
        warc = make_warc([large, RECORDS[0]], is_packed=is_packed)
        assert read(warc.content) == ([None, BLOCKS[0]], [])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"WARC/1.0\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: -1\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: 1e3\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: 9" + b"9" * 5000 + b"\r\n\r\n",
        b"WARC/1.0\r\nX: " + b"x" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_what_is_no_record_is_told(content: bytes) -> None:
    """With a reason, also inside a gzip member."""
    for packed in (content, gzip.compress(content)):
        with pytest.raises(DamagedError):
            read_record(BytesIO(packed), 0)


def test_a_field_may_take_two_lines() -> None:
    """As HTTP once had it; of a field that is there twice the first counts."""
    record = make_record("response", b"x", fields={"X": "one\r\n two", "WARC-type": "other"})
    found = read_record(BytesIO(record), 0)
    assert (found.fields["x"], found.kind) == ("one two", "response")

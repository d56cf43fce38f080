"""The page in a record's HTTP response."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.model import Reason
from scraper.warc.records import DamagedError, Record
from scraper.warc.response import (
    UnusableError,
    decode_body,
    read_address,
    read_date,
    read_response,
    read_snapshot,
)
from tests.warc_builder import make_answer

PAGE = b"<html><body><p>Oysters are back.</p></body></html>" * 3
URL, AT = "https://a.example/", datetime(2026, 1, 1, tzinfo=UTC)
CODINGS = {
    "gzip": gzip.compress(PAGE, mtime=0),
    "x-gzip": gzip.compress(PAGE, mtime=0),
    "deflate": zlib.compress(PAGE),
    "br": brotli.compress(PAGE),
    "identity": PAGE,
    "": PAGE,
}


def chunked(body: bytes, size: int = 7) -> bytes:
    """The body in chunks of this size."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;x=y\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def decode(body: bytes, **headers: str) -> bytes:
    """The page of an answer with these headers, their names with dashes for underscores."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return decode_body(read_response(make_answer(body, headers=named)))


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("is_chunked", [True, False])
def test_codings_are_undone(*, coding: str, is_chunked: bool) -> None:
    """Also over chunks."""
    body = CODINGS[coding]
    headers = {"Content-Encoding": coding, "Content-Length": str(len(body))}
    if is_chunked:
        headers["Transfer-Encoding"] = "chunked"
        body = chunked(body)
        headers.pop("Content-Length")
    assert decode_body(read_response(make_answer(body, headers=headers))) == PAGE


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("is_chunked", [True, False])
def test_headers_may_speak_of_what_was_undone(*, coding: str, is_chunked: bool) -> None:
    """Some crawlers record the page decoded, beside the headers as they came."""
    transfer = {"Transfer_Encoding": "chunked"} if is_chunked else {}
    assert decode(PAGE, Content_Encoding=coding, **transfer) == PAGE


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (PAGE, {"Content-Length": "1000"}, Reason.TRUNCATED),
        (gzip.compress(PAGE, mtime=0)[:-9], {"Content-Encoding": "gzip"}, Reason.TRUNCATED),
        (brotli.compress(PAGE)[:-9], {"Content-Encoding": "br"}, Reason.TRUNCATED),
        (chunked(PAGE)[:-9], {"Transfer-Encoding": "chunked"}, Reason.TRUNCATED),
        (chunked(PAGE)[:40], {"Transfer-Encoding": "chunked"}, Reason.TRUNCATED),
        (gzip.compress(bytes(6_000_000)), {"Content-Encoding": "gzip"}, Reason.TOO_BIG),
        (brotli.compress(bytes(20_000_000), quality=1), {"Content-Encoding": "br"}, Reason.TOO_BIG),
        (bytes(5_000_001), {}, Reason.TOO_BIG),
        (b"\x1f\x8b but no gzip", {"Content-Encoding": "gzip"}, Reason.BAD_ENCODING),
        (b"what is this", {"Content-Encoding": "br"}, Reason.BAD_ENCODING),
        (PAGE, {"Content-Encoding": "zstd"}, Reason.BAD_ENCODING),
        (PAGE, {"Content-Encoding": "gzip, br"}, Reason.BAD_ENCODING),
    ],
)
def test_pages_that_cannot_be_had_whole(
    body: bytes, headers: dict[str, str], reason: Reason
) -> None:
    """Cut, too large or unreadable, each with its reason."""
    with pytest.raises(UnusableError) as caught:
        decode_body(read_response(make_answer(body, headers=headers)))
    assert caught.value.reason is reason


@pytest.mark.parametrize("block", [b"", PAGE, b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: b\r\n"])
def test_blocks_without_an_answer(block: bytes) -> None:
    """No status, or headers without an end."""
    with pytest.raises(DamagedError):
        read_response(block)


@given(block=st.binary(max_size=200), is_answer=st.booleans(), coding=st.sampled_from([*CODINGS]))
def test_no_block_fails_otherwise(*, block: bytes, is_answer: bool, coding: str) -> None:
    """Whatever is in it."""
    headers = {"Content-Encoding": coding, "Transfer-Encoding": "chunked"}
    whole = make_answer(block, headers=headers) if is_answer else block
    with suppress(DamagedError, UnusableError):
        found = read_snapshot(whole, url=URL, at=AT)
        assert found.status == 200


def test_headers_are_kept_that_speak_to_archives() -> None:
    """Those of one name add up, whatever their case; X-Robots-Tag keeps a line for each."""
    headers = {"X-Robots-Tag": "noindex", "x-robots-tag": "noarchive", "TDM-Reservation": "1"}
    found = read_snapshot(make_answer(PAGE, headers=headers), url=URL, at=AT)
    assert (found.robots_tag, found.tdm_reservation) == ("noindex\nnoarchive", "1")
    assert (found.content_type, found.body) == ("text/html; charset=utf-8", PAGE)


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("2026-11-20T08:00:00Z", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("2026-11-20T08:00:00.123456789Z", datetime(2026, 11, 20, 8, 0, 0, 123_000, tzinfo=UTC)),
        ("2026-11-20t08:00:00.5z", datetime(2026, 11, 20, 8, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-13-20T08:00:00Z", None),
        ("2026-11-20T08:00:00", None),
        ("20 November", None),
        ("", None),
    ],
)
def test_dates_are_read_to_the_millisecond(printed: str, read: datetime | None) -> None:
    """As the archive keeps them."""
    record = Record(offset=0, length=1, fields={"warc-date": printed}, block=b"")
    assert read_date(record) == read


def test_addresses_may_stand_in_angle_brackets() -> None:
    """As wget writes them."""
    for address, read in (("<https://a.example/>", "https://a.example/"), ("", None)):
        record = Record(offset=0, length=1, fields={"warc-target-uri": address}, block=b"")
        assert read_address(record) == read

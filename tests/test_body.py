"""Tests of bounded decoding."""

from __future__ import annotations

import gzip
import itertools
import random
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.body import Body, BodyError
from scraper.model import Reason

if TYPE_CHECKING:
    from collections.abc import Callable


def raw_deflate(data: bytes) -> bytes:
    """The bare deflate stream, without the zlib format around it."""
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


def members(data: bytes) -> bytes:
    """Gzip of the data in two members."""
    middle = len(data) // 2
    return gzip.compress(data[:middle]) + gzip.compress(data[middle:])


ENCODERS: dict[str | None, Callable[[bytes], bytes]] = {
    None: lambda data: data,
    "identity": lambda data: data,
    "gzip": gzip.compress,
    "x-gzip": members,
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "identity, gzip": gzip.compress,
}


def decode(
    wire: bytes, coding: str | None, *, cuts: list[int] | None = None, max_bytes: int = 5_000_000
) -> bytes:
    """What comes out where ``wire`` comes in cut into pieces at these places."""
    body = Body(coding, max_bytes=max_bytes)
    places = [0, *sorted(cut % (len(wire) + 1) for cut in cuts or []), len(wire)]
    for start, end in itertools.pairwise(places):
        body.feed(wire[start:end])
    assert body.wire_bytes == len(wire)
    return body.finish()


def reason_of(wire: bytes, coding: str | None, *, max_bytes: int = 5_000_000) -> Reason:
    """Why these bytes are not taken."""
    with pytest.raises(BodyError) as caught:
        decode(wire, coding, max_bytes=max_bytes)
    assert caught.value.detail
    return caught.value.reason


@given(st.binary(max_size=3_000), st.sampled_from(list(ENCODERS)), st.lists(st.integers(0, 4_000)))
def test_what_was_encoded_comes_back(data: bytes, coding: str | None, cuts: list[int]) -> None:
    """Any bytes survive any coding, however the network cuts them."""
    assert decode(ENCODERS[coding](data), coding, cuts=cuts) == data


@pytest.mark.parametrize("coding", ["gzip", "deflate", "Deflate", "x-gzip"])
@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 262_144, 1_000_000])
def test_sizes_about_the_step(coding: str, size: int) -> None:
    """Bodies of just the step's size, or many steps, come out whole."""
    data = random.Random(size).randbytes(size // 2) * 2  # noqa: S311 - not for secrets
    assert decode(ENCODERS[coding](data), coding) == data


@given(
    st.binary(min_size=1, max_size=500), st.sampled_from(["gzip", "deflate", "Deflate"]), st.data()
)
def test_cut_bodies_are_truncated(data: bytes, coding: str, draw: st.DataObject) -> None:
    """Wherever an encoded body breaks off after its first byte, it is truncated."""
    wire = ENCODERS[coding](data)
    cut = draw.draw(st.integers(1, len(wire) - 1))
    assert reason_of(wire[:cut], coding) is Reason.TRUNCATED


def test_second_member_cut() -> None:
    """A body whose second gzip member breaks off is truncated, though the first is whole."""
    assert reason_of(gzip.compress(b"a") + gzip.compress(b"b")[:9], "gzip") is Reason.TRUNCATED


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate"]))
def test_any_bytes_decode_or_are_refused(wire: bytes, coding: str) -> None:
    """Whatever comes, it is decoded or refused with a reason, and nothing else is raised."""
    body = Body(coding, max_bytes=10_000)
    try:
        body.feed(wire)
        body.finish()
    except BodyError as exc:
        assert exc.reason in {Reason.BAD_ENCODING, Reason.TRUNCATED, Reason.TOO_BIG}  # noqa: PT017 - the other branch is as good


@pytest.mark.parametrize("coding", ["gzip", "deflate", None])
def test_nothing_at_all(coding: str | None) -> None:
    """An empty body is empty, whatever coding was announced for it."""
    assert decode(b"", coding) == b""


@pytest.mark.parametrize("tail", [b"\0" * 100, b"\0\0garbage", b"garbage\x1f\x8b"])
def test_what_follows_the_last_member(tail: bytes) -> None:
    """Padding and garbage behind a gzip member are let go, as browsers do."""
    assert decode(gzip.compress(b"page") + tail, "gzip", cuts=list(range(24))) == b"page"


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "gzip,deflate", "*"])
def test_codings_not_read(coding: str) -> None:
    """Unknown and stacked codings are refused before any byte is fed."""
    with pytest.raises(BodyError) as caught:
        Body(coding, max_bytes=100)
    assert caught.value.reason is Reason.BAD_ENCODING


def test_corrupt_checksum() -> None:
    """A gzip body whose checksum is wrong is not decoded."""
    wire = bytearray(gzip.compress(b"page" * 10))
    wire[-5] ^= 1
    assert reason_of(bytes(wire), "gzip") is Reason.BAD_ENCODING


def test_limits_are_exact() -> None:
    """A body of just the limit is taken, one of a byte more is too big: decoded, or on the wire."""
    data = random.Random(1).randbytes(1_001)  # noqa: S311 - not for secrets
    text = b"ab" * 500
    assert decode(data[:1_000], None, max_bytes=1_000) == data[:1_000]
    assert reason_of(data, None, max_bytes=1_000) is Reason.TOO_BIG
    assert decode(gzip.compress(text), "gzip", max_bytes=1_000) == text
    assert reason_of(gzip.compress(text + b"c"), "gzip", max_bytes=1_000) is Reason.TOO_BIG
    # Incompressible: gzip adds a few bytes, and those are what is too much here.
    assert reason_of(gzip.compress(data[:1_000]), "gzip", max_bytes=1_000) is Reason.TOO_BIG


def test_bombs_stop_early() -> None:
    """A bomb is noticed at the first step beyond its limit, not once it has been blown up."""
    bomb = gzip.compress(bytes(50_000_000))
    for max_bytes, most in ((5_000_000, 1_100_000), (200_000, 270_000)):
        body = Body("gzip", max_bytes=max_bytes)
        with pytest.raises(BodyError):
            body.feed(bomb)
        assert len(body.head()) <= most


def test_ratio_is_free_below_a_megabyte() -> None:
    """A page of a million bytes may shrink as far as it likes: long tables do."""
    data = b"<td>0</td>" * 100_000
    assert decode(gzip.compress(data, 9), "gzip") == data
    assert reason_of(gzip.compress(data + b"<td>", 9), "gzip") is Reason.TOO_BIG


def test_head_of_a_body_too_big() -> None:
    """What was decoded before a limit can be had, up to the limit."""
    body = Body("gzip", max_bytes=1_000)
    with pytest.raises(BodyError):
        body.feed(gzip.compress(b"x" * 2_000))
    assert body.head() == b"x" * 1_000

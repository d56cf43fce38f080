"""The keys under which a text is looked up: few integers, equal in texts that may be copies.

Four kinds, each hashed into the key so that one column holds them all:

bands        texts that are alike as wholes: MinHash over five-word shingles (Broder 1997), in 16
             bands of 4 values. Half the shingles shared: found with 64 %; 0.7: with 99 %.
containment  a text that lies in another, however short a part of it: the shingles whose hash is 0
             modulo 12 (Broder's sketch for containment). This kind carries the search.
title        the same title of three words or more.
anchors      reworded copies: MinHash over runs of three facts (names, numbers) in 21 bands of 3.

Keys only propose; ``compare`` decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import xxhash

from scraper.match.words import read_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.match.words import Hashes, Words

_BANDS, _BAND_ROWS = 16, 4
_ANCHOR_BANDS, _ANCHOR_ROWS = 21, 3
_CONTAINMENT_MODULUS: Final = np.uint64(12)
#: A text of more than about 50,000 words is found by its smallest sampled shingles alone.
_CONTAINMENT_MOST: Final = 4096
_TITLE_WORDS: Final = 3
#: Shingles hashed at a time: 64 permutations of these take 1 MB.
_CHUNK: Final = 4096

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(29)
_CONTAINMENT_SALT: Final = np.uint64(0xC0A7A14E)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """A text's keys by kind: signed 64-bit integers, sorted, each once within its kind."""

    bands: tuple[int, ...] = ()
    containment: tuple[int, ...] = ()
    title: tuple[int, ...] = ()
    anchors: tuple[int, ...] = ()

    @property
    def containment_count(self) -> int:
        """How many containment keys there are; the other text's rule of candidates asks for it."""
        return len(self.containment)

    def __iter__(self) -> Iterator[int]:
        yield from self.bands
        yield from self.containment
        yield from self.title
        yield from self.anchors

    def __len__(self) -> int:
        return len(self.bands) + len(self.containment) + len(self.title) + len(self.anchors)


def make_keys(words: Words, title: str | None) -> Keys:
    """The keys of a text and its title.

    A text of fewer than five words has one shingle, all of it; one without words has no keys but
    its title's. A masked title is passed as ``None``.
    """
    shingles = words.long if len(words.long) else _whole(words.hashes)
    return Keys(
        bands=_band_keys(b"band", shingles, _BANDS, _BAND_ROWS),
        containment=_containment_keys(words.long),
        title=_title_keys(title),
        anchors=_band_keys(b"anchor", words.facts, _ANCHOR_BANDS, _ANCHOR_ROWS),
    )


def _whole(hashes: Hashes) -> Hashes:
    """All words of a very short text as one shingle."""
    if not len(hashes):
        return hashes
    return np.array([xxhash.xxh3_64_intdigest(hashes.tobytes())], np.uint64)


def _containment_keys(shingles: Hashes) -> tuple[int, ...]:
    sampled = shingles[shingles % _CONTAINMENT_MODULUS == 0][:_CONTAINMENT_MOST]
    mixed = (sampled ^ _CONTAINMENT_SALT) * _MIX
    mixed ^= mixed >> _SHIFT
    return tuple(np.sort(mixed.view(np.int64)).tolist())


def _title_keys(title: str | None) -> tuple[int, ...]:
    words = read_title(title)
    if len(words) < _TITLE_WORDS:
        return ()
    return (_signed(xxhash.xxh3_64_intdigest(b"title" + np.array(words, np.uint64).tobytes())),)


def _band_keys(kind: bytes, shingles: Hashes, bands: int, rows: int) -> tuple[int, ...]:
    """One key a band of the MinHash of a set of hashes; none for an empty set."""
    if not len(shingles):
        return ()
    sketch = minimum_hashes(shingles, bands * rows).tobytes()
    size = len(sketch) // bands
    keys = {
        xxhash.xxh3_64_intdigest(kind + bytes([band]) + sketch[band * size : (band + 1) * size])
        for band in range(bands)
    }
    return tuple(sorted(map(_signed, keys)))


def minimum_hashes(shingles: Hashes, permutations: int) -> npt.NDArray[np.uint32]:
    """The MinHash of a set of hashes, which must not be empty: uint32 (permutations,).

    Equal to what datasketch's MinHash of scheme affine32 gives of their upper halves: it says the
    permutations, but takes hashes one by one as Python's integers, which took three times as long.
    """
    factors, summands = _permutations(permutations)
    mixed = _finalise((shingles >> np.uint64(32)).astype(np.uint32))
    least = np.full(permutations, np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, len(mixed), _CHUNK):
        permuted = factors * mixed[start : start + _CHUNK]
        permuted += summands
        np.minimum(least, permuted.min(axis=1), out=least)
    return least


@cache
def _permutations(count: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """The factors and summands of datasketch's permutations: uint32 (count, 1) each.

    datasketch takes most of a second to import, so it waits until here.
    """
    from datasketch import MinHash

    factors, summands = MinHash(count, scheme="affine32").permutations
    return factors.reshape(-1, 1).copy(), summands.reshape(-1, 1).copy()


def _finalise(hashes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """The finalizer of MurmurHash3 (fmix32), with which the scheme affine32 begins."""
    hashes = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))


def _signed(value: int) -> int:
    """The 64-bit integer as SQL stores it."""
    return value - (1 << 64) if value >> 63 else value

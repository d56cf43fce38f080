"""A text as numbers: its words hashed, placed, and flagged where they name a fact.

Everything that compares texts reads ``Words``, never the text. The text is scanned once by one
regular expression; each different word is looked at once in a process, the rest is numpy.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import xxhash

from scraper.match.frequent import is_frequent
from scraper.match.scripts import INVISIBLE, OPENS_LINE, OPENS_SENTENCE, WORD, word_quarters

if TYPE_CHECKING:
    from collections.abc import Sequence

Hashes: TypeAlias = npt.NDArray[np.uint64]
Offsets: TypeAlias = npt.NDArray[np.int32]
Flags: TypeAlias = npt.NDArray[np.bool_]

#: Words that a cache holds before it is emptied; English news uses about 100,000.
_CACHE_WORDS: Final = 300_000
#: A longer word is hashed each time it is met, so that the caches stay under 100 MB.
_CACHE_WORD_LENGTH: Final = 64

#: From this share of capitalised words a sentence is a headline or a menu, and capitals say
#: nothing in it. Prose has 5 to 25 % (German, 30 to 40 %).
_CAPITALS_SHARE: Final = 0.6

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")

# What is known of a word by itself, as bits.
_NUMBER: Final = 1
_CAPITALISED: Final = 2
_CASELESS: Final = 4
_FREQUENT: Final = 8
# What is known of what stands between two words, as bits.
_SENTENCE: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words:
    """The words of a text, in order; n of them.

    ``hashes`` uint64 (n,): equal for equal words, whatever their case. ``starts`` and ``ends``
    int32 (n,): half-open code-point ranges in the text. ``is_anchor`` bool (n,): a number or a
    name, that is, a fact. ``is_content`` bool (n,): carries meaning, is no function word.
    ``quarters`` int64 (n + 1,): how many quarters of a word stand before each word, and at the
    end in all; see ``scripts``. ``short`` and ``long``: shingles of three and of five words.
    """

    hashes: Hashes
    starts: Offsets
    ends: Offsets
    is_anchor: Flags
    is_content: Flags
    quarters: npt.NDArray[np.int64]
    short: Shingles
    long: Shingles

    def __len__(self) -> int:
        return len(self.hashes)

    @property
    def size(self) -> float:
        """How many words of a script with spaces the text would have, about."""
        return float(self.quarters[-1]) / 4

    @property
    def is_unspaced(self) -> bool:
        """Whether the text is mostly of scripts that are written without spaces."""
        return self.size < 0.75 * len(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shingles:
    """Runs of words, one beginning at each word of a text from which it still fits.

    ``hashes`` uint64 (m,); ``first`` and ``last`` int64 (m,): the first word and the one after the
    last; ``order`` int64 (m,) sorts ``hashes``; ``unique`` uint64: the hashes sorted, each once.
    """

    hashes: Hashes
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]
    unique: Hashes

    def __len__(self) -> int:
        return len(self.hashes)


class _WordHashes(dict[str, int]):
    """Word -> xxh3_64 of its folded form, filled as words are met."""

    def __missing__(self, word: str) -> int:
        value = xxhash.xxh3_64_intdigest(fold(word).encode("utf-8", "surrogatepass"))
        if len(word) <= _CACHE_WORD_LENGTH:
            self[word] = value
        return value


class _WordTraits(dict[str, int]):
    """Word -> what is known of it by itself: the bits above, and its quarters from bit 4 on."""

    def __missing__(self, word: str) -> int:
        traits = word_quarters(word) << 4
        first = word[0]
        if first.isdigit():
            traits |= _NUMBER
        elif first.isupper() or first.istitle():
            traits |= _CAPITALISED
        elif first.upper() == first:
            traits |= _CASELESS
        if is_frequent(fold(word)):
            traits |= _FREQUENT
        if len(word) <= _CACHE_WORD_LENGTH:
            self[word] = traits
        return traits


class _GapTraits(dict[str, int]):
    """What stands between two words -> whether it opens a sentence or a line."""

    def __missing__(self, gap: str) -> int:
        traits = _SENTENCE if OPENS_SENTENCE.search(gap) else 0
        if len(gap) <= _CACHE_WORD_LENGTH:
            self[gap] = traits
        return traits


_hashes = _WordHashes()
_traits = _WordTraits()
_gaps = _GapTraits()


def fold(word: str) -> str:
    """The word as it is compared: compatibility forms, case and unseen characters folded.

    The commas of "1,234,567" are dropped. Full-width and half-width letters become one.
    """
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", word)).casefold()
    return folded.replace(",", "") if _THOUSANDS.fullmatch(folded) else folded


def read_words(
    text: str, language: str | None = None, *, masked: Sequence[tuple[int, int]] = ()
) -> Words:
    """The words of a text; of an empty one, none.

    ``masked`` are half-open code-point ranges, sorted and not overlapping, whose words are left
    out as if they did not stand there.
    """
    for cache in (_hashes, _traits, _gaps):
        if len(cache) > _CACHE_WORDS:
            cache.clear()
    parts = WORD.split(text)
    gaps, tokens = parts[0:-1:2], parts[1::2]
    lengths = np.fromiter(map(len, parts), np.int64, len(parts)).cumsum()
    starts, ends = lengths[0:-1:2], lengths[1::2]
    count = len(tokens)
    hashes = np.fromiter(map(_hashes.__getitem__, tokens), np.uint64, count)
    traits = np.fromiter(map(_traits.__getitem__, tokens), np.uint8, count)
    opens = np.fromiter(map(_gaps.__getitem__, gaps), np.uint8, count) > 0
    if count:
        opens[0] = True
    is_anchor = _find_anchors(traits, opens)
    is_content = (traits & _FREQUENT) == 0
    sizes = (traits >> 4).astype(np.int64)
    if masked:
        kept = _outside(starts, masked)
        hashes, starts, ends, sizes = hashes[kept], starts[kept], ends[kept], sizes[kept]
        is_anchor, is_content = is_anchor[kept], is_content[kept]
    quarters = np.zeros(len(hashes) + 1, np.int64)
    np.cumsum(sizes, out=quarters[1:])
    return Words(
        hashes=hashes,
        starts=starts.astype(np.int32),
        ends=ends.astype(np.int32),
        is_anchor=is_anchor,
        is_content=is_content,
        quarters=quarters,
        short=_shingle(hashes, sizes, 3),
        long=_shingle(hashes, sizes, 5),
    )


def _outside(starts: npt.NDArray[np.int64], masked: Sequence[tuple[int, int]]) -> Flags:
    """Which words begin in none of the masked ranges."""
    edges = np.asarray(masked, np.int64).ravel()
    kept: Flags = np.searchsorted(edges, starts, side="right") % 2 == 0
    return kept


def _find_anchors(traits: npt.NDArray[np.uint8], opens: Flags) -> Flags:
    """Which words name a fact: numbers, and words capitalised for no other reason.

    A capital at the head of a sentence, or in a sentence of capitals (a headline, a menu, a notice
    in capitals throughout), has another reason; in the latter, and in scripts without capitals,
    every word that is not frequent counts instead.
    """
    number = (traits & _NUMBER) > 0
    capital = (traits & _CAPITALISED) > 0
    sentence = opens.cumsum()
    total = np.bincount(sentence, ~number)
    shouting = (np.bincount(sentence, capital) >= _CAPITALS_SHARE * total) & (total > 1)
    caseless = (traits & _CASELESS) > 0
    rare = (traits & _FREQUENT) == 0
    named = capital & ~opens & ~shouting[sentence]
    found: Flags = number | (rare & (named | caseless | (capital & shouting[sentence])))
    return found


#: Odd multipliers (from the fractional part of the golden ratio and its powers, as in Knuth 6.4).
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_FINISH: Final = np.uint64(0xD6E8FEB86659FD93)
_HALF: Final = np.uint64(32)


def _shingle(hashes: Hashes, sizes: npt.NDArray[np.int64], words: int) -> Shingles:
    """The text's runs of so many words, by a polynomial rolling hash mixed at the end.

    A run that begins in a script without spaces is longer, two or four letters for a word; how
    long depends on its first letter alone, so that the same words give the same runs anywhere.
    """
    count = len(hashes)
    if count == 0:
        return _sorted_shingles(hashes, np.zeros(0, np.int64), np.zeros(0, np.int64))
    spans = words * 4 // sizes
    rolled = np.zeros(count, np.uint64)
    distinct = [int(s) for s in np.flatnonzero(np.bincount(spans))]
    for span in distinct:
        value = np.zeros(count, np.uint64)
        for offset in range(min(span, count)):
            value *= _MULTIPLIER
            value[: count - offset] += hashes[offset:]
        rolled = value if len(distinct) == 1 else np.where(spans == span, value, rolled)
    first = np.flatnonzero(np.arange(count) + spans <= count)
    rolled = rolled[first] + spans[first].astype(np.uint64)
    rolled ^= rolled >> _HALF
    rolled *= _FINISH
    rolled ^= rolled >> _HALF
    return _sorted_shingles(rolled, first, first + spans[first])


def _sorted_shingles(
    hashes: Hashes, first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
) -> Shingles:
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    fresh = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return Shingles(hashes=hashes, first=first, last=last, order=order, unique=ordered[fresh])

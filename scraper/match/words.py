"""A text as numbers: its words hashed, placed, and flagged where they name a fact.

Everything that compares texts reads ``Words``, never the text. The text is scanned once by one
regular expression; each different word is looked at once in a process, the rest is numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import xxhash

from scraper.match.frequent import LANGUAGES
from scraper.match.layout import find_breaks, find_menus, has_prose
from scraper.match.lexicon import (
    CAPITALISED,
    CASELESS,
    LANGUAGES_SHIFT,
    NUMBER,
    QUARTERS_MASK,
    QUARTERS_SHIFT,
    Lexicon,
)
from scraper.match.scripts import split_words

if TYPE_CHECKING:
    from collections.abc import Sequence

Hashes: TypeAlias = npt.NDArray[np.uint64]
Offsets: TypeAlias = npt.NDArray[np.int32]
Flags: TypeAlias = npt.NDArray[np.bool_]
Places: TypeAlias = npt.NDArray[np.int64]

#: From this share of capitalised words a sentence is a headline or a menu, and capitals say
#: nothing in it. A guess.
_CAPITALS_SHARE: Final = 0.6

#: So many titles are kept at hand: each is asked for by every comparison of its article.
_TITLES: Final = 4096

_lexicon = Lexicon()


@dataclass(frozen=True, kw_only=True, eq=False)
class Words:
    """The words of a text, in order; n of them.

    ``hashes`` uint64 (n,): equal for equal words, whatever their case. ``starts`` and ``ends``
    int32 (n,): half-open code-point ranges in the text. ``is_anchor`` bool (n,): a number or a
    name, that is, a fact; ``is_strong``: surely one, by its digits, or its capital in a sentence
    that has small letters. ``is_content`` bool (n,): carries meaning, is no function word of the
    language ``grammar``, the nearest to the text's of those that ``frequent`` knows.
    ``in_menu`` bool (n,): stands in a list of labels, as a page's navigation is, in a text that has
    prose besides; ``after_break`` bool (n,): is the first after a break that sets off what follows.
    See ``layout`` for both.
    ``quarters`` int64 (n + 1,): how many quarters of a word stand before each word, and at the
    end in all; see ``scripts``. What follows from these is made when it is first asked for: not
    every text is compared, and of one that is masked only its lines are asked for.
    """

    hashes: Hashes
    starts: Offsets
    ends: Offsets
    is_anchor: Flags
    is_strong: Flags
    is_content: Flags
    in_menu: Flags
    after_break: Flags
    grammar: str
    quarters: Places

    def __len__(self) -> int:
        return len(self.hashes)

    def measure(self, chosen: Flags) -> float:
        """How many words the chosen ones count, see ``size``."""
        return float(self.sizes[chosen].sum()) / 4

    @cached_property
    def sizes(self) -> Places:
        """How many quarters of a word each one counts: int64 (n,)."""
        return np.diff(self.quarters)

    @property
    def size(self) -> float:
        """How many words of a script with spaces the text would have, about."""
        return float(self.quarters[-1]) / 4

    @property
    def is_unspaced(self) -> bool:
        """Whether the text is mostly of scripts that are written without spaces."""
        return self.size < 0.75 * len(self)

    @cached_property
    def digest(self) -> bytes:
        """Equal for two texts whose words are equal in all but where they stand: 16 bytes."""
        parts = (
            self.hashes,
            self.is_anchor,
            self.is_strong,
            self.is_content,
            self.in_menu,
            self.after_break,
            self.quarters,
        )
        told = xxhash.xxh3_128(self.grammar.encode())
        for part in parts:
            told.update(part.tobytes())
        return told.digest()

    @cached_property
    def short(self) -> Shingles:
        """The runs of three words, with their places."""
        hashes, first, last = _roll(self.hashes, self.quarters, 3)
        return Shingles(hashes=hashes, first=first, last=last)

    @cached_property
    def long(self) -> Hashes:
        """The runs of five words, sorted, each once: uint64."""
        return _sorted_once(_roll(self.hashes, self.quarters, 5)[0])

    @cached_property
    def facts(self) -> Hashes:
        """The runs of three anchors, whatever stands between them, sorted, each once: uint64."""
        return _sorted_once(_roll_equal(self.hashes[self.is_anchor], 3))


@dataclass(frozen=True, kw_only=True, eq=False)
class Shingles:
    """Runs of words, one beginning at each word of a text from which it still fits.

    ``hashes`` uint64 (m,); ``first`` and ``last`` int64 (m,): the first word and the one after the
    last. The rest, by which two texts' runs are found in one another, is made when it is first
    asked for: u are different.
    """

    hashes: Hashes
    first: Places
    last: Places

    def __len__(self) -> int:
        return len(self.hashes)

    @cached_property
    def order(self) -> Places:
        """Sorts ``hashes``, equal ones by their place: int64 (m,)."""
        return np.argsort(self.hashes, kind="stable")

    @cached_property
    def opens(self) -> Places:
        """Where in ``order`` each different hash begins, and the end: int64 (u + 1,)."""
        return np.append(_find_fresh(self.hashes[self.order]).nonzero()[0], len(self))

    @cached_property
    def unique(self) -> Hashes:
        """The hashes sorted, each once: uint64 (u,)."""
        return self.hashes[self.order[self.opens[:-1]]]

    @cached_property
    def group(self) -> Places:
        """Which of ``unique`` each run is: int64 (m,)."""
        group = np.empty(len(self), np.int64)
        group[self.order] = np.repeat(np.arange(len(self.unique)), self._counts)
        return group

    @cached_property
    def is_single(self) -> Flags:
        """Which of ``unique`` the text has once: bool (u,)."""
        single: Flags = self._counts == 1
        return single

    @cached_property
    def places(self) -> Places:
        """Group and place of each run as one number, sorted: ``group * (m + 1) + place``."""
        return self.group[self.order] * (len(self) + 1) + self.order

    @property
    def _counts(self) -> Places:
        return self.opens[1:] - self.opens[:-1]


@lru_cache(maxsize=_TITLES)
def read_title(title: str | None) -> tuple[int, ...]:
    """The hashes of a title's words, in order; none where there is no title."""
    numbers = _lexicon.number(split_words(title or "")[1::2])
    return tuple(_lexicon.hashes(numbers).tolist())


@lru_cache(maxsize=_TITLES)
def content_of(title: str | None, grammar: str) -> frozenset[int]:
    """The hashes of a title's words that carry meaning in this language."""
    numbers = _lexicon.number(split_words(title or "")[1::2])
    is_content = (_lexicon.traits(numbers) & _frequent_in(grammar)) == 0
    return frozenset(_lexicon.hashes(numbers[is_content]).tolist())


def read_words(
    text: str, language: str | None = None, *, masked: Sequence[tuple[int, int]] = ()
) -> Words:
    """The words of a text; of an empty one, none.

    ``language`` is the text's, as a tag like "de" or "pt-BR"; without it, or where it is none that
    ``frequent`` knows, the one is taken whose frequent words the text has most of.
    ``masked`` are half-open code-point ranges, sorted and not overlapping, whose words are left out
    as if they did not stand there.
    """
    pieces = _lexicon.number(split_words(text))
    places = _lexicon.lengths(pieces).cumsum()
    starts, ends = places[0:-1:2], places[1::2]
    hashes = _lexicon.hashes(pieces[1::2])
    traits = _lexicon.traits(pieces[1::2])
    opens = _lexicon.openings(pieces[0:-1:2])
    opens[:1] = True
    grammar = _choose_grammar(traits, language)
    is_content = (traits & _frequent_in(grammar)) == 0
    is_anchor, is_strong = _find_anchors(hashes, traits, opens, is_content)
    sizes = (traits >> QUARTERS_SHIFT) & QUARTERS_MASK
    line_ends = _lexicon.line_ends(pieces[::2])
    kept = _outside(starts, masked) if masked else slice(None)
    return _assemble(
        hashes=hashes[kept],
        starts=starts[kept].astype(np.int32),
        ends=ends[kept].astype(np.int32),
        is_anchor=is_anchor[kept],
        is_strong=is_strong[kept],
        is_content=is_content[kept],
        in_menu=find_menus(line_ends[1:], sizes)[kept],
        after_break=find_breaks(line_ends, sizes)[kept],
        grammar=grammar,
        sizes=sizes[kept],
    )


def leave_out(words: Words, masked: Sequence[tuple[int, int]]) -> Words:
    """The words without those in the masked ranges: what ``read_words`` says of them so masked."""
    if not masked:
        return words
    kept = _outside(words.starts, masked)
    return _assemble(
        hashes=words.hashes[kept],
        starts=words.starts[kept],
        ends=words.ends[kept],
        is_anchor=words.is_anchor[kept],
        is_strong=words.is_strong[kept],
        is_content=words.is_content[kept],
        in_menu=words.in_menu[kept],
        after_break=words.after_break[kept],
        grammar=words.grammar,
        sizes=words.sizes[kept],
    )


def _assemble(
    *,
    hashes: Hashes,
    starts: Offsets,
    ends: Offsets,
    is_anchor: Flags,
    is_strong: Flags,
    is_content: Flags,
    in_menu: Flags,
    after_break: Flags,
    grammar: str,
    sizes: Places,
) -> Words:
    """The words of a text; ``sizes`` are their quarters."""
    quarters = np.zeros(len(hashes) + 1, np.int64)
    np.cumsum(sizes, out=quarters[1:])
    return Words(
        hashes=hashes,
        starts=starts,
        ends=ends,
        is_anchor=is_anchor,
        is_strong=is_strong,
        is_content=is_content,
        in_menu=in_menu if has_prose(in_menu, sizes) else np.zeros_like(in_menu),
        after_break=after_break,
        grammar=grammar,
        quarters=quarters,
    )


def _choose_grammar(traits: Places, language: str | None) -> str:
    """The language by whose frequent words the text is read; the first known one for no words."""
    named = (language or "").lower().partition("-")[0]
    if named in LANGUAGES:
        return named
    counts = [int(np.count_nonzero(traits & _frequent_in(known))) for known in LANGUAGES]
    return LANGUAGES[counts.index(max(counts))]


def _frequent_in(grammar: str) -> int:
    """The bit that says of a word that it is frequent in this language."""
    return 1 << LANGUAGES_SHIFT + LANGUAGES.index(grammar)


def _outside(starts: npt.NDArray[np.integer], masked: Sequence[tuple[int, int]]) -> Flags:
    """Which words begin in none of the masked ranges."""
    edges = np.asarray(masked, np.int64).ravel()
    kept: Flags = np.searchsorted(edges, starts, side="right") % 2 == 0
    return kept


def _find_anchors(
    hashes: Hashes, traits: Places, opens: Flags, is_content: Flags
) -> tuple[Flags, Flags]:
    """Which words name a fact, and which of them surely: numbers, and words capitalised for no
    other reason.

    A capital at the head of a sentence has another reason, unless the text has it within one as
    well. So has one in a sentence of capitals (a headline, a menu, a notice in capitals
    throughout): there, and in scripts without capitals, every word that is not frequent counts. Of
    scripts without spaces only the numbers do, for their letters are not words.
    """
    number = (traits & NUMBER) > 0
    capital = (traits & CAPITALISED) > 0
    caseless = (traits & CASELESS) > 0
    sentence = opens.cumsum()
    capitals, others = np.bincount(sentence, capital), np.bincount(sentence, ~capital & ~number)
    shouts = (capitals > 1) & (capitals >= _CAPITALS_SHARE * (capitals + others))
    shouted = shouts[sentence]
    named = is_content & capital & ~opens & ~shouted
    opening = is_content & capital & opens & ~shouted
    if opening.any():
        opening[opening] = _are_among(hashes[opening], hashes[named])
    strong: Flags = number | named | opening
    return strong | (is_content & (caseless | (capital & shouted))), strong


def _are_among(sought: Hashes, known: Hashes) -> Flags:
    """Which of these hashes are among the others."""
    if not len(known):
        return np.zeros(len(sought), np.bool_)
    ordered = np.sort(known)
    place = ordered.searchsorted(sought)
    place[place == len(ordered)] = 0
    found: Flags = ordered[place] == sought
    return found


#: Odd multipliers (from the fractional part of the golden ratio and its powers, as in Knuth 6.4).
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_FINISH: Final = np.uint64(0xD6E8FEB86659FD93)
_HALF: Final = np.uint64(32)


def _roll(hashes: Hashes, quarters: Places, words: int) -> tuple[Hashes, Places, Places]:
    """The text's runs of so many words, hashed: with the first word and the one after the last.

    A run that begins in a script without spaces is longer, two or four letters for a word; how
    long depends on its first letter alone, so that the same words give the same runs anywhere.
    """
    if quarters[-1] == 4 * len(hashes):  # every run is of so many words
        rolled = _roll_equal(hashes, words)
        first = np.arange(len(rolled))
        return rolled, first, first + words
    spans = words * 4 // (quarters[1:] - quarters[:-1])
    first = np.flatnonzero(np.arange(len(hashes)) + spans <= len(hashes))
    rolled = np.zeros(len(hashes), np.uint64)
    for span in np.flatnonzero(np.bincount(spans)).tolist():
        of_span = _roll_equal(hashes, span)
        rolled[: len(of_span)] = np.where(
            spans[: len(of_span)] == span, of_span, rolled[: len(of_span)]
        )
    return rolled[first], first, first + spans[first]


def _roll_equal(hashes: Hashes, span: int) -> Hashes:
    """Every run of exactly so many hashes, by a polynomial rolling hash mixed at the end."""
    count = len(hashes) - span + 1
    if count <= 0:
        return hashes[:0]
    rolled = hashes[:count] + np.uint64(span)
    for offset in range(1, span):
        rolled *= _MULTIPLIER
        rolled += hashes[offset : offset + count]
    rolled ^= rolled >> _HALF
    rolled *= _FINISH
    rolled ^= rolled >> _HALF
    return rolled


def _sorted_once(hashes: Hashes) -> Hashes:
    ordered = np.sort(hashes)
    return ordered[_find_fresh(ordered)]


def _find_fresh(ordered: Hashes) -> Flags:
    """Which of these sorted hashes are not the one before them."""
    fresh = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return fresh

"""What is known of a word by itself, learned once in a process.

A text's pieces, words and what stands between them, are looked up in one pass; all else that is
asked of them is then read from arrays by their numbers.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import xxhash

from scraper.match.frequent import languages_of
from scraper.match.scripts import (
    CLOSES_LABEL,
    CLOSES_SENTENCE,
    ENDS_LINE,
    HAS_RULE,
    INVISIBLE,
    OPENS_SENTENCE,
    word_quarters,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Pieces that are known before all are forgotten: about 60 MB. A guess.
_PIECES: Final = 300_000

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")

# What is known of a word, as bits of one number.
NUMBER: Final = 1
CAPITALISED: Final = 2
CASELESS: Final = 4
QUARTERS_SHIFT: Final = 3
QUARTERS_MASK: Final = 7
LANGUAGES_SHIFT: Final = 8
_WHOLE_WORD: Final = 4

# What is known of a piece between two words that ends a line, as bits of one number.
LINE_END: Final = 1
AFTER_SENTENCE: Final = 2
AFTER_COLON: Final = 4
RULE: Final = 8


def fold(word: str) -> str:
    """The word as it is compared: compatibility forms, case and unseen characters folded.

    The commas of "1,234,567" are dropped. Full-width and half-width letters become one.
    """
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", word)).casefold()
    return folded.replace(",", "") if _THOUSANDS.fullmatch(folded) else folded


class Lexicon:
    """Pieces of text by number, in the order in which they were met."""

    def __init__(self) -> None:
        self._pieces = _Pieces()

    def number(self, pieces: Sequence[str]) -> npt.NDArray[np.intp]:
        """The pieces' numbers, good until this is called again: intp (n,)."""
        if len(self._pieces) > _PIECES:
            self._pieces = _Pieces()
        return np.array(list(map(self._pieces.__getitem__, pieces)), np.intp)

    def lengths(self, numbers: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
        """How many code points each piece has."""
        return np.frombuffer(self._pieces.lengths, np.int64)[numbers]

    def hashes(self, numbers: npt.NDArray[np.intp]) -> npt.NDArray[np.uint64]:
        """xxh3_64 of each piece, folded."""
        return np.frombuffer(self._pieces.hashes, np.uint64)[numbers]

    def traits(self, numbers: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
        """What is known of each word: the bits above."""
        return np.frombuffer(self._pieces.traits, np.int64)[numbers]

    def line_ends(self, numbers: npt.NDArray[np.intp]) -> npt.NDArray[np.int8]:
        """What each piece, standing between two words, ends: the bits above, 0 within a line."""
        return np.frombuffer(self._pieces.line_ends, np.int8)[numbers]

    def openings(self, numbers: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        """Whether each piece, standing between two words, opens a sentence or a line."""
        return np.frombuffer(self._pieces.openings, np.bool_)[numbers]


class _Pieces(dict[str, int]):
    """Piece -> its number, given when it is first asked for."""

    def __init__(self) -> None:
        self.lengths = array("q")
        self.hashes = array("Q")
        self.traits = array("q")
        self.openings = array("b")
        self.line_ends = array("b")
        self[""]  # so that no array is empty

    def __missing__(self, piece: str) -> int:
        self.lengths.append(len(piece))
        if piece.isascii() and piece.isalpha():  # as most are: a word of which all else follows
            folded = piece.lower()
            self.hashes.append(xxhash.xxh3_64_intdigest(folded.encode()))
            self.traits.append(
                _PLAIN_WORD[piece[0] < "a"] | languages_of(folded) << LANGUAGES_SHIFT
            )
            self.openings.append(0)
            self.line_ends.append(0)
        else:
            folded = fold(piece)
            self.hashes.append(xxhash.xxh3_64_intdigest(folded.encode("utf-8", "surrogatepass")))
            self.traits.append(_traits(piece, folded))
            self.openings.append(OPENS_SENTENCE.search(piece) is not None)
            self.line_ends.append(_line_end(piece))
        self[piece] = number = len(self)
        return number


#: What is known of a word of the letters a to z, and of one that begins with a capital.
_PLAIN_WORD: Final = (
    _WHOLE_WORD << QUARTERS_SHIFT,
    _WHOLE_WORD << QUARTERS_SHIFT | CAPITALISED,
)


def _line_end(piece: str) -> int:
    if not ENDS_LINE.search(piece):
        return 0
    sentence = AFTER_SENTENCE if CLOSES_SENTENCE.search(piece) else 0
    colon = AFTER_COLON if CLOSES_LABEL.search(piece) else 0
    return LINE_END | sentence | colon | (RULE if HAS_RULE.search(piece) else 0)


def _traits(word: str, folded: str) -> int:
    quarters = word_quarters(word)
    traits = quarters << QUARTERS_SHIFT | languages_of(folded) << LANGUAGES_SHIFT
    first = word[:1]
    if any(map(str.isdigit, word)):
        traits |= NUMBER
    elif first.isupper() or first.istitle():
        traits |= CAPITALISED
    elif first.upper() == first and quarters == _WHOLE_WORD:
        traits |= CASELESS
    return traits

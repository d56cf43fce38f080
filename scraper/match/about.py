"""Whether what is shared is all that a text is about, or one of several things.

Two parts of a text may be about the same thing or not; one may have its own headline, or be set off
from the rest.

Measured on 650 articles and their parts: the first 80 words of an article and the next 200 have a
cosine of .27 at the median and .10 at the 5th centile, of two articles .01 and .07 (95th). Parts of
one text that is no longer than a few hundred words may well share no word but their grammar's.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from scraper.match.words import Flags, Hashes, Words

#: So many words that are left over, and cosines of the two parts' words from which they are about
#: one thing. Measured on 441 cuts of articles and 597 pieces of round-ups: together with the next
#: it is wrong about 3 % of either.
ANY_REST: Final = (50, 0.16)
#: Under one title there must be more that is less like it: a round-up may bear the title of its
#: first piece. Of 317 labelled copies 3 have that, of 186 dealt round-ups two thirds.
REST_UNDER_ONE_TITLE: Final = (80, 0.10)
#: Where the smaller part has fewer content words than this, less will do, in proportion
#: (measured with it); and below so few there is nothing to tell by, a guess.
_ENOUGH_WORDS: Final = 120
_TOO_FEW_WORDS: Final = 25

#: The words that may stand between a headline and what it is the headline of: a byline, a place and
#: a date. What stands among as many first words of a page may be the page's own. A guess.
_HEADLINE_REACH: Final = 20
#: Between a break and what it sets off may stand a headline or the hour. A guess.
_BREAK_REACH: Final = 12


def about_one_thing(words: Words, part: Flags, rest: tuple[int, float]) -> bool:
    """Whether a part of a text and the rest of it are about one thing, as far as can be told.

    ``rest`` is one of the pairs above. What stands in menus is no rest.
    """
    least_words, least_cosine = rest
    left = ~part & ~words.in_menu
    if words.measure(left) < least_words:
        return True
    inside = words.hashes[part & words.is_content]
    outside = words.hashes[left & words.is_content]
    fewest = min(len(inside), len(outside))
    if fewest < _TOO_FEW_WORDS:
        return True
    return likeness(inside, outside) >= least_cosine * min(1.0, fewest / _ENOUGH_WORDS)


def has_own_headline(whole: Words, start: int, headline: Sequence[int]) -> bool:
    """Whether what starts at this word of a text stands there under this headline.

    That of the text itself, in its first words, is none. A headline may open what it stands over.
    """
    length = len(headline)
    first = max(start - _HEADLINE_REACH - length, _HEADLINE_REACH)
    before = whole.hashes[first : start + length]
    if not 0 < length <= len(before):
        return False
    sought = np.array(headline, np.uint64)
    return bool((sliding_window_view(before, length) == sought).all(axis=1).any())


def is_set_off(whole: Words, first: int, last: int) -> bool:
    """Whether breaks set these words off from the rest of a text, half of it or more."""
    breaks = np.flatnonzero(whole.after_break)
    opens = bool(((breaks >= first - _BREAK_REACH) & (breaks <= first)).any())
    closes = bool(((breaks >= last) & (breaks <= last + _BREAK_REACH)).any())
    half = len(whole) / 2
    return (opens and (closes or first >= half)) or (closes and len(whole) - last >= half)


def likeness(one: Hashes, other: Hashes) -> float:
    """Cosine of two bags of words, 0.0 to 1.0; 0.0 where either is empty.

    A word met n times counts 1 + ln n, as in SMART's "ltn" weights without document frequencies.
    """
    if not len(one) or not len(other):
        return 0.0
    words, weights = _weigh(one)
    other_words, other_weights = _weigh(other)
    place = other_words.searchsorted(words)
    place[place == len(other_words)] = 0
    met = other_words[place] == words
    shared = float(weights[met] @ other_weights[place[met]])
    return shared / math.sqrt(float(weights @ weights) * float(other_weights @ other_weights))


def _weigh(bag: Hashes) -> tuple[Hashes, npt.NDArray[np.float64]]:
    """The different words of a bag, sorted, and what each counts."""
    ordered = np.sort(bag)
    first = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return ordered[first], 1 + np.log(np.diff(first, append=len(ordered)))

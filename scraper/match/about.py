"""Whether two parts of a text are about the same thing.

Measured on 650 articles and their parts: the first 80 words of an article and the next 200 have a
cosine of .27 at the median and .10 at the 5th centile, of two articles .01 and .07 (95th). Parts of
one text that is no longer than a few hundred words may well share no word but their grammar's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from scraper.match.words import Flags, Hashes, Words

#: Cosine of the two parts' words from which they are about one thing. Of 280 labelled pairs it is
#: wrong about one piece of a round-up and five cuts or updates; .11 about three and four.
_ONE_SUBJECT: Final = 0.12
#: Where the smaller part has fewer content words than this, less will do, in proportion; and below
#: so few there is nothing to tell by. Guesses, from the 5th centiles of small parts.
_ENOUGH_WORDS: Final = 100
_TOO_FEW_WORDS: Final = 25


def about_one_thing(words: Words, part: Flags) -> bool:
    """Whether a part of a text and the rest of it are about one thing, as far as can be told."""
    inside = words.hashes[part & words.is_content]
    outside = words.hashes[~part & words.is_content]
    fewest = min(len(inside), len(outside))
    if fewest < _TOO_FEW_WORDS:
        return True
    return likeness(inside, outside) >= _ONE_SUBJECT * min(1.0, fewest / _ENOUGH_WORDS)


def likeness(one: Hashes, other: Hashes) -> float:
    """Cosine of two bags of words, 0.0 to 1.0; 0.0 where either is empty.

    A word met n times counts 1 + ln n, as in SMART's "ltn" weights without document frequencies.
    """
    if not len(one) or not len(other):
        return 0.0
    words, counts = np.unique(one, return_counts=True)
    other_words, other_counts = np.unique(other, return_counts=True)
    _, place, other_place = np.intersect1d(
        words, other_words, assume_unique=True, return_indices=True
    )
    weights, other_weights = 1 + np.log(counts), 1 + np.log(other_counts)
    shared = float((weights[place] * other_weights[other_place]).sum())
    return shared / float(np.linalg.norm(weights) * np.linalg.norm(other_weights))

"""Whether two parts of a text are about the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from scraper.match.words import Flags, Words

#: Cosine of the two parts' words from which they are about one thing.
ONE_SUBJECT: Final = 0.12


def likeness(words: Words, part: Flags) -> float:
    """Cosine of the content words of a part of a text with those of the rest, 0.0 to 1.0.

    A word met n times counts 1 + ln n. 1.0 where either has none: there is nothing to tell by.
    """
    inside = words.hashes[part & words.is_content]
    outside = words.hashes[~part & words.is_content]
    if not len(inside) or not len(outside):
        return 1.0
    in_words, in_counts = np.unique(inside, return_counts=True)
    out_words, out_counts = np.unique(outside, return_counts=True)
    _, in_place, out_place = np.intersect1d(
        in_words, out_words, assume_unique=True, return_indices=True
    )
    in_weights, out_weights = 1 + np.log(in_counts), 1 + np.log(out_counts)
    shared = float((in_weights[in_place] * out_weights[out_place]).sum())
    return shared / float(np.linalg.norm(in_weights) * np.linalg.norm(out_weights))


def about_one_thing(words: Words, part: Flags) -> bool:
    """Whether a part of a text and the rest of it are about the same thing."""
    return likeness(words, part) >= ONE_SUBJECT

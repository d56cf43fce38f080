"""What a text newly read from a page is to the text that the page had before."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scraper.match.words import Words

#: A text that shares less with the page's last one is another article: topic pages change theirs.
#: Of DESIGN, section 3.
_SAME_ARTICLE = 0.20
#: A text that lost so much of its length, and says nothing new, is a page that broke or was closed
#: behind a paywall; a guess, as no cut of an editor's was seen to take more.
_SHRUNK_LENGTH = 0.6
_SHRUNK_SHARE = 0.8


#: Runs of three words that a typo changes at most: three words that stand apart are in nine runs.
#: That so many are still a typo is a guess.
_MINOR_SHINGLES = 9


class RevisionVerdict(StrEnum):
    """What to do with a page's text."""

    #: It is the next text of the article.
    REVISES = "revises"
    #: It is what is left of the article: the longer text stays.
    SHRUNK = "shrunk"
    #: It is another article on the same page.
    OTHER_ARTICLE = "other_article"


def judge_revision(before: Words, after: Words) -> RevisionVerdict:
    """What the text ``after`` is to the page's last text, ``before``."""
    kept = _share(after, before)
    if max(kept, _share(before, after)) < _SAME_ARTICLE:
        return RevisionVerdict.OTHER_ARTICLE
    if len(after) < _SHRUNK_LENGTH * len(before) and kept >= _SHRUNK_SHARE:
        return RevisionVerdict.SHRUNK
    return RevisionVerdict.REVISES


def is_minor(before: Words, after: Words) -> bool:
    """Whether the texts differ by no more than a typo: a few words, and no number or name."""
    lost, gained = (
        len(np.setdiff1d(one.short.unique, other.short.unique, assume_unique=True))
        for one, other in ((before, after), (after, before))
    )
    facts, facts_after = (np.unique(words.hashes[words.is_strong]) for words in (before, after))
    return max(lost, gained) <= _MINOR_SHINGLES and np.array_equal(facts, facts_after)


def _share(part: Words, whole: Words) -> float:
    """Share of part's three-word shingles found in whole, 0.0 to 1.0; 0.0 if part has none."""
    shingles = part.short.unique
    if not len(shingles):
        return 0.0
    return float(np.isin(shingles, whole.short.unique, assume_unique=True).mean())

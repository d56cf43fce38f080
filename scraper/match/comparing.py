"""One text beside many: those of them that are one text are compared once.

A repost is often the same text to the letter, but for what its page puts around it. What is left of
such texts under their masks is equal, and so is all that a comparison says, but for where it says
the words stand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from scraper.match.compare import compare_words

if TYPE_CHECKING:
    from scraper.match.words import Words
    from scraper.model import Relation

#: What tells texts apart to whom a comparison says the same: their words, and their titles.
_Sort: TypeAlias = tuple[bytes, str | None]


class Comparing:
    """A text and its title, to be compared with others."""

    def __init__(self, words: Words, title: str | None) -> None:
        self._words = words
        self._title = title
        self._known: dict[_Sort, tuple[Words, Relation | None]] = {}

    def compare(self, other: Words, title: str | None) -> Relation | None:
        """What the text is to this other one: see ``compare_words``."""
        sort = (other.digest, title)
        if sort in self._known:
            like, relation = self._known[sort]
            return relation and _moved(relation, like, other)
        relation = compare_words(self._words, other, title_a=self._title, title_b=title)
        self._known[sort] = (other, relation)
        return relation


def _moved(relation: Relation, of: Words, to: Words) -> Relation:
    """The relation with the second text, said of one with equal words."""
    return replace(
        relation,
        passages=tuple(
            replace(
                passage,
                b_start=int(to.starts[of.starts.searchsorted(passage.b_start)]),
                b_end=int(to.ends[of.ends.searchsorted(passage.b_end)]),
            )
            for passage in relation.passages
        ),
    )

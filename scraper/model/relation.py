"""Two articles compared: what one is to the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.model.ids import ArticleId


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """What of an article is not compared: sorted ranges of code points apart, and its title."""

    ranges: tuple[tuple[int, int], ...] = ()
    hides_title: bool = False

    def title(self, title: str | None) -> str | None:
        """The title as it is compared: ``None`` where it is masked."""
        return None if self.hides_title else title


#: The mask of an article of which everything is compared.
NO_MASK = Mask()


class RelationKind(StrEnum):
    """What one article is to another: "a kind b"."""

    IDENTICAL = "identical"
    NEAR_DUPLICATE = "near_duplicate"
    EXCERPT_OF = "excerpt_of"
    #: ``EXCERPT_OF`` read from the longer text; never stored.
    CONTAINS = "contains"
    PARAPHRASE = "paraphrase"
    #: Passages are shared, but neither is a copy of the other; never joins a story.
    PART = "part"
    #: A person said that the two are one story; never stored as a relation.
    MERGED = "merged"

    @property
    def inverse(self) -> RelationKind:
        """The kind of "b to a" where "a to b" is this one."""
        return _INVERSE.get(self, self)


_INVERSE = {
    RelationKind.EXCERPT_OF: RelationKind.CONTAINS,
    RelationKind.CONTAINS: RelationKind.EXCERPT_OF,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words shared by two texts, as half-open code-point ranges into each."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A verified, directed claim between two texts, read "a kind b".

    ``coverage_a`` is the share of a's words found in b, ``coverage_b`` the reverse, ``similarity``
    the Jaccard similarity of their shingles: each 0.0 to 1.0. ``links`` says whether the relation
    may join the two into one story, ``why`` names the rule that decided, in words for a person.
    """

    kind: RelationKind
    coverage_a: float
    coverage_b: float
    similarity: float
    passages: tuple[Passage, ...]
    links: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A Relation between two articles of the archive, ``a < b`` not implied."""

    a: ArticleId
    b: ArticleId
    relation: Relation

"""What the coverages of two texts say: the kinds of relation, and where each begins and ends.

The thresholds of coverage and of facts are those of the design. Those that tell a cut and a
rewording were set on copies generated from real articles, and looked at on none set apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scraper.model import RelationKind

_IDENTICAL: Final = 0.985
_IDENTICAL_LENGTH: Final = 0.03
#: One word in 150 may differ: bridged edits are covered, but they are edits. A guess.
_IDENTICAL_EXACT: Final = 0.98
#: From this coverage on, a text lies in the other.
CONTAINED: Final = 0.85
#: An excerpt: most of the one, little of the other. Either pair of hi and lo will do.
_EXCERPT: Final = ((CONTAINED, 0.5), (0.75, 0.3))
#: Who only cuts does not edit: with fewer exact shingles, and more than a little of the other, it
#: is a version. Measured: 56 labelled excerpts have .93 and more, 23 edited cuts .73 to .89.
_EXCERPT_EXACT: Final = 0.9
#: Or all of the one, in one unbroken passage of the other: it was cut, the other was not edited.
_CUT: Final = (0.95, 0.6)
#: A version has most of the one and enough of the other, or about half of both: of 151 labelled
#: updates of real articles the second finds 8 more, and joins none of 320 that are unrelated.
_NEAR: Final = ((0.6, 0.3), (0.5, 0.4))
_PART: Final = 0.4
#: Under one title, less will do for a version. Of 1,402 labelled articles 39 pairs lie between
#: this and the first ``_NEAR``, all of one story; for 19 of them no relation, or more than one, is
#: labelled. Fewer words may be a quotation, a guess.
_UPDATE: Final = (0.45, 0.2)
_UPDATE_WORDS: Final = 60
#: Or for a teaser in a page that has much besides: the head of an article, uncut. A guess; of 78
#: dealt among navigation it finds 11 more.
_TEASER: Final = 0.25
_TEASER_WORDS: Final = 40

#: The same sentences in other words: so few shingles are left, or more of them, but nearly every
#: edit put one word in another's place. (Of an editor's edits a third to two thirds cut or insert.)
_REWORDED_LO: Final = 0.5
_REWORDED_EXACT: Final = 0.7
_REPLACED_EXACT: Final = 0.85
_REPLACED: Final = 0.85

#: The same facts in the same order, whatever the words: so many runs of three names or numbers.
_FACT_RUNS: Final = 8
_FACT_RUNS_OF_FEWER: Final = 0.5
_FACT_RUNS_OF_MORE: Final = 0.3
_FACTS_EXACT: Final = 0.93


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFacts:
    """The runs of three facts that both texts have: how many, and as shares of both texts' runs."""

    runs: int
    of_fewer: float
    of_more: float

    @property
    def tell(self) -> bool:
        """Whether they are enough to call one text a rewording of the other."""
        return (
            self.runs >= _FACT_RUNS
            and self.of_fewer >= _FACT_RUNS_OF_FEWER
            and self.of_more >= _FACT_RUNS_OF_MORE
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was measured of texts a and b.

    ``coverage_a`` and ``coverage_b``: share of its words in shared segments. ``words``: how many
    those are, in the text that has fewer. ``segments``: in how many pieces. ``exact`` and
    ``replaced``: see ``align.Alignment``. ``size_a`` and ``size_b``: the texts' words.
    """

    coverage_a: float
    coverage_b: float
    size_a: float
    size_b: float
    words: float
    segments: int
    exact: float
    replaced: float
    facts: SharedFacts

    @property
    def hi(self) -> float:
        """The larger coverage."""
        return max(self.coverage_a, self.coverage_b)

    @property
    def lo(self) -> float:
        """The smaller coverage."""
        return min(self.coverage_a, self.coverage_b)

    @property
    def is_unbroken(self) -> bool:
        """Whether what is shared is one passage without an edit."""
        return self.segments == 1 and self.exact == 1

    @property
    def is_contained(self) -> bool:
        """Whether one text lies in the other, all but a little."""
        return self.hi >= CONTAINED

    @property
    def a_is_part(self) -> bool:
        """Whether a lies in b rather than b in a."""
        return self.coverage_a >= self.coverage_b


def tell_kind(evidence: Evidence) -> RelationKind | None:
    """What a is to b by their words alone; ``None`` where they share nothing worth telling."""
    hi, lo = evidence.hi, evidence.lo
    if lo >= _IDENTICAL and evidence.exact >= _IDENTICAL_EXACT and _same_length(evidence):
        return RelationKind.IDENTICAL
    cut = evidence.segments == 1 and hi >= _CUT[0] and lo < _CUT[1]
    if cut or (_is_excerpt(hi, lo) and (lo < _NEAR[0][1] or evidence.exact >= _EXCERPT_EXACT)):
        return tell_side(evidence)
    if _is_version(hi, lo):
        return RelationKind.PARAPHRASE if _is_reworded(evidence) else RelationKind.NEAR_DUPLICATE
    if evidence.facts.tell and evidence.exact < _FACTS_EXACT:
        return RelationKind.PARAPHRASE
    return RelationKind.PART if hi >= _PART else None


def tell_kind_under_one_title(evidence: Evidence, *, is_lead: bool) -> RelationKind | None:
    """What a is to b although too little is shared to say so by that alone: their titles agree.

    ``is_lead``: what is shared stands at the head of one of them, under the very same title.
    """
    enough = evidence.hi >= _UPDATE[0] and evidence.lo >= _UPDATE[1]
    if enough and evidence.words >= _UPDATE_WORDS:
        return RelationKind.NEAR_DUPLICATE
    is_teaser = is_lead and evidence.is_unbroken and evidence.words >= _TEASER_WORDS
    return tell_side(evidence) if is_teaser and evidence.hi >= _TEASER else None


def tell_side(evidence: Evidence) -> RelationKind:
    """Which way an excerpt is one: the text with the larger coverage lies in the other."""
    return RelationKind.EXCERPT_OF if evidence.a_is_part else RelationKind.CONTAINS


def is_piece(evidence: Evidence) -> bool:
    """Whether enough of one text is in the other to call it a piece of it."""
    return evidence.hi >= _NEAR[0][0]


def _is_version(hi: float, lo: float) -> bool:
    return any(hi >= most and lo >= least for most, least in _NEAR)


def _is_excerpt(hi: float, lo: float) -> bool:
    return any(hi >= most and lo < least for most, least in _EXCERPT)


def _same_length(evidence: Evidence) -> bool:
    longer = max(evidence.size_a, evidence.size_b)
    return abs(evidence.size_a - evidence.size_b) <= _IDENTICAL_LENGTH * longer


def _is_reworded(evidence: Evidence) -> bool:
    replaced = evidence.exact < _REPLACED_EXACT and evidence.replaced >= _REPLACED
    return (
        evidence.lo >= _REWORDED_LO
        and evidence.facts.runs > 0
        and (replaced or evidence.exact < _REWORDED_EXACT)
    )

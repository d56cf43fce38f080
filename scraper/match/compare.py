"""Two texts -> what the one is to the other, with the passages that show it.

Rule 1: a relation is a function of the two texts (and their titles) and of constants shipped with
the program. No statistic of the archive enters it, so it never changes as the archive grows.

Rule 2: ``compare(b, a)`` is ``compare(a, b)`` read from the other side. Texts are put in an order of
their own before anything is looked at, and the answer is turned round if need be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from scraper.match.about import about_one_thing
from scraper.match.align import Alignment, align, align_equal, covered, passages
from scraper.match.fingerprint import anchor_runs
from scraper.match.template import Agreement, compare_facts
from scraper.match.words import read_words
from scraper.model import Link, Passage, Relation, RelationKind

if TYPE_CHECKING:
    from scraper.match.words import Flags, Hashes, Words

#: Below this share of the smaller text's three-word shingles nothing is aligned.
_WORTH_ALIGNING: Final = 0.25

_IDENTICAL: Final = 0.985
_IDENTICAL_LENGTH: Final = 0.03
#: An excerpt: most of the one, little of the other. Either pair of hi and lo will do.
_EXCERPT: Final = ((0.85, 0.5), (0.75, 0.3))
_NEAR: Final = (0.6, 0.3)
_REWORDED_EXACT: Final = 0.75
_REWORDED_LO: Final = 0.5
_PART: Final = 0.4
#: A paraphrase by its facts: runs of three names or numbers that both texts have.
_FACT_RUNS: Final = 8
_FACT_RUNS_OF_FEWER: Final = 0.5
_FACT_RUNS_OF_MORE: Final = 0.3
_PARAPHRASE_EXACT: Final = 0.93
#: Fewer shared words than this are a quotation or a notice, unless the titles agree.
_FEW_WORDS: Final = 30
_TITLES_AGREE: Final = 0.6
#: A pair of which so little is shared, and so much is left over, must be about one thing.
_LEFT_OVER_LO: Final = 0.7
_LEFT_OVER_WORDS: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What was measured of two texts; ``a`` is the first in their own order, coverages 0 to 1."""

    coverage_a: float
    coverage_b: float
    words: float
    exact: float
    same_size: bool
    runs: int
    runs_of_fewer: float
    runs_of_more: float

    @property
    def hi(self) -> float:
        return max(self.coverage_a, self.coverage_b)

    @property
    def lo(self) -> float:
        return min(self.coverage_a, self.coverage_b)


def compare_texts(
    a: str,
    b: str,
    *,
    title_a: str | None = None,
    title_b: str | None = None,
    language_a: str | None = None,
    language_b: str | None = None,
) -> Relation | None:
    """What text a is to text b; ``None`` where they share nothing worth telling.

    Passages are code-point ranges of the texts as given. Two texts without words have no relation.
    """
    return compare_words(
        read_words(a, language_a), read_words(b, language_b), title_a=title_a, title_b=title_b
    )


def compare_words(
    a: Words, b: Words, *, title_a: str | None = None, title_b: str | None = None
) -> Relation | None:
    """What a is to b, as ``compare_texts``, of texts read before.

    ``similarity`` is the Jaccard similarity of five-word shingles, ``coverage_a`` the share of a's
    words that lie in segments shared with b. A titles is ``None`` where there is none or where it
    is masked. The relation may join the two only where ``links`` is true; ``why`` says what decided.
    """
    if _order(a, title_a) <= _order(b, title_b):
        return _compare(a, b, title_a, title_b)
    relation = _compare(b, a, title_b, title_a)
    return None if relation is None else mirrored(relation)


def mirrored(relation: Relation) -> Relation:
    """The same relation read from the other text."""
    return replace(
        relation,
        kind=relation.kind.inverse,
        coverage_a=relation.coverage_b,
        coverage_b=relation.coverage_a,
        passages=tuple(
            sorted(
                (
                    Passage(a_start=p.b_start, a_end=p.b_end, b_start=p.a_start, b_end=p.a_end)
                    for p in relation.passages
                ),
                key=lambda passage: passage.a_start,
            )
        ),
    )


def oriented(link: Link) -> Link:
    """The link as it is stored: an excerpt is said of the shorter text, other kinds of the lower id."""
    kind = link.relation.kind
    if kind is RelationKind.EXCERPT_OF:
        return link
    if kind is RelationKind.CONTAINS or link.a > link.b:
        return Link(a=link.b, b=link.a, relation=mirrored(link.relation))
    return link


def _order(words: Words, title: str | None) -> tuple[int, bytes, bytes, str]:
    """Where a text stands in the order in which any two are compared: the shorter first."""
    return (len(words), words.hashes.tobytes(), words.starts.tobytes(), title or "")


def _compare(a: Words, b: Words, title_a: str | None, title_b: str | None) -> Relation | None:
    if not len(a) or not len(b):
        return None
    equal = len(a) == len(b) and bool((a.hashes == b.hashes).all())
    fact_runs = _shared(anchor_runs(a), anchor_runs(b))
    if not equal and not _worth_aligning(a, b) and not _facts_agree(*fact_runs):
        return None
    found = align_equal(a) if equal else align(a, b)
    back = found if equal else align(b, a)
    inside_a = covered(a, found.a_first, found.a_last)
    inside_b = covered(b, back.a_first, back.a_last)
    evidence = _weigh(a, b, found, inside_a, inside_b, fact_runs)
    kind = _kind(evidence)
    if kind is None:
        return None
    facts = compare_facts(a, b, found)
    kind, links, why = _judge(
        kind, evidence, facts, _Left(a, b, inside_a, inside_b, title_a, title_b)
    )
    shared_long, _, _ = _shared(a.long.unique, b.long.unique)
    union = len(a.long.unique) + len(b.long.unique) - shared_long
    return Relation(
        kind=kind,
        coverage_a=evidence.coverage_a,
        coverage_b=evidence.coverage_b,
        similarity=1.0 if equal else shared_long / union if union else 0.0,
        passages=passages(a, b, found),
        links=links,
        why=why,
    )


def _worth_aligning(a: Words, b: Words) -> bool:
    _, share, _ = _shared(a.short.unique, b.short.unique)
    return share >= _WORTH_ALIGNING


def _shared(a: Hashes, b: Hashes) -> tuple[int, float, float]:
    """How many hashes two sorted sets share, and which share of the smaller and of the larger."""
    smaller, larger = sorted((a, b), key=len)
    if not len(smaller):
        return 0, 0.0, 0.0
    place = np.searchsorted(larger, smaller)
    place[place == len(larger)] = 0
    count = int((larger[place] == smaller).sum())
    return count, count / len(smaller), count / len(larger)


def _facts_agree(runs: int, of_fewer: float, of_more: float) -> bool:
    return runs >= _FACT_RUNS and of_fewer >= _FACT_RUNS_OF_FEWER and of_more >= _FACT_RUNS_OF_MORE


def _weigh(
    a: Words,
    b: Words,
    found: Alignment,
    inside_a: Flags,
    inside_b: Flags,
    fact_runs: tuple[int, float, float],
) -> _Evidence:
    runs, of_fewer, of_more = fact_runs
    words_a, words_b = _measure(a, inside_a), _measure(b, inside_b)
    return _Evidence(
        coverage_a=words_a / a.size,
        coverage_b=words_b / b.size,
        words=min(words_a, words_b),
        exact=found.exact,
        same_size=abs(a.size - b.size) <= _IDENTICAL_LENGTH * max(a.size, b.size),
        runs=runs,
        runs_of_fewer=of_fewer,
        runs_of_more=of_more,
    )


def _measure(words: Words, inside: Flags) -> float:
    """How many words the chosen ones count."""
    return float(np.diff(words.quarters)[inside].sum()) / 4


def _kind(evidence: _Evidence) -> RelationKind | None:
    """The kind that the coverages say, a being the shorter text."""
    hi, lo = evidence.hi, evidence.lo
    if lo >= _IDENTICAL and evidence.same_size:
        return RelationKind.IDENTICAL
    if any(hi >= most and lo < least for most, least in _EXCERPT):
        a_is_part = evidence.coverage_a >= evidence.coverage_b
        return RelationKind.EXCERPT_OF if a_is_part else RelationKind.CONTAINS
    if hi >= _NEAR[0] and lo >= _NEAR[1]:
        reworded = evidence.exact < _REWORDED_EXACT and lo >= _REWORDED_LO and evidence.runs
        return RelationKind.PARAPHRASE if reworded else RelationKind.NEAR_DUPLICATE
    if (
        _facts_agree(evidence.runs, evidence.runs_of_fewer, evidence.runs_of_more)
        and evidence.exact < _PARAPHRASE_EXACT
    ):
        return RelationKind.PARAPHRASE
    return RelationKind.PART if hi >= _PART else None


@dataclass(frozen=True, slots=True)
class _Left:
    """The two texts with their shared words marked, for the rules that look beside them."""

    a: Words
    b: Words
    inside_a: Flags
    inside_b: Flags
    title_a: str | None
    title_b: str | None

    def titles_agree(self) -> bool:
        """Whether both have a title, and half of the two titles' words are shared."""
        a, b = read_words(self.title_a or ""), read_words(self.title_b or "")
        one, other = (set(words.hashes[words.is_content].tolist()) for words in (a, b))
        if not one or not other:
            return False
        shared = len(one & other)
        return shared >= _TITLES_AGREE * len(one | other)

    def one_subject(self) -> bool:
        """Whether what the less covered text has besides is little, or about the same thing."""
        a_is_part = self.inside_a.mean() >= self.inside_b.mean()
        words, inside = (self.b, self.inside_b) if a_is_part else (self.a, self.inside_a)
        return _measure(words, ~inside) < _LEFT_OVER_WORDS or about_one_thing(words, inside)


def _judge(
    kind: RelationKind, evidence: _Evidence, facts: Agreement, left: _Left
) -> tuple[RelationKind, bool, str]:
    """The kind that stands, whether it may join the two, and why, in words for a person."""
    said = f"{evidence.hi:.0%} of one text and {evidence.lo:.0%} of the other are shared"
    if kind is RelationKind.PART:
        return kind, False, f"{said}: too little for a copy"
    if facts.is_template and kind is not RelationKind.IDENTICAL:
        return (
            RelationKind.PART,
            False,
            f"one form filled in twice: {facts.a:.0%} and {facts.b:.0%} of the facts agree",
        )
    if kind is RelationKind.PARAPHRASE:
        said = f"reworded: {evidence.runs} runs of three names or numbers are shared"
    if evidence.words < _FEW_WORDS and kind is not RelationKind.PARAPHRASE and not left.titles_agree():
        return kind, False, f"only {evidence.words:.0f} words are shared, and the titles differ"
    if evidence.lo < _LEFT_OVER_LO and not left.titles_agree() and not left.one_subject():
        return kind, False, f"{said}, and the rest is about something else"
    return kind, True, said

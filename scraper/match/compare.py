"""Two texts -> what the one is to the other, with the passages that show it.

Rule 1: a relation is a function of the two texts, their titles, and constants shipped with the
program. No statistic of the archive enters it, so it never changes as the archive grows.

Rule 2: ``compare(b, a)`` is ``compare(a, b)`` read from the other side. Texts are put in an order
of their own before anything is looked at, and the answer is turned round if need be.

Rule 3: what is shared says the kind (``verdict``); what is different may take the link away, or
the kind as well: other facts in the same words (``template``), another subject beside them
(``about``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from scraper.match.about import (
    ANY_REST,
    REST_UNDER_ONE_TITLE,
    about_one_thing,
    has_own_headline,
    is_set_off,
)
from scraper.match.align import Alignment, align, align_equal, covered, passages
from scraper.match.template import compare_facts
from scraper.match.verdict import (
    Evidence,
    SharedFacts,
    is_piece,
    tell_kind,
    tell_kind_under_one_title,
    tell_side,
)
from scraper.match.words import content_of, read_title, read_words
from scraper.model import Link, Passage, Relation, RelationKind

if TYPE_CHECKING:
    from scraper.match.words import Flags, Hashes, Words

#: Below this share of the smaller text's three-word shingles nothing is aligned.
_WORTH_ALIGNING: Final = 0.25
#: Fewer shared words than this are a quotation or a notice, unless the titles agree.
_FEW_WORDS: Final = 30
#: Share of two titles' words, function words left out, that both have.
_TITLES_AGREE: Final = 0.6
#: A pair of which so little is shared must be about one thing.
_LEFT_OVER_LO: Final = 0.7
#: What one text says again and again in much the same words, as the captions of a gallery, counts
#: twice at most: it says no more than the passage of the other text on which all of it lies.
_REPEATS: Final = 2
#: An article's own words begin among so many of a text: a dateline and a byline may stand before.
#: A guess.
_LEAD_REACH: Final = 20
#: A title of fewer words may stand anywhere. A guess.
_HEADLINE_WORDS: Final = 3


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

    Passages are code-point ranges of the texts as given. A text without words has no relations.
    Languages are tags like "de"; they may be left out.
    """
    return compare_words(
        read_words(a, language_a), read_words(b, language_b), title_a=title_a, title_b=title_b
    )


def compare_words(
    a: Words, b: Words, *, title_a: str | None = None, title_b: str | None = None
) -> Relation | None:
    """What a is to b, as ``compare_texts`` says, of texts read before.

    ``coverage_a`` is the share of a's words that lie in segments shared with b; of its menus those
    that do are counted, and no others. ``similarity`` is the Jaccard similarity of five-word
    shingles. A title is ``None`` where there is none or where it is
    masked. Only where ``links`` is true may the relation join the two; ``why`` says what decided.
    """
    if _order(a, title_a) <= _order(b, title_b):
        return _compare(a, b, title_a, title_b)
    relation = _compare(b, a, title_b, title_a)
    return None if relation is None else mirrored(relation)


def mirrored(relation: Relation) -> Relation:
    """The same relation read from the other text."""
    turned = (
        Passage(a_start=p.b_start, a_end=p.b_end, b_start=p.a_start, b_end=p.a_end)
        for p in relation.passages
    )
    return replace(
        relation,
        kind=relation.kind.inverse,
        coverage_a=relation.coverage_b,
        coverage_b=relation.coverage_a,
        passages=tuple(sorted(turned, key=lambda passage: passage.a_start)),
    )


def oriented(link: Link) -> Link:
    """The link as it is stored: an excerpt is said of the part, other kinds of the lower id."""
    kind = link.relation.kind
    if kind is RelationKind.EXCERPT_OF:
        return link
    if kind is RelationKind.CONTAINS or link.a > link.b:
        return Link(a=link.b, b=link.a, relation=mirrored(link.relation))
    return link


def _order(words: Words, title: str | None) -> tuple[int, bytes, bytes, str]:
    """Where a text stands in the order in which any two are compared: the shorter first."""
    return (len(words), words.hashes.tobytes(), words.starts.tobytes(), title or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two texts laid beside each other, the words that they share marked in both."""

    a: Words
    b: Words
    title_a: str | None
    title_b: str | None
    found: Alignment
    inside_a: Flags
    inside_b: Flags

    def titles_agree(self) -> bool:
        """Whether both have a title, and most words of the two are shared."""
        one = content_of(self.title_a, self.a.grammar)
        other = content_of(self.title_b, self.b.grammar)
        return bool(one and other) and len(one & other) >= _TITLES_AGREE * len(one | other)

    def is_lead(self) -> bool:
        """Whether what is shared stands at the head of one of the two, under the same title."""
        title = read_title(self.title_a)
        at_head = min(self.found.a_first[0], self.found.b_first[0]) <= _LEAD_REACH
        return at_head and len(title) >= _HEADLINE_WORDS and title == read_title(self.title_b)

    def is_one_of_several(self) -> bool:
        """Whether the text that lies in the other stands there under its own title, or set off."""
        found = self.found
        if self.inside_a.mean() < self.inside_b.mean():
            whole, title, at = self.a, self.title_b, found.b_first.argmin()
            first, start, last = found.a_first.min(), found.a_first[at], found.a_last.max()
        else:
            whole, title, at = self.b, self.title_a, found.a_first.argmin()
            first, start, last = found.b_first.min(), found.b_first[at], found.b_last.max()
        headline = read_title(title)
        if len(headline) >= _HEADLINE_WORDS and has_own_headline(whole, int(start), headline):
            return True
        return is_set_off(whole, int(first), int(last))

    def one_subject(self, rest: tuple[int, float]) -> bool:
        """Whether what either text has besides is about the same thing: see ``about``."""
        return about_one_thing(self.a, self.inside_a, rest) and about_one_thing(
            self.b, self.inside_b, rest
        )


def _compare(a: Words, b: Words, title_a: str | None, title_b: str | None) -> Relation | None:
    if not len(a) or not len(b):
        return None
    equal = len(a) == len(b) and bool((a.hashes == b.hashes).all())
    runs, of_fewer, of_more = _shared(a.facts, b.facts)
    facts = SharedFacts(runs=runs, of_fewer=of_fewer, of_more=of_more)
    if not (equal or facts.tell or _worth_aligning(a, b)):
        return None
    pair = _lay(a, b, title_a, title_b, equal=equal)
    evidence = _weigh(pair, facts)
    kind = tell_kind(evidence)
    if kind in {None, RelationKind.PART} and evidence.segments and pair.titles_agree():
        kind = tell_kind_under_one_title(evidence, is_lead=pair.is_lead()) or kind
    if kind is None:
        return None
    kind, links, why = _judge(kind, evidence, pair)
    return Relation(
        kind=kind,
        coverage_a=evidence.coverage_a,
        coverage_b=evidence.coverage_b,
        similarity=1.0 if equal else _resemblance(a.long, b.long),
        passages=passages(a, b, pair.found),
        links=links,
        why=why,
    )


def _worth_aligning(a: Words, b: Words) -> bool:
    """Whether so many three-word shingles are shared that there may be a relation."""
    shared, _, _ = _shared(a.short.unique, b.short.unique)
    prose = min(len(words.short.unique) - int(words.in_menu.sum()) for words in (a, b))
    return shared >= max(1, _WORTH_ALIGNING * prose)


def _lay(a: Words, b: Words, title_a: str | None, title_b: str | None, *, equal: bool) -> _Pair:
    """The texts aligned both ways: a paragraph that stands twice in one is shared both times."""
    found = align_equal(a) if equal else align(a, b)
    if found.is_mirrored:
        inside_b = covered(b, found.b_first, found.b_last)
    else:
        back = align(b, a) if len(found.a_first) else found
        inside_b = covered(b, back.a_first, back.a_last)
    return _Pair(
        a=a,
        b=b,
        title_a=title_a,
        title_b=title_b,
        found=found,
        inside_a=covered(a, found.a_first, found.a_last),
        inside_b=inside_b,
    )


def _weigh(pair: _Pair, facts: SharedFacts) -> Evidence:
    words_a, words_b = pair.a.measure(pair.inside_a), pair.b.measure(pair.inside_b)
    words_a, words_b = min(words_a, _REPEATS * words_b), min(words_b, _REPEATS * words_a)
    size_a = pair.a.measure(pair.inside_a | ~pair.a.in_menu)
    size_b = pair.b.measure(pair.inside_b | ~pair.b.in_menu)
    return Evidence(
        coverage_a=words_a / size_a,
        coverage_b=words_b / size_b,
        size_a=size_a,
        size_b=size_b,
        words=min(words_a, words_b),
        segments=len(pair.found.a_first),
        exact=pair.found.exact,
        replaced=pair.found.replaced,
        facts=facts,
    )


def _judge(kind: RelationKind, evidence: Evidence, pair: _Pair) -> tuple[RelationKind, bool, str]:
    """The kind that stands, whether it may join the two, and why, in words for a person."""
    said = f"{evidence.hi:.0%} of one text and {evidence.lo:.0%} of the other are shared"
    if kind is RelationKind.PART:
        return kind, False, f"{said}: too little for a copy"
    if not (evidence.is_unbroken and evidence.is_contained):  # there, no fact can be another
        facts = compare_facts(pair.a, pair.b, pair.found)
        if facts.is_template:
            agree = f"{facts.share_a:.0%} and {facts.share_b:.0%} of the facts agree"
            return RelationKind.PART, False, f"{said}, but not what they say: {agree}"
    reworded = kind is RelationKind.PARAPHRASE
    if reworded:
        said = f"reworded: {evidence.facts.runs} runs of three names or numbers are shared"
    elif evidence.words < _FEW_WORDS and not pair.titles_agree():
        return kind, False, f"{said}, but too few words ({evidence.words:.0f}) to be sure"
    if evidence.lo < _LEFT_OVER_LO and (alien := _find_alien(pair)):
        return (tell_side(evidence) if is_piece(evidence) else kind), False, f"{said}, {alien}"
    return kind, True, said


def _find_alien(pair: _Pair) -> str | None:
    """Why what is shared is one of several things that a text is about; None where it is not."""
    same_title = pair.titles_agree()
    if not pair.one_subject(REST_UNDER_ONE_TITLE if same_title else ANY_REST):
        return "and the rest is about something else"
    if not same_title and len(pair.found.a_first) and pair.is_one_of_several():
        return "as one item of several: it is set off there, or has its own headline"
    return None


def _shared(a: Hashes, b: Hashes) -> tuple[int, float, float]:
    """How many hashes two sorted sets share, and which share of the smaller and of the larger."""
    smaller, larger = sorted((a, b), key=len)
    if not len(smaller):
        return 0, 0.0, 0.0
    place = np.searchsorted(larger, smaller)
    place[place == len(larger)] = 0
    count = int((larger[place] == smaller).sum())
    return count, count / len(smaller), count / len(larger)


def _resemblance(a: Hashes, b: Hashes) -> float:
    """Jaccard similarity of two sets (Broder 1997); 0.0 where both are empty."""
    shared, _, _ = _shared(a, b)
    union = len(a) + len(b) - shared
    return shared / union if union else 0.0

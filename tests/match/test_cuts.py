"""Cuts that lie in two texts that are not one story."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from scraper.match.cuts import find_misplaced
from scraper.match.story import judge_stories
from scraper.model import ArticleId, Link, Passage, Relation, RelationKind

if TYPE_CHECKING:
    import random

CUT, STORY, REPOST, ROUNDUP = map(ArticleId, range(1, 5))


def lies_in(cut: ArticleId, whole: ArticleId, *, held: float = 1.0, share: float = 0.2) -> Link:
    """A cut of which the longer text has so much, and of which it is such a share."""
    return Link(a=cut, b=whole, relation=relate(RelationKind.EXCERPT_OF, held, share))


def is_version(a: ArticleId, b: ArticleId) -> Link:
    """Two versions of one text."""
    return Link(a=a, b=b, relation=relate(RelationKind.NEAR_DUPLICATE, 0.9, 0.9))


def relate(kind: RelationKind, coverage_a: float, coverage_b: float) -> Relation:
    """A relation that joins, with such coverages."""
    return Relation(
        kind=kind,
        coverage_a=coverage_a,
        coverage_b=coverage_b,
        similarity=0.5,
        passages=(),
        links=True,
        why="made up",
    )


def test_a_cut_joins_no_two_stories() -> None:
    """It stays with the one of more texts; a round-up that carries it as well stands alone."""
    stray = lies_in(CUT, ROUNDUP, share=0.3)
    links = [lies_in(CUT, STORY), lies_in(CUT, REPOST), is_version(STORY, REPOST), stray]
    assert find_misplaced(links) == (stray,)
    judged = judge_stories((CUT, STORY, REPOST, ROUNDUP), links)
    assert judged.stories == ((CUT, STORY, REPOST), (ROUNDUP,))
    assert judged.misplaced == (stray,)
    assert judged.unheard == {(CUT, ROUNDUP)}


def replace_start(link: Link, start: int) -> Link:
    """The link with one passage, which begins there in the longer text."""
    passage = Passage(a_start=0, a_end=300, b_start=start, b_end=start + 300)
    return replace(link, relation=replace(link.relation, passages=(passage,)))


def test_the_text_that_has_more_of_it_has_it() -> None:
    """Then the one of which it is the larger share."""
    more, less = lies_in(CUT, STORY, held=0.95, share=0.1), lies_in(CUT, ROUNDUP, held=0.85)
    assert find_misplaced([more, less]) == (less,)
    larger, smaller = lies_in(CUT, STORY, share=0.2), lies_in(CUT, ROUNDUP, share=0.1)
    assert find_misplaced([larger, smaller]) == (smaller,)


def test_where_nothing_tells_the_texts_apart_it_joins_both() -> None:
    """As it does where the longer texts are versions of one another."""
    assert find_misplaced([lies_in(CUT, STORY), lies_in(CUT, ROUNDUP)]) == ()
    links = [lies_in(CUT, STORY), lies_in(CUT, REPOST, share=0.1), is_version(STORY, REPOST)]
    assert find_misplaced(links) == ()


def test_a_large_part_is_no_cut() -> None:
    """An updated story may hang together by a version that is half of two others."""
    links = [lies_in(CUT, STORY, share=0.45), lies_in(CUT, ROUNDUP, share=0.5)]
    assert find_misplaced(links) == ()


def test_among_very_many_texts_one_that_is_like_none_has_it_not() -> None:
    """Most pairs of hundreds of copies are never compared, but each was found like some."""
    wholes = [ArticleId(number) for number in range(2, 26)]
    stray = lies_in(CUT, ArticleId(99), share=0.3)
    links = [lies_in(CUT, whole) for whole in wholes]
    links += [is_version(wholes[0], whole) for whole in wholes[1:12]]
    links += [is_version(wholes[12], whole) for whole in wholes[13:]]
    assert find_misplaced([*links, stray]) == (stray,)


def test_a_teaser_stands_at_the_head_of_what_it_was_cut_from() -> None:
    """In a round-up it may be any item, and a larger share of it."""
    head = replace_start(lies_in(CUT, STORY, share=0.1), 20)
    item = replace_start(lies_in(CUT, ROUNDUP, share=0.3), 900)
    assert find_misplaced([head, item]) == (item,)


@given(st.randoms(use_true_random=False))
def test_the_order_of_links_says_nothing(chance: random.Random) -> None:
    """Nor which text of the two comes first in them."""
    links = [lies_in(CUT, STORY), lies_in(CUT, REPOST), is_version(STORY, REPOST)]
    links += [lies_in(CUT, ROUNDUP, share=0.3), lies_in(ArticleId(5), ROUNDUP)]
    shuffled = chance.sample(links, len(links))
    assert find_misplaced(shuffled) == (links[3],)

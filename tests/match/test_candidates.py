"""Candidates: which articles found by keys are worth comparing."""

from __future__ import annotations

from collections import defaultdict

from scraper.match.candidates import FULL_MOST, READ_MOST, choose_candidates
from scraper.match.fingerprint import Keys
from scraper.model import ArticleId

KEYS = Keys(bands=(1, 2), containment=(11, 12, 13, 14, 15, 16), title=(21,), anchors=(31,))
MANY: defaultdict[ArticleId, int] = defaultdict(lambda: 50)


def ids(*numbers: int) -> tuple[ArticleId, ...]:
    """These article ids."""
    return tuple(ArticleId(number) for number in numbers)


def test_nothing_found_is_nothing_to_compare() -> None:
    """A text whose keys nobody bears has no candidates."""
    assert choose_candidates(KEYS, {}, MANY) == ()


def test_a_band_a_title_or_an_anchor_key_proposes_by_itself() -> None:
    """One such key in common is enough."""
    found = {1: ids(5), 21: ids(6), 31: ids(7)}
    assert choose_candidates(KEYS, found, MANY) == ids(5, 6, 7)


def test_containment_proposes_by_two_keys() -> None:
    """One sampled shingle in common is a common phrase, two are a passage."""
    found = {11: ids(5, 6), 12: ids(6)}
    assert choose_candidates(KEYS, found, MANY) == ids(6)


def test_containment_proposes_by_one_key_where_either_text_has_few() -> None:
    """A text with four sampled shingles or fewer may share no second one."""
    few = {ArticleId(5): 4, ArticleId(6): 5}
    assert choose_candidates(KEYS, {11: ids(5, 6)}, few) == ids(5)
    own_few = Keys(containment=(11, 12, 13, 14))
    assert choose_candidates(own_few, {11: ids(5, 6)}, MANY) == ids(5, 6)


def test_those_with_most_keys_in_common_come_first() -> None:
    """Order is by hits, then by id, and depends on nothing else."""
    found = {1: ids(9, 5), 2: ids(9), 21: ids(3)}
    assert choose_candidates(KEYS, found, MANY) == ids(9, 3, 5)
    assert choose_candidates(KEYS, dict(reversed(found.items())), MANY) == ids(9, 3, 5)


def test_articles_of_a_full_key_are_compared_best_first_and_few() -> None:
    """A key that 61 articles bear is read, never ignored; five of them are compared."""
    crowd = ids(*range(100, 100 + READ_MOST + 1))
    found = {1: crowd, 2: ids(*range(102, 102 + READ_MOST + 1))}
    assert choose_candidates(KEYS, found, MANY) == crowd[2 : 2 + FULL_MOST]


def test_a_full_key_does_not_hide_what_others_propose() -> None:
    """An article proposed by a key that is not full does not count among the five."""
    crowd = ids(*range(100, 104))
    found = {1: crowd, 2: ids(999)}
    assert choose_candidates(KEYS, found, MANY, read_most=3, full_most=1) == ids(100, 999)


def test_a_full_containment_key_counts_as_one_of_two() -> None:
    """With one clear and one full key the article is proposed, among the few."""
    found = {11: ids(1, 2, 3, 4), 12: ids(3)}
    assert choose_candidates(KEYS, found, MANY, read_most=3, full_most=5) == ids(3)

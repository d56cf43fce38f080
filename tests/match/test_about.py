"""About: whether two parts of a text are about one thing."""

from __future__ import annotations

import numpy as np
import pytest

from scraper.match.about import ANY_REST, about_one_thing, is_set_off, likeness
from scraper.match.words import read_words
from tests.match.match_texts import BREAD, HARBOUR, OBSERVATORY, make_article


def judged(part: str, rest: str) -> bool:
    """Whether the part and the rest of a text are about one thing."""
    words = read_words(f"{part}\n\n{rest}")
    return about_one_thing(words, np.arange(len(words)) < len(read_words(part)), ANY_REST)


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_the_parts_of_an_article_are_about_one_thing(cut: int) -> None:
    """Wherever it is cut, and whichever part is asked about."""
    paragraphs = HARBOUR.split("\n\n")
    one, other = "\n\n".join(paragraphs[:cut]), "\n\n".join(paragraphs[cut:])
    assert judged(one, other)
    assert judged(other, one)


def test_two_articles_are_not() -> None:
    """Function words that both have are no subject."""
    assert not judged(HARBOUR, BREAD)
    assert not judged(f"{BREAD}\n\n{OBSERVATORY}", HARBOUR)


def test_a_few_words_tell_nothing() -> None:
    """What cannot be told is not held against a text."""
    assert judged(HARBOUR, "Reporting by our correspondent in Oldby.")


def test_likeness_is_one_for_equal_and_none_for_different_words() -> None:
    """And lies between; repetition counts, but less each time."""
    one, other = read_words("herring quay mayor"), read_words("loaf mill drought")
    assert likeness(one.hashes, one.hashes) == pytest.approx(1)
    assert likeness(one.hashes, other.hashes) == 0
    assert likeness(one.hashes, one.hashes[:0]) == 0
    made, also_made = (read_words(make_article(seed).text).hashes for seed in (1, 2))
    assert 0 < likeness(made, also_made) < 1
    assert likeness(made, also_made) == pytest.approx(likeness(also_made, made))


def test_an_item_is_set_off_by_breaks() -> None:
    """A rule or a line such as "Previous story:" stands where it ends, or where it begins."""
    items = f"{BREAD}\n\nPrevious story:\n\n{HARBOUR}\n\n* * *\n\nOur reporters wrote this."
    words = read_words(items)
    first, second = len(read_words(BREAD)), len(read_words(f"{BREAD}\n\nPrevious story:"))
    assert is_set_off(words, 0, first)
    assert is_set_off(words, second, second + len(read_words(HARBOUR)))


def test_the_head_of_an_article_is_not_set_off() -> None:
    """A break farther on, or before a few last words, sets nothing off."""
    words = read_words(f"{HARBOUR}\n\n* * *\n\nOur reporters wrote this.")
    assert not is_set_off(words, 0, len(words) // 5)
    assert not is_set_off(words, 0, len(read_words(HARBOUR)))

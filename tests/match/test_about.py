"""About: whether two parts of a text are about one thing."""

from __future__ import annotations

import numpy as np
import pytest

from scraper.match.about import about_one_thing, likeness
from scraper.match.words import read_words
from tests.match.match_texts import BREAD, HARBOUR, OBSERVATORY, make_article


def judged(part: str, rest: str) -> bool:
    """Whether the part and the rest of a text are about one thing."""
    words = read_words(f"{part}\n\n{rest}")
    return about_one_thing(words, np.arange(len(words)) < len(read_words(part)))


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

"""Texts that are one text under their masks, compared once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scraper.match.compare import compare_words
from scraper.match.comparing import Comparing
from scraper.match.words import read_words

WORDS = [f"Word{number}" if number % 7 == 0 else f"word{number}" for number in range(120)]
TEXT = " ".join(WORDS)
OTHER = " ".join([*WORDS[:60], "something", "else", *WORDS[66:]])


@given(st.lists(st.text("\n .,", max_size=12), min_size=1, max_size=5))
def test_what_is_said_of_equal_texts_is_said_in_their_own_places(heads: list[str]) -> None:
    """However often a text is met, and wherever its words stand, it is as if compared alone."""
    text = read_words(OTHER)
    comparing = Comparing(text, "A title")
    for head in heads:
        gap = f" {head.strip()} " if len(head) % 2 else "  "
        other = read_words(head + gap.join((TEXT[:200], TEXT[200:])))
        alone = compare_words(text, other, title_a="A title", title_b="A title")
        assert alone is not None
        assert alone.passages
        assert comparing.compare(other, "A title") == alone


def test_equal_texts_under_other_titles_are_compared_each() -> None:
    """A title can decide, so texts are one only under one title."""
    short = " ".join(WORDS[:24])
    comparing = Comparing(read_words(short), "Storm closes northern ports")
    other = read_words(TEXT[:400])
    said = [
        comparing.compare(other, title)
        for title in ("Storm closes northern ports", "Weather", None)
    ]
    assert [relation and relation.links for relation in said] == [True, False, False]

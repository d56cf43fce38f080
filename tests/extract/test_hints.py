"""The vocabulary of class names finds what its words say, however it is compiled."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.extract.hints import NOT_TEXT, by_initial

ALTERNATIVES = r"ads?\b|adverb|b(?:ar|oo)+z|c{2}d|\bside|[xy]z|^(?:is-)?hid$|bar(?=n)|b"
PLAIN = re.compile(ALTERNATIVES)
GROUPED = by_initial(ALTERNATIVES)


@given(st.text("abcdehinorsvxyz{}-2|", max_size=20))
def test_grouping_changes_nothing(name: str) -> None:
    """Grouped by their initials, alternatives are found exactly where they were."""
    assert bool(GROUPED.search(name)) == bool(PLAIN.search(name))


@pytest.mark.parametrize("name", ["newsletter-box", "share-bar", "post-meta", "hidden", "my-ad"])
def test_names_of_what_is_no_text(name: str) -> None:
    """Boxes called so are not the article's text."""
    assert NOT_TEXT.search(name)


@pytest.mark.parametrize("name", ["commentary", "shadow", "headline", "paragraph", "stadium"])
def test_names_that_say_nothing(name: str) -> None:
    """Words that hold such a name, or resemble one, say nothing."""
    assert not NOT_TEXT.search(name)

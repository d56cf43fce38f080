"""Menus and breaks: what a text's lines say, whatever their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.match.compare import compare_texts
from scraper.match.words import leave_out, read_words
from scraper.model import RelationKind
from tests.match.match_texts import BREAD, HARBOUR, HARBOUR_TITLE, OBSERVATORY

#: What a page of some site begins and ends with.
ABOVE = "Home\n\nNews\n\nSport\n\nWeather and traffic\n\nSign in\n\nMy account"
BELOW = "\n\n".join(
    f"{place} {what}"
    for place in ("Oldby", "Lommel", "Aarburg", "Carrow", "Vennmouth")
    for what in ("jobs and careers", "houses for sale", "what is on tonight", "car and boat market")
)


def in_menu(text: str) -> str:
    """The words of the text that stand in menus."""
    words = read_words(text)
    places = zip(words.starts, words.ends, words.in_menu, strict=True)
    return " ".join(text[start:end] for start, end, is_in_menu in places if is_in_menu)


def after_breaks(text: str) -> list[str]:
    """The words of the text that follow a break."""
    words = read_words(text)
    places = zip(words.starts, words.ends, words.after_break, strict=True)
    return [text[start:end] for start, end, is_after in places if is_after]


def test_labels_that_follow_one_another_are_a_menu() -> None:
    """Above and below the prose, with or without empty lines between them."""
    prose = HARBOUR.split("\n\n")[0]
    assert in_menu(f"{ABOVE}\n\n{prose}") == " ".join(ABOVE.split())
    assert in_menu(f"{prose}\n{ABOVE.replace(chr(10) * 2, chr(10))}") == " ".join(ABOVE.split())


def test_a_heading_or_two_are_none() -> None:
    """A title and its byline are the article's, and so is a list of sentences."""
    assert in_menu(f"{HARBOUR_TITLE}\n\nBy Nils Haugen\n\n{HARBOUR}") == ""
    assert in_menu(f"{HARBOUR}\n\nIt rained.\n\nNobody came.\n\nThe end.") == ""


def test_a_text_of_labels_alone_is_itself() -> None:
    """Results and tables are what such a text says."""
    assert in_menu(ABOVE) == ""


def test_what_is_masked_does_not_count_as_prose() -> None:
    """If the site's lines leave a text nothing but a list, the list is the text."""
    text = f"{HARBOUR}\n\n{ABOVE}"
    assert not leave_out(read_words(text), [(0, len(HARBOUR))]).in_menu.any()


@pytest.mark.parametrize("rule", ["* * *", "___", "-----", "\u2022 \u2022 \u2022", "###"])
def test_a_rule_is_a_break(rule: str) -> None:
    """Whichever strokes it is made of."""
    assert after_breaks(f"One ends here.\n\n{rule}\n\nAnother begins.") == ["Another"]


def test_a_line_with_a_colon_is_a_break() -> None:
    """If it is short and stands alone; it belongs to what it opens."""
    assert after_breaks("It ends.\n\nPrevious story:\n\nIt began.") == ["Previous"]
    assert after_breaks("The mayor said this to everybody who asked:\n\nNo.") == []
    assert after_breaks("A list: one - two -- three") == []


@given(st.text(alphabet="ab .:\n*-", max_size=80))
def test_lines_never_fail(text: str) -> None:
    """Any arrangement of lines has an answer of the text's length."""
    words = read_words(text)
    assert len(words.in_menu) == len(words.after_break) == len(words)


def test_a_teaser_among_menus_is_an_excerpt() -> None:
    """No other page of the site need be known to tell what is the page's own."""
    teaser = HARBOUR.split("\n\n")[0]
    page = f"{ABOVE}\n\n{teaser}\n\n{BELOW}"
    relation = compare_texts(page, HARBOUR)
    assert relation is not None
    assert (relation.kind, relation.links) == (RelationKind.EXCERPT_OF, True)
    assert relation.coverage_a == 1


def test_an_article_among_menus_is_a_copy() -> None:
    """However long they are."""
    page = f"{ABOVE}\n\n{OBSERVATORY}\n\n{BELOW}\n\n{BELOW}"
    relation = compare_texts(page, OBSERVATORY)
    assert relation is not None
    assert (relation.kind, relation.links) == (RelationKind.IDENTICAL, True)


def test_two_articles_of_one_site_share_its_menus_alone() -> None:
    """Which makes them no copies."""
    one, other = (f"{ABOVE}\n\n{text}\n\n{BELOW}" for text in (OBSERVATORY, BREAD))
    relation = compare_texts(one, other)
    assert relation is None or not relation.links

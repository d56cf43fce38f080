"""Headlines: chosen between head and page, without the site's name."""

# ruff: noqa: RUF001 - dashes as publishers write them
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.extract.titles import Heading, choose_title

HEADLINE = "The last crossing of the old ferry"


@pytest.mark.parametrize(
    "document",
    [
        f"{HEADLINE} - Harbour Post",
        f"{HEADLINE} | Harbour Post",
        f"Harbour Post » {HEADLINE}",
        f"{HEADLINE} – harbourpost.example",
        f"{HEADLINE} | Islands | Harbour Post",
    ],
)
def test_printed_headline_known_to_the_head_wins(document: str) -> None:
    """The heading that also stands in the document's title is the title."""
    headings = [Heading("Harbour Post", 1), Heading(HEADLINE, 1)]
    assert choose_title([], document, headings, ["Harbour Post"]) == HEADLINE


def test_site_name_is_cut_where_nothing_is_printed() -> None:
    """Without a heading the document's title stands, less the site's name or its domain's."""
    assert choose_title([], f"{HEADLINE} - Harbour Post", [], ["Harbour Post"]) == HEADLINE
    assert choose_title([], f"Harbour Post: {HEADLINE}", [], ["Harbour Post"]) == HEADLINE
    opinion = f"Harbour: {HEADLINE}"
    assert choose_title([], opinion, [], [], site="harbourpost.example") == opinion
    assert (
        choose_title([], f"{HEADLINE} | Harbour-Post", [], [], site="harbourpost.example")
        == HEADLINE
    )


def test_dash_inside_a_headline_stays() -> None:
    """A separator between parts of a headline cuts nothing."""
    title = "Seven days – and no ferry"
    assert choose_title([title], f"{title} - Harbour Post", [], ["Harbour Post"]) == title


@pytest.mark.parametrize(
    "document", ["旧码头重建_新闻_港湾网", "旧码头重建-港湾网", "旧码头重建--新闻"]
)
def test_headline_of_a_script_without_spaces(document: str) -> None:
    """Chinese titles join their parts without spaces, and a headline is not one word."""
    headings = [Heading("旧码头重建", 1)]
    assert choose_title([], document, headings, []) == "旧码头重建"
    assert choose_title([], None, headings, []) == "旧码头重建"
    assert choose_title([], document.replace("新闻", "港湾网"), [], ["港湾网"]) == "旧码头重建"


def test_headline_behind_the_blogs_name() -> None:
    """A blog's name that is no link and stands in h1 yields to the headline behind its colon."""
    headings = [Heading("The Quay Diary", 1), Heading(HEADLINE, 3)]
    assert choose_title([], f"The Quay Diary: {HEADLINE}", headings, []) == HEADLINE


def test_page_without_any_title() -> None:
    """No title anywhere is None, never an empty text."""
    assert choose_title([], None, [], []) is None


def test_printed_headline_wins_over_one_for_search_engines() -> None:
    """An h1 above the text is the title, also where the head calls the article something else."""
    declared = ["Ferry timetable and prices", "Ferry timetable"]
    assert choose_title(declared, declared[0], [Heading(HEADLINE, 1)], []) == HEADLINE


@pytest.mark.parametrize(
    "heading",
    [
        Heading("Opinion", 1),
        Heading("The Harbour Post and its islands", 1, is_link=True),
        Heading("More of our best stories", 1, is_above=False),
        Heading("Everything you need to know", 2),
    ],
    ids=["label", "link", "below", "lower"],
)
def test_heading_that_the_head_does_not_know(heading: Heading) -> None:
    """A label, a link, a heading below the text or a lower one needs the head to know it."""
    assert choose_title([HEADLINE], HEADLINE, [heading], []) == HEADLINE


def test_line_above_the_headline_is_left_out() -> None:
    """A heading that holds a line above the headline gives the headline that is declared."""
    heading = Heading(f"Islands “{HEADLINE}”", 1)
    assert choose_title([HEADLINE], None, [heading], []) == f"“{HEADLINE}”"


def test_lower_heading_that_is_shared_wins() -> None:
    """Of two headings that the head knows, the one to be shared is the headline."""
    search = "Ferry: last crossing"
    headings = [Heading(search, 1), Heading(HEADLINE, 2)]
    assert choose_title([HEADLINE, search], search, headings, []) == HEADLINE


TITLES = st.lists(st.sampled_from(["Sport", HEADLINE, "Harbour Post", "A – b | c", ""]), max_size=3)


@given(declared=TITLES, document=st.none() | st.text(max_size=30), printed=TITLES)
def test_title_is_always_one_that_the_page_has(
    declared: list[str], document: str | None, printed: list[str]
) -> None:
    """Whatever the page says, the title is a part of one of its titles or headings."""
    headings = [Heading(text, place % 3 + 1) for place, text in enumerate(printed)]
    title = choose_title(declared, document, headings, ["Harbour Post"], site="harbourpost.example")
    assert title is None or any(title in text for text in (*declared, document or "", *printed))
    assert title != ""
    assert title != "Harbour Post"

"""Headlines: chosen between head and page, without the site's name."""

# ruff: noqa: RUF001 - dashes as publishers write them
from __future__ import annotations

import pytest

from scraper.extract.titles import choose_title

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
    assert choose_title([], document, ["Harbour Post", HEADLINE], ["Harbour Post"]) == HEADLINE


def test_site_name_is_cut_where_nothing_is_printed() -> None:
    """Without a heading the document's title stands, less the site's name or its domain's."""
    assert choose_title([], f"{HEADLINE} - Harbour Post", [], ["Harbour Post"]) == HEADLINE
    assert (
        choose_title([], f"{HEADLINE} | Harbour-Post", [], [], site="harbourpost.example")
        == HEADLINE
    )


def test_dash_inside_a_headline_stays() -> None:
    """A separator between parts of a headline cuts nothing."""
    title = "Seven days – and no ferry"
    assert choose_title([title], f"{title} - Harbour Post", [], ["Harbour Post"]) == title


def test_page_without_any_title() -> None:
    """No title anywhere is None, never an empty text."""
    assert choose_title([], None, [], []) is None

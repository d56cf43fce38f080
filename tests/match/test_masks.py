"""Masks: what goes with the site is left out, what goes with the story stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from scraper.match.masks import (
    LINES_MOST,
    Lines,
    is_boilerplate,
    mask_ranges,
    sample_rest,
    title_hash,
)
from scraper.match.masks import read_lines as read_lines_of
from scraper.match.words import leave_out, read_words
from tests.match.match_texts import BREAD, HARBOUR, OBSERVATORY, make_article

if TYPE_CHECKING:
    import random

MENU = "Home | News | Sport | Weather"
PROMPT = "Sign up for our newsletter"


def read_lines(text: str) -> Lines:
    """The lines of a text."""
    return read_lines_of(text, read_words(text))


def kept(text: str, boilerplate: frozenset[int]) -> str:
    """The words of a text that are left when it is masked."""
    words = leave_out(read_words(text), mask_ranges(read_lines(text), boilerplate))
    return " ".join(text[s:e] for s, e in zip(words.starts, words.ends, strict=True))


def hashes_of(*lines: str) -> frozenset[int]:
    """The hashes of these lines."""
    return frozenset(line.hash for text in lines for line in read_lines(text).lines)


def convicts(line: str, pages: list[str]) -> bool:
    """Whether a line is boilerplate, by the pages that bear it."""
    assert all(hashes_of(line) <= read_lines(page).hashes for page in pages)
    return is_boilerplate([read_lines(page) for page in pages])


def test_a_line_is_known_by_its_words() -> None:
    """Case, punctuation and the white space around it make no other line; blank ones are none."""
    text = f"{MENU}\n\n   \n{MENU.upper().replace('|', '-')}  \r\nOther"
    lines = read_lines(text).lines
    assert [text[line.start : line.end].strip() for line in lines] == [
        MENU, MENU.upper().replace("|", "-"), "Other",
    ]  # fmt: skip
    assert lines[0].hash == lines[1].hash != lines[2].hash
    assert read_lines("").lines == ()


def test_a_line_on_pages_about_three_things_is_boilerplate() -> None:
    """A menu stands beside whatever the day brings."""
    pages = [f"{MENU}\n\n{text}" for text in (HARBOUR, BREAD, OBSERVATORY)]
    assert convicts(MENU, pages)
    assert not convicts(MENU, pages[:2])


def test_a_line_on_versions_of_one_story_is_not() -> None:
    """Five versions of a story share its lines, under five titles."""
    sentences = make_article(1).sentences
    line = sentences[0]
    pages = ["\n".join([line, f"Version {n}", *sentences[n:]]) for n in range(1, 6)]
    assert not convicts(line, pages)


def test_two_stories_convict_no_line_however_many_pages_they_have() -> None:
    """Groups are counted, not pages; a page related to two groups makes them one."""
    pages = [f"{PROMPT}\n{text}" for text in (HARBOUR, BREAD) * 4]
    assert not convicts(PROMPT, pages)
    both = f"{PROMPT}\n{HARBOUR}\n{BREAD}"
    assert not convicts(PROMPT, [*pages, both, f"{PROMPT}\n{OBSERVATORY}"])


def test_a_page_with_too_little_beside_the_line_is_no_witness() -> None:
    """Twenty words and a third of the page must be left to say what it is about."""
    assert sample_rest(read_lines(f"{MENU}\nShort."), hashes_of(MENU)) is None
    assert sample_rest(read_lines(f"{HARBOUR}\n{OBSERVATORY[:150]}"), hashes_of(HARBOUR)) is None
    assert sample_rest(read_lines(HARBOUR), hashes_of(MENU)) is not None


def test_masked_lines_are_left_out() -> None:
    """The article's own words stay, in their order."""
    text = f"{MENU}\n{BREAD}\n{PROMPT}\n"
    assert kept(text, hashes_of(MENU, PROMPT)) == kept(BREAD, frozenset())


def test_a_long_line_said_twice_is_said_once() -> None:
    """A caption under two pictures counts once, a short line such as "Yes." each time."""
    caption = "Traders on the northern quay wait for the herring boats to come in."
    text = f"{caption}\n{HARBOUR}\nYes.\n{caption}\nYes."
    assert kept(text, frozenset()) == kept(f"{caption}\n{HARBOUR}\nYes.\nYes.", frozenset())


def test_nothing_is_masked_where_little_would_be_left() -> None:
    """A page that is all boilerplate is compared as it is."""
    text = f"{MENU}\n{PROMPT}\nOnly these few words are left of it."
    assert mask_ranges(read_lines(text), hashes_of(MENU, PROMPT)) == ()


def test_a_title_is_counted_like_a_line() -> None:
    """So a site's standing title can be masked; one without words has no hash."""
    assert title_hash("Home: News,\nSport  (Weather)") == read_lines(MENU).lines[0].hash
    assert title_hash(None) is None
    assert title_hash(" \u2014 ") is None


def test_prose_is_no_menu() -> None:
    """A line of more than 64 words cannot be masked, and of many lines only some can."""
    prose = " ".join(HARBOUR.split())
    assert hashes_of(prose).isdisjoint(read_lines(f"{prose}\n{MENU}").hashes)
    cities = "\n".join(f"Weather in place {number}" for number in range(1000))
    assert len(read_lines(cities).hashes) == LINES_MOST


@given(st.lists(st.sampled_from([MENU, PROMPT, "", BREAD, "Yes. No."])), st.randoms())
def test_the_verdict_does_not_depend_on_order(pages: list[str], chance: random.Random) -> None:
    """The same texts say the same of a line, in whatever order they are read."""
    bearers = [read_lines(f"{MENU}\n{page}\n{HARBOUR[:200]}") for page in pages]
    shuffled = bearers.copy()
    chance.shuffle(shuffled)
    assert is_boilerplate(bearers) == is_boilerplate(shuffled)


@given(st.lists(st.sampled_from([MENU, PROMPT, "", *HARBOUR.split("\n\n"), "\u6e2f\u53e3"])))
def test_ranges_are_sorted_and_apart(lines: list[str]) -> None:
    """What ``read_words`` asks of masked ranges holds for any text."""
    text = "\n".join(lines)
    ranges = mask_ranges(read_lines(text), hashes_of(MENU, PROMPT))
    edges = [edge for pair in ranges for edge in pair]
    assert edges == sorted(set(edges))
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(text))

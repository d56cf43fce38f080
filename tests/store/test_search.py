"""Searching: what is found, in which order, and that no query fails."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.errors import UsageError
from scraper.model import Article
from scraper.store import search as room
from scraper.store.search import find_articles, find_stories
from scraper.store.search_query import read_search

if TYPE_CHECKING:
    from scraper.store.search import Hit
    from tests.archive_builder import ArchiveBuilder

#: A month after the first article of every built archive was seen.
NOW = datetime(2026, 4, 1, tzinfo=UTC)


def search(builder: ArchiveBuilder, query: str, limit: int = 10) -> tuple[Hit, ...]:
    """What the builder's archive has for this query."""
    with builder.archive.read() as connection:
        return find_stories(connection, read_search(query, now=NOW), limit=limit)


def titles(builder: ArchiveBuilder, query: str, limit: int = 10) -> list[str | None]:
    """The titles of the stories found, in order."""
    return [hit.story.title for hit in search(builder, query, limit)]


@pytest.fixture
def harbour(builder: ArchiveBuilder) -> ArchiveBuilder:
    """Three English stories, one of them with a mirror, and two Chinese ones."""
    ferry = builder.article("The ferry returns", "The old ferry sails again from the north pier.")
    copy = builder.article("Ferry again", "The old ferry sails again. Read more about piers.")
    builder.relate(copy, ferry)
    builder.tell(ferry, copy)
    builder.article("Pier repairs", "Workers mend the north pier, where no ferry calls in winter.")
    builder.article("Choir concert", "The choir sang of the sea and of café life.")
    builder.article(
        "老水塔的秘密", "镇上的老水塔建于一百年前。孩子们喜欢爬水塔。", is_unspaced=True
    )
    builder.article("新桥开放", "新桥昨天开放。老人们很高兴。", is_unspaced=True)
    return builder


def test_title_counts_more_than_text(harbour: ArchiveBuilder) -> None:
    """A word in the title outranks the same word in a text, and each story comes once."""
    assert titles(harbour, "pier") == ["Pier repairs", "The ferry returns"]


def test_story_found_by_its_mirror(harbour: ArchiveBuilder) -> None:
    """A word that only a mirror has finds the story, with its canonical's title and its mirrors."""
    (hit,) = search(harbour, "piers")
    assert (hit.story.title, hit.story.mirrors) == ("The ferry returns", 1)
    assert (hit.article.title, hit.article.is_canonical) == ("Ferry again", False)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ferry choir", []),
        ("ferry winter", ["Pier repairs"]),
        ('"north pier"', ["Pier repairs", "The ferry returns"]),
        ('"pier north"', []),
        ("“north pier” winter", ["Pier repairs"]),
        ("conc*", ["Choir concert"]),
        ("conc", []),
        ('"choir con"*', ["Choir concert"]),
        ("CAFE", ["Choir concert"]),
        ("café-life", ["Choir concert"]),
    ],
)
def test_words_phrases_and_beginnings(
    harbour: ArchiveBuilder, query: str, expected: list[str]
) -> None:
    """All words must occur, a phrase's side by side, a starred one as a beginning."""
    assert sorted(found or "" for found in titles(harbour, query)) == expected


@pytest.mark.parametrize(
    "query", ["老水塔的", "老水塔", "水塔", "塔", "水塔 镇上", "老 塔", "老水*"]
)
def test_unspaced_scripts_at_any_length(harbour: ArchiveBuilder, query: str) -> None:
    """In a script without spaces any run of characters finds its article, one and two as well."""
    assert titles(harbour, query)[0] == "老水塔的秘密"


def test_short_runs_rank_by_how_often_they_occur(harbour: ArchiveBuilder) -> None:
    """One character finds every article that has it, those with more of it first."""
    assert titles(harbour, "老") == ["老水塔的秘密", "新桥开放"]


BOTH = ["The ferry returns", "Pier repairs"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"ferry', BOTH),
        ("(ferry", BOTH),
        ("ferry)", BOTH),
        ("-ferry", BOTH),
        ("ferry & ! again", ["The ferry returns"]),
        ("\ud800 ferry", BOTH),
        ("ferry " * 5_000, BOTH),
        ("ferry OR choir", []),
        ("NOT ferry", []),
        ("NEAR(ferry pier)", []),
        ("text:ferry", []),
        ("ferry^2", []),
        ('"', []),
        ("*", []),
        ("a\0b", []),
        ("'; DROP TABLE article; --", []),
    ],
)
def test_what_is_no_query_is_words(
    harbour: ArchiveBuilder, query: str, expected: list[str]
) -> None:
    """Operators, open quotes and worse are looked for as plain words, never an error."""
    assert titles(harbour, query) == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(query=st.text(max_size=40))
def test_no_query_fails(harbour: ArchiveBuilder, query: str) -> None:
    """Whatever is typed, the answer is at most as many stories as asked for, or wrong usage."""
    with suppress(UsageError):
        assert len(search(harbour, query, limit=3)) <= 3


def test_snippet_shows_the_words_found(harbour: ArchiveBuilder) -> None:
    """The snippet is a piece of the best article's text, and its marks cover the words found."""
    for query, marked in (("winter ferry", {"ferry", "winter"}), ("水塔", {"水塔"})):
        snippet = search(harbour, query)[0].snippet
        assert {snippet.text[span.start : span.end] for span in snippet.found} == marked


def test_limit_counts_stories_not_articles(builder: ArchiveBuilder) -> None:
    """Many mirrors of one story do not crowd out the next one."""
    first = builder.article("Lamp lit", "The lighthouse lamp was lit.")
    mirrors = [builder.article("Lamp lit", "The lighthouse lamp was lit.") for _ in range(5)]
    for mirror in mirrors:
        builder.relate(mirror, first)
    builder.tell(first, *mirrors)
    builder.article("Storm", "A storm passed the lighthouse on its way to the far north.")
    hits = search(builder, "lighthouse", limit=2)
    assert [hit.story.title for hit in hits] == ["Lamp lit", "Storm"]
    assert hits[0].article.id == hits[0].story.canonical


@pytest.mark.sqlite
def test_of_very_many_the_newest_are_ranked(
    builder: ArchiveBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside these, the newest with the words in their titles; the others where more is asked."""
    monkeypatch.setattr(room, "NEWEST", 3)
    monkeypatch.setattr(room, "NEWEST_TITLES", 2)
    builder.article("Tide times", "Mud and more mud, mud.")
    builder.article("Mud", "The oldest of those with it in the title.")
    builder.article("Mud", "The second.")
    builder.article("Mud", "The third.")
    builder.article("Harbour", "No more mud here for a while, they say.")
    for number in range(3):
        builder.article(f"Newer {number}", f"Some mud{' and more' * number}.")
    expected = ["Mud", "Mud", "Newer 0", "Newer 1", "Newer 2"]
    assert titles(builder, "mud", limit=5) == expected
    assert len(titles(builder, "mud", limit=6)) == 6
    assert sorted(map(str, titles(builder, "mud", limit=9)))[:2] == ["Harbour", "Mud"]
    assert len(titles(builder, "mud since:2026-03-01T09:01Z", limit=9)) == 7


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ferry", ["Ferry again", "The ferry returns", "Pier repairs"]),
        ("ferry site:copy.example", ["Ferry again"]),
        ("ferry author:bo", ["The ferry returns"]),
        ("ferry until:2026-03-01T09:01Z", ["Ferry again", "The ferry returns"]),
        ("choir site:copy.example", []),
    ],
)
def test_every_copy_is_found(builder: ArchiveBuilder, query: str, found: list[str]) -> None:
    """Each article is a hit of its own; one of a site or by an author is it itself."""
    bo = Article(url=None, title=None, text="", authors=("Bo Jarrow",))
    ferry = builder.article("The ferry returns", "The old ferry sails again.", content=bo)
    copy = builder.article("Ferry again", "The ferry sails.", url="https://copy.example/1")
    builder.relate(copy, ferry)
    builder.tell(ferry, copy)
    builder.article("Pier repairs", "Workers mend the north pier, where no ferry calls in winter.")
    with builder.archive.read() as connection:
        hits = find_articles(connection, read_search(query, now=NOW), limit=10)
    assert [hit.article.title for hit in hits] == found
    assert all(hit.article.is_canonical == (hit.article.id == hit.story.canonical) for hit in hits)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ferry site:copy.example", ["The ferry returns"]),
        ("site:www.copy.example ferry", ["The ferry returns"]),
        ("ferry since:2026-03-01T09:02Z", ["Pier repairs"]),
        ("ferry since:1d", []),
        ('"north pier" until:"2026-03-01T09:00Z"', ["The ferry returns"]),
        ("ferry language:de", []),
        ("老 since:2026-03-01T09:05Z", ["新桥开放"]),
        ("老 until:2026-02-01", []),
        ("site:copy.example", []),
    ],
)
def test_operators_narrow_to_stories(
    builder: ArchiveBuilder, query: str, expected: list[str]
) -> None:
    """A story is wanted as lists want it, whichever of its articles has the words."""
    ferry = builder.article("The ferry returns", "The old ferry sails again from the north pier.")
    copy = builder.article("Again", "Read more about it.", url="https://copy.example/1")
    builder.relate(copy, ferry)
    builder.tell(ferry, copy)
    builder.article("Pier repairs", "Workers mend the north pier, where no ferry calls in winter.")
    builder.article("Choir concert", "The choir sang of the sea and of café life.")
    builder.article("老水塔的秘密", "镇上的老水塔建于一百年前。", is_unspaced=True)
    builder.article("新桥开放", "新桥昨天开放。老人们很高兴。", is_unspaced=True)
    assert titles(builder, query) == expected

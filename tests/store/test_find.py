"""Which article a person means by a number or an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.model import StoryId
from scraper.store.article_ends import merge_article
from scraper.store.find import find_article, find_page_by_url, find_story
from scraper.store.pages import join_keys
from scraper.store.schema import story_tombstone

if TYPE_CHECKING:
    from tests.archive_builder import ArchiveBuilder

URL = "https://www.example.org/2026/ferry.html?id=7"


@pytest.mark.parametrize(
    "typed",
    [
        URL,
        "http://example.org/2026/ferry.html?id=7",
        "example.org/2026/ferry.html?id=7",
        "https://m.example.org/2026/ferry.html?utm_source=x&id=7#top",
    ],
)
def test_every_url_of_a_page_finds_its_article(builder: ArchiveBuilder, typed: str) -> None:
    """A page is found by any of its renderings, with or without a scheme."""
    builder.article("Other", "Other text.", url="https://example.org/2026/ferry.html?id=8")
    ferry = builder.article("Ferry", "The ferry.", url=URL)
    with builder.archive.read() as connection:
        assert find_article(connection, typed) == ferry
        assert find_story(connection, typed) == StoryId(ferry)


def test_page_that_was_joined_is_found_by_all_its_keys(builder: ArchiveBuilder) -> None:
    """A key that a page got from another one leads to the article too."""
    ferry = builder.article("Ferry", "The ferry.", url=URL)
    with builder.archive.write() as connection:
        page = find_page_by_url(connection, URL)
        assert page is not None
        join_keys(connection, page.id, ["example.org/short/7"])
    with builder.archive.read() as connection:
        assert find_article(connection, "https://example.org/short/7") == ferry


def test_newest_text_of_a_page_is_meant(builder: ArchiveBuilder) -> None:
    """Where a page has had several articles, its URL means the one read last."""
    builder.article("Monday", "Monday's topic.", url="https://example.org/topic")
    newest = builder.article("Tuesday", "Tuesday's topic.", url="https://example.org/other")
    with builder.archive.write() as connection:
        page = find_page_by_url(connection, "https://example.org/topic")
        assert page is not None
        join_keys(connection, page.id, ["example.org/other"])
    with builder.archive.read() as connection:
        assert find_article(connection, "https://example.org/topic") == newest


def test_imported_article_is_found_by_its_url(builder: ArchiveBuilder) -> None:
    """An article that was imported with an address is found by it like any other."""
    imported = builder.article("Ferry", "The ferry.", url="https://example.org/a", external_id="d1")
    builder.article("Other", "Imported without an address.", external_id="d2")
    with builder.archive.read() as connection:
        assert find_article(connection, "HTTPS://Example.org/a?utm_source=x") == imported


def test_number_of_a_mirror_means_its_story(builder: ArchiveBuilder) -> None:
    """An article's id finds the story it is in."""
    first = builder.article("Ferry", "The ferry.")
    second = builder.article("Ferry", "The ferry.")
    builder.relate(second, first)
    builder.tell(first, second)
    with builder.archive.read() as connection:
        assert find_article(connection, str(second)) == second
        assert find_story(connection, str(second)) == StoryId(first)


def test_redirects_and_tombstones_are_followed(builder: ArchiveBuilder) -> None:
    """An article that was merged into another, and its story's number, lead to where it went."""
    first = builder.article("Ferry", "The ferry.")
    gone = builder.article("Ferry", "The ferry.")
    builder.tell(first, gone)
    with builder.archive.write() as connection:
        merge_article(connection, gone, first)
    with builder.archive.read() as connection:
        assert find_article(connection, str(gone)) == first
        assert find_story(connection, str(gone)) == StoryId(first)


def test_story_that_ended_without_its_article_is_followed(builder: ArchiveBuilder) -> None:
    """A tombstone alone is enough to find where a story went."""
    kept = builder.article("Ferry", "The ferry.")
    with builder.archive.write() as connection:
        graves = [(90, 91, 1), (91, kept, 2), (92, None, 3)]
        rows = [dict(zip(("story", "into", "seq"), grave, strict=True)) for grave in graves]
        connection.execute(story_tombstone.insert(), rows)
    with builder.archive.read() as connection:
        assert find_article(connection, "90") == kept
        assert find_article(connection, "92") is None


@pytest.mark.parametrize(
    "wanted", ["", "7", "9" * 40, "٣", "-1", "https://example.org/none", "ftp://x.org/", "no url"]
)
def test_what_is_not_there_is_none(builder: ArchiveBuilder, wanted: str) -> None:
    """Numbers and addresses of nothing, and what is neither, find nothing and never fail."""
    builder.article("Ferry", "The ferry.", url=URL)
    with builder.archive.read() as connection:
        assert find_article(connection, wanted) is None
        assert find_story(connection, wanted) is None
        assert find_page_by_url(connection, wanted) is None


def test_circle_of_tombstones_ends(builder: ArchiveBuilder) -> None:
    """Tombstones that lead in a circle, which only a damaged archive has, find nothing."""
    with builder.archive.write() as connection:
        connection.exec_driver_sql("INSERT INTO story_tombstone VALUES (90, 91, 1), (91, 90, 2)")
    with builder.archive.read() as connection:
        assert find_article(connection, "90") is None

"""Stories in one line."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from scraper.model import Article, Precision
from scraper.store.filters import Wanted
from scraper.store.story_lines import list_stories
from tests.archive_builder import BEGIN

if TYPE_CHECKING:
    from scraper.store.story_lines import StoryLine
    from tests.archive_builder import ArchiveBuilder


def lines(builder: ArchiveBuilder, limit: int = 10, **filters: object) -> tuple[StoryLine, ...]:
    """The builder's stories, newest first."""
    with builder.archive.read() as connection:
        return list_stories(connection, limit=limit, wanted=Wanted(**filters))  # type: ignore[arg-type]  # as the test says


def test_newest_story_first(builder: ArchiveBuilder) -> None:
    """Stories are listed by when they were first seen, the newest first, no more than asked for."""
    ids = [builder.article(f"Story {number}", "Some text.") for number in range(5)]
    assert [line.canonical for line in lines(builder, limit=3)] == ids[:1:-1]


def test_line_says_what_the_canonical_says(builder: ArchiveBuilder) -> None:
    """A story's line has its canonical's words, its times, and counts its mirrors."""
    printed = datetime(2026, 2, 27, 8, 30, tzinfo=timezone(timedelta(hours=2)))
    content = Article(
        url=None,
        title=None,
        text="",
        language="en",
        published=printed,
        published_precision=Precision.MINUTE,
    )
    copy = builder.article("Copy", "The ferry.", url="https://copy.example/a")
    whole = builder.article("Ferry", "The ferry.", url="https://paper.example/a", content=content)
    builder.relate(whole, copy)
    builder.tell(whole, copy)
    (line,) = lines(builder)
    assert (int(line.id), line.canonical, line.title, line.site) == (
        copy,
        whole,
        "Ferry",
        "paper.example",
    )
    assert (line.mirrors, line.language, line.published) == (1, "en", printed)
    assert line.published is not None
    assert line.published.utcoffset() == timedelta(hours=2)
    assert line.published_precision is Precision.MINUTE
    assert (line.first_seen, line.updated) == (BEGIN, BEGIN + timedelta(minutes=1))


def test_lines_of_a_site_and_with_mirrors(builder: ArchiveBuilder) -> None:
    """A story is kept by any member's site, and by having a mirror."""
    alone = builder.article("Alone", "Alone.", url="https://paper.example/b")
    whole = builder.article("Ferry", "The ferry.", url="https://paper.example/a")
    copy = builder.article("Copy", "The ferry.", url="https://copy.example/a")
    builder.relate(copy, whole)
    builder.tell(whole, copy)
    assert [line.canonical for line in lines(builder, site="copy.example")] == [whole]
    assert [line.canonical for line in lines(builder, site="paper.example")] == [whole, alone]
    assert [line.canonical for line in lines(builder, mirrors_min=1)] == [whole]

"""Filing what is known already: under another language, after a failure, under other rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.model import Article, PageState
from scraper.pipeline.ingest import Filed, Ingest, Place, prepare
from scraper.pipeline.matching import Matcher
from scraper.store import pages, schema
from scraper.urls import page_key, site_of

if TYPE_CHECKING:
    from scraper.model import PageId
    from scraper.store.archive import Archive

WriteText = Callable[..., str]

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
TOPIC = "https://a.example/topic"

#: Where every word has a capital, those that are frequent in the language are no names.
_CAPITALS = "Then Der Arden Was Gift and Hat near Rock 5 Merrow The Kestrel Bald Northam."


def add_page(archive: Archive, url: str) -> PageId:
    """The id of a new archived page."""
    with archive.write() as connection:
        return pages.add_page(
            connection,
            url=url,
            key=page_key(url),
            site=site_of(url),
            state=PageState.ARCHIVED,
            next_attempt_at=None,
            now=NOW,
        )


def file_article(
    archive: Archive, page: PageId, content: Article, *, ingest: Ingest | None = None, days: int = 0
) -> Filed:
    """What became of this article of the page."""
    with archive.write() as connection:
        place = Place(page_id=page, site="a.example")
        now = NOW + timedelta(days=days)
        return (ingest or Ingest({})).file(connection, prepare(content), place, now)


def keys_of(archive: Archive) -> set[int]:
    """Every key that is held."""
    with archive.read() as connection:
        return set(connection.execute(sa.select(schema.match_key.c.key)).scalars())


def test_another_language_is_other_keys(archive: Archive, write_text: WriteText) -> None:
    """Words depend on the language: no key of the old one is left behind, then or later."""
    page = add_page(archive, TOPIC)
    text = " ".join(_CAPITALS for _ in range(8))
    english = Article(url=TOPIC, title="A headline about it", text=text, language="en")
    german = replace(english, language="de")
    assert set(prepare(english).keys) != set(prepare(german).keys)
    longer = replace(german, text=f"{german.text}\n\n{write_text(2, sentences=3)}")
    for content in (english, german, longer):
        file_article(archive, page, content)
        assert keys_of(archive) == set(prepare(content).keys)


def test_a_transaction_that_failed_leaves_no_words_behind(
    archive: Archive, write_text: WriteText
) -> None:
    """The next article gets the failed one's numbers, but is compared by its own text."""
    ingest = Ingest({})
    lost = Article(url=None, title="What was lost", text=write_text(1))
    kept = Article(url=None, title="What was kept", text=write_text(2))
    pages_of_three = [add_page(archive, f"https://a.example/{number}") for number in range(3)]

    def file_and_fail() -> None:
        with archive.write() as connection:
            place = Place(page_id=pages_of_three[0], site="a.example")
            ingest.file(connection, prepare(lost), place, NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        file_and_fail()
    file_article(archive, pages_of_three[1], kept, ingest=Ingest({}))
    file_article(archive, pages_of_three[2], kept, ingest=ingest)
    with archive.read() as connection:
        kinds = connection.execute(sa.select(schema.relation.c.kind)).scalars().all()
    assert kinds == ["identical"]


def test_a_topic_page_of_many_days_returns_to_each_of_its_texts(
    archive: Archive, write_text: WriteText
) -> None:
    """The very same text is known however old it is; a change is looked for in the newest."""
    page = add_page(archive, TOPIC)
    days = [Article(url=TOPIC, title=f"Day {day}", text=write_text(day)) for day in range(8)]
    outcomes = [file_article(archive, page, content, days=day) for day, content in enumerate(days)]
    assert outcomes == [Filed.NEW] * 8
    assert file_article(archive, page, days[0], days=9) is Filed.UNCHANGED
    changed = replace(days[6], text=f"{days[6].text}\n\n{write_text(99, sentences=3)}")
    assert file_article(archive, page, changed, days=9) is Filed.REVISED


def test_stories_of_older_rules_are_drawn_in(archive: Archive, write_text: WriteText) -> None:
    """Where today's rules join what is stored apart, an article that meets it mends it."""
    content = Article(url=None, title="A headline about it", text=write_text(1))
    for number in range(3):
        file_article(archive, add_page(archive, f"https://a.example/{number}"), content)
    with archive.write() as connection:  # as a version might have left it that joined nothing
        connection.execute(schema.story_tombstone.delete())
        for number in (2, 3):
            story = connection.execute(sa.select(schema.story)).mappings().first()
            assert story is not None
            connection.execute(
                schema.story.insert().values(
                    dict(story) | {"id": number, "canonical_id": number, "member_count": 1}
                )
            )
            connection.execute(
                schema.article.update()
                .where(schema.article.c.id == number)
                .values(story_id=number, joined_by=None)
            )
        connection.execute(schema.relation.delete().where(schema.relation.c.a == 1))
        Matcher({}).judge_members(connection, {3}, {3}, NOW)  # type: ignore[arg-type]  # plain numbers
    with archive.read() as connection:
        by_number = sa.select(schema.article.c.story_id).order_by(schema.article.c.id)
        told = connection.execute(by_number).scalars().all()
        tombstones = connection.execute(sa.select(schema.story_tombstone.c.story)).scalars().all()
    assert (told, tombstones) == ([1, 2, 2], [3])

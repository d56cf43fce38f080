"""One Article into the archive: revisions, relations, stories."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.config import SiteConfig
from scraper.model import Article, PageState, RelationKind
from scraper.pipeline.ingest import Filed, Ingest, Place, prepare
from scraper.store import pages, schema
from scraper.urls import page_key, site_of

if TYPE_CHECKING:
    from scraper.model import PageId
    from scraper.store.archive import Archive

WriteText = Callable[..., str]

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def file_article(
    archive: Archive,
    text: str,
    *,
    url: str,
    title: str = "A headline about the harbour",
    hours: int = 0,
    ingest: Ingest | None = None,
    **fields: object,
) -> Filed:
    """What became of a text that was read from this page so many hours after NOW."""
    now = NOW + timedelta(hours=hours)
    content = replace(Article(url=url, title=title, text=text), **fields)  # type: ignore[arg-type]  # fields of Article
    with archive.write() as connection:
        page = pages.find_page(connection, page_key(url))
        page_id = page.id if page else add_page(connection, url)
        place = Place(page_id=page_id, site=site_of(url))
        return (ingest or Ingest({})).file(connection, prepare(content), place, now)


def add_page(connection: sa.Connection, url: str) -> PageId:
    """A new archived page."""
    return pages.add_page(
        connection,
        url=url,
        key=page_key(url),
        site=site_of(url),
        state=PageState.ARCHIVED,
        next_attempt_at=None,
        now=NOW,
    )


def read_stories(archive: Archive) -> list[list[str]]:
    """The stories as lists of their members' hosts and paths, sorted."""
    with archive.read() as connection:
        rows = connection.execute(
            sa.select(schema.article.c.story_id, schema.article.c.url).order_by(
                schema.article.c.story_id, schema.article.c.url
            )
        ).all()
    return [
        [row.url.removeprefix("https://") for row in group]
        for _, group in itertools.groupby(rows, key=lambda row: row.story_id)
    ]


def rows_of(archive: Archive, table: sa.Table) -> list[dict[str, object]]:
    """A table's rows as dictionaries."""
    with archive.read() as connection:
        rows = connection.execute(sa.select(table).order_by(*table.primary_key))
        return [dict(row._mapping) for row in rows]


def test_an_article_without_copies_is_a_story_of_its_own(
    archive: Archive, write_text: WriteText
) -> None:
    """Its story has its id, and it is canonical because there is no other."""
    assert file_article(archive, write_text(1), url="https://a.example/1") is Filed.NEW
    (story,) = rows_of(archive, schema.story)
    (article,) = rows_of(archive, schema.article)
    assert story["id"] == story["canonical_id"] == article["id"]
    assert (story["canonical_rule"], story["member_count"]) == ("only_member", 1)


def test_a_repost_joins_the_story(archive: Archive, write_text: WriteText) -> None:
    """The same text on another site is an identical mirror of the first."""
    file_article(archive, write_text(1), url="https://a.example/1")
    file_article(archive, write_text(1), url="https://b.example/1", hours=1)
    file_article(archive, write_text(2), url="https://c.example/1", title="Other", hours=1)
    assert read_stories(archive) == [["a.example/1", "b.example/1"], ["c.example/1"]]
    (relation,) = rows_of(archive, schema.relation)
    assert relation["kind"] == RelationKind.IDENTICAL


@pytest.mark.parametrize("teaser_first", [True, False])
def test_a_cut_teaser_joins_the_story_whichever_came_first(
    archive: Archive, write_text: WriteText, *, teaser_first: bool
) -> None:
    """A fifth of a text is an excerpt of it, and the whole text is canonical."""
    whole = write_text(1, sentences=60)
    filed = [(whole, "https://a.example/1"), (whole[: len(whole) // 5], "https://b.example/topic")]
    for text, url in reversed(filed) if teaser_first else filed:
        file_article(archive, text, url=url, is_paywalled="topic" in url)
    (relation,) = rows_of(archive, schema.relation)
    (story,) = rows_of(archive, schema.story)
    urls = {row["id"]: row["url"] for row in rows_of(archive, schema.article)}
    assert relation["kind"] == RelationKind.EXCERPT_OF
    assert (urls[relation["a"]], urls[relation["b"]]) == (filed[1][1], filed[0][1])
    assert urls[story["canonical_id"]] == filed[0][1]


def test_filing_the_same_again_changes_nothing(archive: Archive, write_text: WriteText) -> None:
    """No row of any table differs after an idle second time."""
    for host, seed in (("a", 1), ("b", 1), ("c", 2)):
        file_article(archive, write_text(seed), url=f"https://{host}.example/1")
    tables = [table for table in schema.metadata.sorted_tables if table is not schema.page]
    before = [rows_of(archive, table) for table in tables]
    for host, seed in (("a", 1), ("b", 1), ("c", 2)):
        outcome = file_article(archive, write_text(seed), url=f"https://{host}.example/1", hours=5)
        assert outcome is Filed.UNCHANGED
    assert [rows_of(archive, table) for table in tables] == before


def test_a_changed_text_is_a_revision_of_the_same_article(
    archive: Archive, write_text: WriteText
) -> None:
    """The article keeps its id and first_seen, and holds the newer text; both are revisions."""
    text = write_text(1)
    file_article(archive, text, url="https://a.example/1")
    longer = text + "\n\n" + write_text(7, sentences=3)
    assert file_article(archive, longer, url="https://a.example/1", hours=3) is Filed.REVISED
    (article,) = rows_of(archive, schema.article)
    assert (article["text"], article["first_seen"]) == (longer, NOW)
    assert [row["text"] for row in rows_of(archive, schema.revision)] == [text, longer]


def test_a_story_ends_when_its_copy_becomes_something_else(
    archive: Archive, write_text: WriteText
) -> None:
    """A page with a new text leaves the old article in its story and opens one of its own."""
    file_article(archive, write_text(1), url="https://a.example/1")
    file_article(archive, write_text(1), url="https://b.example/topic")
    outcome = file_article(
        archive, write_text(2), url="https://b.example/topic", title="Another", hours=24
    )
    assert outcome is Filed.NEW
    assert read_stories(archive) == [
        ["a.example/1", "b.example/topic"],
        ["b.example/topic"],
    ]


def test_a_page_that_shrinks_keeps_its_text(archive: Archive, write_text: WriteText) -> None:
    """What is left of a text behind a paywall never replaces the whole."""
    text = write_text(1, sentences=60)
    file_article(archive, text, url="https://a.example/1")
    cut = text[: len(text) // 4]
    outcome = file_article(archive, cut, url="https://a.example/1", is_paywalled=True, hours=2)
    assert outcome is Filed.UNCHANGED
    (article,) = rows_of(archive, schema.article)
    assert article["text"] == text
    assert article["is_paywalled"] is False


def test_a_revision_that_no_longer_shares_the_text_leaves_the_story(
    archive: Archive, write_text: WriteText
) -> None:
    """Relations follow the newest text: the story splits, and a tombstone is not left for it."""
    first, second, third = (write_text(seed, sentences=18) for seed in (1, 2, 3))
    file_article(archive, f"{first}\n\n{second}", url="https://a.example/1")
    file_article(archive, first, url="https://b.example/1")
    assert len(read_stories(archive)) == 1
    file_article(archive, f"{second}\n\n{third}", url="https://a.example/1", hours=4)
    assert read_stories(archive) == [["a.example/1"], ["b.example/1"]]
    assert rows_of(archive, schema.relation) == [] or not any(
        row["links"] for row in rows_of(archive, schema.relation)
    )


def test_an_article_that_joins_two_stories_merges_them(
    archive: Archive, write_text: WriteText
) -> None:
    """Two cuts are one story once the whole text is known; the later story leaves a tombstone."""
    whole = write_text(1, sentences=60)
    half = len(whole) // 2
    file_article(archive, whole[: half - 200], url="https://a.example/1", title="One")
    file_article(archive, whole[half + 200 :], url="https://b.example/1", title="Two")
    assert len(read_stories(archive)) == 2
    file_article(archive, whole, url="https://c.example/1", title="Three")
    assert read_stories(archive) == [["a.example/1", "b.example/1", "c.example/1"]]
    (tombstone,) = rows_of(archive, schema.story_tombstone)
    (story,) = rows_of(archive, schema.story)
    assert (tombstone["into"], tombstone["story"]) == (story["id"], 2)


def test_every_visible_change_takes_the_next_number(
    archive: Archive, write_text: WriteText
) -> None:
    """New story, new mirror, new revision: one number each; a story left alone takes none."""
    file_article(archive, write_text(2), url="https://z.example/1", title="Elsewhere")
    file_article(archive, write_text(1), url="https://a.example/1")
    file_article(archive, write_text(1), url="https://b.example/1")
    extended = write_text(1) + "\n\n" + write_text(5, sentences=3)
    file_article(archive, extended, url="https://b.example/1", hours=1)
    changes = [(row["seq"], row["story_id"]) for row in rows_of(archive, schema.change)]
    assert changes == [(1, 1), (2, 2), (3, 2), (4, 2)]


def test_a_sites_priority_decides_over_the_date(archive: Archive, write_text: WriteText) -> None:
    """What the config says of a site is obeyed, and given as the reason."""
    ingest = Ingest({"b.example": SiteConfig(priority=5)})
    for host, hours in (("a", 0), ("b", 3)):
        file_article(
            archive,
            write_text(1),
            url=f"https://{host}.example/1",
            published=NOW + timedelta(hours=hours - 9),
            hours=hours,
            ingest=ingest,
        )
    (story,) = rows_of(archive, schema.story)
    assert (story["canonical_id"], story["canonical_rule"]) == (2, "site_priority")


def test_a_failure_in_the_middle_leaves_nothing(archive: Archive, write_text: WriteText) -> None:
    """Article, revision, keys, relations and story are written together or not at all."""
    file_article(archive, write_text(1), url="https://a.example/1")
    tables = schema.metadata.sorted_tables
    before = [rows_of(archive, table) for table in tables]
    content = Article(url="https://b.example/1", title="Copy", text=write_text(1))

    def file_and_fail() -> None:
        with archive.write() as connection:
            place = Place(page_id=add_page(connection, "https://b.example/1"), site="b.example")
            Ingest({}).file(connection, prepare(content), place, NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        file_and_fail()
    assert [rows_of(archive, table) for table in tables] == before

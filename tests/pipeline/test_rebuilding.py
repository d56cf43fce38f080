"""What follows from the articles is what it was, however often and in whatever order it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.config import Config
from scraper.match.candidates import choose_candidates
from scraper.match.version import FINGERPRINT_VERSION
from scraper.model import Article, ArticleId, DecisionKind, PageState
from scraper.pipeline import matching
from scraper.pipeline.decisions import decide
from scraper.pipeline.forgetting import forget_article
from scraper.pipeline.ingest import Filed, Ingest, Place, prepare
from scraper.pipeline.masking import Masking
from scraper.pipeline.matching import Matcher
from scraper.pipeline.rebuilding import (
    count_left,
    rebuild_fingerprints,
    rebuild_stories,
)
from scraper.store import index, pages, rebuilds, schema
from scraper.store.archive import Archive, open_archive
from scraper.urls import page_key, site_of

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from tests.archive_builder import NewArchive

WriteText = Callable[..., str]

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
MENU = "Home | News | Harbour Weather | Sport Results | Arts"
#: What follows from the articles, and the marks of its changes.
MADE = (
    *(schema.match_key, schema.site_line, schema.boilerplate, schema.relation, schema.story),
    *(schema.article, schema.change, schema.canonical_change, schema.story_tombstone),
)


class Item(NamedTuple):
    """A text to be filed."""

    url: str
    title: str
    text: str


@pytest.fixture
def news(write_text: WriteText) -> tuple[Item, ...]:
    """Fourteen articles: copies, cuts and versions of four reports, with menus or without.

    With caps of three, keys are full and lines have more bearers than are asked.
    """
    reports = [write_text(seed, sentences=30) for seed in range(1, 5)]
    items = [
        Item(f"https://menus.example/{n}", f"Report of day {n}", f"{MENU}\n\n{text}\n\nTop | End")
        for n, text in enumerate(reports)
    ]
    items += [Item(f"https://plain.example/{n}", "From the wire", t) for n, t in enumerate(reports)]
    items += [Item(f"https://copy{n}.example/1", "Copied", reports[0]) for n in range(3)]
    items += [
        Item("https://menus.example/cut", "In short", f"{MENU}\n\n{reports[1][:700]}"),
        Item("https://cuts.example/1", "In short", reports[2][:700]),
        Item("https://cuts.example/2", "In short", reports[2][-700:]),
    ]
    return tuple(items)


def file_items(archive: Archive, items: Sequence[Item]) -> list[Filed]:
    """What became of each; all in one transaction."""
    ingest = Ingest({})
    with archive.write() as connection:
        filed = []
        for item in items:
            found = pages.find_page(connection, page_key(item.url))
            page = (
                found.id
                if found
                else pages.add_page(
                    connection,
                    url=item.url,
                    key=page_key(item.url),
                    site=site_of(item.url),
                    state=PageState.ARCHIVED,
                    next_attempt_at=None,
                    now=NOW,
                )
            )
            content = Article(url=item.url, title=item.title, text=item.text)
            place = Place(page_id=page, site=site_of(item.url))
            filed.append(ingest.file(connection, prepare(content), place, NOW))
    return filed


def rows_of(archive: Archive, *tables: sa.Table) -> list[list[tuple[object, ...]]]:
    """The rows of these tables."""
    with archive.read() as connection:
        return [
            sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in tables
        ]


def outcome(archive: Archive) -> tuple[object, ...]:
    """Stories, canonicals, masks, relations and verdicts, without the archive's own numbers."""
    with archive.read() as connection:
        rows = connection.execute(sa.select(schema.article)).all()
        urls = {row.id: row.url for row in rows}
        told = {row.id: row for row in connection.execute(sa.select(schema.story))}
        relations = connection.execute(sa.select(schema.relation)).all()
        verdicts = connection.execute(sa.select(schema.boilerplate.c.line)).scalars().all()
        bearers = connection.execute(sa.select(schema.site_line)).all()
    stories: dict[int, set[str]] = {}
    for row in rows:
        stories.setdefault(row.story_id, set()).add(row.url)
    return (
        {(frozenset(urls), told[id_].canonical_rule) for id_, urls in stories.items()},
        {urls[row.canonical_id] for row in told.values()},
        {(row.url, str(row.masked), row.is_title_masked, row.is_roundup) for row in rows},
        {frozenset((urls[row.a], urls[row.b])) for row in relations if row.links},
        set(verdicts),
        {tuple(row) for row in bearers},
    )


def urls_of(archive: Archive) -> list[tuple[str, int]]:
    """The address and the number of each article."""
    with archive.read() as connection:
        urls = sa.select(schema.article.c.url, schema.article.c.id)
        return [(row.url, row.id) for row in connection.execute(urls)]


def keys_of(archive: Archive) -> set[tuple[int, str]]:
    """Every key with the address of the article that holds it."""
    with archive.read() as connection:
        rows = connection.execute(
            sa.select(schema.match_key.c.key, schema.article.c.url).join(schema.article)
        )
        return {(row.key, row.url) for row in rows}


@pytest.fixture
def small_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caps of three, so that a few articles meet them."""
    monkeypatch.setattr(index, "READ_MOST", 3)
    few = partial(choose_candidates, read_most=3, full_most=3)
    monkeypatch.setattr(matching, "choose_candidates", few)
    monkeypatch.setattr(matching, "Masking", partial(Masking, judged_most=3))


def test_the_news_meet_what_they_are_made_for(archive: Archive, news: tuple[Item, ...]) -> None:
    """There are four stories, masked menus and a relation of more than one kind."""
    file_items(archive, news)
    stories, _, masks, *_ = outcome(archive)
    assert isinstance(stories, set)
    assert isinstance(masks, set)
    assert len(stories) == 4
    assert {url for url, masked, *_ in masks if masked != "None"} == {
        item.url for item in news if "menus" in item.url
    }


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
@pytest.mark.usefixtures("small_caps")
def test_any_order_of_arrival_gives_the_same(
    archive: Archive,
    new_archive: NewArchive,
    news: tuple[Item, ...],
    tmp_path: Path,
    chance: random.Random,
) -> None:
    """Stories, canonicals, masks and the relations that join are a function of the articles."""
    shuffled = chance.sample(news, len(news))
    if not rows_of(archive, schema.article)[0]:
        file_items(archive, news)
    with open_archive(new_archive(tmp_path / "other.db")) as other:
        file_items(other, shuffled)
        assert [each for n, each in enumerate(outcome(other)) if n != 3] == [
            each for n, each in enumerate(outcome(archive)) if n != 3
        ]


def test_filing_twice_changes_nothing(archive: Archive, news: tuple[Item, ...]) -> None:
    """The second time every article is there, and no row is another."""
    file_items(archive, news)
    before = rows_of(archive, *MADE)
    assert set(file_items(archive, news[::-1])) == {Filed.UNCHANGED}
    assert rows_of(archive, *MADE) == before


def test_rebuilding_a_whole_archive_changes_nothing(
    archive: Archive, news: tuple[Item, ...]
) -> None:
    """Stories and fingerprints come out as they were, and no change is marked."""
    file_items(archive, news)
    before = rows_of(archive, *MADE, schema.archive)
    rebuild_stories(archive, Matcher({}))
    assert rows_of(archive, *MADE, schema.archive) == before
    rebuild_fingerprints(archive, Matcher({}))
    assert rows_of(archive, *MADE, schema.archive) == before
    assert rows_of(archive, schema.rebuild) == [[]]


def test_decisions_survive_every_rebuild(archive: Archive, news: tuple[Item, ...]) -> None:
    """What people merged, split and preferred is as it was, and no change is marked."""
    file_items(archive, news)
    by_url = {url: ArticleId(number) for url, number in urls_of(archive)}
    wire, menus = by_url["https://plain.example/0"], by_url["https://menus.example/0"]
    copy, other = by_url["https://copy1.example/1"], by_url["https://plain.example/3"]
    with archive.write() as connection:
        for kind, a, b in (
            (DecisionKind.SPLIT, wire, menus),
            (DecisionKind.MERGE, wire, other),
            (DecisionKind.PREFER, copy, None),
        ):
            decide(connection, Config(), kind, a, b, note=None, now=NOW)
    with archive.read() as connection:
        told = schema.article.c.story_id
        rows = connection.execute(sa.select(schema.article.c.id, told))
        stories = {row.id: row.story_id for row in rows}
        preferred = connection.execute(
            sa.select(schema.story.c.canonical_rule).where(schema.story.c.canonical_id == copy)
        ).scalar()
    assert stories[wire] == stories[other] != stories[menus]
    assert preferred == "preferred"
    before = rows_of(archive, *MADE, schema.decision)
    rebuild_stories(archive, Matcher({}))
    rebuild_fingerprints(archive, Matcher({}))
    assert rows_of(archive, *MADE, schema.decision) == before


def test_rebuilding_makes_what_an_older_version_left(
    archive: Archive, news: tuple[Item, ...]
) -> None:
    """Without keys, lines, masks and relations, and with every article alone, all is made again."""
    file_items(archive, news)
    expected = outcome(archive)
    with archive.write() as connection:
        for table in (schema.match_key, schema.site_line, schema.boilerplate, schema.relation):
            connection.execute(table.delete())
        connection.execute(schema.article.update().values(masked=None))
        connection.execute(schema.archive.update().values(fingerprint_version=1))
    rebuild_stories(archive, Matcher({}))
    assert outcome(archive) != expected
    rebuild_fingerprints(archive, Matcher({}))
    assert outcome(archive) == expected


@pytest.mark.parametrize("batches", range(1, 14, 3))
def test_an_interrupted_rebuild_continues(
    archive: Archive, news: tuple[Item, ...], monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    """Stopped after so many batches, it goes on from there, and ends with the same archive."""
    monkeypatch.setattr("scraper.pipeline.rebuilding.BATCH", 4)
    file_items(archive, news)
    before = rows_of(archive, *MADE, schema.archive)
    whole = count_left(archive)
    met = 0

    def interrupt(_done: int) -> None:
        nonlocal met
        met += 1
        if met == batches:
            raise KeyboardInterrupt

    try:
        rebuild_fingerprints(archive, Matcher({}), on_batch=interrupt)
    except KeyboardInterrupt:
        with archive.read() as connection:
            found = connection.execute(sa.select(schema.archive.c.fingerprint_version)).scalar()
        assert found == rebuilds.UNFINISHED
        assert count_left(archive) < whole
    rebuild_fingerprints(archive, Matcher({}))
    assert rows_of(archive, *MADE, schema.archive) == before


def test_a_rebuild_for_another_version_begins_anew(
    archive: Archive, news: tuple[Item, ...]
) -> None:
    """What a program of another version had begun is not continued."""
    file_items(archive, news)
    before = rows_of(archive, *MADE)
    with archive.write() as connection:
        rebuilds.begin_rebuild(connection, FINGERPRINT_VERSION - 1)
        last = rebuilds.Progress(step=rebuilds.Step.STORIES, done_to=99)
        rebuilds.save_progress(connection, last)
    rebuild_fingerprints(archive, Matcher({}))
    assert rows_of(archive, *MADE) == before


@pytest.mark.parametrize("forgotten", [0, 3, 5, 8, 11, 13])
def test_forgetting_is_never_having_had(
    archive: Archive,
    new_archive: NewArchive,
    news: tuple[Item, ...],
    tmp_path: Path,
    forgotten: int,
) -> None:
    """Whichever article goes, the rest is as if it had never come."""
    file_items(archive, news)
    with archive.write() as connection:
        gone = connection.execute(
            sa.select(schema.article.c.id).where(schema.article.c.url == news[forgotten].url)
        ).scalar_one()
        assert forget_article(connection, Matcher({}), gone, NOW)
        assert not forget_article(connection, Matcher({}), gone, NOW)
    others = [item for number, item in enumerate(news) if number != forgotten]
    with open_archive(new_archive(tmp_path / "never.db")) as never:
        file_items(never, others)
        assert outcome(archive) == outcome(never)
        assert keys_of(archive) == keys_of(never)


def test_a_story_without_its_first_article_leads_on(
    archive: Archive, write_text: WriteText
) -> None:
    """The rest of the story has another number; the old one's tombstone names it."""
    items = [Item(f"https://{host}.example/1", "Copied", write_text(1)) for host in "abc"]
    file_items(archive, items)
    with archive.write() as connection:
        assert forget_article(connection, Matcher({}), 1, NOW)  # type: ignore[arg-type]  # a plain number
    tombstones, stories = rows_of(archive, schema.story_tombstone, schema.story)
    assert (1, 2) in [row[:2] for row in tombstones]
    assert [row[0] for row in stories] == [2]


def test_nothing_of_a_forgotten_article_is_left(archive: Archive, write_text: WriteText) -> None:
    """No text, revision or search row has its words; its story left a tombstone."""
    text = f"{write_text(1)} Quicksilver."
    file_items(archive, [Item("https://a.example/1", "Alone", text)])
    with archive.write() as connection:
        assert forget_article(connection, Matcher({}), 1, NOW)  # type: ignore[arg-type]  # a plain number
        is_sqlite = connection.dialect.name == "sqlite"
        found = connection.exec_driver_sql(
            "SELECT rowid FROM article_fts WHERE article_fts MATCH 'quicksilver'"
            if is_sqlite
            else "SELECT article_id FROM article_search WHERE words @@ 'quicksilver'"
        ).all()
    assert found == []
    left = rows_of(archive, schema.article, schema.revision, schema.match_key, schema.site_line)
    assert left == [[], [], [], []]
    (tombstones,) = rows_of(archive, schema.story_tombstone)
    assert [row[:2] for row in tombstones] == [(1, None)]

"""Pages that turn out to be one, and what becomes of their articles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from scraper.model import Article, ArticleId, Attribution, Evidence, PageId, PageState
from scraper.pipeline.ingest import Filed, Ingest, Place, prepare
from scraper.store import index, pages, schema
from scraper.urls import page_key, site_of

if TYPE_CHECKING:
    from scraper.store.archive import Archive

WriteText = Callable[..., str]

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
FIRST, SECOND, THIRD = "https://a.example/1", "https://a.example/2", "https://a.example/3"


def file_article(archive: Archive, text: str, url: str, **fields: object) -> Filed:
    """What became of this text, read from the page at this URL, or imported under an id."""
    external_id = fields.pop("external_id", None)
    content = Article(url=url, **{"title": "A headline about it", "text": text} | fields)  # type: ignore[arg-type]  # fields of Article
    with archive.write() as connection:
        page = pages.find_page(connection, page_key(url))
        page_id = page.id if page else add_page(connection, url)
        place = Place(
            page_id=page_id,
            site=site_of(url),
            collection="set" if external_id else None,
            external_id=external_id if isinstance(external_id, str) else None,
        )
        return Ingest({}).file(connection, prepare(content), place, NOW)


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


def join(archive: Archive, *urls: str) -> PageId:
    """The page that these URLs lead to once the last is known to be the others' too."""
    keys = [page_key(url) for url in urls]
    with archive.write() as connection:
        page = pages.find_page(connection, keys[-1])
        assert page is not None
        return Ingest({}).joiner.join_pages(connection, page.id, keys, NOW + timedelta(hours=1))


def rows_of(archive: Archive, table: sa.Table) -> list[sa.Row[Any]]:
    """A table's rows."""
    with archive.read() as connection:
        return list(connection.execute(sa.select(table).order_by(*table.primary_key)).all())


def holders_of(archive: Archive, text: str, title: str = "A headline about it") -> set[ArticleId]:
    """Every article that holds a key of this text."""
    keys = prepare(Article(url=None, title=title, text=text)).keys
    with archive.read() as connection:
        return {held for ids in index.look_up(connection, keys).values() for held in ids}


def test_articles_of_one_text_become_one(archive: Archive, write_text: WriteText) -> None:
    """The lower id stays with both revisions; the higher leads there and holds no key."""
    for url in (FIRST, SECOND):
        file_article(archive, write_text(1), url)
    assert join(archive, FIRST, SECOND) == 1
    (article,) = rows_of(archive, schema.article)
    (redirect,) = rows_of(archive, schema.article_redirect)
    assert (article.id, article.page_id, tuple(redirect)) == (1, 1, (2, 1))
    assert [row.article_id for row in rows_of(archive, schema.revision)] == [1, 1]
    assert rows_of(archive, schema.relation) == []
    assert holders_of(archive, write_text(1)) == {1}


def test_the_story_is_judged_anew(archive: Archive, write_text: WriteText) -> None:
    """A mirror that was the article itself leaves no trace but a change."""
    for url in (FIRST, SECOND):
        file_article(archive, write_text(1), url)
    before = len(rows_of(archive, schema.change))
    join(archive, FIRST, SECOND)
    (story,) = rows_of(archive, schema.story)
    assert (story.member_count, story.canonical_id, story.canonical_rule) == (1, 1, "only_member")
    assert len(rows_of(archive, schema.change)) == before + 1
    assert rows_of(archive, schema.story_tombstone) == []


def test_other_members_of_the_story_stay_in_it(archive: Archive, write_text: WriteText) -> None:
    """A repost elsewhere is a mirror of the article that stays, and is counted."""
    for url in (FIRST, SECOND, "https://b.example/1"):
        file_article(archive, write_text(1), url)
    join(archive, FIRST, SECOND)
    (story,) = rows_of(archive, schema.story)
    assert (story.id, story.member_count) == (1, 2)
    (relation,) = rows_of(archive, schema.relation)
    assert (relation.a, relation.b) == (1, 3)
    assert [row.story_id for row in rows_of(archive, schema.article)] == [1, 1]


def test_a_story_of_its_own_leaves_a_tombstone(archive: Archive, write_text: WriteText) -> None:
    """Two texts of one article that are too far apart for a story: the page joins them."""
    shared, first, second = write_text(1, sentences=9), write_text(2), write_text(3)
    file_article(archive, f"{shared}\n\n{first}", FIRST, title="One headline about it")
    file_article(archive, f"{shared}\n\n{second}", SECOND, title="Quite another headline")
    assert len(rows_of(archive, schema.story)) == 2
    join(archive, FIRST, SECOND)
    (story,) = rows_of(archive, schema.story)
    (tombstone,) = rows_of(archive, schema.story_tombstone)
    assert (story.id, tombstone.story, tombstone.into) == (1, 2, 1)


@pytest.mark.parametrize("shrunk_first", [True, False])
def test_the_whole_text_stays(
    archive: Archive, write_text: WriteText, *, shrunk_first: bool
) -> None:
    """Whichever page had only the beginning, and whichever was read later."""
    whole = write_text(1, sentences=60)
    cut = whole[: len(whole) // 4]
    texts = (cut, whole) if shrunk_first else (whole, cut)
    for url, text in zip((FIRST, SECOND), texts, strict=True):
        file_article(archive, text, url, is_paywalled=text is cut)
    join(archive, FIRST, SECOND)
    (article,) = rows_of(archive, schema.article)
    assert (article.text, article.is_paywalled, article.was_whole) == (whole, False, True)
    assert article.longest_word_count == article.word_count
    (current,) = [row for row in rows_of(archive, schema.revision) if row.text == whole]
    assert article.revision_id == current.id
    assert holders_of(archive, whole) == {1}


@pytest.mark.sqlite
def test_the_newer_text_comes_with_all_that_belongs_to_it(
    archive: Archive, write_text: WriteText
) -> None:
    """Its title, its address and whom it names; the earliest date and moment are kept."""
    text = write_text(1)
    named = Attribution(evidence=Evidence.CREDIT_LINE, name="The Harbour Post")
    early, late = NOW - timedelta(hours=5), NOW - timedelta(hours=2)
    file_article(archive, text, FIRST, published=early)
    longer = f"{text}\n\n{write_text(2, sentences=3)}"
    file_article(
        archive, longer, SECOND, title="A newer headline", published=late, attributions=(named,)
    )
    join(archive, FIRST, SECOND)
    (article,) = rows_of(archive, schema.article)
    assert (article.title, article.text, article.url) == ("A newer headline", longer, SECOND)
    assert (article.published, article.first_published_utc) == (late, early)
    (attribution,) = rows_of(archive, schema.attribution)
    assert (attribution.article_id, attribution.name) == (1, "The Harbour Post")
    with archive.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT rowid FROM article_fts WHERE article_fts MATCH 'newer'"
        )
        assert list(found.scalars()) == [1]


def test_articles_that_are_not_one_stay_apart(archive: Archive, write_text: WriteText) -> None:
    """A topic page's stories are not one because their addresses are."""
    file_article(archive, write_text(1), FIRST)
    file_article(archive, write_text(2), SECOND, title="Something else altogether")
    before = rows_of(archive, schema.change)
    assert join(archive, FIRST, SECOND) == 1
    assert [row.page_id for row in rows_of(archive, schema.article)] == [1, 1]
    assert rows_of(archive, schema.article_redirect) == []
    assert rows_of(archive, schema.change) == before


def test_three_pages_become_one_article(archive: Archive, write_text: WriteText) -> None:
    """Every higher id leads to the lowest, at once."""
    for url in (FIRST, SECOND, THIRD):
        file_article(archive, write_text(1), url)
    join(archive, FIRST, SECOND, THIRD)
    assert [row.id for row in rows_of(archive, schema.article)] == [1]
    assert [tuple(row) for row in rows_of(archive, schema.article_redirect)] == [(2, 1), (3, 1)]


def test_redirects_do_not_form_chains(archive: Archive, write_text: WriteText) -> None:
    """What led to an article that goes leads to where that one went."""
    for url in (FIRST, SECOND, THIRD):
        file_article(archive, write_text(1), url)
    join(archive, SECOND, THIRD)
    join(archive, FIRST, SECOND)
    redirects = [tuple(row) for row in rows_of(archive, schema.article_redirect)]
    assert sorted(redirects) == [(2, 1), (3, 1)]


def test_an_imported_articles_id_survives(archive: Archive, write_text: WriteText) -> None:
    """It moves to the article that stays, so that importing again finds it."""
    file_article(archive, write_text(1), FIRST)
    file_article(archive, write_text(1), SECOND, external_id="x7")
    join(archive, FIRST, SECOND)
    (article,) = rows_of(archive, schema.article)
    assert (article.id, article.collection, article.external_id) == (1, "set", "x7")
    assert file_article(archive, write_text(1), SECOND, external_id="x7") is Filed.UNCHANGED
    assert len(rows_of(archive, schema.article)) == 1


def test_two_imported_articles_stay_two(archive: Archive, write_text: WriteText) -> None:
    """Somebody numbered them as two; neither number may be lost."""
    file_article(archive, write_text(1), FIRST, external_id="x1")
    file_article(archive, write_text(1), SECOND, external_id="x2")
    join(archive, FIRST, SECOND)
    assert [row.external_id for row in rows_of(archive, schema.article)] == ["x1", "x2"]


def test_where_nothing_is_joined_no_article_is_looked_at(
    archive: Archive, write_text: WriteText, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual case costs no reading of texts: a page has its own keys, or a new one."""
    file_article(archive, write_text(1), FIRST)
    monkeypatch.delattr("scraper.store.stored_text.find_by_page")
    assert join(archive, FIRST) == 1
    with archive.write() as connection:
        keys = [page_key(FIRST), "a.example/new"]
        assert Ingest({}).joiner.join_pages(connection, PageId(1), keys, NOW) == 1


@pytest.mark.sqlite
def test_the_archive_is_whole_after(archive: Archive, write_text: WriteText) -> None:
    """No foreign key is broken, and the full-text index is equal to the articles."""
    for url in (FIRST, SECOND, "https://b.example/1"):
        file_article(archive, write_text(1), url)
    join(archive, FIRST, SECOND)
    with archive.write() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        connection.exec_driver_sql(
            "INSERT INTO article_fts(article_fts, rank) VALUES ('integrity-check', 1)"
        )

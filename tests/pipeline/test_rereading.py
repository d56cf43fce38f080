"""Articles read again from snapshots: what is different is revised, nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.extract import extract_article
from scraper.model import Article, PageState, RunId
from scraper.pipeline import rereading
from scraper.pipeline.ingest import Ingest, Place, prepare
from scraper.pipeline.rereading import Reread, rebuild_articles
from scraper.pipeline.site_rules import SiteRules
from scraper.store import schema, warc
from scraper.store.check import check_archive
from scraper.store.find import find_article
from scraper.store.pages import find_page
from scraper.store.revisions import load_revisions
from scraper.store.snapshots import SnapshotKeeper, add_snapshot
from scraper.urls import page_key
from scraper.worker.parser import Parser
from tests.archive_builder import ArchiveBuilder
from tests.store.test_warc import fetched
from tests.worker import troublemakers

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.model import ArticleId, PageId
    from scraper.pipeline.rereading import RereadOutcome
    from scraper.store.archive import Archive

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
URL = "https://paper.example/ferry"


def reread(archive: Archive, on_outcome: Callable[[RereadOutcome], None]) -> None:
    """Nothing; the archive's articles are read again, in workers."""
    with Parser() as parser:
        rebuild_articles(archive, Ingest({}), SiteRules({}), parser, on_outcome=on_outcome)


class Kept:
    """Pages of one archive that were fetched with snapshots."""

    def __init__(self, archive: Archive, write_text: Callable[..., str]) -> None:
        self.archive = archive
        self._write_text = write_text
        self._keeper = SnapshotKeeper(archive, RunId(1))

    def body(self, seed: int) -> bytes:
        """A page with an article of its own."""
        paragraphs = "".join(f"<p>{part}</p>" for part in self._write_text(seed).split("\n\n"))
        return (
            f"<html><body><article><h1>No {seed}</h1>{paragraphs}</article></body></html>".encode()
        )

    def page(self, url: str, body: bytes, state: PageState = PageState.ARCHIVED) -> PageId:
        """The number of a page that was fetched with this body; an archived one has no article."""
        page_id = ArchiveBuilder(self.archive).page(url, state)
        appended = self._keeper.append(page_id, fetched(body, final_url=url, fetched_at=NOW))
        with self.archive.write() as connection:
            add_snapshot(connection, page_id, appended)
        return page_id

    def article(self, url: str, seed: int, *, read: Callable[[Article], Article]) -> ArticleId:
        """The number of an article that was read from its snapshot in this way."""
        body = self.body(seed)
        page_id = ArchiveBuilder(self.archive).page(url)
        appended = self._keeper.append(page_id, fetched(body, final_url=url, fetched_at=NOW))
        content = extract_article(body, url=url, content_type="text/html; charset=utf-8")
        assert isinstance(content, Article)
        with self.archive.write() as connection:
            snapshot = add_snapshot(connection, page_id, appended)
            place = Place(page_id=page_id, site="paper.example", snapshot=snapshot)
            Ingest({}).file(connection, prepare(replace(read(content), url=url)), place, NOW)
            found = find_article(connection, url)
        assert found is not None
        return found

    def reread(self) -> list[RereadOutcome]:
        """What became of each, in the order in which they were read."""
        outcomes: list[RereadOutcome] = []
        reread(self.archive, outcomes.append)
        assert check_archive(self.archive) == ()
        return outcomes


@pytest.fixture
def kept(archive: Archive, write_text: Callable[..., str]) -> Kept:
    """What fills the test's archive."""
    return Kept(archive, write_text)


def test_same_reading_changes_nothing(kept: Kept) -> None:
    """What is read as before is unchanged, and again."""
    kept.article(URL, 1, read=lambda article: article)
    for _ in range(2):
        assert [outcome.became for outcome in kept.reread()] == [Reread.UNCHANGED]


@pytest.mark.parametrize("extra", ["\n\nSubscribe to our letter. " * 200, ""])
def test_better_reading_is_a_revision(kept: Kept, extra: str) -> None:
    """Another text takes the place of the old one, also where it is much shorter; that stays."""

    def badly(article: Article) -> Article:
        return replace(article, text=(article.text + extra) if extra else article.text[:600])

    number = kept.article(URL, 1, read=badly)
    assert [outcome.became for outcome in kept.reread()] == [Reread.REVISED]
    right = extract_article(kept.body(1), url=URL)
    assert isinstance(right, Article)
    with kept.archive.read() as connection:
        texts = [revision.text for revision in load_revisions(connection, number)]
    assert texts == [badly(right).text, right.text]
    assert [outcome.became for outcome in kept.reread()] == [Reread.UNCHANGED]


def test_misread_date_is_no_fact(kept: Kept) -> None:
    """A first date that was misread from the snapshot goes with the reading."""
    early = NOW - timedelta(days=3000)
    kept.article(URL, 1, read=lambda article: replace(article, published=early))
    kept.reread()
    with kept.archive.read() as connection:
        dates = connection.exec_driver_sql("SELECT published, first_published_utc FROM article")
        assert dates.one() == (None, None)


def test_lost_article_stays(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is found any more, the article is as it was, and it is told why."""
    number = kept.article(URL, 1, read=lambda article: article)
    monkeypatch.setattr(rereading, "extract_article", troublemakers.find_an_index)
    (outcome,) = kept.reread()
    assert (outcome.became, outcome.detail) == (Reread.LOST, "an index page")
    with kept.archive.read() as connection:
        assert len(load_revisions(connection, number)) == 1


def test_page_that_ends_its_worker_is_told(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parser that crashes takes no article away, and others are read all the same."""
    kept.article(URL, 1, read=lambda article: article)
    kept.article(f"{URL}/2", 2, read=lambda article: article)
    monkeypatch.setattr(rereading, "extract_article", troublemakers.crash_at_the_first)
    first, second = kept.reread()
    assert (first.became, second.became) == (Reread.KILLED, Reread.UNCHANGED)
    assert first.detail == "its worker was ended by SIGSEGV"


def test_article_is_found_where_none_was(kept: Kept) -> None:
    """A page without an article, which today's rules find, is archived."""
    kept.page(URL, kept.body(1), PageState.NO_ARTICLE)
    kept.page("https://paper.example/list", b"<p>nothing</p>", PageState.NO_ARTICLE)
    assert [outcome.became for outcome in kept.reread()] == [Reread.FOUND, Reread.NONE]
    with kept.archive.read() as connection:
        page = find_page(connection, page_key(URL))
        assert page is not None
        assert page.state is PageState.ARCHIVED
        # It was there when the page was fetched, not when it was found in it.
        assert connection.execute(sa.select(schema.article.c.first_seen)).scalar_one() == NOW


def test_unreadable_snapshot_is_told(kept: Kept) -> None:
    """A WARC file that is gone stops nothing, and the article stays."""
    kept.article(URL, 1, read=lambda article: article)
    folder = kept.archive.snapshots
    (folder / warc.file_name(1)).unlink()
    outcomes: list[RereadOutcome] = []
    reread(kept.archive, outcomes.append)
    assert [outcome.became for outcome in outcomes] == [Reread.UNREADABLE]


def test_interrupted_rebuild_goes_on(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rebuild that ends in the middle goes on behind what it did."""
    monkeypatch.setattr(rereading, "_BATCH", 2)
    for seed in range(5):
        kept.article(f"{URL}/{seed}", seed, read=lambda article: article)
    seen: list[str] = []

    def stop_at_third(outcome: RereadOutcome) -> None:
        seen.append(outcome.url)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reread(kept.archive, stop_at_third)
    assert rereading.count_left(kept.archive) == 1
    assert [outcome.url for outcome in kept.reread()] == [f"{URL}/4"]
    assert rereading.count_left(kept.archive) == 5

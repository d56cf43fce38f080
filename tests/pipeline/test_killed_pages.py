"""A page, feed or line that ends the process that parses it costs itself, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper import clock
from scraper.model import PageState, Reason, SourceState
from scraper.pipeline.imports import import_lines
from scraper.pipeline.ingest import Filed
from scraper.store import schema
from tests.pipeline.test_run import add_feed, rows_of, run, serve_paper
from tests.worker import troublemakers

if TYPE_CHECKING:
    from scraper.store.archive import Archive
    from tests.pipeline.test_run import Paper

WriteText = Callable[..., str]

DEADLY = troublemakers.DEADLY.decode()


@pytest.fixture
def paper() -> Iterator[Paper]:
    """A Paper on loopback."""
    with serve_paper() as served:
        yield served


@pytest.fixture(autouse=True)
def deadly_parsers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsers with a page and a feed that they do not survive."""
    page, source = troublemakers.read_page_or_die, troublemakers.read_source_or_die
    monkeypatch.setattr("scraper.pipeline.archiving.read_page", page)
    monkeypatch.setattr("scraper.pipeline.gathering.read_source", source)
    monkeypatch.setattr(
        "scraper.pipeline.import_line.extract_article", troublemakers.extract_or_die
    )


def test_deadly_page_is_recorded_and_the_run_goes_on(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """It is tried again as what may pass is, and the others are archived."""
    for number in range(4):
        head = DEADLY if number == 1 else ""
        paper.write_article(f"/{number}", write_text(number), head=head)
    paper.write_feed("/0", "/1", "/2", "/3")
    add_feed(archive, paper)
    report = run(archive)
    assert sorted(page.filed is Filed.NEW for page in report.pages) == [False, True, True, True]
    assert not report.all_well
    (page,) = [row for row in rows_of(archive, schema.page) if row["reason"]]
    assert page["reason"] == Reason.WORKER_KILLED
    assert page["detail"] == "its worker was ended by SIGSEGV"
    assert page["state"] == PageState.FAILING
    assert page["next_attempt_at"] is not None
    run(archive)
    run(archive)
    (page,) = [row for row in rows_of(archive, schema.page) if row["reason"]]
    assert (page["attempts"], page["next_attempt_at"]) == (3, None)


def test_page_that_becomes_deadly_keeps_its_article(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """What was archived of it stays as it is."""
    paper.write_article("/a", write_text(1))
    paper.write_feed("/a")
    add_feed(archive, paper)
    run(archive)
    before = rows_of(archive, schema.article)
    paper.write_article("/a", write_text(2), head=DEADLY)
    with archive.write() as connection:
        connection.execute(sa.update(schema.page).values(next_attempt_at=clock.now()))
    assert [page.reason for page in run(archive).pages] == [Reason.WORKER_KILLED]
    assert rows_of(archive, schema.article) == before
    assert rows_of(archive, schema.page)[0]["state"] == PageState.ARCHIVED


def test_deadly_feed_fails_its_source(archive: Archive, paper: Paper) -> None:
    """With the reason, like a source that could not be had."""
    paper.pages["/feed.xml"] = (200, "application/rss+xml", DEADLY)
    add_feed(archive, paper)
    (outcome,) = run(archive).sources
    assert outcome.reason is Reason.WORKER_KILLED
    assert outcome.state is SourceState.FAILING


def test_deadly_line_is_skipped_with_its_reason(archive: Archive, write_text: WriteText) -> None:
    """Lines before and behind it are imported, in their order."""
    lines = [
        json.dumps(
            {
                "url": f"https://example.org/{number}",
                "html": f"<article><h1>News</h1><p>{write_text(number)}</p></article>"
                + DEADLY * (number == 70),
            }
        ).encode()
        for number in range(100)
    ]
    report = import_lines(archive, lines, collection="set", sites={})
    assert report.counts[Filed.NEW] == 99
    assert report.problems == ["line 71: worker_killed: its worker was ended by SIGSEGV"]
    urls = [row["url"] for row in rows_of(archive, schema.article)]
    assert urls == [f"https://example.org/{number}" for number in range(100) if number != 70]

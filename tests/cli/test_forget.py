"""`scraper forget` and `scraper prune`: nothing of what goes is left in any file."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper import clock
from scraper.extract import extract_article
from scraper.model import Article, PageState, RunId
from scraper.pipeline.ingest import Ingest, Place, prepare
from scraper.store.archive import locate, open_archive
from scraper.store.check import check_archive
from scraper.store.pages import find_page
from scraper.store.snapshots import SnapshotKeeper, add_snapshot
from scraper.store.sqlite import SqliteFile
from scraper.urls import page_key, site_of
from tests.archive_builder import ArchiveBuilder
from tests.store.test_warc import fetched

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from click.testing import Result

    from scraper.model import PageId
    from scraper.store.archive import Archive, Location, Where

#: A word that only the page to be forgotten has, and ordinary ones around it.
SECRET = "Quibbleworth"  # noqa: S105  # a name
FORGOTTEN = "https://paper.example/ferry"
STAYING = "https://paper.example/bridge"
ELSEWHERE = "https://herald.example/ferry"


def page_of(subject: str) -> bytes:
    """A page whose article names the subject in every paragraph."""
    paragraphs = "".join(
        f"<p>The council of {subject} met for the {number}th time to speak of the ferry, the old "
        f"bridge and {number * 7} other matters that {subject} had put off since the winter.</p>"
        for number in range(3, 15)
    )
    return (
        f"<html><head><title>News of {subject} today</title></head><body><article>"
        f"<h1>News of {subject} today</h1>{paragraphs}</article></body></html>"
    ).encode()


def archive_page(archive: Archive, url: str, body: bytes, at: datetime, run: int) -> None:
    """Nothing; the page is archived as a pass would, with its snapshot."""
    page_id = ArchiveBuilder(archive).page(url)
    content = extract_article(body, url=url, content_type="text/html")
    assert isinstance(content, Article)
    kept = SnapshotKeeper(archive, RunId(run)).append(page_id, fetched(body, fetched_at=at))
    with archive.write() as connection:
        snapshot = add_snapshot(connection, page_id, kept)
        place = Place(page_id=page_id, site=site_of(url), snapshot=snapshot)
        Ingest({}).file(connection, prepare(replace(content, url=url)), place, at)


@pytest.fixture
def filled(archive_path: Where) -> Location:
    """An archive of three pages, of which the first is older and was revised once."""
    long_ago = clock.now() - timedelta(days=400)
    with open_archive(archive_path) as archive:
        archive_page(archive, FORGOTTEN, page_of(SECRET), long_ago, 1)
        archive_page(archive, STAYING, page_of("Dunmore"), clock.now(), 2)
        archive_page(archive, ELSEWHERE, page_of("Elsworth"), clock.now(), 3)
        page_id = find(archive, FORGOTTEN)
        revised = page_of(SECRET).replace(b"old bridge", b"new tunnel")
        content = extract_article(revised, url=FORGOTTEN, content_type="text/html")
        assert isinstance(content, Article)
        with archive.write() as connection:
            place = Place(page_id=page_id, site="paper.example")
            Ingest({}).file(connection, prepare(content), place, long_ago)
    return locate(archive_path)


def find(archive: Archive, url: str) -> PageId:
    """The number of the page at this address."""
    with archive.read() as connection:
        page = find_page(connection, page_key(url))
    assert page is not None
    return page.id


def holds(archive: Location, word: str) -> list[str]:
    """The archive's files, unpacked where they are, or its tables, in which the word stands."""
    found = []
    path = archive.path if isinstance(archive, SqliteFile) else None
    beside = path.parent.glob(f"{path.name}*") if path else ()
    for file in [*beside, *archive.snapshots.glob("*")]:
        if file.is_file():
            content = file.read_bytes()
            if file.suffix == ".gz":
                content += gzip.decompress(content)
            if word.lower().encode() in content.lower():
                found.append(file.name)
    return found if path else [*_holding_tables(archive, word), *found]


def _holding_tables(where: Location, word: str) -> list[str]:
    """The archive, where a row of any of its tables has the word."""
    with open_archive(where) as archive, archive.read() as connection:
        for table in sa.inspect(connection).get_table_names():
            rows = sa.text(f"SELECT count(*) FROM {table} AS t WHERE t::text ILIKE :word")  # noqa: S608  # our own
            if connection.execute(rows, {"word": f"%{word}%"}).scalar_one():
                return ["archive.db"]
    return []


def state_of(path: Location, url: str) -> tuple[PageState, object]:
    """What became of the page, and when it is asked for again."""
    with open_archive(path) as archive, archive.read() as connection:
        page = find_page(connection, page_key(url))
    assert page is not None
    return page.state, page.next_attempt_at


def test_without_yes_nothing_goes(run: Callable[..., Result], filled: Location) -> None:
    """What would go is counted, and the command ends as wrong usage."""
    result = run("forget", FORGOTTEN)
    assert result.exit_code == 2
    assert "1 page, 1 article, 1 snapshot would be forgotten" in result.stderr
    assert sorted(holds(filled, SECRET)) == ["archive.db", "run-0000000001.warc.gz"]


def test_nothing_of_the_page_is_left(run: Callable[..., Result], filled: Location) -> None:
    """Neither tables nor free pages, log, search index or WARC files hold a word of it."""
    result = run("forget", FORGOTTEN, "--yes")
    assert (result.exit_code, result.stdout) == (0, "forgot 1 page, 1 article, 1 snapshot\n")
    assert holds(filled, SECRET) == []
    assert state_of(filled, FORGOTTEN) == (PageState.FORGOTTEN, None)
    assert holds(filled, "Dunmore") == ["archive.db", "run-0000000002.warc.gz"]
    with open_archive(filled) as archive:
        assert check_archive(archive) == ()
    assert run("search", SECRET).stdout.count("paper") == 0


def test_site_goes_as_a_whole(run: Callable[..., Result], filled: Location) -> None:
    """All pages of a site go, and another site's stay."""
    result = run("forget", "paper.example", "--yes")
    assert (result.exit_code, result.stdout) == (0, "forgot 2 pages, 2 articles, 2 snapshots\n")
    assert holds(filled, SECRET) == holds(filled, "Dunmore") == []
    assert holds(filled, "Elsworth")
    assert run("db", "check").exit_code == 0
    added = run("add", "https://paper.example/feed.xml")
    assert (added.exit_code, added.stderr.count("\n")) == (2, 1)
    assert "was forgotten" in added.stderr


def test_old_articles_are_pruned(run: Callable[..., Result], filled: Location) -> None:
    """What was first seen before goes, the rest stays."""
    assert "1 article, 1 snapshot would" in run("prune", "--older-than", "1y").stderr
    assert run("prune", "--older-than", "1y", "--yes").exit_code == 0
    assert holds(filled, SECRET) == []
    assert holds(filled, "Dunmore")
    assert state_of(filled, FORGOTTEN) == (PageState.FORGOTTEN, None)
    assert run("db", "check").exit_code == 0


@pytest.mark.parametrize("span", ["", "d", "2", "2q", "-3d", "0d", "1.5y", "٣d"])
def test_spans_that_are_none(run: Callable[..., Result], filled: Location, span: str) -> None:
    """A slip in the span is wrong usage, and nothing goes."""
    assert run("prune", "--older-than", span, "--yes").exit_code == 2
    assert holds(filled, SECRET)


@pytest.mark.parametrize(
    "wanted", ["https://paper.example/none", "nowhere.example", "ferry", "\udcff"]
)
def test_unknown_pages_and_sites(run: Callable[..., Result], filled: Location, wanted: str) -> None:
    """What the archive does not know is said in one line."""
    result = run("forget", wanted, "--yes")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_forgetting_again_wipes_again(run: Callable[..., Result], filled: Location) -> None:
    """Where forgetting was cut short, the same command does the rest."""
    run("forget", FORGOTTEN, "--yes")
    assert run("forget", FORGOTTEN, "--yes").stdout == "forgot 1 page, 0 articles, 0 snapshots\n"

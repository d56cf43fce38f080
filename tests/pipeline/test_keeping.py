"""What a pass keeps of the pages it fetches, and what it no longer asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper import clock
from scraper.config import ArchiveConfig, Config, FetchConfig
from scraper.model import PageState, Reason
from scraper.pipeline.imports import import_lines
from scraper.pipeline.ingest import Filed
from scraper.pipeline.matching import Matcher
from scraper.pipeline.run import run_pass
from scraper.pipeline.takedown import take_down
from scraper.pipeline.work import find_pages
from scraper.store import takedown, warc
from scraper.store.check import check_archive
from scraper.store.find import find_article
from scraper.store.pages import find_page
from scraper.store.snapshots import join_runs, read_snapshot, scan_snapshots
from scraper.urls import page_key
from tests.pipeline.test_run import Paper, serve_paper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.pipeline.report import PageOutcome
    from scraper.store.archive import Archive


@pytest.fixture
def paper() -> Iterator[Paper]:
    """A site on loopback that a test writes as it goes."""
    with serve_paper() as served:
        yield served


def fetch(archive: Archive, paper: Paper, *paths: str, snapshots: bool = True) -> list[PageOutcome]:
    """What became of these pages, asked for now."""
    config = Config(
        archive=ArchiveConfig(snapshots=snapshots),
        fetch=FetchConfig(min_delay_seconds=0, allow_addresses=("127.0.0.0/8:*",)),
    )
    work = find_pages(archive, [paper.url(path) for path in paths], clock.now())
    with join_runs(archive):
        outcomes = run_pass(archive, config, work, command="fetch").pages
    assert check_archive(archive) == ()
    return outcomes


def kept_bodies(archive: Archive) -> list[str]:
    """The pages that are kept, oldest first."""
    with archive.read() as connection:
        return [
            read_snapshot(connection, archive, kept).body.decode()
            for kept in scan_snapshots(connection)
        ]


def minor_flags(archive: Archive) -> list[int]:
    """Which of the archive's texts are but a typo apart from the one before."""
    with archive.read() as connection:
        rows = connection.exec_driver_sql("SELECT is_minor FROM revision ORDER BY id")
        return list(rows.scalars())


def forget(archive: Archive, url: str) -> None:
    """Nothing; the page is forgotten."""
    with archive.read() as connection:
        doomed = takedown.choose_page(connection, url)
    assert doomed is not None
    take_down(archive, Matcher({}), doomed, clock.now())


def test_every_page_is_kept(archive: Archive, paper: Paper, write_text: Callable[..., str]) -> None:
    """Pages with and without an article are kept, one file for each run, the same page once."""
    paper.write_article("/a", write_text(1))
    paper.pages["/list"] = (200, "text/html", "<p>nothing to read</p>")
    fetch(archive, paper, "/a", "/list", "/gone")
    fetch(archive, paper, "/a")
    bodies = [paper.pages[path][2] for path in ("/a", "/list", "/a")]
    assert sorted(kept_bodies(archive)) == sorted(bodies)
    with archive.read() as connection:
        assert [kept.revisit_of is None for kept in scan_snapshots(connection)].count(False) == 1
    assert len(warc.list_files(archive.snapshots)) == 2


def test_page_that_asks_not_to_be_archived_is_not_kept(
    archive: Archive, paper: Paper, write_text: Callable[..., str]
) -> None:
    """What bears `noarchive` leaves no snapshot either."""
    paper.write_article("/a", write_text(1), head='<meta name="robots" content="noarchive">')
    (outcome,) = fetch(archive, paper, "/a")
    assert outcome.reason is Reason.NOARCHIVE
    assert kept_bodies(archive) == []


def test_nothing_is_kept_where_the_config_says_so(
    archive: Archive, paper: Paper, write_text: Callable[..., str]
) -> None:
    """Without snapshots there is no folder, and articles are archived all the same."""
    paper.write_article("/a", write_text(1))
    fetch(archive, paper, "/a", snapshots=False)
    assert not archive.snapshots.exists()
    with archive.read() as connection:
        assert find_article(connection, paper.url("/a")) == 1


def test_article_is_read_from_the_page_that_gave_its_text(
    archive: Archive, paper: Paper, write_text: Callable[..., str]
) -> None:
    """A page that shrinks or turns into an error page is kept, and replaces nothing."""
    whole = write_text(1)
    paper.write_article("/a", whole)
    fetch(archive, paper, "/a")
    paper.write_article("/a", whole[:400])
    fetch(archive, paper, "/a")
    paper.pages["/a"] = (200, "text/html", "<h1>Something went wrong</h1>")
    fetch(archive, paper, "/a")
    paper.pages["/a"] = (410, "text/html", "<h1>Gone</h1>")
    fetch(archive, paper, "/a")
    with archive.read() as connection:
        rows = connection.exec_driver_sql("SELECT text, snapshot_id FROM article").all()
    assert [tuple(row) for row in rows] == [(whole, 1)]
    assert len(kept_bodies(archive)) == 3


#: An edit of a text, and whether it is no more than a typo.
EDITS: dict[str, tuple[Callable[[str], str], int]] = {
    "a word spelt right": (lambda text: text.replace(" that ", " thta ", 1), 1),
    "a word left out": (lambda text: text.replace(" near ", " ", 1), 1),
    "other numbers": (lambda text: text.replace("3", "4"), 0),
    "every sentence begins anew": (lambda text: text.replace("The ", "Yesterday the "), 0),
}


@pytest.mark.parametrize("edit", EDITS)
def test_typo_is_minor(
    archive: Archive, paper: Paper, write_text: Callable[..., str], edit: str
) -> None:
    """A word spelt right is a minor change; another number, or other sentences, are not."""
    change, is_minor = EDITS[edit]
    for text in (write_text(1), change(write_text(1))):
        paper.write_article("/a", text)
        fetch(archive, paper, "/a")
    assert minor_flags(archive) == [0, is_minor]


def test_forgotten_page_is_not_asked_for(
    archive: Archive, paper: Paper, write_text: Callable[..., str]
) -> None:
    """Neither by name, nor by another address that leads to it, nor by a claim, nor by import."""
    text = write_text(1)
    paper.write_article("/a", text)
    fetch(archive, paper, "/a")
    forget(archive, paper.url("/a"))
    asked = len(paper.asked)
    (outcome,) = fetch(archive, paper, "/a")
    assert (outcome.state, len(paper.asked)) == (PageState.FORGOTTEN, asked)
    canonical = f'<link rel="canonical" href="{paper.url("/a")}">'
    paper.write_article("/b", text, head=canonical)
    (claiming,) = fetch(archive, paper, "/b")
    assert claiming.state is PageState.FORGOTTEN
    line = f'{{"url": "{paper.url("/a")}", "title": "News", "text": "{text[:200]}"}}'.encode()
    imported = import_lines(archive, [line.replace(b"\n", b" ")], collection="x", sites={})
    assert imported.counts[Filed.FORGOTTEN] == 1
    assert kept_bodies(archive) == []
    with archive.read() as connection:
        page = find_page(connection, page_key(paper.url("/b")))
        assert connection.exec_driver_sql("SELECT count(*) FROM article").scalar() == 0
    assert page is not None
    assert page.next_attempt_at is None
    assert check_archive(archive) == ()


def test_next_run_cuts_what_a_killed_one_left(
    archive: Archive, paper: Paper, write_text: Callable[..., str]
) -> None:
    """A tail behind the last record that is named is gone after the next run."""
    paper.write_article("/a", write_text(1))
    fetch(archive, paper, "/a")
    folder = archive.snapshots
    (file,) = (folder / name for name in warc.list_files(folder))
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:100])
    (folder / warc.file_name(9_999)).write_bytes(whole[:50])
    fetch(archive, paper)
    assert file.read_bytes() == whole
    assert warc.list_files(folder) == [file.name]

"""Files of crawled pages into the archive."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper import clock
from scraper.config import FetchConfig
from scraper.errors import FileError
from scraper.model import Article, FeedEntry, PageState, SourceId
from scraper.pipeline import rereading
from scraper.pipeline.forgetting import forget_page
from scraper.pipeline.ingest import Filed, Ingest, Place, prepare
from scraper.pipeline.matching import Matcher
from scraper.pipeline.rereading import Reread, rebuild_articles
from scraper.pipeline.site_rules import SiteRules
from scraper.pipeline.takedown import take_down
from scraper.pipeline.warc_import import WarcImport, copying
from scraper.store import pages, schema, takedown
from scraper.store.archive import open_archive
from scraper.store.backup import back_up
from scraper.store.check import check_archive
from scraper.store.snapshots import each_record, load_snapshots, read_snapshot
from scraper.store.sources import add_source
from scraper.urls import page_key, site_of
from scraper.worker.parser import Parser
from tests.warc_builder import BEGIN, make_answer, make_html, make_page, make_record, make_warc
from tests.worker import troublemakers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.pipeline.captures import WarcReport
    from scraper.pipeline.rereading import RereadOutcome
    from scraper.store.archive import Archive
    from scraper.store.snapshots import SnapshotKeeper
    from tests.archive_builder import NewArchive

URL = "https://paper.example/ferry"


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    """Workers that all tests here share."""
    with Parser() as made:
        yield made


class Crawl:
    """One archive, and files of pages that are imported into it."""

    def __init__(self, archive: Archive, folder: Path, parser: Parser) -> None:
        self.archive = archive
        self.folder = folder
        self._parser = parser

    def write(self, *records: bytes, name: str = "crawl.warc.gz") -> Path:
        """A file of these records."""
        path = self.folder / name
        path.write_bytes(make_warc(records, is_packed=name.endswith(".gz")).content)
        return path

    def read(
        self, path: Path, *, keeper: SnapshotKeeper | None = None, config: FetchConfig | None = None
    ) -> WarcReport:
        """What became of the file's pages; the archive is whole after."""
        importing = WarcImport(
            self.archive,
            Ingest({}),
            self._parser,
            rules=SiteRules({}),
            config=config or FetchConfig(),
            keeper=keeper,
        )
        report = importing.read(path)
        assert check_archive(self.archive) == ()
        return report

    def take(self, *records: bytes, name: str = "crawl.warc.gz") -> WarcReport:
        """What became of these records, in a file."""
        return self.read(self.write(*records, name=name))

    def reread(self) -> list[RereadOutcome]:
        """What becomes of each article that is read again."""
        outcomes: list[RereadOutcome] = []
        rebuild_articles(
            self.archive, Ingest({}), SiteRules({}), self._parser, on_outcome=outcomes.append
        )
        return outcomes

    def rows(self, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
        """All rows of a table, by their ids."""
        with self.archive.read() as connection:
            statement = sa.select(table).order_by(*table.primary_key.columns)
            return list(connection.execute(statement).all())


@pytest.fixture
def crawl(archive: Archive, tmp_path: Path, parser: Parser) -> Crawl:
    """An empty archive, and a folder for files."""
    return Crawl(archive, tmp_path, parser)


def told(report: WarcReport) -> tuple[dict[Filed, int], int, dict[str, int]]:
    """What a report says, without what is none."""
    counts = {filed: count for filed, count in report.counts.items() if count}
    return counts, report.without_article, dict(report.skipped)


@pytest.mark.parametrize("name", ["crawl.warc.gz", "crawl.warc"])
def test_pages_are_archived_where_they_lie(
    crawl: Crawl, write_text: Callable[..., str], name: str
) -> None:
    """Articles, their story, and snapshots that name the file; nothing is copied."""
    text = write_text(1)
    report = crawl.take(
        make_record("warcinfo", b"software: x\r\n"),
        make_record("request", b"GET / HTTP/1.1\r\n\r\n", fields={"WARC-Target-URI": URL}),
        make_page(URL, make_html("Ferry", text)),
        make_page("https://b.example/ferry", make_html("Ferry", text), second=5),
        make_page("https://b.example/other", make_html("Other", write_text(2)), second=6),
        make_record("metadata", b"a: b\r\n", fields={"WARC-Target-URI": URL}),
        make_record("revisit", make_answer(b""), fields={"WARC-Target-URI": URL}),
        make_record("response", b"paper.example 1.2.3.4", fields={"WARC-Target-URI": "dns:a.b"}),
        name=name,
    )
    assert told(report) == ({Filed.NEW: 3}, 0, {})
    articles = crawl.rows(schema.article)
    assert [row.story_id for row in articles] == [1, 1, 3]
    assert [row.first_seen for row in articles] == [
        BEGIN + timedelta(seconds=second) for second in (0, 5, 6)
    ]
    assert (articles[0].title, articles[0].text, articles[0].url) == ("Ferry", text, URL)
    assert not crawl.archive.snapshots.exists()
    with crawl.archive.read() as connection:
        (kept,) = load_snapshots(connection, [articles[0].page_id])
        assert kept.place.warc_file == str(crawl.folder / name)
        payload = read_snapshot(connection, crawl.archive, kept)
    assert (payload.url, payload.body) == (URL, make_html("Ferry", text))
    (page, *_) = crawl.rows(schema.page)
    assert (page.state, page.next_attempt_at, page.fetched_at) == ("archived", None, BEGIN)


def test_what_is_no_page_is_counted_with_its_reason(
    crawl: Crawl, write_text: Callable[..., str]
) -> None:
    """Nothing of it is stored, but a page without an article, which may be read better one day."""
    html = make_html("Ferry", write_text(1))
    url = iter(f"https://paper.example/{number}" for number in range(99))
    truncated = make_record(
        "response",
        make_answer(html),
        fields={"WARC-Target-URI": next(url), "WARC-Truncated": "length"},
    )
    ahead = make_page(next(url), html, second=9 * 10**8)
    report = crawl.take(
        make_page(next(url), html, status="404 Not Found"),
        make_page(next(url), html, status="503 Busy"),
        make_page(next(url), html, status="301 Moved", headers={"Location": "/"}),
        make_page(next(url), b"\x89PNG", content_type="image/png"),
        make_page(next(url), b"plain words", content_type="text/plain"),
        make_page(next(url), html, headers={"X-Robots-Tag": "noarchive"}),
        make_page(next(url), make_html("A", "b", head='<meta name=robots content="noarchive">')),
        make_page(next(url), html, headers={"Content-Encoding": "zstd"}),
        make_page(next(url), html, headers={"Content-Length": "99999"}),
        truncated,
        make_page(next(url), bytes(5_200_000)),
        make_page(next(url), b"<p>nothing much</p>"),
        make_record("response", b"what is this", fields={"WARC-Target-URI": next(url)}),
        make_record("response", make_answer(html)),
        make_page("mailto:a@b.example", html),
        ahead,
        make_page(next(url), html),
    )
    counts, without, skipped = told(report)
    assert (counts, without) == ({Filed.NEW: 1}, 1)
    assert skipped == {
        "http_4xx": 1,
        "http_5xx": 1,
        "redirect": 1,
        "not_html": 2,
        "noarchive": 2,
        "bad_encoding": 1,
        "truncated": 2,
        "too_big": 1,
        "damaged": 4,
    }
    assert len(report.problems) == 4
    assert [row.state for row in crawl.rows(schema.page)] == ["no_article", "archived"]
    assert len(crawl.rows(schema.snapshot)) == 2


def test_reservations_are_kept_as_the_config_says(
    crawl: Crawl, write_text: Callable[..., str]
) -> None:
    """As for a page that is fetched."""
    html = make_html("Ferry", write_text(1))
    path = crawl.write(
        make_page(URL, html, headers={"X-Robots-Tag": "noarchive"}),
        make_page(f"{URL}/2", html, headers={"TDM-Reservation": "1"}),
    )
    config = FetchConfig(respect_noarchive=False, respect_tdm_reservation=True)
    assert told(crawl.read(path, config=config)) == ({Filed.NEW: 1}, 0, {"noarchive": 1})


def test_the_charset_of_the_header_counts(crawl: Crawl, write_text: Callable[..., str]) -> None:
    """As for a page that is fetched."""
    text = "Übermorgen überqueren fünf Fähren die Förde. " + write_text(1)
    body = make_html("Fähre", text).decode().encode("iso-8859-1")
    crawl.take(make_page(URL, body, content_type="text/html; charset=ISO-8859-1"))
    (article,) = crawl.rows(schema.article)
    assert (article.title, article.text) == ("Fähre", text)


def test_importing_twice_changes_nothing(crawl: Crawl, write_text: Callable[..., str]) -> None:
    """Also under another name, and packed where it was not."""
    records = [make_page(f"{URL}/{n}", make_html("F", write_text(n)), second=n) for n in range(3)]
    records.append(make_page(f"{URL}/none", b"<p>nothing</p>"))
    crawl.take(*records)
    before = [crawl.rows(table) for table in schema.metadata.sorted_tables]
    for name in ("crawl.warc.gz", "copy.warc.gz", "plain.warc"):
        assert told(crawl.take(*records, name=name)) == ({Filed.UNCHANGED: 4}, 0, {})
        assert [crawl.rows(table) for table in schema.metadata.sorted_tables] == before


def test_a_later_capture_is_a_revision(crawl: Crawl, write_text: Callable[..., str]) -> None:
    """In one file or in two; seen when the crawler saw it."""
    texts = [write_text(1) + f" By day {day} more was known." for day in range(3)]
    captures = [make_page(URL, make_html("F", text), second=at) for at, text in enumerate(texts)]
    assert told(crawl.take(*captures[:2])) == ({Filed.NEW: 1, Filed.REVISED: 1}, 0, {})
    report = crawl.take(captures[2], name="later.warc")
    assert told(report) == ({Filed.REVISED: 1}, 0, {})
    (article,) = crawl.rows(schema.article)
    assert (article.text, article.first_seen) == (texts[2], BEGIN)
    seen = [row.seen_at for row in crawl.rows(schema.revision)]
    assert seen == [BEGIN + timedelta(seconds=second) for second in range(3)]


def test_an_earlier_capture_replaces_nothing(crawl: Crawl, write_text: Callable[..., str]) -> None:
    """The text of today stays; that the article was there earlier is a fact, and so is a story."""
    older, newer = write_text(1), write_text(1) + " Later more was known."
    crawl.take(make_page(URL, make_html("F", newer), second=100))
    report = crawl.take(make_page(URL, make_html("F", older)), name="earlier.warc")
    assert told(report) == ({Filed.UNCHANGED: 1}, 0, {})
    (article,) = crawl.rows(schema.article)
    (story,) = crawl.rows(schema.story)
    assert (article.text, article.first_seen, story.first_seen) == (newer, BEGIN, BEGIN)
    (page,) = crawl.rows(schema.page)
    assert page.fetched_at == BEGIN + timedelta(seconds=100)
    report = crawl.take(make_page(URL, make_html("G", write_text(2))), name="another.warc")
    assert told(report)[0] == {Filed.UNCHANGED: 1}  # the page was fetched once at one moment
    other = make_page(URL, make_html("G", write_text(2)), second=1)
    assert told(crawl.take(other, name="other.warc"))[0] == {Filed.NEW: 1}
    assert crawl.rows(schema.page)[0].fetched_at == BEGIN + timedelta(seconds=100)


def test_a_page_that_says_another_address_is_its_own(
    crawl: Crawl, write_text: Callable[..., str]
) -> None:
    """Two addresses of one page are one page, as when it is fetched."""
    link = f'<link rel=canonical href="{URL}">'
    html = make_html("Ferry", write_text(1), head=link)
    report = crawl.take(
        make_page(f"{URL}?print=1", html),
        make_page(URL, html, second=1),
        make_page(f"{URL}?view=small", html, second=2),
        make_page("https://paper.example/other", make_html("O", write_text(2)), second=3),
    )
    assert told(report)[0] == {Filed.NEW: 2, Filed.UNCHANGED: 2}
    assert [row.url for row in crawl.rows(schema.article)] == [URL, "https://paper.example/other"]
    assert len(crawl.rows(schema.page)) == 2


@pytest.mark.parametrize("batch", [1, 2, 9])
@pytest.mark.parametrize("seed", [1, 2], ids=["its text", "another text"])
def test_batches_do_not_matter_to_pages_that_are_one(
    crawl: Crawl,
    write_text: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    batch: int,
    seed: int,
) -> None:
    """One says an address that is fetched before and behind it; of one there are two captures."""
    monkeypatch.setattr("scraper.pipeline.warc_import.BATCH_ARTICLES", batch)
    says = f'<link rel="canonical" href="{URL}/own">'
    crawl.take(
        make_page(f"{URL}/own", make_html("F", write_text(1))),
        make_page(f"{URL}/amp-1", make_html("F", write_text(seed), head=says), second=1),
        make_page(f"{URL}/b?x=1", make_html("G", write_text(3), head=says.replace("own", "b"))),
        make_page(f"{URL}/b", make_html("G", write_text(3)), second=2),
        make_page(f"{URL}/b", make_html("G", write_text(3)), second=2),
        make_page(f"{URL}/none", b"<html><body><p>nothing</p></body></html>"),
    )
    urls = [f"{URL}/own"] if seed == 1 else [f"{URL}/own", f"{URL}/amp-1"]
    assert [row.url for row in crawl.rows(schema.article)] == [*urls, f"{URL}/b"]
    assert len(crawl.rows(schema.page)) == len(urls) + 2
    pages_of = [row.page_id for row in crawl.rows(schema.snapshot)]
    assert len(pages_of) == 5
    assert len(set(pages_of)) == len(urls) + 2


def test_what_was_announced_or_imported_before_is_one_article(
    crawl: Crawl, write_text: Callable[..., str]
) -> None:
    """A page that waits to be fetched still does; what its source said of it is known."""
    published = BEGIN - timedelta(hours=2)
    with crawl.archive.write() as connection:
        source = add_source(
            connection,
            url="https://paper.example/feed",
            name="Paper",
            every_minutes=None,
            origin="command",
            now=BEGIN,
        )
        assert source is not None
        page_id = pages.add_page(
            connection,
            url=URL,
            key=page_key(URL),
            site=site_of(URL),
            state=PageState.ANNOUNCED,
            next_attempt_at=BEGIN,
            now=BEGIN,
        )
        entry = FeedEntry(url=URL, title="Ferry", published=published)
        pages.announce_entry(connection, SourceId(source.id), page_id, entry, BEGIN)
    assert told(crawl.take(make_page(URL, make_html("F", write_text(1)))))[0] == {Filed.NEW: 1}
    (article,) = crawl.rows(schema.article)
    assert (article.page_id, article.published_utc) == (page_id, published)
    (page,) = crawl.rows(schema.page)
    assert (page.state, page.next_attempt_at) == ("archived", BEGIN)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=st.floats(0, 1), is_packed=st.booleans(), batch=st.integers(1, 3))
def test_a_file_that_was_cut_is_imported_to_its_end_later(
    *,
    tmp_path_factory: pytest.TempPathFactory,
    new_archive: NewArchive,
    parser: Parser,
    write_text: Callable[..., str],
    share: float,
    is_packed: bool,
    batch: int,
) -> None:
    """Cut at any byte: never raises; once the rest is there nothing is doubled, nothing missing."""
    folder = tmp_path_factory.mktemp("cut")
    records = [
        make_page(f"{URL}/{n}", make_html("F", write_text(n % 4, sentences=9)), second=n)
        for n in range(6)
    ]
    warc = make_warc(records, is_packed=is_packed)
    path = folder / "crawl.warc.gz"
    with (
        open_archive(new_archive(folder / "archive.db")) as archive,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("scraper.pipeline.warc_import.BATCH_ARTICLES", batch)
        crawl = Crawl(archive, folder, parser)
        path.write_bytes(warc.content[: int(share * len(warc.content))])
        first = crawl.read(path)
        assert sum(first.skipped.values()) <= 1
        path.write_bytes(warc.content)
        second = crawl.read(path)
        new = first.counts[Filed.NEW] + second.counts[Filed.NEW]
        assert (new, sum(second.counts.values())) == (6, 6)
        assert len(crawl.rows(schema.article)) == len(crawl.rows(schema.snapshot)) == 6
        assert len(crawl.rows(schema.story)) == 4


def test_another_file_by_the_same_name_is_refused(
    crawl: Crawl, write_text: Callable[..., str]
) -> None:
    """What the archive says of its pages would not be true any more; and nothing is stored."""
    crawl.take(make_page(URL, make_html("F", write_text(1))))
    path = crawl.write(make_page(f"{URL}/2", make_html("G", write_text(2)), second=9))
    with pytest.raises(FileError, match="another file was imported by this name"):
        crawl.read(path)
    assert len(crawl.rows(schema.article)) == 1


@pytest.mark.parametrize("name", ["crawl.warc.gz", "crawl.warc"])
def test_articles_are_read_again_from_the_imported_file(
    crawl: Crawl,
    write_text: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """And a page without an article too."""
    crawl.take(
        make_page(URL, make_html("F", write_text(1))),
        make_page(f"{URL}/none", b"<p>nothing</p>", second=1),
        name=name,
    )
    assert [each.became for each in crawl.reread()] == [Reread.UNCHANGED, Reread.NONE]
    monkeypatch.setattr(rereading, "extract_article", troublemakers.find_better)
    assert [each.became for each in crawl.reread()] == [Reread.REVISED, Reread.FOUND]


def test_a_file_that_was_moved_is_told_in_one_line_and_found_again(
    crawl: Crawl, write_text: Callable[..., str]
) -> None:
    """`db check` names the file and what to do; importing it from where it is now does it."""
    records = [make_page(f"{URL}/{n}", make_html("F", write_text(n)), second=n) for n in range(3)]
    crawl.take(*records)
    shutil.move(crawl.folder / "crawl.warc.gz", moved := crawl.folder / "moved.warc.gz")
    (problem,) = check_archive(crawl.archive)
    gone = str(crawl.folder / "crawl.warc.gz")
    assert problem.startswith(f"{gone}, in which 3 snapshots lie, is not there any more: put it")
    assert {(each.became, each.detail) for each in crawl.reread()} == {
        (Reread.UNREADABLE, f"{gone}: {problem.split('lie, ')[1]}")
    }
    assert told(crawl.read(moved)) == ({Filed.UNCHANGED: 3}, 0, {})
    assert [row.warc_file for row in crawl.rows(schema.snapshot)] == [str(moved)] * 3
    assert [each.became for each in crawl.reread()] == [Reread.UNCHANGED] * 3


def test_a_file_that_changed_where_it_lies_is_told(
    crawl: Crawl, write_text: Callable[..., str]
) -> None:
    """Each record's digest is compared, where a record cannot be read it is said why."""
    records = [make_page(f"{URL}/{n}", make_html("F", write_text(n)), second=n) for n in range(2)]
    crawl.take(*records)
    other = make_page(f"{URL}/0", make_html("F", write_text(7)))
    crawl.write(other + records[1])
    assert len(check_archive(crawl.archive)) == 2


def test_pages_are_copied_where_that_is_asked_for(
    crawl: Crawl, write_text: Callable[..., str]
) -> None:
    """Into a file of the archive's own, so that the other may go; twice changes nothing."""
    records = [make_page(f"{URL}/{n}", make_html("F", write_text(n)), second=n) for n in range(3)]
    path = crawl.write(*records)
    for counts in ({Filed.NEW: 3}, {Filed.UNCHANGED: 3}):
        with copying(crawl.archive) as keeper:
            assert told(crawl.read(path, keeper=keeper)) == (counts, 0, {})
    path.unlink()
    assert {row.warc_file for row in crawl.rows(schema.snapshot)} == {"run-0000000001.warc.gz"}
    assert check_archive(crawl.archive) == ()
    assert [each.became for each in crawl.reread()] == [Reread.UNCHANGED] * 3
    assert told(crawl.take(*records)) == ({Filed.UNCHANGED: 3}, 0, {})


def test_nothing_of_a_forgotten_page_comes_back(
    crawl: Crawl, write_text: Callable[..., str]
) -> None:
    """By its own address, or by one that leads to it; and it is not copied."""
    link = f'<link rel=canonical href="{URL}">'
    html = make_html("Ferry", write_text(1), head=link)
    crawl.take(make_page(URL, html))
    with crawl.archive.write() as connection:
        page = pages.find_page(connection, page_key(URL))
        assert page is not None
        forget_page(connection, Matcher({}), page.id, clock.now())
    path = crawl.write(make_page(URL, html), make_page(f"{URL}?print=1", html), name="two.warc")
    with copying(crawl.archive) as keeper:
        for kept in (None, keeper):
            assert told(crawl.read(path, keeper=kept)) == ({Filed.FORGOTTEN: 2}, 0, {})
    with crawl.archive.write() as connection:
        takedown.forget_site(connection, "other.example", clock.now())
    of_site = make_page("https://www.other.example/x", html)
    assert told(crawl.take(of_site, name="site.warc")) == ({Filed.FORGOTTEN: 1}, 0, {})
    assert crawl.rows(schema.article) == crawl.rows(schema.snapshot) == []
    assert not crawl.archive.snapshots.exists()


@pytest.mark.sqlite  # it is backed up
def test_the_files_of_others_are_never_written(
    crawl: Crawl, write_text: Callable[..., str]
) -> None:
    """What is forgotten, tidied or backed up leaves them byte for byte as they were."""
    records = [make_page(f"{URL}/{n}", make_html("F", write_text(n)), second=n) for n in range(3)]
    path = crawl.write(*records)
    before = path.read_bytes()
    crawl.read(path)
    back_up(crawl.archive, crawl.folder / "copy.db")
    with open_archive(crawl.folder / "copy.db") as copied:
        assert check_archive(copied) == ()
    with crawl.archive.read() as connection:
        doomed = takedown.choose_page(connection, f"{URL}/1")
    assert doomed is not None
    take_down(crawl.archive, Matcher({}), doomed, clock.now())
    with copying(crawl.archive):
        pass
    assert path.read_bytes() == before
    assert [row.offset for row in crawl.rows(schema.snapshot)] == [
        make_warc(records).offsets[number] for number in (0, 2)
    ]
    assert crawl.rows(schema.erasure) == []
    assert check_archive(crawl.archive) == ()


def test_imported_pages_are_exported_as_warc(crawl: Crawl, write_text: Callable[..., str]) -> None:
    """Records that were packed as they were, others packed; imported again they are the same."""
    pages = [make_page(f"{URL}/{n}", make_html("F", write_text(n)), second=n) for n in range(4)]
    crawl.take(*pages[:2], name="a.warc.gz")
    crawl.take(*pages[2:], name="b.warc")
    with crawl.archive.read() as connection:
        records = list(each_record(connection, crawl.archive, sa.select(schema.article.c.id)))
    assert b"".join(records) == make_warc(pages).content


def test_a_text_of_a_page_that_is_cut_does_not_replace_it(
    crawl: Crawl, write_text: Callable[..., str]
) -> None:
    """A page that shrinks keeps its archived article."""
    whole = write_text(1)
    with crawl.archive.write() as connection:
        page_id = pages.add_page(
            connection,
            url=URL,
            key=page_key(URL),
            site=site_of(URL),
            state=PageState.ARCHIVED,
            next_attempt_at=None,
            now=BEGIN,
        )
        content = Article(url=URL, title="F", text=whole)
        Ingest({}).file(
            connection, prepare(content), Place(page_id=page_id, site=site_of(URL)), BEGIN
        )
    cut = whole[: len(whole) // 3]
    assert told(crawl.take(make_page(URL, make_html("F", cut))))[0] == {Filed.UNCHANGED: 1}
    (article,) = crawl.rows(schema.article)
    assert replace(content, text=article.text) == content

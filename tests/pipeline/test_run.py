"""One pass over what is due, against real servers on loopback."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper import clock
from scraper.config import Config, DiscoverConfig, FetchConfig
from scraper.model import PageState, Reason, SourceState
from scraper.pipeline.ingest import Filed
from scraper.pipeline.run import run_pass
from scraper.pipeline.work import find_pages, find_work
from scraper.store import schema, sources

if TYPE_CHECKING:
    from scraper.pipeline.report import RunReport
    from scraper.store.archive import Archive

WriteText = Callable[..., str]

RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>Paper</title>{}</channel></rss>'


@dataclass
class Paper:
    """A small site that a test writes as it goes: path -> (status, content type, body)."""

    port: int
    pages: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    meanwhile: dict[str, Callable[[], None]] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def write_feed(self, *paths: str, dates: dict[str, str] | None = None) -> None:
        """A feed that announces these paths."""
        items = "".join(
            f"<item><title>{path}</title><link>{self.url(path)}</link>"
            f"<pubDate>{(dates or {}).get(path, 'Sat, 21 Nov 2026 08:00:00 GMT')}</pubDate></item>"
            for path in paths
        )
        self.pages["/feed.xml"] = (200, "application/rss+xml", RSS.format(items))

    def write_article(self, path: str, text: str, *, head: str = "", title: str = "News") -> None:
        """An article page with this text."""
        body = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
        html = (
            f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head>"
            f"<body><article><h1>{title}</h1>{body}</article></body></html>"
        )
        self.pages[path] = (200, "text/html; charset=utf-8", html)


@contextmanager
def serve_paper() -> Iterator[Paper]:
    """A Paper, served on loopback while the context lasts."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            served.asked.append(self.path)
            served.meanwhile.get(self.path, lambda: None)()
            missing = (404, "text/plain", "not here")
            status, kind, body = served.pages.get(self.path, missing)
            data = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            for name, value in served.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing; a test's output is its own."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served = Paper(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def paper() -> Iterator[Paper]:
    """A Paper on loopback."""
    with serve_paper() as served:
        yield served


def add_feed(archive: Archive, paper: Paper, name: str = "Paper") -> None:
    """Watch the paper's feed."""
    with archive.write() as connection:
        sources.add_source(
            connection,
            url=paper.url("/feed.xml"),
            name=name,
            every_minutes=None,
            origin=sources.BY_COMMAND,
            now=clock.now(),
        )


def run(archive: Archive, *, everything: bool = True, **fetch: object) -> RunReport:
    """What one pass did, with loopback allowed and no delays."""
    config = Config(
        fetch=FetchConfig(min_delay_seconds=0, allow_addresses=("127.0.0.0/8:*",), **fetch),  # type: ignore[arg-type]  # settings by name
        discover=DiscoverConfig(),
    )
    return run_pass(archive, config, find_work(archive, clock.now(), everything=everything))


def rows_of(archive: Archive, table: sa.Table) -> list[dict[str, object]]:
    """A table's rows as dictionaries."""
    with archive.read() as connection:
        rows = connection.execute(sa.select(table).order_by(*table.primary_key))
        return [dict(row._mapping) for row in rows]


def test_what_a_feed_announces_is_archived(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """Pages of a new source are asked for in the same pass, and their articles kept."""
    paper.write_feed("/one", "/two?utm_source=rss")
    paper.write_article("/one", write_text(1), title="One")
    paper.write_article("/two?utm_source=rss", write_text(2), title="Two")
    add_feed(archive, paper)
    report = run(archive)
    assert [page.filed for page in report.pages] == [Filed.NEW, Filed.NEW]
    assert report.all_well
    assert [row["title"] for row in rows_of(archive, schema.article)] == ["One", "Two"]
    (finished,) = rows_of(archive, schema.run)
    assert (finished["articles_new"], finished["pages_fetched"]) == (2, 2)
    assert finished["finished_at"] is not None


def test_what_a_page_does_not_say_is_taken_from_its_announcement(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """An undated page has the date that its feed gave it."""
    paper.write_feed("/one", dates={"/one": "Fri, 20 Nov 2026 08:00:00 GMT"})
    paper.write_article("/one", write_text(1))
    add_feed(archive, paper)
    run(archive)
    (article,) = rows_of(archive, schema.article)
    assert article["published_utc"] == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_an_idle_second_pass_asks_the_feed_alone(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """Archived pages are not asked for again before their revisit is due."""
    paper.write_feed("/one")
    paper.write_article("/one", write_text(1))
    add_feed(archive, paper)
    run(archive)
    paper.asked.clear()
    assert run(archive).pages == []
    assert paper.asked == ["/feed.xml"]


def test_nothing_is_due_right_after_a_pass(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """Without --all, a run within the interval finds no work."""
    paper.write_feed("/one")
    paper.write_article("/one", write_text(1))
    add_feed(archive, paper)
    run(archive)
    assert not find_work(archive, clock.now()).is_any


def test_a_revisit_comes_due_and_finds_the_new_text(
    archive: Archive, paper: Paper, write_text: WriteText, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hours later the page is asked for again, and its longer text is a revision."""
    paper.write_feed("/one")
    paper.write_article("/one", write_text(1))
    add_feed(archive, paper)
    run(archive)
    paper.write_article("/one", write_text(1) + "\n\n" + write_text(9, sentences=3))
    later = clock.now() + timedelta(hours=2, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    report = run(archive, everything=False)
    assert [page.filed for page in report.pages] == [Filed.REVISED]
    assert len(rows_of(archive, schema.revision)) == 2


def test_an_entry_that_was_updated_is_asked_for_again(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """A newer date in the feed makes an archived page due at once."""
    paper.write_feed("/one", dates={"/one": "Sat, 21 Nov 2026 08:00:00 GMT"})
    paper.write_article("/one", write_text(1))
    add_feed(archive, paper)
    run(archive)
    paper.write_feed("/one", dates={"/one": "Sat, 21 Nov 2026 11:00:00 GMT"})
    paper.write_article("/one", write_text(1) + "\n\n" + write_text(9, sentences=3))
    assert [page.filed for page in run(archive).pages] == [Filed.REVISED]


@pytest.mark.parametrize(
    ("answer", "state", "reason", "all_well"),
    [
        ((404, "text/html", "gone"), PageState.GONE, Reason.HTTP_4XX, True),
        ((410, "text/html", "gone"), PageState.GONE, Reason.HTTP_410, True),
        ((403, "text/html", "no"), PageState.REFUSED, Reason.HTTP_4XX, True),
        ((500, "text/html", "oh"), PageState.FAILING, Reason.HTTP_5XX, False),
        ((200, "image/png", "x"), PageState.REFUSED, Reason.NOT_HTML, True),
        ((200, "text/html", "<p>Hi</p>"), PageState.NO_ARTICLE, Reason.NO_ARTICLE, True),
    ],
)
def test_a_page_that_gives_no_article_is_recorded_with_its_reason(
    archive: Archive,
    paper: Paper,
    write_text: WriteText,
    *,
    answer: tuple[int, str, str],
    state: PageState,
    reason: Reason,
    all_well: bool,
) -> None:
    """The pass goes on, and only what may pass is a failure."""
    paper.write_feed("/bad", "/good")
    paper.pages["/bad"] = answer
    paper.write_article("/good", write_text(1))
    add_feed(archive, paper)
    report = run(archive)
    bad, good = rows_of(archive, schema.page)
    assert (bad["state"], bad["reason"], good["state"]) == (state, reason, PageState.ARCHIVED)
    assert bad["detail"]
    assert report.all_well is all_well


def test_a_page_that_fails_is_asked_for_three_times_in_all(
    archive: Archive, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many passes there are."""
    paper.write_feed("/bad")
    paper.pages["/bad"] = (500, "text/html", "oh")
    add_feed(archive, paper)
    moment = clock.now()
    for day in range(6):
        monkeypatch.setattr(clock, "now", lambda day=day: moment + timedelta(days=2 * day))
        run(archive)
    assert paper.asked.count("/bad") == 3


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ((200, "text/html", "<html><body>No feed</body></html>"), Reason.BAD_FEED),
        ((503, "text/plain", ""), Reason.HTTP_5XX),
        ((404, "text/plain", ""), Reason.HTTP_4XX),
    ],
)
def test_a_source_that_fails_is_news_once_and_again_when_it_recovers(
    archive: Archive, paper: Paper, broken: tuple[int, str, str], reason: Reason
) -> None:
    """A line for a change of health, none while it lasts."""
    add_feed(archive, paper)
    paper.pages["/feed.xml"] = broken
    first, second = run(archive), run(archive)
    assert [(failed.reason, failed.is_news) for failed in first.sources] == [(reason, True)]
    assert [failed.is_news for failed in second.sources] == [False]
    assert not second.all_well
    (source,) = rows_of(archive, schema.source)
    assert (source["state"], source["failures"]) == (SourceState.FAILING, 2)
    paper.write_feed()
    third = run(archive)
    assert [(asked.reason, asked.is_news) for asked in third.sources] == [(None, True)]
    assert third.all_well


def test_one_sites_trouble_does_not_stop_another(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """A source that is down costs its own news and nobody else's."""
    with serve_paper() as down:
        down.pages["/feed.xml"] = (500, "text/plain", "")
        add_feed(archive, down, "Down")
        paper.write_feed("/one")
        paper.write_article("/one", write_text(1))
        add_feed(archive, paper)
        report = run(archive)
    assert len(report.failed_sources) == 1
    assert len(rows_of(archive, schema.article)) == 1


def test_an_archived_text_survives_an_error_page(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """A page that turns into nothing, or is gone, never replaces what was archived."""
    paper.write_feed("/one")
    paper.write_article("/one", write_text(1))
    add_feed(archive, paper)
    run(archive)
    for answer in (
        (200, "text/html", "<html><body><h1>Page not found</h1></body></html>"),
        (404, "text/html", "gone"),
    ):
        paper.pages["/one"] = answer
        work = find_pages(archive, [paper.url("/one")], clock.now())
        config = Config(fetch=FetchConfig(min_delay_seconds=0, allow_addresses=("127.0.0.0/8:*",)))
        run_pass(archive, config, work)
        (article,) = rows_of(archive, schema.article)
        assert article["text"] == write_text(1)
    (page,) = rows_of(archive, schema.page)
    assert (page["state"], page["reason"]) == (PageState.GONE, Reason.HTTP_4XX)


def test_an_archived_page_that_fails_for_good_keeps_its_later_revisits(
    archive: Archive, paper: Paper, write_text: WriteText, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three failures on the first day do not end what is asked for after a week."""
    paper.write_feed("/one")
    paper.write_article("/one", write_text(1))
    add_feed(archive, paper)
    run(archive)
    paper.pages["/one"] = (500, "text/html", "oh")
    begun = clock.now()
    for hours in (3, 4, 12, 13, 14):
        monkeypatch.setattr(clock, "now", lambda hours=hours: begun + timedelta(hours=hours))
        run(archive)
    (page,) = rows_of(archive, schema.page)
    assert page["state"] == PageState.ARCHIVED
    assert isinstance(page["next_attempt_at"], datetime)
    assert page["next_attempt_at"] > begun + timedelta(hours=20)


def test_addresses_of_one_page_give_one_article(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """A page's own rel=canonical within its site joins its addresses."""
    canonical = f'<link rel="canonical" href="{paper.url("/one")}">'
    paper.write_feed("/print/one", "/one")
    paper.write_article("/print/one", write_text(1), head=canonical)
    paper.write_article("/one", write_text(1), head=canonical)
    add_feed(archive, paper)
    run(archive)
    (article,) = rows_of(archive, schema.article)
    (page,) = rows_of(archive, schema.page)
    assert article["url"] == paper.url("/one")
    assert article["page_id"] == page["id"]
    assert len(rows_of(archive, schema.page_key)) == 2


def test_a_page_that_is_joined_to_another_while_it_waits_is_not_asked_for(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """Its article is there already, under the address that both say is theirs."""
    canonical = f'<link rel="canonical" href="{paper.url("/two")}">'
    paper.write_feed("/one", "/two")
    paper.write_article("/one", write_text(1), head=canonical)
    paper.pages["/two"] = (404, "text/html", "gone")
    add_feed(archive, paper)
    assert [page.state for page in run(archive).pages] == [PageState.ARCHIVED]
    assert "/two" not in paper.asked


def test_a_source_may_be_removed_while_it_is_asked(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """A person's command beside a run ends neither; what the source announced is left alone."""

    def remove() -> None:
        with archive.write() as connection:
            (source,) = sources.list_sources(connection)
            sources.remove_source(connection, source.id)

    paper.write_feed("/one")
    paper.write_article("/one", write_text(1))
    paper.meanwhile["/feed.xml"] = remove
    add_feed(archive, paper)
    report = run(archive)
    assert (report.sources, report.pages) == ([], [])
    assert rows_of(archive, schema.page) == []


@pytest.mark.parametrize("claim", ["/", "/news"])
def test_a_site_that_names_one_address_on_every_page_loses_no_article(
    archive: Archive, paper: Paper, write_text: WriteText, claim: str
) -> None:
    """Its pages stay apart, and each article keeps the address where it was found."""
    head = f'<link rel="canonical" href="{paper.url(claim)}">'
    paths = ["/a", "/b", "/c"]
    paper.write_feed(*paths)
    for number, path in enumerate(paths):
        paper.write_article(path, write_text(number), head=head, title=f"Title of {path} today")
    add_feed(archive, paper)
    run(archive)
    articles = rows_of(archive, schema.article)
    pages = rows_of(archive, schema.page)
    assert (len(articles), len(pages)) == (3, 3)
    urls = {article["url"] for article in articles}
    assert len(urls & {paper.url(path) for path in paths}) >= 2
    assert len(urls) == 3
    (known,) = find_pages(archive, [paper.url("/b")], clock.now()).pages
    assert known.url == paper.url("/b")


@pytest.mark.parametrize(("status", "joined"), [(302, False), (307, False), (301, True)])
def test_only_a_permanent_redirect_joins_pages(
    archive: Archive, paper: Paper, write_text: WriteText, *, status: int, joined: bool
) -> None:
    """An hour of maintenance does not make one page of all: when it is over, each has its text."""
    paths = ["/a", "/b"]
    paper.write_feed(*paths)
    paper.write_article("/elsewhere", write_text(9))
    for path in paths:
        paper.pages[path] = (status, "text/html", "")
    paper.headers["Location"] = paper.url("/elsewhere")
    add_feed(archive, paper)
    run(archive)
    assert len(rows_of(archive, schema.page)) == (1 if joined else 2)
    paper.headers.clear()
    for number, path in enumerate(paths):
        paper.write_article(path, write_text(number), title=f"Title of {path} today")
    work = find_pages(archive, [paper.url(path) for path in paths], clock.now())
    config = Config(fetch=FetchConfig(min_delay_seconds=0, allow_addresses=("127.0.0.0/8:*",)))
    run_pass(archive, config, work)
    texts = {article["text"] for article in rows_of(archive, schema.article)}
    assert (write_text(1) in texts) is not joined


def test_the_hosts_state_outlives_the_pass(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """Delays and robots.txt are kept, so that the next process is as polite as this one."""
    paper.write_feed("/one")
    paper.write_article("/one", write_text(1))
    add_feed(archive, paper)
    run(archive)
    (host,) = rows_of(archive, schema.host)
    assert host["host"] == f"http://127.0.0.1:{paper.port}"
    assert isinstance(host["last_request_at"], datetime)
    assert paper.asked.count("/robots.txt") == 1
    run(archive)
    assert paper.asked.count("/robots.txt") == 1


def test_retry_after_is_obeyed_by_the_next_pass(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """A host that asked for an hour of peace is not asked for anything within it."""
    paper.write_feed("/one", "/two")
    paper.write_article("/two", write_text(1))
    paper.pages["/one"] = (429, "text/plain", "")
    paper.headers["Retry-After"] = "3600"
    add_feed(archive, paper)
    run(archive)
    paper.headers.clear()
    asked = len(paper.asked)
    assert "/two" not in paper.asked
    run(archive)
    assert len(paper.asked) == asked


def test_a_limit_bounds_the_pages_of_a_pass(
    archive: Archive, paper: Paper, write_text: WriteText
) -> None:
    """`--limit` leaves the rest for the next pass."""
    paths = [f"/{number}" for number in range(5)]
    paper.write_feed(*paths)
    for number, path in enumerate(paths):
        paper.write_article(path, write_text(number))
    add_feed(archive, paper)
    config = Config(fetch=FetchConfig(min_delay_seconds=0, allow_addresses=("127.0.0.0/8:*",)))
    work = find_work(archive, clock.now(), everything=True)
    assert len(run_pass(archive, config, work, limit=2).pages) == 2
    assert len(run(archive, everything=False).pages) == 3


def test_nothing_is_dialled_that_is_not_allowed(archive: Archive, paper: Paper) -> None:
    """Without `allow_addresses`, loopback is refused with its reason and no request is made."""
    add_feed(archive, paper)
    work = find_work(archive, clock.now(), everything=True)
    report = run_pass(archive, Config(), work)
    assert [failed.reason for failed in report.failed_sources] == [Reason.BLOCKED_ADDRESS]
    assert paper.asked == []

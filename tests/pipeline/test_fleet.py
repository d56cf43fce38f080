"""Several `scraper run` on one archive: every page once, one request at a time for each host."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper import clock
from scraper.model import PageState, SourceState
from scraper.pipeline.hosts import LeasedHosts
from scraper.pipeline.work import find_pages
from scraper.store import pages, schema, sources
from scraper.store.check import check_archive
from scraper.store.hosts import LEASE
from scraper.store.postgresql import PostgresDatabase
from scraper.urls import host_of
from tests.pipeline.test_run import add_feed, rows_of, serve_paper
from tests.pipeline.test_run import run as make_pass
from tests.store.test_hosts import move_leases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.store.archive import Archive

pytestmark = pytest.mark.postgresql

HOSTS = 12
PAGES = 4


@dataclass
class Site:
    """A host that minds whether it is asked for two things at once, or for one thing twice."""

    port: int = 0
    pages: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    #: Set once this path is asked for, which is then never answered.
    stuck_at: str | None = None
    is_stuck: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def feed(self) -> str:
        """The address of its feed."""
        return f"http://127.0.0.1:{self.port}/feed.xml"


@contextmanager
def serve(write_text: Callable[..., str], number: int) -> Iterator[Site]:
    """A site with a feed of its articles, while the context lasts."""
    site = Site()
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with site.lock:
                site.asked.append(self.path)
                site.at_once += 1
                site.most_at_once = max(site.most_at_once, site.at_once)
            if self.path == site.stuck_at:
                site.stuck_at = None
                site.is_stuck.set()
                over.wait()
            try:
                self.reply()
            finally:
                with site.lock:
                    site.at_once -= 1

        def reply(self) -> None:
            body = site.pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            kind = "application/rss+xml" if self.path == "/feed.xml" else "text/html"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing; a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    paths = [f"/{page}" for page in range(PAGES)]
    home = f"http://127.0.0.1:{site.port}"
    items = "".join(f"<item><link>{home}{path}</link></item>" for path in paths)
    site.pages["/feed.xml"] = f"<rss version='2.0'><channel>{items}</channel></rss>"
    for page, path in enumerate(paths):
        parts = write_text(number * PAGES + page).split("\n\n")
        text = "".join(f"<p>{part}</p>" for part in parts)
        site.pages[path] = f"<html lang='en'><body><article><h1>{path}</h1>{text}</article>"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield site
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def sites(write_text: Callable[..., str]) -> Iterator[list[Site]]:
    """Some sites, each with articles of its own."""
    with ExitStack() as stack:
        yield [stack.enter_context(serve(write_text, number)) for number in range(HOSTS)]


@pytest.fixture
def begin_run(
    archive: Archive, sites: list[Site], tmp_path: Path
) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Begins a run over these sites, with time for three hosts at once."""
    fetch = (
        "[fetch]\nmin_delay_seconds = 0\nconcurrent_hosts = 3\n"
        'allow_addresses = ["127.0.0.0/8:*"]\n'
    )
    listed = [f'[[source]]\nurl = "{site.feed}"\n' for site in sites]
    (tmp_path / "config.toml").write_text(fetch + "".join(listed))
    assert isinstance(archive.location, PostgresDatabase)
    url = archive.location.url.render_as_string(hide_password=False)
    begun: list[subprocess.Popen[str]] = []

    def begin() -> subprocess.Popen[str]:
        begun.append(
            subprocess.Popen(
                [sys.executable, "-m", "scraper", "run"],
                cwd=tmp_path,
                env={**os.environ, "SCRAPER_ARCHIVE": url},
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def count_archived(archive: Archive) -> tuple[int, int]:
    """How many pages are archived, and how many articles there are."""
    archived = schema.page.c.state == "archived"
    with archive.read() as connection:
        counts = [
            connection.execute(statement).scalar_one()
            for statement in (
                sa.select(sa.func.count()).where(archived),
                sa.select(sa.func.count()).select_from(schema.article),
            )
        ]
    return counts[0], counts[1]


def test_two_runs_share_the_work(
    archive: Archive, sites: list[Site], begin_run: Callable[[], subprocess.Popen[str]]
) -> None:
    """Both end well; together they ask for everything, and for nothing twice."""
    for run in [begin_run(), begin_run()]:
        _, said = run.communicate(timeout=120)
        assert said == ""
        assert run.returncode == 0
    # What one of them left to the other, as its host was the other's, is due still.
    assert begin_run().wait(timeout=120) == 0
    assert count_archived(archive) == (HOSTS * PAGES, HOSTS * PAGES)
    for site in sites:
        assert sorted(path for path in site.asked if path != "/robots.txt") == [
            *(f"/{page}" for page in range(PAGES)),
            "/feed.xml",
        ]
        assert site.most_at_once == 1
    assert check_archive(archive) == ()


def test_another_takes_up_what_a_killed_run_left(
    archive: Archive, sites: list[Site], begin_run: Callable[[], subprocess.Popen[str]]
) -> None:
    """Nothing is lost, and only what was being asked for is asked for again."""
    stuck = sites[0]
    stuck.stuck_at = "/2"
    killed = begin_run()
    assert stuck.is_stuck.wait(timeout=120)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert begin_run().wait(timeout=120) == 0
    assert stuck.asked[-1] == "/2"  # its host is leased still
    move_leases(archive, LEASE)
    assert begin_run().wait(timeout=120) == 0
    assert count_archived(archive) == (HOSTS * PAGES, HOSTS * PAGES)
    assert stuck.asked[-3:] == ["/2", "/2", "/3"]
    assert check_archive(archive) == ()


def test_a_source_that_leads_to_anothers_host_waits_for_it(archive: Archive) -> None:
    """It has not failed: nothing is wrong with it, and it is asked in half a minute."""
    with serve_paper() as paper, serve_paper() as other:
        paper.pages["/feed.xml"] = (302, "text/plain", "")
        paper.headers["Location"] = other.url("/feed.xml")
        other.write_feed()
        add_feed(archive, paper)
        (before,) = rows_of(archive, schema.source)
        LeasedHosts(archive).take([host_of(other.url("/"))], room=1)
        now = clock.now()
        assert make_pass(archive).sources == []
        assert paper.asked.count("/feed.xml") == 1
        assert other.asked == []
    (after,) = rows_of(archive, schema.source)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"next_check_at"}
    assert now < after["next_check_at"] < now + LEASE  # type: ignore[operator]  # it is a moment


def test_a_source_that_another_has_read_meanwhile_has_not_failed(archive: Archive) -> None:
    """Where we stood still for so long that our request came to nothing."""
    with serve_paper() as paper:

        def read_it() -> None:
            with archive.write() as connection:
                (known,) = sources.list_sources(connection)
                sources.record_check(
                    connection,
                    known.id,
                    state=SourceState.ACTIVE,
                    validators=None,
                    failures=0,
                    reason=None,
                    detail=None,
                    checked_at=clock.now(),
                    next_check_at=clock.now() + 100 * LEASE,
                )
            kept.extend(rows_of(archive, schema.source))

        kept: list[dict[str, object]] = []
        paper.pages["/feed.xml"] = (500, "text/plain", "")
        paper.meanwhile["/feed.xml"] = read_it
        add_feed(archive, paper)
        assert make_pass(archive).sources == []
    assert rows_of(archive, schema.source) == kept


@pytest.mark.parametrize("status", [302, 500, 200])
def test_what_another_has_archived_meanwhile_stays_as_it_is(archive: Archive, status: int) -> None:
    """Where we stood still, what came of asking is older: a page that leads to a host of the other,
    that fails, or that has no article.
    """
    with serve_paper() as paper, serve_paper() as other:
        work = find_pages(archive, [paper.url("/one")], clock.now())

        def archive_it() -> None:
            with archive.write() as connection:
                pages.record_outcome(
                    connection,
                    work.pages[0].id,
                    state=PageState.ARCHIVED,
                    next_attempt_at=clock.now() + 100 * LEASE,
                    fetched_at=clock.now(),
                )
            kept.extend(rows_of(archive, schema.page))

        kept: list[dict[str, object]] = []
        paper.pages["/one"] = (status, "text/html", "<p>nothing to read")
        paper.headers["Location"] = other.url("/one")
        paper.meanwhile["/one"] = archive_it
        LeasedHosts(archive).take([host_of(other.url("/"))], room=1)
        assert make_pass(archive).pages == []
    assert paper.asked.count("/one") == 1
    assert rows_of(archive, schema.page) == kept

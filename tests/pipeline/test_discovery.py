"""Sources of every kind, from the address that a person types to what is archived, on loopback."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper import clock
from scraper.config import Config, FetchConfig, SiteConfig
from scraper.model import PageState, Reason, SourceKind, SourceState
from scraper.pipeline.add import NewSource, NoSource, find_source
from scraper.pipeline.backfill import backfill
from scraper.pipeline.run import run_pass
from scraper.pipeline.work import find_pages, find_work
from scraper.store import schema, sources, takedown
from scraper.urls import site_of
from tests.fetch.loopback import Asked, Loopback, redirect, reply

if TYPE_CHECKING:
    from scraper.model import Source
    from scraper.pipeline.report import RunReport
    from scraper.store.archive import Archive

WriteText = Callable[..., str]

FETCH = FetchConfig(min_delay_seconds=0, allow_addresses=("127.0.0.0/8:*",))
CONFIG = Config(fetch=FETCH)


@pytest.fixture
def site() -> Iterator[Loopback]:
    """A site on loopback."""
    loopback = Loopback()
    yield loopback
    loopback.stop()


def article(text: str, head: str = "") -> bytes:
    """An article's page."""
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    html = f"<!doctype html><html><head><title>News</title>{head}</head><body><article>"
    return reply(f"{html}<h1>News</h1>{paragraphs}</article></body></html>".encode())


def xml(body: str) -> bytes:
    """An XML document."""
    return reply(body.encode(), content_type="application/xml")


def urlset(site: Loopback, *paths: str, date: str = "") -> str:
    """A sitemap of these paths."""
    changed = f"<lastmod>{date}</lastmod>" if date else ""
    rows = "".join(f"<url><loc>{site.url(path)}</loc>{changed}</url>" for path in paths)
    return f"<urlset>{rows}</urlset>"


def index(site: Loopback, *paths: str, date: str = "") -> str:
    """An index of these sitemaps."""
    changed = f"<lastmod>{date}</lastmod>" if date else ""
    rows = "".join(f"<sitemap><loc>{site.url(path)}</loc>{changed}</sitemap>" for path in paths)
    return f"<sitemapindex>{rows}</sitemapindex>"


def watch(archive: Archive, url: str, kind: SourceKind) -> Source:
    """The source at this address, watched from now on."""
    with archive.write() as connection:
        added = sources.add_source(
            connection,
            url=url,
            name="Paper",
            kind=kind,
            every_minutes=None,
            origin=sources.BY_COMMAND,
            now=clock.now(),
        )
    assert added is not None
    return added


def run_all(archive: Archive, config: Config = CONFIG) -> RunReport:
    """One pass over everything."""
    return run_pass(archive, config, find_work(archive, clock.now(), everything=True))


def states(archive: Archive, site: Loopback) -> dict[str, str]:
    """The pages' states by their paths."""
    with archive.read() as connection:
        rows = connection.execute(sa.select(schema.page.c.url, schema.page.c.state))
        return {url.removeprefix(site.url("")): state for url, state in rows}


def test_a_sitemap_is_found_by_robots_txt(archive: Archive, site: Loopback) -> None:
    """A site without feeds is watched by the sitemap that robots.txt names; gzip is unpacked."""
    robots = f"User-agent: *\nDisallow:\nSitemap: {site.url('/map.xml.gz')}\n"
    site.on("/robots.txt", reply(robots.encode(), content_type="text/plain"))
    site.on("/", reply(b"<!doctype html><html><body>Welcome</body></html>"))
    packed = gzip.compress(urlset(site, "/2026/11/20/a").encode())
    site.on("/map.xml.gz", reply(packed, content_type="application/gzip"))
    found = find_source(archive, CONFIG, site.url("/"))
    assert isinstance(found, NewSource)
    assert (found.url, found.kind, found.entries) == (
        site.url("/map.xml.gz"),
        SourceKind.SITEMAP,
        1,
    )


def test_a_page_that_lists_articles_is_watched_in_the_end(
    archive: Archive, site: Loopback, write_text: WriteText
) -> None:
    """Where there is neither feed nor sitemap, the links to articles are the news."""
    links = "".join(
        f"<h2><a href='/2026/11/20/story-number-{n}'>The story of number {n}</a></h2>"
        for n in range(6)
    )
    site.on("/", reply(f"<!doctype html><html><body>{links}</body></html>".encode()))
    for n in range(6):
        site.on(f"/2026/11/20/story-number-{n}", article(write_text(n)))
    found = find_source(archive, CONFIG, site.url("/"))
    assert isinstance(found, NewSource)
    assert (found.url, found.kind, found.entries) == (site.url("/"), SourceKind.LISTING, 6)
    watch(archive, found.url, found.kind)
    assert run_all(archive).all_well
    assert set(states(archive, site).values()) == {"archived"}


def test_only_the_kind_that_was_asked_for(archive: Archive, site: Loopback) -> None:
    """`--kind sitemap` takes no feed, and says what it looked for."""
    feed = "<rss><channel><item><link>/a</link></item></channel></rss>"
    site.on("/", xml(feed))
    assert isinstance(find_source(archive, CONFIG, site.url("/")), NewSource)
    none = find_source(archive, CONFIG, site.url("/"), kind=SourceKind.SITEMAP)
    assert isinstance(none, NoSource)
    assert "no sitemap" in none.detail
    assert "feed" not in none.detail


def test_an_index_that_names_itself_and_ten_thousand_others_ends(
    archive: Archive, site: Loopback, write_text: WriteText
) -> None:
    """Each sitemap is asked for once, at most ten at a check, indexes only so deep."""
    many = [f"/no/{n}.xml" for n in range(10_000)]
    site.on("/map.xml", xml(index(site, "/map.xml", "/deep1.xml", "/good-news.xml", *many)))
    for depth in range(1, 9):
        site.on(f"/deep{depth}.xml", xml(index(site, "/map.xml", f"/deep{depth + 1}.xml")))
    site.on("/good-news.xml", xml(urlset(site, "/a", "/tag/x")))
    site.on("/a", article(write_text(1)))
    watch(archive, site.url("/map.xml"), SourceKind.SITEMAP)
    assert run_all(archive).all_well
    asked = [path for path in site.paths() if path.endswith(".xml")]
    assert len(asked) == len(set(asked)) == 11
    assert states(archive, site) == {"/a": "archived"}


def test_an_index_none_of_whose_sitemaps_can_be_read_has_failed(
    archive: Archive, site: Loopback
) -> None:
    """The source is failing, for the reason of the first."""
    site.on("/map.xml", xml(index(site, "/lost.xml")))
    watch(archive, site.url("/map.xml"), SourceKind.SITEMAP)
    (outcome,) = run_all(archive).sources
    assert (outcome.state, outcome.reason) == (SourceState.FAILING, Reason.HTTP_4XX)
    assert outcome.detail is not None
    assert outcome.detail.startswith(site.url("/lost.xml"))


def test_backfill_announces_what_is_dated_since(
    archive: Archive, site: Loopback, write_text: WriteText
) -> None:
    """Old sitemaps are not asked for, old and undated pages not announced; a run takes the rest."""
    robots = f"Sitemap: {site.url('/map.xml')}\n"
    site.on("/robots.txt", reply(robots.encode(), content_type="text/plain"))
    recent = index(site, "/new.xml", date="2026-11-20").removesuffix("</sitemapindex>")
    older = index(site, "/old.xml", date="2020-01-01").removeprefix("<sitemapindex>")
    site.on("/map.xml", xml(recent + older))
    body = urlset(site, "/first", date="2026-11-19").removesuffix("</urlset>")
    body += urlset(site, "/2026/11/18/second").removeprefix("<urlset>").removesuffix("</urlset>")
    body += urlset(site, "/before", date="2025-12-31").removeprefix("<urlset>")
    body = body.replace("</urlset>", f"<url><loc>{site.url('/undated')}</loc></url></urlset>")
    site.on("/new.xml", xml(body))
    site.on("/first", article(write_text(1)))
    site.on("/2026/11/18/second", article(write_text(2)))
    source = watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    done = backfill(archive, CONFIG, source, datetime(2026, 1, 1, tzinfo=UTC))
    assert (done.sitemaps, done.pages, done.undated) == (1, 2, 1)
    assert "/old.xml" not in site.paths()
    run_pass(archive, CONFIG, find_work(archive, clock.now(), source_name="Paper"))
    assert states(archive, site) == {"/first": "archived", "/2026/11/18/second": "archived"}
    again = backfill(archive, CONFIG, source, datetime(2026, 1, 1, tzinfo=UTC))
    assert again.pages == 0


def test_a_host_has_its_share_of_a_run_and_no_more(
    archive: Archive, site: Loopback, write_text: WriteText, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left waits for the next run; other hosts' pages are asked for."""
    other = Loopback()
    pages = [f"/{number}" for number in range(6)]
    for number, path in enumerate(pages):
        site.on(path, article(write_text(number)))
    other.on("/a", article(write_text(9)))
    places = [site.url(path) for path in pages] + [other.url("/a")]
    items = "".join(f"<item><link>{place}</link></item>" for place in places)
    site.on("/feed.xml", xml(f"<rss><channel>{items}</channel></rss>"))
    watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    moment = datetime(2026, 11, 22, tzinfo=UTC)

    def hasty_now() -> datetime:
        nonlocal moment
        moment += timedelta(minutes=1)
        return moment

    monkeypatch.setattr(clock, "now", hasty_now)
    short = Config(
        fetch=FetchConfig(
            min_delay_seconds=0, allow_addresses=("127.0.0.0/8:*",), max_host_minutes=30
        )
    )
    run_all(archive, short)
    asked = [path for path in site.paths() if path in pages]
    assert 1 <= len(asked) < 6
    assert "/a" in other.paths()
    for _ in range(6):
        run_all(archive, short)
    assert sorted(set(site.paths()) & set(pages)) == pages
    other.stop()


def test_the_sources_of_a_host_have_their_share_of_a_run_and_no_more(
    archive: Archive, site: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that are left are the first in the next run, and pages are asked for all the same."""
    moment = datetime(2026, 11, 22, tzinfo=UTC)

    def hasty_now() -> datetime:
        nonlocal moment
        moment += timedelta(minutes=1)
        return moment

    monkeypatch.setattr(clock, "now", hasty_now)
    feeds = [f"/{number}.xml" for number in range(8)]
    for path in feeds:
        site.on(path, xml("<rss><channel><item><link>/a</link></item></channel></rss>"))
        watch(archive, site.url(path), SourceKind.FEED)
    short = Config(
        fetch=FetchConfig(
            min_delay_seconds=0, allow_addresses=("127.0.0.0/8:*",), max_host_minutes=30
        )
    )
    run_all(archive, short)
    assert 1 <= len(set(site.paths()) & set(feeds)) < 8
    assert "/a" in site.paths()
    for _ in range(8):
        run_all(archive, short)
    assert set(feeds) <= set(site.paths())


def test_a_page_whose_host_wants_a_pause_waits_and_has_not_failed(
    archive: Archive, site: Loopback
) -> None:
    """A long Crawl-delay is no trouble: nothing failed, the pages are due when it is over."""
    rules = b"User-agent: *\nCrawl-delay: 7200\n"
    paper = Loopback()
    paper.on("/robots.txt", reply(rules, content_type="text/plain"))
    items = "".join(f"<item><link>{paper.url(path)}</link></item>" for path in ("/a", "/b"))
    site.on("/feed.xml", xml(f"<rss><channel>{items}</channel></rss>"))
    watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    before = clock.now()
    report = run_all(archive)
    assert report.all_well
    assert paper.paths() == ["/robots.txt"]
    with archive.read() as connection:
        for row in connection.execute(sa.select(schema.page)):
            assert (row.state, row.reason, row.attempts) == (PageState.ANNOUNCED, None, 0)
            assert row.next_attempt_at >= before + timedelta(minutes=119)
    paper.stop()


# --- settings of single sites ---------------------------------------------------------------------


def one_site(site: Loopback, **settings: object) -> Config:
    """A config with these settings for the site."""
    own = SiteConfig(**settings)  # type: ignore[arg-type]  # as the test says
    return Config(fetch=FETCH, site={f"127.0.0.1:{site.port}": own})


def write_feed(site: Loopback, *paths: str, content: str = "") -> None:
    """A feed of these paths, with this text of each."""
    encoded = f"<content:encoded><![CDATA[{content}]]></content:encoded>" if content else ""
    items = "".join(
        f"<item><title>Told {path}</title><link>{site.url(path)}</link>{encoded}</item>"
        for path in paths
    )
    site.on("/feed.xml", xml(f"<rss version='2.0'><channel>{items}</channel></rss>"))


def test_patterns_choose_what_is_asked_for(
    archive: Archive, site: Loopback, write_text: WriteText
) -> None:
    """What is excluded, or not included, is never asked for."""
    write_feed(site, "/news/a", "/news/live/b", "/sport/c")
    site.on("/news/a", article(write_text(1)))
    watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    run_all(archive, one_site(site, include=("/news/*",), exclude=("*/live/*",)))
    assert states(archive, site) == {"/news/a": "archived"}
    assert not {"/news/live/b", "/sport/c"} & set(site.paths())


def test_headers_and_cookies_of_ones_own_are_sent(archive: Archive, site: Loopback) -> None:
    """To the site's pages and feeds; what the server sets is still not sent back."""
    site.on("/feed.xml", reply(b"<rss><channel/></rss>", "Set-Cookie: theirs=1"))
    watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    config = one_site(site, headers={"X-Reader": "7"}, cookies={"session": "a"})
    run_all(archive, config)
    run_all(archive, config)
    for asked in site.pages():
        sent = {name.lower(): value for name, value in asked.headers.items()}
        assert (sent["x-reader"], sent["cookie"]) == ("7", "session=a")


def test_the_feeds_text_is_taken_where_the_page_is_refused(
    archive: Archive, site: Loopback, write_text: WriteText
) -> None:
    """Only where the config says so; the title is the feed's."""
    paragraphs = "".join(f"<p>{part}</p>" for part in write_text(1).split("\n\n"))
    write_feed(site, "/walled", content=paragraphs)
    site.on("/walled", reply(b"no", status="403 Forbidden"))
    watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    run_all(archive, one_site(site, use_feed_text=True))
    assert states(archive, site) == {"/walled": "archived"}
    with archive.read() as connection:
        row = connection.execute(sa.select(schema.article)).one()
    assert (row.title, row.text) == ("Told /walled", write_text(1))


def test_the_feeds_text_is_kept_until_it_was_of_use(
    archive: Archive, site: Loopback, write_text: WriteText
) -> None:
    """A page that is refused in a later pass, when its feed says nothing new, has it still; then
    the archive keeps it no longer.
    """
    paragraphs = "".join(f"<p>{part}</p>" for part in write_text(1).split("\n\n"))
    write_feed(site, "/walled", content=paragraphs)
    site.on("/walled", reply(b"", status="503 Busy"), reply(b"no", status="403 Forbidden"))
    watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    config = one_site(site, use_feed_text=True)
    run_all(archive, config)
    assert states(archive, site) == {"/walled": "failing"}
    site.on("/feed.xml", xml("<rss><channel/></rss>"))
    run_all(archive, config)
    assert states(archive, site) == {"/walled": "archived"}
    with archive.read() as connection:
        assert connection.execute(sa.select(schema.article.c.text)).scalar() == write_text(1)
        assert connection.execute(sa.select(schema.feed_entry.c.content)).scalar() is None


def test_the_feeds_text_is_not_taken_unasked(
    archive: Archive, site: Loopback, write_text: WriteText
) -> None:
    """Without the setting a refused page is refused."""
    write_feed(site, "/walled", content=f"<p>{write_text(1)}</p>")
    site.on("/walled", reply(b"no", status="403 Forbidden"))
    watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    run_all(archive)
    assert states(archive, site) == {"/walled": "refused"}
    with archive.read() as connection:
        assert connection.execute(sa.select(schema.feed_entry.c.content)).scalar() is None


def test_selectors_say_where_text_and_title_stand(
    archive: Archive, site: Loopback, write_text: WriteText
) -> None:
    """What a person points at is taken instead of what we would find."""
    text = write_text(2)
    hidden = f"<div class='kicker'>The  real title</div><aside class='body'><p>{text}</p></aside>"
    page = article(write_text(1)).partition(b"\r\n\r\n")[2]
    site.on("/a", reply(page.replace(b"</article>", f"</article>{hidden}".encode())))
    write_feed(site, "/a")
    watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    run_all(archive, one_site(site, text_css="aside.body", title_css=".kicker"))
    with archive.read() as connection:
        row = connection.execute(sa.select(schema.article)).one()
    assert row.title == "The real title"
    assert row.text.split() == text.split()


@pytest.mark.parametrize(
    ("header", "head"),
    [
        ("X-Robots-Tag: noarchive", ""),
        ("X-Robots-Tag: otherbot: noindex, scraper: noarchive", ""),
        ("X-Robots-Tag: otherbot: noindex\r\nX-Robots-Tag: noarchive", ""),
        ("TDM-Reservation: 1", ""),
        ("X-Plain: 1", '<meta name="robots" content="index, NOARCHIVE">'),
        ("X-Plain: 1", '<meta name="tdm-reservation" content="1">'),
    ],
)
def test_a_page_that_asks_not_to_be_archived_is_not(
    archive: Archive, site: Loopback, write_text: WriteText, header: str, head: str
) -> None:
    """By header or in the page; an outcome, told as such, unless the config says otherwise."""
    page = article(write_text(1), head).partition(b"\r\n\r\n")[2]
    site.on("/a", reply(page, header))
    write_feed(site, "/a")
    watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    report = run_all(archive)
    assert [page.reason for page in report.pages] == [Reason.NOARCHIVE]
    assert report.all_well
    assert states(archive, site) == {"/a": PageState.REFUSED}
    bold = FetchConfig(
        min_delay_seconds=0,
        allow_addresses=("127.0.0.0/8:*",),
        respect_noarchive=False,
        respect_tdm_reservation=False,
    )
    with archive.write() as connection:
        connection.execute(
            schema.page.update().values(state="announced", next_attempt_at=clock.now())
        )
    run_all(archive, Config(fetch=bold))
    assert states(archive, site) == {"/a": PageState.ARCHIVED}


@pytest.mark.parametrize(
    "header",
    ["X-Robots-Tag: otherbot: noarchive", "X-Robots-Tag: max-snippet: 5", "TDM-Reservation: 0"],
)
def test_what_is_asked_of_others_is_not_asked_of_us(
    archive: Archive, site: Loopback, write_text: WriteText, header: str
) -> None:
    """Another robot's directives, and other wishes, keep nothing out."""
    page = article(write_text(1)).partition(b"\r\n\r\n")[2]
    site.on("/a", reply(page, header))
    write_feed(site, "/a")
    watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    run_all(archive)
    assert states(archive, site) == {"/a": PageState.ARCHIVED}


@pytest.mark.parametrize("then", ["200 OK", "500 Oops", "404 Not Found", "204 No Content"])
def test_a_page_that_is_joined_while_it_is_asked_for(
    archive: Archive, site: Loopback, write_text: WriteText, then: str
) -> None:
    """Another host's page turns out to be this one while it is in flight: one page, one article,
    whatever the second answer is.
    """
    other = Loopback()

    def slowly(_asked: Asked) -> Iterator[bytes]:
        other.stopping.wait(0.3)  # so that the redirect is in the queue before what follows
        yield article(write_text(1))

    site.on("/moved", redirect(other.url("/b"), status="301 Moved Permanently"))
    other.on("/slow", slowly)
    page = article(write_text(2))
    other.on("/b", page, page.replace(b"200 OK", then.encode()))
    places = (site.url("/moved"), other.url("/slow"), other.url("/b"))
    items = "".join(f"<item><link>{place}</link></item>" for place in places)
    site.on("/feed.xml", xml(f"<rss><channel>{items}</channel></rss>"))
    watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    run_all(archive)
    assert other.paths().count("/b") == 2
    with archive.read() as connection:
        texts = connection.execute(sa.select(schema.article.c.text)).scalars().all()
        pages = connection.execute(sa.select(sa.func.count()).select_from(schema.page)).scalar()
    assert sorted(texts) == sorted([write_text(1), write_text(2)])
    assert pages == 2
    other.stop()


def test_no_feed_brings_back_a_forgotten_site(
    archive: Archive, site: Loopback, write_text: WriteText
) -> None:
    """Pages that are announced after the site was forgotten are not asked for, nor is a page of
    another site kept that leads there.
    """
    other = Loopback()
    other.on("/new", article(write_text(1)))
    items = f"<item><link>{other.url('/new')}</link></item><item><link>/away</link></item>"
    site.on("/feed.xml", xml(f"<rss version='2.0'><channel>{items}</channel></rss>"))
    site.on("/away", redirect(other.url("/elsewhere")))
    other.on("/elsewhere", article(write_text(2)))
    with archive.write() as connection:
        takedown.forget_site(connection, site_of(other.url("/")), clock.now())
    watch(archive, site.url("/feed.xml"), SourceKind.FEED)
    run_all(archive)
    assert states(archive, site) == {"/away": "forgotten"}
    assert "/new" not in other.paths()
    work = find_pages(archive, [other.url("/new")], clock.now())
    (outcome,) = run_pass(archive, CONFIG, work).pages
    assert outcome.state is PageState.FORGOTTEN
    assert "/new" not in other.paths()
    with archive.read() as connection:
        assert connection.execute(sa.select(schema.article)).all() == []
    other.stop()

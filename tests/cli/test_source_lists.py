"""add and import, for sources that are no single feed: sitemaps, listings, OPML, backfill."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from click.testing import Result

from tests.fetch.loopback import Loopback, redirect, reply

if TYPE_CHECKING:
    from pathlib import Path

Run = Callable[..., Result]

SETTINGS = '[fetch]\nmin_delay_seconds = 0\nallow_addresses = ["127.0.0.0/8:*"]\n'


@pytest.fixture
def site(run: Run, home: Path) -> Iterator[Loopback]:
    """A site on loopback, and an archive that may ask it."""
    assert run("init").exit_code == 0
    (home / "config.toml").write_text(SETTINGS)
    loopback = Loopback()
    yield loopback
    loopback.stop()


def listed(run: Run) -> list[tuple[str, str, str]]:
    """The sources: name, kind and address."""
    sources = json.loads(run("source", "list", "--json").stdout)
    return [(source["name"], source["kind"], source["url"]) for source in sources]


def urlset(site: Loopback, *paths: str) -> bytes:
    """A sitemap of these paths, all of one day."""
    rows = "".join(
        f"<url><loc>{site.url(path)}</loc><lastmod>2026-11-20</lastmod></url>" for path in paths
    )
    return reply(f"<urlset>{rows}</urlset>".encode(), content_type="application/xml")


def test_a_list_of_feeds_is_taken_over_once(run: Run, site: Loopback, home: Path) -> None:
    """Whatever damage it has; nothing is asked, and a second import changes nothing."""
    (home / "feeds.opml").write_text(
        '<opml><body><outline text="Salt & Pepper" xmlUrl="https://salt.example/feed?a=1&b=2"/>'
        '<outline text="Other" xmlUrl="https://other.example/rss"/></body>'
    )
    first, second = run("import", "feeds.opml"), run("import", "feeds.opml")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout == "feeds.opml: 2 feeds added, 0 watched already\n"
    assert second.stdout == "feeds.opml: 0 feeds added, 2 watched already\n"
    assert listed(run) == [
        ("Salt & Pepper", "feed", "https://salt.example/feed?a=1&b=2"),
        ("Other", "feed", "https://other.example/rss"),
    ]


def test_what_is_no_list_is_told(run: Run, site: Loopback, home: Path) -> None:
    """One line that names the file, and 1; the name of another format is wrong usage."""
    (home / "page.opml").write_text("<html>no list</html>")
    (home / "words.txt").write_text("words")
    wrong = run("import", "page.opml")
    assert wrong.exit_code == 1
    assert wrong.stderr == "scraper: page.opml cannot be read: it is no OPML: it holds no outline\n"
    other = run("import", "words.txt")
    assert other.exit_code == 2
    assert "name it .jsonl, .warc, .warc.gz or .opml" in other.stderr


def test_a_sitemap_is_watched_by_its_address(run: Run, site: Loopback) -> None:
    """What it is, is seen; how many pages it lists, is told."""
    site.on("/map.xml", urlset(site, "/a", "/b"))
    added = run("add", "--name", "Map", site.url("/map.xml"))
    assert added.exit_code == 0
    assert added.stdout == f"added Map: {site.url('/map.xml')} (2 pages)\n"
    assert listed(run) == [("Map", "sitemap", site.url("/map.xml"))]
    refused = run("add", "--kind", "feed", site.url("/map.xml"))
    assert refused.exit_code == 1
    assert "no feed at" in refused.stderr


def test_since_takes_what_was_published_before(run: Run, site: Loopback) -> None:
    """The pages wait for the next run; a second time there is nothing new."""
    feed = b"<rss><channel><title>Paper</title></channel></rss>"
    site.on("/feed.xml", reply(feed, content_type="application/rss+xml"))
    site.on("/sitemap.xml", urlset(site, "/a", "/b", "/tag/c"))
    first = run("add", "--since", "2026-11-01", site.url("/feed.xml"))
    assert first.exit_code == 0
    assert "Paper: 2 pages of 1 sitemaps since 2026-11-01 wait for the next run" in first.stdout
    assert json.loads(run("status", "--json").stdout)["due"]["pages"] == 2
    again = run("add", "--since", "2026-11-01", site.url("/feed.xml"))
    assert "Paper: 0 pages of 1 sitemaps" in again.stdout
    late = run("add", "--since", "2026-11-21", site.url("/feed.xml"))
    assert "Paper: 0 pages of 1 sitemaps since 2026-11-21" in late.stdout


def test_since_without_any_sitemap_says_so(run: Run, site: Loopback) -> None:
    """The feed is watched all the same."""
    feed = b"<rss><channel><title>Paper</title></channel></rss>"
    site.on("/feed.xml", reply(feed, content_type="application/rss+xml"))
    site.on("/sitemap.xml", redirect("/sitemap.xml"))
    done = run("add", "--since", "2026-11-01", site.url("/feed.xml"))
    assert "0 pages of 0 sitemaps" in done.stdout
    assert "no sitemap at" in done.stderr
    assert [name for name, _, _ in listed(run)] == ["Paper"]


def test_a_source_that_is_gone_for_good_is_never_asked_again(run: Run, site: Loopback) -> None:
    """It is paused at once, which status and the exit code say; --all leaves it alone."""
    feed = b"<rss><channel><title>Paper</title></channel></rss>"
    site.on("/feed.xml", reply(feed), reply(b"", status="410 Gone"))
    run("add", site.url("/feed.xml"))
    first = run("run")
    assert first.exit_code == 3
    assert "source Paper is paused: http_410" in first.stderr
    asked = len(site.asked)
    assert run("run", "--all").exit_code == 3
    assert len(site.asked) == asked
    assert "http_410" in run("status").stdout


def test_a_source_that_failed_ten_times_is_paused_and_tried_by_all(
    run: Run, site: Loopback
) -> None:
    """Never a silent drop: 3 as long as it is paused; --all asks it, and it works again."""
    feed = reply(b"<rss><channel><title>Paper</title></channel></rss>")
    failing = [reply(b"", status="500 Oops")] * 10
    site.on("/feed.xml", feed, *failing, feed)
    run("add", site.url("/feed.xml"))
    ends = [run("run", "--all") for _ in range(10)]
    assert {end.exit_code for end in ends} == {3}
    assert "is failing" in ends[0].stderr
    assert [end.stderr for end in ends[1:9]] == [""] * 8
    assert "source Paper is paused: http_5xx" in ends[9].stderr
    asked = len(site.asked)
    assert run("run").exit_code == 3
    assert len(site.asked) == asked
    back = run("run", "--all")
    assert back.exit_code == 0
    assert "source Paper works again" in back.stderr

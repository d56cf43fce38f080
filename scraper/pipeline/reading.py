"""What workers read: each function takes strangers' bytes as they came, and is called there.

Imports neither what speaks SQL nor what matches, so that a worker is small and starts at once.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scraper.discover.autodiscovery import find_feeds
from scraper.discover.feed import parse_feed
from scraper.discover.listing import find_articles
from scraper.discover.sitemap import parse_sitemap
from scraper.extract import extract_article
from scraper.extract.page import parse_page
from scraper.extract.reservations import Reservation, read_reservations
from scraper.fetch.identity import PRODUCT
from scraper.fetch.sniff import is_html
from scraper.model import BadFeed, NoArticle, Reason, SourceKind
from scraper.store.warc import hash_payload
from scraper.warc.response import UnusableError, read_snapshot

if TYPE_CHECKING:
    from scraper.extract.metadata import Metadata
    from scraper.model import Article, Feed, SitemapIndex, Snapshot


def read_page(
    snapshot: Snapshot,
    *,
    respected: tuple[str, ...],
    text_css: str | None,
    title_css: str | None,
) -> Article | NoArticle:
    """The page's article, unless it asks not to be kept by a reservation that is ``respected``."""

    def keeps_out(metadata: Metadata) -> NoArticle | None:
        asked = read_reservations(
            metadata.meta,
            robots_tag=snapshot.robots_tag,
            tdm_reservation=snapshot.tdm_reservation,
            agent=PRODUCT,
        )
        kept_out = sorted(asked.intersection(map(Reservation, respected)))
        if not kept_out:
            return None
        detail = f"the page asks not to be archived: {', '.join(kept_out)}"
        return NoArticle(reason=Reason.NOARCHIVE, detail=detail)

    return extract_article(
        snapshot.body,
        url=snapshot.final_url,
        content_type=snapshot.content_type,
        text_css=text_css,
        title_css=title_css,
        unless=keeps_out,
    )


def read_recorded(
    block: bytes,
    *,
    url: str,
    recorded_at: float,
    respected: tuple[str, ...],
    text_css: str | None,
    title_css: str | None,
) -> tuple[str, Article | NoArticle]:
    """The SHA-256 of the page in a WARC record's block, decoded, and what ``read_page`` reads in
    it; "" where it cannot be decoded. ``recorded_at`` is in seconds since 1970.
    """
    try:
        snapshot = read_snapshot(block, url=url, at=datetime.fromtimestamp(recorded_at, UTC))
    except UnusableError as exc:
        return "", NoArticle(reason=exc.reason, detail=exc.detail)
    if not is_html(snapshot.content_type, snapshot.body):
        return "", NoArticle(reason=Reason.NOT_HTML, detail=f"type {snapshot.content_type}")
    found = read_page(snapshot, respected=respected, text_css=text_css, title_css=title_css)
    return hash_payload(snapshot.body), found


def read_source(
    snapshot: Snapshot, kind: SourceKind, *, max_entries: int
) -> Feed | SitemapIndex | BadFeed:
    """What a document announces that is to be of this kind."""
    if kind is SourceKind.LISTING:
        tree = parse_page(snapshot.body, snapshot.content_type)
        if isinstance(tree, NoArticle):
            return BadFeed(detail=tree.detail)
        listed = find_articles(tree, url=snapshot.final_url, max_entries=max_entries)
        return listed if listed.entries else BadFeed(detail="it links to no article of its site")
    parse = parse_sitemap if kind is SourceKind.SITEMAP else parse_feed
    return parse(
        snapshot.body,
        url=snapshot.final_url,
        content_type=snapshot.content_type,
        max_entries=max_entries,
    )


def read_named_feeds(snapshot: Snapshot) -> tuple[str, ...]:
    """The addresses of the feeds that a page names."""
    tree = parse_page(snapshot.body, snapshot.content_type)
    if isinstance(tree, NoArticle):
        return ()
    return tuple(feed.url for feed in find_feeds(tree, url=snapshot.final_url))

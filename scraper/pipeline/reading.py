"""What workers read: each function takes strangers' bytes as they came, and is called there.

Imports neither what stores nor what matches, so that a worker is small and starts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.discover.autodiscovery import find_feeds
from scraper.discover.feed import parse_feed
from scraper.discover.listing import find_articles
from scraper.discover.sitemap import parse_sitemap
from scraper.extract import extract_article
from scraper.extract.page import parse_page
from scraper.extract.reservations import Reservation, read_reservations
from scraper.fetch.identity import PRODUCT
from scraper.model import BadFeed, NoArticle, Reason, SourceKind

if TYPE_CHECKING:
    from scraper.model import Article, Feed, SitemapIndex, Snapshot


def read_page(
    snapshot: Snapshot,
    *,
    respected: tuple[str, ...],
    text_css: str | None,
    title_css: str | None,
) -> Article | NoArticle:
    """The page's article, unless it asks not to be kept by a reservation that is ``respected``."""
    asked = read_reservations(
        snapshot.body,
        content_type=snapshot.content_type,
        robots_tag=snapshot.robots_tag,
        tdm_reservation=snapshot.tdm_reservation,
        agent=PRODUCT,
    )
    if kept_out := sorted(asked.intersection(map(Reservation, respected))):
        detail = f"the page asks not to be archived: {', '.join(kept_out)}"
        return NoArticle(reason=Reason.NOARCHIVE, detail=detail)
    return extract_article(
        snapshot.body,
        url=snapshot.final_url,
        content_type=snapshot.content_type,
        text_css=text_css,
        title_css=title_css,
    )


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

"""A sitemap's bytes -> what it announces: https://www.sitemaps.org/protocol.html, Google's news
extension (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap), and
plain text with an address on each line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.dates import parse_date
from scraper.discover.encoding import decode_feed
from scraper.discover.shape import day_in_url
from scraper.discover.xml_tree import read_tree
from scraper.model import BadFeed, ChildSitemap, Feed, FeedEntry, SitemapIndex
from scraper.urls import normalise_url, page_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from lxml.etree import _Element

    from scraper.dates import PrintedTime

#: Addresses in one sitemap, by the protocol; what stands behind them is not read.
MOST_ADDRESSES = 50_000

_START = re.compile(r"<(?:\w{1,20}:)?(urlset|sitemapindex)(?=[\s>:/])", re.IGNORECASE)
_ADDRESS_LINE = re.compile(r"https?://\S+", re.IGNORECASE)


def parse_sitemap(
    body: bytes, *, url: str, content_type: str | None = None, max_entries: int = 1000
) -> Feed | SitemapIndex | BadFeed:
    """The pages or sitemaps in these bytes, or why there are none. Never raises.

    Of more than ``max_entries`` pages the latest are kept: those with the latest dates, by news
    date, by change or by the day in their address, then those that stand first. They keep the
    sitemap's order. Entries that announce one page are one.
    """
    text = decode_feed(body, content_type)
    start = _START.search(text)
    if start is None:
        return _read_lines(text, max_entries)
    prolog = text[: start.start()]
    if "<!ENTITY" in prolog:
        return BadFeed(detail="it declares entities of its own, which are not read")
    root, _ = read_tree(text[start.start() :], url)
    if root is None:
        return BadFeed(detail="its XML cannot be read")
    if _name(root) == "sitemapindex":
        return SitemapIndex(children=tuple(_children(root, url)))
    entries = _keep_latest(_entries(root, url), max_entries)
    return Feed(title=None, home_url=None, entries=tuple(entries))


def _name(element: _Element) -> str:
    """The element's name in lower case, whatever its namespace: many sitemaps misname that."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _children(root: _Element, url: str) -> Iterator[ChildSitemap]:
    seen: set[str] = set()
    for element in _of_name(root, "sitemap"):
        address = normalise_url(_text(element, "loc") or "", url)
        if address and address not in seen:
            seen.add(address)
            changed = parse_date(_text(element, "lastmod") or "")
            yield ChildSitemap(url=address, updated=changed.at if changed else None)


def _entries(root: _Element, url: str) -> Iterator[FeedEntry]:
    for element in _of_name(root, "url"):
        address = normalise_url(_text(element, "loc") or "", url)
        if address is None:
            continue
        news = next(_of_name(element, "news"), None)
        printed: PrintedTime | None = None
        title = None
        if news is not None:
            printed = parse_date(_text(news, "publication_date") or "")
            title = " ".join((_text(news, "title") or "").split()) or None
        changed = parse_date(_text(element, "lastmod") or "")
        yield FeedEntry(
            url=address,
            title=title,
            published=printed.at if printed else None,
            published_precision=printed.precision if printed else None,
            updated=changed.at if changed else None,
        )


def _read_lines(text: str, max_entries: int) -> Feed | BadFeed:
    """The addresses of a sitemap in plain text: one on each line, and nothing else."""
    lines = [line.strip() for line in text.splitlines() if line.strip()][:MOST_ADDRESSES]
    if not lines or not all(_ADDRESS_LINE.fullmatch(line) for line in lines):
        return BadFeed(detail="it is no sitemap")
    addresses = (normalise_url(line) for line in lines)
    entries = (FeedEntry(url=address) for address in addresses if address)
    return Feed(title=None, home_url=None, entries=tuple(_keep_latest(entries, max_entries)))


def latest_date(entry: FeedEntry) -> datetime | None:
    """The latest moment that an entry tells of itself, the day in its address included."""
    told = (entry.published, entry.updated, day_in_url(entry.url))
    return max(filter(None, told), default=None)


def _keep_latest(entries: Iterable[FeedEntry], most: int) -> list[FeedEntry]:
    by_address: dict[str, FeedEntry] = {}
    for entry in entries:
        by_address.setdefault(entry.url, entry)

    def age(placed: tuple[int, FeedEntry]) -> float:
        moment = latest_date(placed[1])
        return -moment.timestamp() if moment else 0.0

    latest = sorted(enumerate(by_address.values()), key=age)  # stable: else those that stand first
    kept: dict[str, tuple[int, FeedEntry]] = {}
    for place, entry in latest:
        if len(kept) == most:
            break
        kept.setdefault(page_key(entry.url), (place, entry))
    return [entry for _, entry in sorted(kept.values(), key=lambda placed: placed[0])]


def _of_name(root: _Element, name: str) -> Iterator[_Element]:
    """The element's children of this name, at most as many as a sitemap may have."""
    left = MOST_ADDRESSES
    for child in root:
        if left and _name(child) == name:
            left -= 1
            yield child


def _text(element: _Element, name: str) -> str | None:
    """What the first child of this name says; an image's or a video's own are deeper."""
    child = next(_of_name(element, name), None)
    return None if child is None else "".join(child.itertext()).strip() or None

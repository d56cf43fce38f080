"""A feed's bytes -> ``Feed``: its entries with absolute links, plain titles and moments in UTC.

The formats are read by ``feed_xml``, ``feed_json`` and, for XML too damaged for the first,
``feed_damaged``; all give the wire's shape, which is translated here, once. Everything odd about
feeds stays in these files.
"""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.dates import parse_date
from scraper.discover.encoding import decode_feed
from scraper.discover.feed_damaged import read_damaged
from scraper.discover.feed_json import read_json
from scraper.discover.feed_xml import read_xml
from scraper.model import BadFeed, Feed, FeedEntry
from scraper.urls import normalise_url, page_key, site_of, unwrap_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.dates import PrintedTime
    from scraper.discover.wire import WireEntry, WireFeed, WireLink

#: A tag, not "a < b": the name follows at once. "<" ends the search, so that it stays linear.
_HTML_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--[^<>]*-->")
#: A title is cut there: real ones have some hundred characters, with their markup a few more.
_LONGEST_TITLE, _LONGEST_MARKUP = 500, 5_000
_HOST_START = re.compile(r"[\w-]+(?:\.[\w-]+)+(?=/|$)")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]+")


def parse_feed(
    body: bytes, *, url: str, content_type: str | None = None, max_entries: int = 1000
) -> Feed | BadFeed:
    """The feed in these bytes, whatever its format, or why there is none. Never raises.

    ``url`` is where the bytes came from: relative links are joined to it where the document sets no
    base. Entries keep the feed's order; of those that announce one page the first is kept; those
    without an http(s) link are left out; there are at most ``max_entries``.
    """
    text = decode_feed(body, content_type).strip()
    if not text:
        return BadFeed(detail="it is empty")
    wire = read_json(text) if text.startswith("{") else _read_xml(text, url)
    if isinstance(wire, BadFeed):
        return wire
    return Feed(
        title=_plain_text(wire.title),
        home_url=_first_url(wire.links, url),
        entries=tuple(_entries(wire.entries, url, max_entries)),
        pace=timedelta(minutes=wire.pace_minutes) if wire.pace_minutes else None,
    )


def _read_xml(text: str, url: str) -> WireFeed | BadFeed:
    """The feed in damaged or whole XML; of two readings the one that tells of more entries."""
    wire = read_xml(text, url)
    if isinstance(wire, BadFeed) or not wire.is_damaged:
        return wire
    repaired = read_damaged(text, url)
    if repaired and _count_linked(repaired) > _count_linked(wire):
        return repaired
    if not wire.entries:
        return BadFeed(detail="its XML is damaged or cut before the first entry")
    return wire


def _count_linked(wire: WireFeed) -> int:
    return sum(bool(entry.links) for entry in wire.entries)


def _entries(entries: Iterable[WireEntry], url: str, max_entries: int) -> Iterator[FeedEntry]:
    seen: set[str] = set()
    for entry in entries:
        if len(seen) >= max_entries:
            return
        address = _first_url(entry.links, url)
        if address is None or (key := page_key(address)) in seen:
            continue
        seen.add(key)
        published, updated = _first_date(entry.published), _first_date(entry.updated)
        yield FeedEntry(
            url=address,
            title=_plain_text(entry.title),
            published=published.at if published else None,
            published_precision=published.precision if published else None,
            updated=updated.at if updated else None,
            content=entry.content,
        )


def _first_url(links: Iterable[WireLink], url: str) -> str | None:
    bases = ((link.href, normalise_url(link.base or "", url) or url) for link in links)
    found = (normalise_url(_with_scheme(href, url), base) for href, base in bases)
    return next((unwrap_url(address) for address in found if address), None)


def _with_scheme(href: str, url: str) -> str:
    """The address with the scheme that it lacks where it begins with the feed's own site's name:
    "example.org/story" in a feed of example.org is no path.
    """
    begins = _HOST_START.match(href.strip())
    named = begins and normalise_url(f"https://{begins[0]}")
    home = normalise_url(url)
    if named and home and site_of(named) == site_of(home):
        return f"{home.partition('://')[0]}://{href.strip()}"
    return href


def _first_date(texts: Iterable[str]) -> PrintedTime | None:
    return next((printed for text in texts if (printed := parse_date(text))), None)


def _plain_text(markup: str | None) -> str | None:
    """The text without tags, its entities decoded, white space single; ``None`` where empty."""
    text = html.unescape(_HTML_TAG.sub("", (markup or "")[:_LONGEST_MARKUP]))
    return " ".join(_UNPRINTABLE.sub("", text).split())[:_LONGEST_TITLE].strip() or None

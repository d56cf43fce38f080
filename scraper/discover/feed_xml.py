"""RSS 0.9x, 1.0 and 2.0 and Atom 0.3 and 1.0 as XML, read into the wire's shape.

lxml reads the tree, damaged as it may be. fastfeedparser, which is built on lxml too, is not used:
it gives dates that it completed from the clock (a guid of "5" becomes the 5th of this month), and
neither xml:base nor a guid's isPermaLink survive it.
"""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from scraper.discover.wire import WireEntry, WireFeed, WireLink
from scraper.discover.xml_tree import read_tree
from scraper.model import BadFeed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

#: Namespaces whose elements are a feed's own; the empty one is RSS 2.0's.
_FEED_NAMESPACES = frozenset(
    {
        "",
        "http://www.w3.org/2005/Atom",
        "http://purl.org/atom/ns#",  # Atom 0.3
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",  # RSS 0.90
        "http://backend.userland.com/rss2",
        "http://blogs.law.harvard.edu/tech/rss",
    }
)
_ATOM_NAMESPACES = frozenset({"http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"})
_DUBLIN_CORE = frozenset({"http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"})
#: What a document writes before a feed's own elements where it forgot to declare it.
_FEED_PREFIXES = frozenset({"", "rss", "atom", "rdf"})
_SYNDICATION = "http://purl.org/rss/1.0/modules/syndication/"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})

_PUBLISHED = ("pubdate", "published", "issued", "dc:issued", "dc:date", "dc:created", "created")
_UPDATED = ("updated", "modified", "dc:modified", "lastbuilddate")

_PERIOD_MINUTES = {
    "hourly": 60.0,
    "daily": 1_440.0,
    "weekly": 10_080.0,
    "monthly": 43_200.0,
    "yearly": 525_600.0,
}
#: At most six digits: more minutes than these are two years.
_WHOLE_NUMBER = re.compile(r"[1-9][0-9]{0,5}")

#: Entries read; no feed of a newspaper has as many, and a hostile one could have 200,000.
_MAX_ENTRIES = 10_000

#: Where the feed begins; before it stand the prolog, or a server's warnings.
_FEED_START = re.compile(r"<(?:\w{1,20}:)?(?:rss|feed|rdf|channel)(?=[\s>:])", re.IGNORECASE)
_SITEMAP_START = re.compile(r"<(?:\w{1,20}:)?(?:urlset|sitemapindex)\b", re.IGNORECASE)
_HTML_START = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def read_xml(text: str, url: str) -> WireFeed | BadFeed:
    """The feed in this text, or why there is none; ``url`` is where the document is from."""
    start = _FEED_START.search(text)
    prolog = text[: start.start()] if start else text
    if _HTML_START.search(prolog):
        return BadFeed(detail="it is an HTML page, not a feed")
    if _SITEMAP_START.search(prolog):
        return BadFeed(detail="it is a sitemap, not a feed: add it anew, its kind is then seen")
    if start is None:
        return BadFeed(detail="it is neither RSS nor Atom nor JSON Feed")
    if "<!ENTITY" in prolog:
        return BadFeed(detail="it declares entities of its own, which are not read")
    root, is_damaged = read_tree(text[start.start() :], url)
    if root is None or _tag(root) not in _ROOTS:
        return BadFeed(detail="its XML cannot be read")
    channel = next((child for child in root if _tag(child) == "channel"), root)
    return WireFeed(
        title=_first_text(channel, "title"),
        links=tuple(_links(channel)),
        entries=tuple(_entry(element) for element in islice(_entries(root), _MAX_ENTRIES)),
        is_damaged=is_damaged,
        pace_minutes=_pace_minutes(channel),
    )


def _pace_minutes(channel: _Element) -> float | None:
    """How often the channel wants to be asked at most: RSS's ttl, or the syndication module's
    period and frequency (https://web.resource.org/rss/1.0/modules/syndication/), the longer one.
    """
    told: dict[str, str] = {}
    for child in channel:
        namespace, prefix, name = _split_tag(child)
        if namespace == _SYNDICATION or prefix == "sy" or name == "ttl":
            told.setdefault(name, _text(child).lower())
    paces = []
    if _WHOLE_NUMBER.fullmatch(told.get("ttl", "")):
        paces.append(float(told["ttl"]))
    if period := _PERIOD_MINUTES.get(told.get("updateperiod", "")):
        often = told.get("updatefrequency", "1")
        paces.append(period / int(often) if _WHOLE_NUMBER.fullmatch(often) else period)
    return max(paces, default=None)


def _split_tag(element: _Element) -> tuple[str, str, str]:
    """An element's namespace, undeclared prefix and name, the latter two in lower case."""
    namespace, _, name = element.tag.rpartition("}")
    prefix, _, local = name.lower().rpartition(":")
    return namespace.removeprefix("{"), prefix, local


def _tag(element: _Element) -> str | None:
    """The element's name where it is a feed's own, "dc:..." for Dublin Core, else ``None``.

    So media:title and itunes:title are no titles.
    """
    namespace, prefix, local = _split_tag(element)
    if namespace in _DUBLIN_CORE or prefix == "dc":
        return f"dc:{local}"
    is_own = namespace in _FEED_NAMESPACES and prefix in _FEED_PREFIXES
    return local if is_own or element.getparent() is None else None


def _entries(root: _Element) -> Iterator[_Element]:
    """Items and entries wherever they stand: beside the channel in RSS 1.0, inside it in 2.0."""
    return (element for element in root.iter() if _tag(element) in {"item", "entry"})


def _entry(element: _Element) -> WireEntry:
    return WireEntry(
        links=tuple(_links(element)),
        title=_first_text(element, "title"),
        published=tuple(_texts(element, _PUBLISHED)),
        updated=tuple(_texts(element, _UPDATED)),
        content=_content(element),
    )


def _content(element: _Element) -> str | None:
    """The HTML of the whole text, where the entry gives it: content:encoded, or Atom's content.

    A description or summary is none: nobody can tell whether it is whole.
    """
    for child in element:
        namespace, prefix, name = _split_tag(child)
        if name == "encoded" and (namespace == _CONTENT or prefix == "content"):
            return _text(child) or None
        if name == "content" and namespace in _ATOM_NAMESPACES and not child.get("src"):
            kind = child.get("type", "text")
            if kind == "xhtml":
                return str(etree.tostring(child, encoding="unicode", with_tail=False))
            text = _text(child)
            return (text if kind in {"html", "text/html"} else html.escape(text)) or None
    return None


def _links(element: _Element) -> Iterator[WireLink]:
    """Addresses of an entry or a channel, the most trusted first.

    Atom's alternate links, HTML before others; then RSS's link; then a guid that is a permalink, an
    Atom id and rdf:about, where they are http(s) URLs.
    """
    links = [child for child in element if _tag(child) == "link"]
    alternates = [link for link in links if _is_atom(link) and _is_alternate(link)]
    alternates.sort(key=lambda link: link.get("type", "text/html") != "text/html")
    yield from (WireLink(href=link.get("href"), base=link.base) for link in alternates)
    yield from _as_links(link for link in links if not _is_atom(link))
    permalinks = (child for child in element if _tag(child) in {"guid", "id"})
    yield from (
        link
        for link in _as_links(guid for guid in permalinks if guid.get("isPermaLink") != "false")
        if link.href.lower().startswith(("http://", "https://"))
    )
    if about := element.get(_RDF_ABOUT):
        yield WireLink(href=about, base=element.base)


def _is_atom(link: _Element) -> bool:
    return link.get("href") is not None or _split_tag(link)[0] in _ATOM_NAMESPACES


def _is_alternate(link: _Element) -> bool:
    """RFC 4287, section 4.2.7.2: a link without rel is an alternate."""
    return bool(link.get("href")) and link.get("rel", "alternate").lower() == "alternate"


def _as_links(elements: Iterable[_Element]) -> Iterator[WireLink]:
    for element in elements:
        if text := _text(element):
            yield WireLink(href=text, base=element.base)


def _first_text(element: _Element, name: str) -> str | None:
    return next(_texts(element, (name,)), None)


def _texts(element: _Element, names: tuple[str, ...]) -> Iterator[str]:
    """What the children of these names say, in the order of the names."""
    for name in names:
        for child in element:
            if _tag(child) == name and (text := _text(child)):
                yield text


def _text(element: _Element) -> str:
    """All text inside, that of XHTML titles included."""
    return "".join(element.itertext()).strip()

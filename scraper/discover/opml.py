"""A list of feeds in OPML (http://opml.org/spec2.opml) -> the feeds that it names.

Most public lists are not well-formed: bare ampersands and quotes, cut ends. libxml2 repairs; where
it loses outlines all the same, the tags are read one by one.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from scraper.discover.encoding import decode_feed
from scraper.discover.xml_tree import read_tree
from scraper.model import FoundFeed
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_START = re.compile(r"<opml\b|<outline\b", re.IGNORECASE)
_OUTLINE = re.compile(r"<outline\b([^<]*)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([A-Za-z]{3,20})\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")


def parse_opml(body: bytes) -> tuple[FoundFeed, ...] | None:
    """The feeds of a list in its order, each once; ``None`` where this is no OPML. Never raises."""
    text = decode_feed(body, None)
    start = _START.search(text)
    if start is None:
        return None
    text = text[start.start() :]
    by_tree, by_tags = _collect(_read_tree(text)), _collect(_read_tags(text))
    return max(by_tree, by_tags, key=len)


def _collect(outlines: Iterator[Mapping[str, str]]) -> tuple[FoundFeed, ...]:
    found: dict[str, FoundFeed] = {}
    for outline in outlines:
        address = normalise_url(outline.get("xmlurl", ""))
        if address:
            title = " ".join((outline.get("title") or outline.get("text") or "").split())
            found.setdefault(address, FoundFeed(url=address, title=title or None))
    return tuple(found.values())


def _read_tree(text: str) -> Iterator[Mapping[str, str]]:
    root, _ = read_tree(text)
    if root is None:
        return
    for element in root.iter():
        if str(element.tag).lower() == "outline":
            yield {name.lower(): value for name, value in element.attrib.items()}


def _read_tags(text: str) -> Iterator[Mapping[str, str]]:
    for outline in _OUTLINE.finditer(text):
        yield {
            name.lower(): html.unescape(double or single)
            for name, double, single in _ATTRIBUTE.findall(outline[1])
        }

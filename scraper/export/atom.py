"""Stories as an Atom feed (RFC 4287): one entry for each, its mirrors as related links.

The feed without the copies: what readers have asked of their feed readers for years.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from scraper.export.shapes import print_utc
from scraper.model import Precision

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scraper.store.query import FullStory

_ATOM = "http://www.w3.org/2005/Atom"
#: What XML 1.0 cannot hold (section 2.2), however it is written; and overrides of direction.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
#: A title and a text end after so many characters: guesses at what a feed reader stands.
_TITLE, _TEXT = 300, 20_000
_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """What a feed says of itself; by ``archive`` its entries have the same ids in every feed."""

    archive: UUID
    title: str
    url: str
    updated: datetime


def write_feed(head: FeedHead, stories: Iterable[FullStory]) -> bytes:
    """The feed, UTF-8, its entries in the order given."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _add(feed, "id", uuid5(head.archive, head.url.partition("?")[2]).urn)
    _add(feed, "title", head.title)
    _add(feed, "updated", print_utc(head.updated))
    _add(feed, "link", rel="self", type="application/atom+xml", href=head.url)
    _add(feed, "generator", "scraper")
    for story in stories:
        _add_entry(feed, head.archive, story)
    found: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return found


def _add_entry(feed: ET.Element, archive: UUID, story: FullStory) -> None:
    content = story.canonical.content
    entry = _add(feed, "entry")
    _add(entry, "id", uuid5(archive, f"story {story.id}").urn)
    _add(entry, "title", (content.title or "(no title)")[:_TITLE])
    _add(entry, "updated", print_utc(story.updated))
    if content.published is not None and content.published_precision is not Precision.DAY:
        _add(entry, "published", print_utc(content.published))
    for author in content.authors or (story.canonical.site or "unknown",):
        _add(_add(entry, "author"), "name", author[:_TITLE])
    if content.url and content.url.startswith(_WEB):
        _add(entry, "link", rel="alternate", href=content.url)
    for mirror in story.mirrors:
        url = mirror.article.content.url
        if url and url.startswith(_WEB):
            kind = mirror.relation.replace("_", " ")
            title = f"{mirror.article.site or 'a mirror'}: {kind}"
            _add(entry, "link", rel="related", href=url, title=title)
    _add(entry, "content", content.text[:_TEXT], type="text")


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    clean = {name: _UNWANTED.sub("", value) for name, value in attributes.items()}
    child = ET.SubElement(parent, f"{{{_ATOM}}}{tag}", clean)
    if text is not None:
        child.text = _UNWANTED.sub("", text)
    return child

"""Stories as an Atom feed (RFC 4287): one entry for each, its mirrors as related links.

The feed without the copies: what readers have asked of their feed readers for years. A story that
is no more has a deleted-entry (RFC 6721).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from scraper.export.harmless import clean, clean_line, is_web_address
from scraper.export.shapes import print_utc
from scraper.model import Precision
from scraper.store.changes import Tombstone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from scraper.store.filters import Wanted
    from scraper.store.query import FullStory

_ATOM = "http://www.w3.org/2005/Atom"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
#: A title and a text end after so many characters: guesses at what a feed reader stands.
_TITLE, _TEXT = 300, 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """What a feed says of itself.

    By ``archive`` its entries have the same ids in every feed; by ``of`` it is told from others of
    the archive. ``url`` is where it is served, if it is.
    """

    archive: UUID
    of: str
    title: str
    url: str | None
    updated: datetime


def title_feed(wanted: Wanted) -> str:
    """What a feed of these stories is called."""
    if wanted.copied_from:
        return f"Copied from {wanted.copied_from}"
    return f"Stories of {wanted.site}" if wanted.site else "Stories"


def write_feed(head: FeedHead, stories: Iterable[FullStory | Tombstone]) -> Iterator[bytes]:
    """The feed, UTF-8, its entries in the order given, a chunk for each."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="{_ATOM}" xmlns:at="{_TOMBSTONES}">',
        f"<id>{uuid5(head.archive, head.of).urn}</id>",
        f"<title>{escape(clean_line(head.title))}</title>",
        f"<updated>{print_utc(head.updated)}</updated>",
        "<generator>scraper</generator>",
    ]
    if head.url is not None:
        href = quoteattr(clean_line(head.url))
        lines.append(f'<link rel="self" type="application/atom+xml" href={href}/>')
    yield "\n".join((*lines, "")).encode()
    when = print_utc(head.updated) or ""
    for story in stories:
        if isinstance(story, Tombstone):
            entry = ET.Element("at:deleted-entry", ref=_name(head.archive, story.story), when=when)
        else:
            entry = _make_entry(head.archive, story)
        yield ET.tostring(entry, encoding="unicode").encode() + b"\n"
    yield b"</feed>\n"


def _name(archive: UUID, story: int) -> str:
    """The entry's id, the same for ever."""
    return uuid5(archive, f"story {story}").urn


def _make_entry(archive: UUID, story: FullStory) -> ET.Element:
    content = story.canonical.content
    entry = ET.Element("entry")
    _add(entry, "id", _name(archive, story.id))
    _add(entry, "title", (content.title or "(no title)")[:_TITLE])
    _add(entry, "updated", print_utc(story.updated))
    if content.published is not None and content.published_precision is not Precision.DAY:
        _add(entry, "published", print_utc(content.published))
    for author in content.authors or (story.canonical.site or "unknown",):
        _add(_add(entry, "author"), "name", author[:_TITLE])
    if content.url is not None and is_web_address(content.url):
        _add(entry, "link", rel="alternate", href=content.url)
    for mirror in story.mirrors:
        url = mirror.article.content.url
        if url is not None and is_web_address(url):
            kind = mirror.relation.replace("_", " ")
            title = f"{mirror.article.site or 'a mirror'}: {kind}"
            _add(entry, "link", rel="related", href=url, title=title)
    _add(entry, "content", content.text[:_TEXT], type="text")
    return entry


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    cleaned = {name: clean(value) for name, value in attributes.items()}
    child = ET.SubElement(parent, tag, cleaned)
    if text is not None:
        child.text = clean(text)
    return child

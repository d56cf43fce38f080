"""The sources as an OPML 2.0 list (http://opml.org/spec2.opml), which feed readers take over.

Feeds are outlines of type "rss". Sitemaps and listing pages, of which a feed reader can make
nothing, are links: it passes over them, as does our own import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from scraper.export.harmless import clean_line
from scraper.model import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.model import Source


def write_opml(sources: Iterable[Source]) -> Iterator[bytes]:
    """The list, in the order given."""
    yield (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<opml version="2.0">\n<head><title>Sources of scraper</title></head>\n<body>\n'
    )
    for source in sources:
        name, url = (quoteattr(clean_line(value)) for value in (source.name, source.url))
        if source.kind is SourceKind.FEED:
            yield f'<outline type="rss" text={name} title={name} xmlUrl={url}/>\n'.encode()
        else:
            yield f'<outline type="link" text={name} url={url}/>\n'.encode()
    yield b"</body>\n</opml>\n"

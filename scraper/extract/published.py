"""When a page was published: what it declares, else what it prints, in the offset it prints it in.

First that answers:

1. JSON-LD
2. <meta> of every naming
3. microdata, <time> and elements named after dates, near the text
4. scripts that are no JSON-LD
5. the address
6. a date in a short line above the text, then in any
7. as 3, far from the text: most of those are other articles'

What is declared in UTC is given in the page's own offset where the page also tells the same moment
in its local time, or where its address names the neighbouring day: readers, and other papers, know
the article by that day.
"""

from __future__ import annotations

import math
import re
from datetime import timedelta, timezone
from itertools import chain, islice
from typing import TYPE_CHECKING

from scraper.dates import PrintedTime
from scraper.extract.bylines import LONGEST
from scraper.extract.dates import FIRST_YEAR, date_in_url, find_date, parse_time
from scraper.extract.metadata import squeeze
from scraper.model import Precision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser

    from scraper.extract.blocks import Layout
    from scraper.extract.metadata import Metadata
    from scraper.extract.surroundings import Surroundings

_PUBLISHED_KEYS = ("datePublished", "dateCreated", "uploadDate")
_PUBLISHED_META = tuple(
    "article:published_time og:article:published_time datepublished date_published "
    "parsely-pub-date sailthru.date dc.date.issued dcterms.date dcterms.created dcterms.issued "
    "dc.date pubdate publish-date publish_date publication_date article.published "
    "article_date_original originalpublicationdate cxenseparse:recs:publishtime "
    "citation_publication_date citation_date rnews:datepublished og:published_time bt:pubdate "
    "displaydate article:published published_time date.created "
    "shareaholic:article_published_time dc.created dc.date.created og:pubdate ptime date".split()
)
_MODIFIED_META = tuple(
    "article:modified_time og:updated_time datemodified dcterms.modified last-modified revised "
    "lastmod".split()
)
_TIMES = (
    'time, [itemprop="datePublished"], [class*="publish"], [class*="date"], [class*="Date"], '
    '[id*="date"], [class*="time"]'
)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|\d{1,2}[./]\d{1,2}[./]\d{2}(?!\d)")
#: What tells the date behind it from that of a change before it: "Updated 4 May · Published 3 May".
_SAYS_PUBLISHED = re.compile(
    r"\b(?:published|posted|publiée?|veröffentlicht|erschienen|publicado|pubblicato|gepubliceerd"
    r"|publicerad|опубликовано)\b",
    re.IGNORECASE,
)
#: A date in a script that is no JSON-LD: what the page's own program was handed.
_SCRIPT_DATE = re.compile(
    rb'"(?:datePublished|date_?[pP]ublished|publish(?:ed)?_?[dD]ate|published_?[aA]t|pubDate'
    rb'|publication_?[dD]ate|firstPublished(?:At|Date)?)\\?"\s*:\s*\\?"([^"\\]{8,40})'
)
#: So many elements named after dates are looked at: a page's other articles have dates too.
_MOST = 20

#: Offsets lie this far from UTC at most, in steps of half an hour (Nepal's quarter is left out:
#: the finer the steps, the more often a stranger's time fits one).
_FARTHEST = timedelta(hours=14)
_STEP = timedelta(minutes=30)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class Moments:
    """One page's publication and modification, asked for once each."""

    def __init__(
        self,
        tree: LexborHTMLParser,
        metadata: Metadata,
        layout: Layout,
        surroundings: Surroundings,
        url: str,
        *,
        day_first: bool,
    ) -> None:
        self.tree = tree
        self.metadata = metadata
        self.node = metadata.article or {}
        self.layout = layout
        self.surroundings = surroundings
        self.url = url
        self.day_first = day_first

    def published(self) -> PrintedTime | None:
        """When the page says it was published, or None; an undeclared date only from 1990 on."""
        declared = self._declared(self.node, _PUBLISHED_KEYS, _PUBLISHED_META)
        if first := next(declared, None):
            return self._as_printed(first, declared)
        undeclared = chain(
            (found for found, line in self._marked_up() if self._is_near(line)),
            self._in_scripts(),
            self._in_address(),
            self._in_lines(),
            (found for found, line in self._marked_up() if not self._is_near(line)),
        )
        return next((found for found in undeclared if found.at.year >= FIRST_YEAR), None)

    def modified(self) -> PrintedTime | None:
        """When the page says it was changed last, or None."""
        return next(self._declared(self.node, ("dateModified",), _MODIFIED_META), None)

    def _declared(
        self, node: dict[str, object], keys: tuple[str, ...], names: tuple[str, ...]
    ) -> Iterator[PrintedTime]:
        values = (
            *(squeeze(node.get(key)) for key in keys),
            *(self.metadata.meta[name][0] for name in names if name in self.metadata.meta),
        )
        return (found for value in values if (found := self._parse(value)))

    def _as_printed(self, first: PrintedTime, declared: Iterator[PrintedTime]) -> PrintedTime:
        """The moment that is declared, in local time where the page tells that too."""
        if first.precision is not Precision.MINUTE or first.at.utcoffset():
            return first
        marked = (found for found, _ in self._marked_up())
        for other in chain(declared, marked):
            # Another moment in UTC is another moment: that of an entry, or of a change.
            is_utc = other.precision is Precision.MINUTE and not other.at.utcoffset()
            if other.precision is Precision.DAY or is_utc:
                continue
            if local := _local(first, other):
                return local
        return next((_on_day(first, day) for day in self._in_address()), first)

    def _marked_up(self) -> Iterator[tuple[PrintedTime, str | None]]:
        """What <time>, microdata and elements named after dates say, and the lines they print."""
        for node in self.tree.css(_TIMES)[:_MOST]:
            attributes = node.attributes
            line = squeeze(node.text(separator=" "))
            for name in ("datetime", "content"):
                if found := self._parse(attributes.get(name)):
                    yield found, line
            if line and (found := self._find(line)):
                yield found, line

    def _is_near(self, line: str | None) -> bool:
        return line is not None and self.surroundings.hold(line)

    def _in_scripts(self) -> Iterator[PrintedTime]:
        """What the page's own program was handed."""
        for match in islice(_SCRIPT_DATE.finditer(self.tree.raw_html), _MOST):
            if found := self._parse(match[1].decode("utf-8", "replace")):
                yield found

    def _in_address(self) -> Iterator[PrintedTime]:
        if found := date_in_url(self.url):
            yield found

    def _in_lines(self) -> Iterator[PrintedTime]:
        """Dates in short lines: those above the text, then all, from the page's top."""
        for block in chain(self.surroundings.far_above, self.layout.blocks):
            if _YEAR.search(block.text) and (found := self._find(block.text)):
                yield found

    def _find(self, line: str) -> PrintedTime | None:
        if len(line) >= LONGEST:
            return None
        if told := _SAYS_PUBLISHED.search(line):
            found = find_date(line[told.end() :], day_first=self.day_first)
            if found:
                return found
        return find_date(line, day_first=self.day_first)

    def _parse(self, value: str | None) -> PrintedTime | None:
        return parse_time(value, day_first=self.day_first)


def _local(utc: PrintedTime, other: PrintedTime) -> PrintedTime | None:
    """The moment in the offset in which ``other`` tells it; None where that is another moment."""
    if other.at.utcoffset():
        return other if abs(other.at - utc.at) < _MINUTE else None
    ahead = other.at - utc.at
    offset = round(ahead / _STEP) * _STEP
    seconds = other.at.second and utc.at.second
    if not offset or abs(offset) > _FARTHEST or abs(ahead - offset) >= _MINUTE:
        return None
    if seconds and ahead != offset:
        return None
    return PrintedTime(at=utc.at.astimezone(timezone(offset)), precision=utc.precision)


def _on_day(utc: PrintedTime, day: PrintedTime) -> PrintedTime:
    """The moment in the nearest offset that puts it on that day; as it is where none does.

    The publisher's offset is not known then, but the day is: WordPress declares UTC and names the
    local day in its addresses.
    """
    if utc.at.date() == day.at.date():
        return utc
    start, end = day.at, day.at + _DAY - _MINUTE
    ahead = math.ceil((start - utc.at) / _HOUR)
    hours = ahead if utc.at < start else math.floor((end - utc.at) / _HOUR)
    if abs(hours) * _HOUR > _FARTHEST:
        return utc
    return PrintedTime(at=utc.at.astimezone(timezone(hours * _HOUR)), precision=utc.precision)

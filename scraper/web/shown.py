"""Text, moments and shares as pages show them.

A browser shows markup as text where it is escaped, which the templates do. What is left are
characters that no page may hold, and those that turn the order of what stands beside them: an
override in a title would show an address as another (Boucher and Anderson 2021, "Trojan Source").
The marks by which Arabic and Hebrew are written stay.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.model import Precision

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from scraper.model import ArchivedArticle

#: Controls but for tab and line feed, lone surrogates, noncharacters; embeddings, overrides and
#: isolates of direction.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
#: A title in a list, and at the head of a page: guesses at what anyone reads.
_LINE, HEADLINE = 160, 600
#: So much of a text is put on one page: some 60,000 words.
LONGEST_TEXT = 400_000
_PARAGRAPHS = re.compile(r"\n\s*\n")

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def tidy(text: str) -> str:
    """The text without the characters that no page may hold or that steer it."""
    return _UNWANTED.sub("", text)


def line(text: str | None, most: int = _LINE) -> str:
    """The text as one line, cut at a word after so many characters; empty where there is none."""
    if not text:
        return ""
    # Whatever is cut away need not be tidied: a title may have ten million characters.
    whole = " ".join(tidy(text[: 4 * most]).split())
    if len(whole) <= most and len(text) <= 4 * most:
        return whole
    cut = whole[:most]
    return (cut.rpartition(" ")[0] or cut).rstrip(",;:- ") + " …"


def title(text: str | None, most: int = _LINE) -> str:
    """The title, or that there is none."""
    return line(text, most) or "(no title)"


def paragraphs(text: str) -> list[str]:
    """The text's paragraphs, as far as one page shows them."""
    shown = tidy(text[:LONGEST_TEXT])
    return [part.strip() for part in _PARAGRAPHS.split(shown) if part.strip()]


def outward(url: str | None) -> str | None:
    """The address as a link may have it: of the web, whatever an import said; else None."""
    if not url:
        return None
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return None
    return tidy(url) if scheme in {"http", "https"} else None


def name(article: ArchivedArticle) -> str:
    """By what an article's publication is known: its site, or where it was imported."""
    if article.site:
        return tidy(article.site)
    return line(article.collection, 40) or f"article {article.id}"


def moment(at: datetime) -> str:
    """The moment in UTC to the minute: "22 Nov 2026, 10:00"."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%b} {utc.year:04d}, {utc:%H:%M}"


def day(at: datetime) -> str:
    """The day in UTC: "Sunday 22 November 2026"."""
    utc = at.astimezone(UTC)
    return f"{utc:%A} {utc.day} {utc:%B} {utc.year:04d}"


def clock_time(at: datetime) -> str:
    """The time of day in UTC: "10:00"."""
    return f"{at.astimezone(UTC):%H:%M}"


def machine(at: datetime) -> str:
    """The moment for programs: "2026-11-22T10:00Z"."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def published(at: datetime, precision: Precision | None) -> str:
    """When something was published; the day alone, as printed, where no more is known."""
    if precision is Precision.DAY:
        return f"{at.day} {at:%b} {at.year:04d}"
    return moment(at)


def span(length: timedelta) -> str:
    """About how long: "40 s", "22 min", "1 h 43 min", "2 d 11 h"."""
    seconds = int(abs(length.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    large, small = (_DAY, _HOUR) if seconds >= _DAY else (_HOUR, _MINUTE)
    first, second = ("d", "h") if seconds >= _DAY else ("h", "min")
    rest = seconds % large // small
    return f"{seconds // large} {first}" + (f" {rest} {second}" if rest else "")


def later(at: datetime, than: datetime) -> str:
    """How much later or earlier one moment is than another."""
    if abs((at - than).total_seconds()) < 1:
        return "at the same time"
    return span(at - than) + (" later" if at > than else " earlier")


def percent(share: float) -> str:
    """The share in whole per cents; only all of it is 100 %, and only none 0 %."""
    whole = round(share * 100)
    if share < 1:
        whole = min(whole, 99)
    return f"{max(whole, 1) if share > 0 else 0} %"


def words(kind: str) -> str:
    """A word of the archive's as people write it: "near duplicate"."""
    return kind.replace("_", " ")


def number(count: int) -> str:
    """The number with its thousands apart: "41,286"."""
    return f"{count:,}"


def count(how_many: int, one: str, many: str | None = None) -> str:
    """So many of something: "1 mirror", "2 mirrors"."""
    return f"{number(how_many)} {one if how_many == 1 else many or one + 's'}"

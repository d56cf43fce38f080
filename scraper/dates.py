"""Declared dates to moments: ISO 8601 and RFC 822, as feeds, pages and files really write them.

A moment keeps the offset it was printed with, and how exactly it is known. Only dates that name
their day are read. The lenient parsers of libraries complete "10:30", or even a number, from
today's date; a date so made up would decide which copy came first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from scraper.model import Precision

#: Zones by name, as offsets. Of names with several meanings the one most used in news is taken
#: (BST British, IST Indian, CST North American: a guess).
ZONES = {
    "Z": "+0000",
    "UT": "+0000",
    "UTC": "+0000",
    "GMT": "+0000",
    "WET": "+0000",
    "WEST": "+0100",
    "BST": "+0100",
    "CET": "+0100",
    "MEZ": "+0100",
    "CEST": "+0200",
    "MESZ": "+0200",
    "EET": "+0200",
    "SAST": "+0200",
    "EEST": "+0300",
    "MSK": "+0300",
    "PKT": "+0500",
    "IST": "+0530",
    "SGT": "+0800",
    "HKT": "+0800",
    "AWST": "+0800",
    "JST": "+0900",
    "KST": "+0900",
    "AEST": "+1000",
    "AEDT": "+1100",
    "NZST": "+1200",
    "NZDT": "+1300",
    "EST": "-0500",
    "EDT": "-0400",
    "CST": "-0600",
    "CDT": "-0500",
    "MST": "-0700",
    "MDT": "-0600",
    "PST": "-0800",
    "PDT": "-0700",
    "AKST": "-0900",
    "AKDT": "-0800",
    "HST": "-1000",
}
_NAMED_ZONE = re.compile(r"\s*\b(" + "|".join(ZONES) + r")\b\s*$", re.IGNORECASE)

_ISO_START = re.compile(r"\d{4}-?\d\d-?\d\d(?!\d)", re.ASCII)
#: "2024-03-05 10:00:00 +0100": what fromisoformat wants without the space.
_SPACED_OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d*$)")

#: "Tue, 5 Mar 2024 08:30": the standard library's parser would read anything.
_RFC822_START = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?\d{1,2}[\s-][A-Za-z]{3,9}[\s-]\d{2,4}(?:\s+\d{1,2}:\d{2}|$)", re.ASCII
)

#: "9:05 pm", which RFC 822 does not have: the standard library's parser takes it for a zone.
_HALF_OF_DAY = re.compile(r"\s*\b([ap])\.?m\b\.?", re.IGNORECASE)
_ZONE = re.compile(r"(?:[+-]\d{2}:?\d{2}|[A-Za-z]+)$", re.ASCII)

#: No news is older: the first printed newspaper, Strasbourg's Relation, is of 1605. Catches year 1,
#: which stands for "no date" in .NET.
_FIRST_YEAR = 1605
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # "no date" in programs that count seconds
#: Longer text is no date (a guess: RFC 822 with a whole weekday and a zone takes about 40).
_MAX_DATE_LENGTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedTime:
    """A moment in the offset it was printed with, and how exactly it is known."""

    at: datetime
    precision: Precision


def parse_date(text: str) -> PrintedTime | None:
    """The moment that a declared date names; ``None`` where it names none. Never raises.

    A time without an offset is taken as UTC and ASSUMED; a day without a time is its first minute
    in UTC, with the precision of a DAY.
    """
    text = " ".join(text[: _MAX_DATE_LENGTH + 1].split())
    if len(text) > _MAX_DATE_LENGTH:
        return None
    try:
        moment = _read_iso(text) if _ISO_START.match(text) else _read_rfc822(text)
        if moment is None or not _is_date_of_news(moment):
            return None
    except (ValueError, OverflowError):
        return None
    if ":" not in text and "T" not in text[:11]:
        day = moment.replace(hour=0, minute=0, second=0, tzinfo=UTC)
        return PrintedTime(at=day, precision=Precision.DAY)
    if moment.tzinfo is None:
        return PrintedTime(at=moment.replace(tzinfo=UTC), precision=Precision.ASSUMED)
    return PrintedTime(at=moment, precision=Precision.MINUTE)


def _is_date_of_news(moment: datetime) -> bool:
    utc = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    return utc.year >= _FIRST_YEAR and utc != _EPOCH


def _read_iso(text: str) -> datetime:
    named = _NAMED_ZONE.sub(lambda zone: ZONES[zone[1].upper()], text)
    return datetime.fromisoformat(_SPACED_OFFSET.sub("", named)).replace(microsecond=0)


def _read_rfc822(text: str) -> datetime | None:
    if not _RFC822_START.match(text):
        return None
    half = _HALF_OF_DAY.search(text)
    timed = _HALF_OF_DAY.sub("", text, count=1)
    timed = timed if ":" in text else f"{timed} 00:00"
    numbered = _NAMED_ZONE.sub(lambda zone: " " + ZONES[zone[1].upper()], timed)
    fields = parsedate_tz(numbered)
    if fields is None:
        return None
    *moment, offset_seconds = *fields[:6], fields[9]
    year, month, day, hour, minute, second = (int(part) for part in moment if part is not None)
    if half:
        hour = hour % 12 + (12 if half[1] in "pP" else 0)
    # The parser gives 0 where no zone is written; that is an assumption of ours to make.
    zone = timezone(timedelta(seconds=offset_seconds or 0)) if _ZONE.search(numbered) else None
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)

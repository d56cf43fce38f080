"""The moment that a feed's date names: ISO 8601 and RFC 822, as feeds really write them.

Only dates that name their day are read. The lenient parsers of feed libraries complete "10:30", or
even a number in a guid, from today's date; a date so made up would decide which copy came first.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

#: Zones that RFC 822 does not list and feeds write all the same. Of names with several meanings
#: the one most used in feeds is taken (BST British, IST Indian: a guess).
_ZONES = {
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
    "AKST": "-0900",
    "AKDT": "-0800",
    "HST": "-1000",
}
_NAMED_ZONE = re.compile(r"\b(" + "|".join(_ZONES) + r")\b\s*$")

#: "2024-03-05 10:00:00 +0100", "... GMT": what fromisoformat wants without the space.
_ISO_START = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ISO_ZONE = re.compile(r"\s+(?:UTC|GMT|Z|(?=[+-]\d))(?P<offset>(?:[+-][\d:]+)?)$", re.IGNORECASE)

#: No news is older: the first printed newspaper, Strasbourg's Relation, is of 1605. Catches year 1,
#: which stands for "no date" in .NET.
_FIRST_YEAR = 1605
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # "no date" in programs that count seconds
#: Longer text is no date (a guess: RFC 822 with a whole weekday and a zone takes about 40).
_MAX_DATE_LENGTH = 64


def parse_date(text: str) -> datetime | None:
    """The moment, in UTC; ``None`` where the text names none.

    A time without an offset is taken as UTC, a day without a time as its first minute. Never
    raises.
    """
    text = " ".join(text[: _MAX_DATE_LENGTH + 1].split())
    if len(text) > _MAX_DATE_LENGTH:
        return None
    try:
        moment = _read_iso(text) if _ISO_START.match(text) else _read_rfc822(text)
        if moment is None:
            return None
        utc = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return utc if utc.year >= _FIRST_YEAR and utc != _EPOCH else None


def _read_iso(text: str) -> datetime:
    return datetime.fromisoformat(_ISO_ZONE.sub(lambda zone: zone["offset"] or "Z", text))


def _read_rfc822(text: str) -> datetime | None:
    fields = parsedate_tz(_NAMED_ZONE.sub(lambda zone: _ZONES[zone[1]], text))
    if fields is None:
        return None
    *moment, offset_seconds = *fields[:6], fields[9]
    year, month, day, hour, minute, second = (int(part) for part in moment if part is not None)
    zone = timezone(timedelta(seconds=offset_seconds or 0))
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)

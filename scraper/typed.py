"""What people type to narrow a list, as values: moments, sites, languages, names.

The command line, queries and the browser's forms read them here, so that one thing is typed alike
in all three. What cannot be understood raises UsageError, with what to write instead.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from scraper.errors import UsageError

_DAY = timedelta(days=1)
#: The least that tells two moments of the archive apart, which keeps milliseconds.
_TICK = timedelta(milliseconds=1)
_UNITS = {
    "h": timedelta(hours=1),
    "d": _DAY,
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}
#: "36h", "7d", "2w", "1y": so long ago.
_SPAN = re.compile(r"([0-9]{1,6})([hdwy])", re.IGNORECASE)
_DAYS_AGO = {"today": 0, "yesterday": 1}
#: A month alone would be half understood: it begins here and ends there.
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

#: The names of two labels at most are sites as they stand, and those with a port: only for longer
#: ones does the list of public suffixes say more, and reading it takes a tenth of a second.
_PLAIN_SITE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)?|[a-z0-9.-]+:[0-9]{1,5}")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_HAS_LETTER = re.compile(r"[^\W_]")
#: Halves of a character, from a broken terminal: no text can hold them.
_BROKEN = re.compile("[\ud800-\udfff]")


def read_moment(
    typed: str, *, now: datetime, zone: tzinfo | None = None, end_of_day: bool = False
) -> datetime:
    """The moment meant by "2026-11-22", "2026-11-22T10:00", "today", "yesterday", or "7d" ago.

    Days and times without an offset are of ``zone``; without one, of this machine. A day is its
    first moment; with ``end_of_day`` its last, so that "until DAY" takes all of it. Raises
    UsageError.
    """
    said = typed.strip().lower()
    try:
        if span := _SPAN.fullmatch(said):
            return now - int(span[1]) * _UNITS[span[2]]
        if said in _DAYS_AGO:
            day = (now.astimezone(zone) - _DAYS_AGO[said] * _DAY).date().isoformat()
            return _read_day(day, zone, end_of_day=end_of_day)
        if _ISO_DAY.fullmatch(said):
            return _read_day(said, zone, end_of_day=end_of_day)
        return _place(datetime.fromisoformat(said.upper()), zone)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{typed!r} is no date: write 2026-11-22, 2026-11-22T10:00, yesterday or 7d"
        ) from None


def read_site(typed: str) -> str:
    """The site meant by its name in any case, or by a host or an address of it.

    Raises UsageError.
    """
    name = typed.strip()
    if _PLAIN_SITE.fullmatch(name.lower()):
        return name.lower()
    from scraper.urls import normalise_url, site_of  # slow, and rarely needed

    address = normalise_url(name if "://" in name else f"https://{name}")
    if address is None:
        raise UsageError(f"{typed!r} is no site: write a name like example.org")
    return site_of(address)


def read_language(typed: str) -> str:
    """The language tag, in lower case. Raises UsageError for what can be none."""
    if not _LANGUAGE.fullmatch(typed):
        raise UsageError(f"{typed!r} is no language: write a tag like en or pt-br")
    return typed.lower()


def read_name(typed: str) -> str:
    """The words of a name, one space between them. Raises UsageError where there are none."""
    name = " ".join(typed.split())
    if not _HAS_LETTER.search(name) or _BROKEN.search(name):
        raise UsageError(f"{typed!r} is no name: write one like Ida Moor, or a part of it")
    return name


def mend(typed: str) -> str:
    """The text with a question mark for each half of a character, which no archive can hold."""
    return _BROKEN.sub("?", typed)


def _read_day(day: str, zone: tzinfo | None, *, end_of_day: bool) -> datetime:
    begin = datetime.fromisoformat(day)
    return _place(begin + _DAY - _TICK if end_of_day else begin, zone)


def _place(moment: datetime, zone: tzinfo | None) -> datetime:
    """The moment, aware."""
    if moment.tzinfo is None and zone is not None:
        return moment.replace(tzinfo=zone)
    return moment.astimezone()

"""Printed dates to times: ISO 8601, RFC 822, and the ways people write a date.

A time keeps the offset it was printed with; without one it is taken as UTC and called ASSUMED.
No clock is read: whether a date lies in the future is for the caller to ask.
"""

# ruff: noqa: RUF001 - letters and dashes as publishers write them
from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from scraper.dates import ZONES, PrintedTime, parse_date
from scraper.model import Precision

#: Before this year a date counts only where it was declared as the publication date.
FIRST_YEAR = 1990
#: And after this one never: a machine's largest number.
_LAST_YEAR = 2100

#: Months as written, whole and cut, in the languages of European and Turkish papers; a word that
#: is two months in two languages is the one listed last.
_MONTH_NAMES = {
    1: (
        "jan january januar janvier janv enero ene gennaio gen janeiro januari jänner "
        "stycznia styczeń января янв січня ocak led ledna ianuarie tammikuuta január "
        "tháng-1"
    ),
    2: (
        "feb february februar février févr fév febrero febbraio fevereiro fev februari "
        "feber lutego luty февраля фев лютого şubat února únor februarie helmikuuta "
        "február"
    ),
    3: (
        "mar march märz mär mars marzo março mrz maart mrt marca marzec марта мар березня "
        "mart března březen martie maaliskuuta marts március"
    ),
    4: (
        "apr april avril avr abril abr aprile kwietnia kwiecień апреля апр квітня nisan "
        "dubna duben aprilie huhtikuuta április"
    ),
    5: (
        "may mai mayo maggio mag maio mei maj maja мая май травня mayıs května květen "
        "toukokuuta május"
    ),
    6: (
        "jun june juni juin junio giugno giu junho czerwca czerwiec июня июн червня "
        "haziran června červen iunie kesäkuuta június"
    ),
    7: (
        "jul july juli juillet juil julio luglio lug julho lipca lipiec июля июл липня "
        "temmuz července červenec iulie heinäkuuta július"
    ),
    8: (
        "aug august août aout agosto ago augustus augusti sierpnia sierpień августа авг "
        "серпня ağustos srpna srpen elokuuta augusztus"
    ),
    9: (
        "sep sept september septembre septiembre settembre set setembro września wrzesień "
        "сентября сен вересня eylül září septembrie syyskuuta szeptember"
    ),
    10: (
        "oct october oktober okt octobre octubre ottobre ott outubro out października "
        "październik октября окт жовтня ekim října říjen octombrie lokakuuta október"
    ),
    11: (
        "nov november novembre noviembre novembro listopada listopad ноября ноя kasım "
        "listopadu noiembrie marraskuuta"
    ),
    12: (
        "dec december dezember dez décembre déc diciembre dic dicembre dezembro grudnia "
        "grudzień декабря дек грудня aralık prosince prosinec decembrie joulukuuta "
        "desember"
    ),
}
MONTHS = {name: month for month, names in _MONTH_NAMES.items() for name in names.split()}

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}"
    r"|[+-]\d{2}(?!\d))?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z)?)?")
_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2})[:.h](\d{2})(?::(\d{2}))?\s*(a\.?m\.?|p\.?m\.?)?(?:\s*(?:Uhr|Uhr,)?)?"
    r"\s*(Z\b|UTC|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|CET|CEST|BST|IST|[+-]\d{2}:?\d{2})?(?![\d:])",
    re.IGNORECASE,
)
_WORD = r"([^\W\d_]{3,14})"
_DAY_MONTH_YEAR = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s*(?:de |of "
    rf"|d['’])?[\s/-]?{_WORD}\.?,?[\s/-]*(?:de |del )?(\d{{4}})(?!\d)"
)
_MONTH_DAY_YEAR = re.compile(rf"{_WORD}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s*[./年년-]\s*(\d{1,2})\s*[./月월-]\s*(\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d.])(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?!\d)")
_IN_URL = re.compile(
    r"/(19[89]\d|20\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?=[/_.\-]|$|\D)"
    r"|/(19[89]\d|20\d\d)-(\d{1,2})-(\d{1,2})\b"
)


def parse_time(printed: str | None, *, day_first: bool = True) -> PrintedTime | None:
    """The time that a declaration holds, or None; ``day_first`` reads 3/4/2020 as 3 April.

    Understands ISO 8601 (whole or cut), compact dates, RFC 822, Unix seconds, and written dates.
    """
    if not printed:
        return None
    text = printed.strip()[:200]
    declared = parse_date(text)
    if declared is not None and declared.at.year <= _LAST_YEAR:
        return declared
    found = _ISO.match(text)
    if found:
        return _from_parts(found.groups())
    if text.isdecimal() and len(text) in {10, 13}:
        return _from_unix(int(text[:10]))
    found = _COMPACT.fullmatch(text)
    if found:
        return _from_parts(found.groups())
    return find_date(text, day_first=day_first)


def find_date(text: str, *, day_first: bool = True) -> PrintedTime | None:
    """The first date written anywhere in a short text, with its clock time where one follows."""
    text = text[:300]
    found = _ISO.search(text)
    if found:
        return _from_parts(found.groups())
    for year, month, day, end in _written_dates(text, day_first=day_first):
        made = _make(year, month, day)
        if made is None:
            continue
        clock = _CLOCK.search(text, end) or _CLOCK.search(text[: max(0, end - 6)])
        return _with_clock(made, clock)
    return None


def date_in_url(url: str) -> PrintedTime | None:
    """The day that stands in an address like /2019/10/19/, or None."""
    found = _IN_URL.search(url)
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    made = _make(year, month, day)
    return PrintedTime(at=made, precision=Precision.DAY) if made else None


def _written_dates(text: str, *, day_first: bool) -> list[tuple[int, int, int, int]]:
    found = [
        (match.start(), (int(match[3]), month, int(match[1]), match.end()))
        for match in _DAY_MONTH_YEAR.finditer(text)
        if (month := MONTHS.get(match[2].lower()))
    ]
    found += [
        (match.start(), (int(match[3]), month, int(match[2]), match.end()))
        for match in _MONTH_DAY_YEAR.finditer(text)
        if (month := MONTHS.get(match[1].lower()))
    ]
    found += [
        (match.start(), (int(match[1]), int(match[2]), int(match[3]), match.end()))
        for match in _YEAR_FIRST.finditer(text)
    ]
    for match in _NUMERIC.finditer(text):
        one, two, year = int(match[1]), int(match[3]), int(match[4])
        year += 0 if year > 99 else 2000  # noqa: PLR2004 - two digits
        first = day_first or match[2] == "." or one > 12  # noqa: PLR2004 - no month
        day, month = (one, two) if first and two <= 12 else (two, one)  # noqa: PLR2004 - likewise
        found.append((match.start(), (year, month, day, match.end())))
    return [parts for _, parts in sorted(found)]


def _from_parts(parts: tuple[str | None, ...]) -> PrintedTime | None:
    year, month, day, hour, minute, second, zone = parts
    made = _make(int(year or 0), int(month or 0), int(day or 0))
    if made is None:
        return None
    if hour is None:
        return PrintedTime(at=made, precision=Precision.DAY)
    return _at_clock(made, int(hour), int(minute or 0), int(second or 0), zone)


def _with_clock(day: datetime, clock: re.Match[str] | None) -> PrintedTime:
    if clock is None:
        return PrintedTime(at=day, precision=Precision.DAY)
    hour = int(clock[1])
    half = (clock[4] or "").lower().replace(".", "")
    if half == "pm" and hour < 12:  # noqa: PLR2004 - noon
        hour += 12
    elif half == "am" and hour == 12:  # noqa: PLR2004 - noon
        hour = 0
    timed = _at_clock(day, hour, int(clock[2]), int(clock[3] or 0), clock[5])
    return timed or PrintedTime(at=day, precision=Precision.DAY)


def _at_clock(
    day: datetime, hour: int, minute: int, second: int, zone: str | None
) -> PrintedTime | None:
    try:
        timed = day.replace(hour=hour % 24, minute=minute, second=min(second, 59))
        if not zone:
            return PrintedTime(at=timed, precision=Precision.ASSUMED)
        return PrintedTime(at=timed.replace(tzinfo=_zone(zone)), precision=Precision.MINUTE)
    except ValueError:
        return None


def _zone(printed: str) -> timezone:
    name = printed.upper()
    name = ZONES.get(name, name)
    digits = name[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if not offset:
        return UTC
    return timezone(-offset if name[0] == "-" else offset)


def _from_unix(seconds: int) -> PrintedTime | None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return PrintedTime(at=at, precision=Precision.MINUTE) if at.year >= FIRST_YEAR else None


def _make(year: int, month: int, day: int) -> datetime | None:
    """That day at midnight UTC; None where there is no such day, or it is a machine's zero."""
    if year < 1600 or year > _LAST_YEAR or (year, month, day) == (1970, 1, 1):  # noqa: PLR2004 - no newspapers before; no clock here to say what is too late
        return None
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None

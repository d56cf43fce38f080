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
#: Thai papers count from the Buddha's death.
_BUDDHIST = 543

#: Months as written, whole and cut, in the order of the year: in the languages of Europe, of the
#: Near East, of India, Thailand and Indonesia. Unicode's CLDR has them; a word that is two months
#: in two languages is the one listed last (Polish listopada, November, is Croatian October).
_MONTH_NAMES = """
    january february march april may june july august september october november december;
    jan feb mar apr may jun jul aug sept oct nov dec;
    january february march april may june july august sep october november december;
    januar februar märz april mai juni juli august september oktober november dezember;
    jän feb mär apr mai jun jul aug sep okt nov dez;
    jänner feber mrz april mai juni juli august september okt november dez;
    januari februari maart april mei juni juli augustus september oktober november december;
    januari februari mrt april maj juni juli augusti september oktober november december;
    januar februar marts april maj juni juli august september oktober november desember;
    janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember;
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre;
    janv févr mars avr mai juin juil aout sept octobre novembre déc;
    janv fév mars avr mai juin juil août sept octobre novembre déc;
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre;
    ene febrero marzo abr mayo junio julio ago setiembre octubre noviembre dic;
    gener febrer març abril maig juny juliol agost setembre octubre novembre desembre;
    janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro;
    janeiro fev março abril mai junho julho agosto set out novembro dez;
    gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre
        dicembre;
    gen febbraio marzo aprile mag giu lug agosto set ott novembre dicembre;
    ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie
        decembrie;
    styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad
        grudzień;
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada
        grudnia;
    leden únor březen duben květen červen červenec srpen září říjen listopad prosinec;
    led února březen duben květen červen červenec srpen září říjen listopad prosinec;
    ledna února března dubna května června července srpna září října listopadu prosince;
    január február marec apríl máj jún júl august september október november december;
    januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra;
    januar februar mart april maj jun jul avgust septembar oktobar novembar decembar;
    januara februara marta aprila maja juna jula avgusta septembra oktobra novembra decembra;
    siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna oktobra studenoga
        prosinca;
    január február március április május június július augusztus szeptember október november
        december;
    tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta
        syyskuuta lokakuuta marraskuuta joulukuuta;
    jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember;
    sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio
        gruodžio;
    janvārī februārī martā aprīlī maijā jūnijā jūlijā augustā septembrī oktobrī novembrī
        decembrī;
    ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık;
    oca şub mart nis may haz tem ağu eyl eki kas ara;
    ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου
        οκτωβρίου νοεμβρίου δεκεμβρίου;
    ιαν φεβ μαρ απρ μαϊ ιουν ιουλ αυγ σεπ οκτ νοε δεκ;
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря;
    янв фев мар апр май июн июл авг сен окт ноя дек;
    янв фев март апр май июн июл авг сент окт ноя дек;
    січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня;
    януари февруари март април май юни юли август септември октомври ноември декември;
    јануар фебруар март април мај јун јул август септембар октобар новембар децембар;
    јануара фебруара марта априла маја јуна јула августа септембра октобра новембра децембра;
    ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר;
    בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר;
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر;
    يناير فبراير مارس إبريل ماي يونيه يوليه أغسطس سبتمبر أكتوبر نوفمبر ديسمبر;
    जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर;
    जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितम्बर अक्टूबर नवम्बर दिसम्बर;
    জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর;
    มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน
        ธันวาคม;
    januari februari maret april mei juni juli agustus september oktober november desember;
    januari februari mac april mei jun julai ogos september oktober november disember
"""
MONTHS = {
    name: month
    for year in _MONTH_NAMES.split(";")
    for month, name in enumerate(year.split(), start=1)
}

_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[ap]\.?m)\b\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}(?!\d))?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?P<zone>Z)?)?"
)
#: The halves of a day that stand before a clock time: 오후 9:05.
_HALF_BEFORE = r"오전|오후|上午|下午|午前|午後"
_FIRST_HALF = frozenset("am 오전 上午 午前 ص".split())
_SECOND_HALF = frozenset("pm 오후 下午 午後 م".split())
_CLOCK = re.compile(
    rf"(?:(?P<before>{_HALF_BEFORE})\s*)?"
    r"(?<![\d:])(?P<hour>\d{1,2})(?:[:.h]|\s?[時时시]\s?)(?P<minute>\d{2})[分분]?"
    r"(?::(?P<second>\d{2}))?\s*(?P<half>a\.?m\.?|p\.?m\.?|[صم](?!\w))?(?:\s*(?:Uhr|Uhr,)?)?"
    rf"\s*(?P<zone>(?:{'|'.join(sorted(ZONES, key=len, reverse=True))})\b|[+-]\d{{2}}:?\d{{2}})?"
    r"(?![\d:])",
    re.IGNORECASE,
)
#: Not \w: the vowels of Hindi, Bengali and Thai are marks.
_WORD = r"([^\s\d_.,;:|/()\[\]'’-]{2,14})"
_DAY_MONTH_YEAR = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s*(?:de |of "
    rf"|d['’])?[\s/-]?{_WORD}\.?,?[\s/-]*(?:de |del |พ\.ศ\.\s?)?(\d{{4}})(?!\d)"
)
_MONTH_DAY_YEAR = re.compile(rf"{_WORD}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)")
_YEAR_MONTH_DAY = re.compile(
    rf"(?<!\d)(\d{{4}})(?:\. gada|\. m\.| m\.|\.)?\s+{_WORD}\.?\s+(\d{{1,2}})(?!\d)"
)
_VIETNAMESE = re.compile(r"(\d{1,2}) tháng (\d{1,2})(?:,| năm)+ (\d{4})(?!\d)", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s*[./年년-]\s*(\d{1,2})\s*[./月월-]\s*(\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d.])(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?!\d)")
_IN_URL = re.compile(
    r"/(19[89]\d|20\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?=[/_.\-]|$|\D)"
    r"|/(19[89]\d|20\d\d)-(\d{1,2})-(\d{1,2})\b"
    r"|-(20\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?=/?(?:[?#]|$))"
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
        return _from_numbers(found)
    if text.isdecimal() and len(text) in {10, 13}:
        return _from_unix(int(text[:10]))
    found = _COMPACT.fullmatch(text)
    if found:
        return _from_numbers(found)
    return find_date(text, day_first=day_first)


def find_date(text: str, *, day_first: bool = True) -> PrintedTime | None:
    """The first date written anywhere in a short text, with its clock time where one follows."""
    text = text[:300]
    found = _ISO.search(text)
    if found:
        return _from_numbers(found)
    for year, month, day, end in _written_dates(text, day_first=day_first):
        made = _make(year if year <= _LAST_YEAR else year - _BUDDHIST, month, day)
        if made is None:
            continue
        clock = _CLOCK.search(text, end) or _CLOCK.search(text[: max(0, end - 6)])
        return _with_clock(made, clock)
    return None


def date_in_url(url: str) -> PrintedTime | None:
    """The day that stands in an address like /2019/10/19/ or /story-2019-10-19/, or None."""
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
        (match.start(), (int(match[1]), month, int(match[3]), match.end()))
        for match in _YEAR_MONTH_DAY.finditer(text)
        if (month := MONTHS.get(match[2].lower()))
    ]
    found += [
        (match.start(), (int(match[3]), int(match[2]), int(match[1]), match.end()))
        for match in _VIETNAMESE.finditer(text)
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


def _from_numbers(found: re.Match[str]) -> PrintedTime | None:
    made = _make(int(found["year"]), int(found["month"]), int(found["day"]))
    if made is None:
        return None
    return (
        _at_clock(made, found) if found["hour"] else PrintedTime(at=made, precision=Precision.DAY)
    )


def _with_clock(day: datetime, clock: re.Match[str] | None) -> PrintedTime:
    timed = _at_clock(day, clock) if clock else None
    return timed or PrintedTime(at=day, precision=Precision.DAY)


def _hour(printed: str, half: str) -> int:
    """The hour from 0 to 23 that a clock shows in one half of the day, or in the whole of it."""
    hour = int(printed)
    half = half.lower().replace(".", "")
    if half in _SECOND_HALF and hour < 12:  # noqa: PLR2004 - noon
        return hour + 12
    return 0 if half in _FIRST_HALF and hour == 12 else hour  # noqa: PLR2004 - noon


def _at_clock(day: datetime, clock: re.Match[str]) -> PrintedTime | None:
    printed = clock.groupdict("")
    hour = _hour(printed["hour"], printed.get("before") or printed.get("half", ""))
    second = min(int(printed["second"] or 0), 59)
    try:
        timed = day.replace(hour=hour % 24, minute=int(printed["minute"] or 0), second=second)
        if not printed["zone"]:
            return PrintedTime(at=timed, precision=Precision.ASSUMED)
        zone = _zone(printed["zone"])
        return PrintedTime(at=timed.replace(tzinfo=zone), precision=Precision.MINUTE)
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

"""When the members of a story were published, as far as their claims can be believed.

A publisher prints what it likes; what we saw ourselves bounds it. A time is plausible if it is not
after we first saw the page, and not long before we saw a copy that was news at that moment: who
comes later with an older date has to be less than a day older.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from scraper.model import Precision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from scraper.model import ArticleId, Member

#: So much older than a copy archived before it may a page say it is.
_OLDER_AT_MOST: Final = timedelta(hours=24)
#: A copy seen this soon after its date was seen as news; one seen later, in an import or a first
#: look at a site, says nothing about when others can have been published. One without a date is
#: believed to have been news, but only against what turned up so much later than it.
_SEEN_AS_NEWS: Final = timedelta(hours=24)

#: Honest clocks differ by so much: a page may be dated a little ahead of ours. A guess.
_CLOCKS_DIFFER: Final = timedelta(minutes=10)

_LAST_MINUTE: Final = timedelta(hours=23, minutes=59)
#: Local time runs at most so far ahead of UTC (Line Islands).
_LARGEST_OFFSET: Final = timedelta(hours=14)

_NUMBERS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip
_MINUTES_IN: Final = (("day", 24 * 60), ("hour", 60), ("minute", 1))


def plausible_dates(members: Sequence[Member]) -> Mapping[ArticleId, datetime]:
    """The moment by which each member was out, of those whose date is plausible."""
    dated_news = sorted(member.first_seen for member in members if _was_dated_news(member))
    undated = sorted(member.first_seen for member in members if member.published is None)
    plausible = {}
    for member in members:
        meant = meant_time(member)
        if meant is None or not is_possible(
            member.published, member.published_precision, member.first_seen
        ):
            continue
        seen_before = (
            _last_before(dated_news, member.first_seen),
            _last_before(undated, member.first_seen - _SEEN_AS_NEWS),
        )
        if all(seen is None or meant[1] >= seen - _OLDER_AT_MOST for seen in seen_before):
            plausible[member.id] = meant[1]
    return plausible


def is_possible(
    published: datetime | None, precision: Precision | None, first_seen: datetime
) -> bool:
    """Whether a page that was first seen then can have been published then: not later."""
    meant = _meaning(published, precision)
    return meant is not None and meant[0] <= first_seen + _CLOCKS_DIFFER


def meant_time(member: Member) -> tuple[datetime, datetime] | None:
    """The first and the last moment that the member's date can mean; ``None`` where it has none.

    A day is all of it; a time without an offset, of which UTC was assumed, may be earlier than
    that. Among others it counts by the last.
    """
    return _meaning(member.published, member.published_precision)


def _meaning(
    published: datetime | None, precision: Precision | None
) -> tuple[datetime, datetime] | None:
    if published is None:
        return None
    if precision is Precision.DAY:
        day = published.replace(hour=0, minute=0, second=0, microsecond=0)
        return day, day + _LAST_MINUTE
    if precision is Precision.ASSUMED:
        return published - _LARGEST_OFFSET, published
    return published, published


def say_moment(moment: datetime) -> str:
    """The moment for a person: "2 Nov 2026, 06:15 UTC", "2 Nov 2026, 15:15 +0900"."""
    offset = f"{moment:%z}" if moment.utcoffset() else "UTC"
    return f"{moment.day} {moment:%b %Y, %H:%M} {offset}"


def say_span(span: timedelta) -> str:
    """How long that is, to the unit that matters: "four hours", "one minute", "30 days"."""
    minutes = int(span.total_seconds() // 60)
    for unit, size in _MINUTES_IN:
        if minutes >= size:
            count = minutes // size
            number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
            return f"{number} {unit}" if count == 1 else f"{number} {unit}s"
    return "less than a minute"


def _was_dated_news(member: Member) -> bool:
    """Whether we saw the member so soon after its date that others can hardly be older."""
    meant = meant_time(member)
    return meant is not None and member.first_seen - meant[1] <= _SEEN_AS_NEWS


def _last_before(moments: Sequence[datetime], moment: datetime) -> datetime | None:
    """The last of the sorted moments before this one."""
    place = bisect_left(moments, moment)
    return moments[place - 1] if place else None

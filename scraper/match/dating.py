"""When the members of a story were published, as far as their claims can be believed.

A publisher prints what it likes; what we saw ourselves bounds it. A time is plausible if it is not
after we first saw the page, and not long before we saw a copy that was news at that moment: who
comes later with an older date has to be less than a day older.
"""

from __future__ import annotations

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
    plausible = {}
    for member in members:
        meant = meant_time(member)
        if meant is None or meant[0] > member.first_seen:
            continue
        floors = (_floor(other, member) for other in members)
        if all(floor is None or meant[1] >= floor for floor in floors):
            plausible[member.id] = meant[1]
    return plausible


def meant_time(member: Member) -> tuple[datetime, datetime] | None:
    """The first and the last moment that the member's date can mean; ``None`` where it has none.

    A day is all of it, in the offset it was printed with; a time without an offset, of which UTC
    was assumed, may be earlier than that. Among others it counts by the last.
    """
    if member.published is None:
        return None
    if member.published_precision is Precision.DAY:
        day = member.published.replace(hour=0, minute=0, second=0, microsecond=0)
        return day, day + _LAST_MINUTE
    if member.published_precision is Precision.ASSUMED:
        return member.published - _LARGEST_OFFSET, member.published
    return member.published, member.published


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


def _floor(known: Member, newcomer: Member) -> datetime | None:
    """The earliest date that a member archived later may have; ``None`` where any will do."""
    meant = meant_time(known)
    if meant is None:
        was_news = newcomer.first_seen - known.first_seen > _SEEN_AS_NEWS
    else:
        was_news = known.first_seen - meant[1] <= _SEEN_AS_NEWS
    if known.first_seen < newcomer.first_seen and was_news:
        return known.first_seen - _OLDER_AT_MOST
    return None

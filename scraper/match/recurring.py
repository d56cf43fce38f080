"""Recurring notices: the same words under the same title, on other days, are not one story.

"Water temperature", printed every Monday, is a new notice each time, though nothing in its text
says so: what tells its issues apart is that one site gave them other dates. An article that was
published again, or brought up to date, has the same shape: one site, one title, two days. Two
rules tell them apart.

Rule 1: a *series* has a rhythm. It has articles of one site and one title on three days that
follow one another as a calendar has it: three days running, three Mondays, the first of three
months. Two days have no rhythm; nor have those on which an article is published again, or copied
to a site that collects copies. Who does so thrice in a rhythm is taken for a series.

Rule 2: an issue says what the others say. Nearly all words of each are in the other; an article
that is brought up to date grows, or changes, and is no issue of a series.

Where the wording of two articles is that of a series, they are joined only as copies of the same
issue, that of the nearest day. A repost, on whatever site, so goes with the issue whose date is
nearest to its own; one without a date, or as near to two issues, could be of any, and joins none:
otherwise it would join all.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from scraper.model import Precision, RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date, datetime

    from scraper.model import ArticleId, Link, Relation

#: Days from one issue to the next, at least and at most: daily, every other day, twice a week,
#: weekly, fortnightly, monthly. The calendar's; for a week a holiday's day is allowed. Of 1,750
#: labelled articles with dates made up at random 46 pairs of copies would be separated if any
#: three days made a series, 5 if any three at even distances did, and so none are.
_RHYTHMS: Final = ((1, 1), (2, 2), (3, 4), (6, 8), (13, 15), (28, 31))
#: Issues have so much of each in the other, at least. A guess.
_SAME_WORDING: Final = 0.9

#: What issues of one series have in common: a site and a title.
_Heading: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What an article bears that tells issues apart; ``day`` is in UTC, None if not known."""

    site: str | None
    title: str | None
    day: date | None

    @property
    def heading(self) -> tuple[str, str] | None:
        """Its site and title, whatever the title's case and spaces; None where one is missing."""
        title = " ".join((self.title or "").casefold().split())
        return (self.site, title) if self.site and title else None


def known_day(published: datetime | None, precision: Precision | None) -> date | None:
    """The day, in UTC, of a time known to the minute or the day; None for an assumed one.

    ``published`` is in UTC. Where the offset was assumed it may be the day before or after.
    """
    if published is None or precision not in {Precision.MINUTE, Precision.DAY}:
        return None
    return published.date()


class Issues:
    """Which of these articles are of which issue of a series, as links and imprints say."""

    def __init__(self, links: Iterable[Link], imprints: Mapping[ArticleId, Imprint]) -> None:
        #: Days as numbers, which are many times faster to compare.
        self._days: dict[ArticleId, int] = {}
        self._headings: dict[ArticleId, _Heading] = {}
        for article, imprint in imprints.items():
            if imprint.day:
                self._days[article] = imprint.day.toordinal()
                if imprint.heading:
                    self._headings[article] = imprint.heading
        days: dict[_Heading, set[int]] = {}
        for article, heading in self._headings.items():
            days.setdefault(heading, set()).add(self._days[article])
        self._is_met = any(_has_rhythm(found) for found in days.values())
        self._alike: dict[ArticleId, set[ArticleId]] = {}
        self._told_apart: dict[ArticleId, set[ArticleId]] = {}
        #: The issues of those of one wording, who are the same around most links between them.
        self._issues_of: dict[frozenset[ArticleId], list[int]] = {}
        for link in links if self._is_met else ():
            if _same_wording(link.relation):
                is_part = link.relation.kind is RelationKind.PART
                near = self._told_apart if is_part else self._alike
                near.setdefault(link.a, set()).add(link.b)
                near.setdefault(link.b, set()).add(link.a)

    def separate(self, link: Link) -> bool:
        """Whether the wording recurs, and the two are not copies of the same issue of it.

        Those decide that are copies of either in nearly the same words, and those of such words
        that were told apart from both.
        """
        if not (self._is_met and link.relation.links):
            return False
        issues = self._issues_around(link.a, link.b)
        if not issues:
            return False
        of_a, of_b = self._issue_of(link.a, issues), self._issue_of(link.b, issues)
        return of_a is None or of_a != of_b

    def _issues_around(self, a: ArticleId, b: ArticleId) -> list[int]:
        """The days of every series in the wording of the one article or the other, sorted."""
        nobody: set[ArticleId] = set()
        around = {a, b} | self._alike.get(a, nobody) | self._alike.get(b, nobody)
        around |= self._told_apart.get(a, nobody) & self._told_apart.get(b, nobody)
        dated = frozenset(around & self._headings.keys())
        issues = self._issues_of.get(dated)
        if issues is None:
            days: dict[_Heading, set[int]] = {}
            for article in dated:
                days.setdefault(self._headings[article], set()).add(self._days[article])
            recurring = (found for found in days.values() if _has_rhythm(found))
            issues = self._issues_of[dated] = sorted(set().union(*recurring))
        return issues

    def _issue_of(self, article: ArticleId, issues: Sequence[int]) -> int | None:
        """The day of the issue nearest to the article's own; None where that is not one."""
        day = self._days.get(article)
        if day is None:
            return None
        at = bisect_left(issues, day)
        close = issues[max(at - 2, 0) : at + 2]  # the nearest two are among these
        first, second = sorted(close, key=lambda issue: abs(issue - day))[:2]
        return None if abs(first - day) == abs(second - day) else first


def _has_rhythm(days: AbstractSet[int]) -> bool:
    """Whether three of these days follow one another in one of the rhythms."""
    return any(
        not days.isdisjoint(_days_after(second, rhythm))
        for first in days
        for rhythm in _RHYTHMS
        for second in _days_after(first, rhythm)
        if second in days
    )


def _days_after(day: int, rhythm: tuple[int, int]) -> range:
    least, most = rhythm
    return range(day + least, day + most + 1)


def _same_wording(relation: Relation) -> bool:
    return min(relation.coverage_a, relation.coverage_b) >= _SAME_WORDING

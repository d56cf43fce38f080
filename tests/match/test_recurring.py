"""Recurring notices: what makes a series, and with which issue a repost goes."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

import pytest

from scraper.match.recurring import Imprint, known_day
from scraper.match.story import judge_stories
from scraper.model import ArticleId, Link, Precision, Relation, RelationKind

SITE, TITLE = "paper.example", "Water temperature"


def imprint(day: int | None, *, site: str | None = SITE, title: str | None = TITLE) -> Imprint:
    """The imprint of an article of this day of March."""
    return Imprint(site=site, title=title, day=date(2026, 3, day) if day else None)


def link(a: int, b: int, *, coverage: float = 1.0, told_apart: bool = False) -> Link:
    """A link between two articles of which so much is shared."""
    return Link(
        a=ArticleId(a),
        b=ArticleId(b),
        relation=Relation(
            kind=RelationKind.PART if told_apart else RelationKind.NEAR_DUPLICATE,
            coverage_a=coverage,
            coverage_b=1.0,
            similarity=coverage,
            passages=(),
            links=not told_apart,
            why="made up",
        ),
    )


def link_all(count: int, coverage: float = 1.0) -> list[Link]:
    """Links between any two of so many articles."""
    pairs = itertools.combinations(range(1, count + 1), 2)
    return [link(a, b, coverage=coverage) for a, b in pairs]


def judge(*imprints: Imprint, links: list[Link] | None = None) -> tuple[tuple[int, ...], ...]:
    """The stories of articles with these imprints, all copies of one another if not said."""
    known = {ArticleId(number): one for number, one in enumerate(imprints, 1)}
    given = link_all(len(known)) if links is None else links
    return judge_stories(known, given, imprints=known).stories


def test_three_issues_of_three_days_are_three_stories() -> None:
    """And it is told which links do not count."""
    known = {ArticleId(day): imprint(day) for day in (1, 2, 3)}
    judged = judge_stories(known, link_all(3), imprints=known)
    assert judged.stories == ((1,), (2,), (3,))
    assert judged.recurring == tuple(link_all(3))
    assert not judged.outvoted


@pytest.mark.parametrize(
    ("case", "third"),
    [
        ("published again on one other day, at a third address", imprint(2)),
        ("on another site", imprint(3, site="copy.example")),
        ("on no site", imprint(3, site=None)),
        ("under another title", imprint(3, title="The river is warm")),
        ("without a title", imprint(3, title=None)),
        ("without a date", imprint(None)),
    ],
)
def test_what_makes_no_series(case: str, third: Imprint) -> None:
    """One site, one title and three days it takes: these are copies of one article."""
    assert judge(imprint(1), imprint(2), third) == ((1, 2, 3),), case


@pytest.mark.parametrize(
    "days", [(1, 2, 3), (1, 8, 15), (2, 9, 15), (1, 3, 4, 5), (1, 8, 9, 15), (6, 20, 21, 22)]
)
def test_a_rhythm_is_heard_among_other_days(days: tuple[int, ...]) -> None:
    """Daily or weekly, a day late, with one left out or one between: each day has its issue."""
    assert len(judge(*map(imprint, days))) == len(days)


@pytest.mark.parametrize("days", [(1, 2, 4), (1, 8, 20), (3, 13, 30)])
def test_an_article_published_again_now_and_then_is_no_series(days: tuple[int, ...]) -> None:
    """Three days without a rhythm say nothing."""
    assert judge(*map(imprint, days)) == ((1, 2, 3),)


def test_monthly_notices_are_a_series() -> None:
    """Months have 28 to 31 days; but three springs are no rhythm."""
    first_days = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
    springs = (date(2024, 3, 20), date(2025, 3, 20), date(2026, 3, 20))
    for days, stories in ((first_days, 3), (springs, 1)):
        assert len(judge(*(Imprint(site=SITE, title=TITLE, day=day) for day in days))) == stories


def test_titles_are_compared_as_they_are_read() -> None:
    """Case and spaces make no other title."""
    assert len(judge(imprint(1), imprint(2), imprint(3, title="WATER  Temperature "))) == 3


def test_an_article_brought_up_to_date_is_no_series() -> None:
    """On three days under one title, but each version says something new."""
    days = (imprint(1), imprint(2), imprint(3))
    assert judge(*days, links=link_all(3, coverage=0.8)) == ((1, 2, 3),)


def test_two_pages_of_one_day_are_one_issue() -> None:
    """Of two addresses of the same notice neither is another issue."""
    assert judge(imprint(1), imprint(1), imprint(2), imprint(3)) == ((1, 2), (3,), (4,))


def test_an_issue_that_was_told_apart_is_one_of_the_series() -> None:
    """Two issues that say the same by chance are two, if a third says otherwise in their words."""
    apart = [link(1, 3, told_apart=True), link(2, 3, told_apart=True)]
    days = (imprint(1), imprint(2), imprint(3))
    assert judge(*days, links=[link(1, 2), *apart]) == ((1,), (2,), (3,))
    assert judge(*days, links=[link(1, 2), apart[0]]) == ((1, 2), (3,))


def test_a_repost_goes_with_the_issue_nearest_to_its_date() -> None:
    """Elsewhere, under whatever title; though its text is that of all issues."""
    repost = imprint(9, site="copy.example", title="How warm is it?")
    assert judge(imprint(1), imprint(8), imprint(15), repost) == ((1,), (2, 4), (3,))


@pytest.mark.parametrize("day", [None, 4])
def test_a_repost_that_may_be_of_any_issue_joins_none(day: int | None) -> None:
    """Without a date, or as near to two issues: it would join all."""
    repost = imprint(day, site="copy.example")
    assert judge(imprint(1), imprint(7), imprint(13), repost) == ((1,), (2,), (3,), (4,))


def test_a_longer_repost_goes_with_one_issue_as_well() -> None:
    """A page that holds more than the notice is no issue, but glues none together."""
    links = [*link_all(3), *(link(4, issue, coverage=0.5) for issue in (1, 2, 3))]
    repost = imprint(2, site="copy.example")
    assert judge(imprint(1), imprint(2), imprint(3), repost, links=links) == ((1,), (2, 4), (3,))


def test_reposts_of_two_issues_do_not_join_them() -> None:
    """Two reposts are copies of each other as well."""
    first, second = imprint(1, site="one.example"), imprint(2, site="two.example")
    joined = judge(imprint(1), imprint(2), imprint(3), first, second)
    assert joined == ((1, 4), (2, 5), (3,))


@pytest.mark.parametrize(
    ("precision", "day"),
    [
        (Precision.MINUTE, date(2026, 3, 1)),
        (Precision.DAY, date(2026, 3, 1)),
        (Precision.ASSUMED, None),
        (None, None),
    ],
)
def test_a_day_is_known_or_not(precision: Precision | None, day: date | None) -> None:
    """An assumed offset leaves it open which day it was."""
    assert known_day(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), precision) == day


def test_no_date_is_no_day() -> None:
    """Whatever is said of its precision."""
    assert known_day(None, Precision.DAY) is None

"""When a page was published, and in whose time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.extract import extract_article
from scraper.model import Article, Precision

TEXT = (
    "The harbour of Ostervik froze over on Tuesday night for the first time in eleven years. "
    "Two boats that were to leave for Lund stayed at the quay, and their crews went skating."
)
UTC_MOMENT = datetime(2023, 11, 9, 3, 28, 35, tzinfo=UTC)


def _published(head: str, body: str, url: str = "https://post.example/ice") -> Article:
    html = f"<html><head>{head}</head><body><h1>Ice</h1>{body}<p>{TEXT}</p></body></html>"
    found = extract_article(html.encode(), url=url)
    assert isinstance(found, Article)
    return found


DECLARED = '<meta property="article:published_time" content="2023-11-09T03:28:35Z">'


@pytest.mark.parametrize(
    ("body", "hours"),
    [
        ('<time datetime="2023-11-08T22:28:35-05:00">8 November</time>', -5),
        ('<p class="date">Nov. 8, 2023, 10:28 p.m.</p>', -5),
        ('<p class="date">9.11.2023 08:58</p>', 5.5),
    ],
)
def test_moment_is_given_in_the_time_the_page_prints(body: str, hours: float) -> None:
    """What is declared in UTC and printed in local time is the same moment in local time."""
    at = _published(DECLARED, body).published
    assert at == UTC_MOMENT
    assert at.utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "body",
    [
        '<time datetime="2023-11-08T22:31:00-05:00">changed later</time>',
        '<time datetime="2023-11-09T04:28:35Z">an entry, an hour later</time>',
        '<p class="date">Nov. 8, 2023, 10:41 p.m.</p>',
        '<p class="date">Nov. 11, 2023, 3:28 a.m.</p>',
        '<p class="date">November 8, 2023</p>',
        "",
    ],
)
def test_other_moments_change_no_offset(body: str) -> None:
    """A time of another moment, and a day without a time, say nothing of the offset."""
    at = _published(DECLARED, body).published
    assert at == UTC_MOMENT
    assert at.utcoffset() == timedelta()


def test_declared_offset_stands() -> None:
    """A moment declared in an offset of its own keeps it, whatever else is printed."""
    declared = '<meta property="article:published_time" content="2023-11-09T05:28:35+02:00">'
    at = _published(declared, '<p class="date">Nov. 8, 2023, 10:28 p.m.</p>').published
    assert at is not None
    assert at.tzinfo == timezone(timedelta(hours=2))


def test_printed_day_is_known_as_a_day() -> None:
    """A date printed with blanks between its numbers is read, as a day."""
    found = _published("", '<p class="date">4. 2. 2022</p>')
    assert found.published == datetime(2022, 2, 4, tzinfo=UTC)
    assert found.published_precision is Precision.DAY


@pytest.mark.parametrize(
    "line",
    [
        "Updated 4 March 2022 · Published 3 March 2022",
        "Published 3 March 2022 · Updated 4 March 2022",
        "3 March 2022, published by Tove Ask",
    ],
)
def test_change_is_not_taken_for_the_publication(line: str) -> None:
    """Of two dates in one line the one that is called the publication's counts."""
    assert _published("", f'<p class="date">{line}</p>').published == datetime(
        2022, 3, 3, tzinfo=UTC
    )


@given(
    moment=st.datetimes(datetime(1995, 1, 2), datetime(2030, 1, 1)),  # noqa: DTZ001 - made UTC below
    days=st.integers(-2, 2),
)
def test_day_in_the_address_moves_no_moment(moment: datetime, days: int) -> None:
    """What is declared in UTC stays that moment, on the address's day where an offset allows it."""
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    day = moment.date() + timedelta(days=days)
    declared = f'<meta property="article:published_time" content="{moment.isoformat()}">'
    at = _published(declared, "", f"https://post.example/{day:%Y/%m/%d}/ice").published
    assert at == moment
    offset = at.utcoffset()
    assert offset is not None
    assert abs(offset) <= timedelta(hours=14)
    assert at.date() == day or not offset
    assert at.date() == day or days != 0

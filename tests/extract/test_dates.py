"""Printed dates: what is understood, with which offset, and how exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.extract.dates import MONTHS, date_in_url, find_date, parse_time
from scraper.model import Precision


@pytest.mark.parametrize(
    ("printed", "iso", "precision"),
    [
        ("2024-05-06T18:40:00+02:00", "2024-05-06T18:40:00+02:00", Precision.MINUTE),
        ("2024-05-06T18:40:00.123Z", "2024-05-06T18:40:00+00:00", Precision.MINUTE),
        ("2024-05-06T18:40:00+0530", "2024-05-06T18:40:00+05:30", Precision.MINUTE),
        ("2024-05-06T18:40:00-03", "2024-05-06T18:40:00-03:00", Precision.MINUTE),
        ("2024-05-06 18:40", "2024-05-06T18:40:00+00:00", Precision.ASSUMED),
        ("2024-05-06", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("20240506", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("1715013600", "2024-05-06T16:40:00+00:00", Precision.MINUTE),
        ("Mon, 06 May 2024 18:40:00 -0400", "2024-05-06T18:40:00-04:00", Precision.MINUTE),
        ("6 May 2024", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("May 6, 2024 6:40 p.m. EST", "2024-05-06T18:40:00-05:00", Precision.MINUTE),
        ("6. Mai 2024, 18:40 Uhr", "2024-05-06T18:40:00+00:00", Precision.ASSUMED),
        ("le 6 février 2024 à 9h05", "2024-02-06T09:05:00+00:00", Precision.ASSUMED),
        ("12 de marzo de 2024", "2024-03-12T00:00:00+00:00", Precision.DAY),
        ("6 мая 2024", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("5 de maig de 2024", "2024-05-05T00:00:00+00:00", Precision.DAY),
        ("6 Μαΐου 2024, 18:40", "2024-05-06T18:40:00+00:00", Precision.ASSUMED),
        ("6 травня 2024", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("6 במאי 2024", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("6 مايو 2024", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("6 मई 2024", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("৬ জুন ২০২৪", "2024-06-06T00:00:00+00:00", Precision.DAY),
        ("6 พฤษภาคม 2567", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("ngày 6 tháng 5 năm 2024", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("2024. május 6., 18:40", "2024-05-06T18:40:00+00:00", Precision.ASSUMED),
        ("2024 m. gegužės 6 d.", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("2024年5月6日 10:20", "2024-05-06T10:20:00+00:00", Precision.ASSUMED),
        ("2024. 5. 6", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("06.05.2024", "2024-05-06T00:00:00+00:00", Precision.DAY),
        ("2024-05-06 06:40:00 PM", "2024-05-06T18:40:00+00:00", Precision.ASSUMED),
        ("2024-05-06 12:40 am", "2024-05-06T00:40:00+00:00", Precision.ASSUMED),
        ("6 May 2024 6:40 pm", "2024-05-06T18:40:00+00:00", Precision.ASSUMED),
        ("6 May 2024 6:40 pm +0200", "2024-05-06T18:40:00+02:00", Precision.MINUTE),
        ("May 6, 2024 at 6:40pm AEST", "2024-05-06T18:40:00+10:00", Precision.MINUTE),
        ("6 مايو 2024 - 6:40 م", "2024-05-06T18:40:00+00:00", Precision.ASSUMED),
        ("2024년 5월 6일 오후 6:40", "2024-05-06T18:40:00+00:00", Precision.ASSUMED),
        ("2024年5月6日 下午6:40", "2024-05-06T18:40:00+00:00", Precision.ASSUMED),
        ("2024年5月6日 18時40分", "2024-05-06T18:40:00+00:00", Precision.ASSUMED),
        ("6 พฤษภาคม พ.ศ. 2567", "2024-05-06T00:00:00+00:00", Precision.DAY),
    ],
)
def test_declared_times_are_read(printed: str, iso: str, precision: Precision) -> None:
    """Each way of writing a time gives that time, in its own offset, with its precision."""
    found = parse_time(printed)
    assert found is not None
    assert (found.at.isoformat(), found.precision) == (iso, precision)


def test_order_of_day_and_month_is_the_readers() -> None:
    """3/4/2020 is April or March as the caller says; 25/4 can only be April."""
    assert [
        found.at.month
        for printed, day_first in (("3/4/2020", True), ("3/4/2020", False), ("25/4/2020", False))
        if (found := parse_time(printed, day_first=day_first))
    ] == [4, 3, 4]


@pytest.mark.parametrize(
    "printed",
    ["", "yesterday", "2024-13-40", "1970-01-01T00:00:00Z", "0", "31 February 2024", "v. 1.2.3"],
)
def test_what_is_no_date_gives_none(printed: str) -> None:
    """Nonsense, impossible days and a machine's zero are no dates."""
    assert parse_time(printed) is None


def test_date_is_found_inside_a_line() -> None:
    """A date in the middle of a byline is found, with the time after it."""
    found = find_date("By Tove Ask | Updated 6 May 2024, 18:40 CEST | 3 comments")
    assert found is not None
    assert found.at.isoformat() == "2024-05-06T18:40:00+02:00"


def test_every_name_of_a_month_is_found() -> None:
    """Each month's name, in each language, stands in a date of that month."""
    found = {name: find_date(f"5 {name.title()} 2024") for name in MONTHS}
    assert {name: date and date.at.month for name, date in found.items()} == MONTHS
    assert len(MONTHS) > 300


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2019/10/19/story", "2019-10-19"),
        ("https://a.example/news/20191019/story", "2019-10-19"),
        ("https://a.example/2019-10-19-story.html", "2019-10-19"),
        ("https://a.example/world/ferry-stops-2019-10-19/", "2019-10-19"),
        ("https://a.example/story/20191399", None),
        ("https://a.example/story", None),
    ],
)
def test_day_in_an_address(url: str, day: str | None) -> None:
    """A day written into an address is read to the day; other numbers are not."""
    found = date_in_url(url)
    assert (found.at.date().isoformat() if found else None) == day
    assert found is None or found.precision is Precision.DAY


@given(st.text(max_size=60))
def test_no_text_raises_and_every_time_is_aware(printed: str) -> None:
    """Any text gives an aware time or None."""
    for found in (parse_time(printed), find_date(printed), date_in_url(printed)):
        assert found is None or found.at.tzinfo is not None

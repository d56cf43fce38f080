"""parse_date: what a declared date names, and what names nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.dates import PrintedTime, parse_date
from scraper.model import Precision

_MORNING = datetime(2024, 3, 5, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05T08:30:00Z",
        "2024-03-05T08:30Z",
        "2024-03-05 08:30:00",
        "2024-03-05 08:30:00 UTC",
        "2024-03-05 10:30:00 +0200",
        "2024-03-05T10:30:00+02",
        "2024-03-05T08:30:00.000Z",
        "Tue, 05 Mar 2024 08:30:00 GMT",
        "Tue, 5 Mar 2024 08:30 UT",
        "05 Mar 2024 08:30:00 Z",
        "Tue, 05 Mar 2024 09:30:00 CET",
        "Tue, 05 Mar 2024 03:30:00 EST",
        "Tuesday, 05 Mar 24 14:00:00 IST",
        "\n  Tue, 05  Mar 2024\n 08:30:00 -0000 ",
    ],
)
def test_spellings_of_one_moment(text: str) -> None:
    """ISO 8601 and RFC 822, with the zones that feeds write, name the same moment."""
    printed = parse_date(text)
    assert printed is not None
    assert printed.at == _MORNING


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "10:30",
        "5",
        "20240",
        "March",
        "2024-13-05",
        "2024-02-30T00:00:00Z",
        "Tue, 05 Foo 2024 08:30:00 GMT",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59-12:00",
        "1970-01-01T00:00:00Z",
        "2024-03-05T08:30:00Z" + " " * 10 + "x" * 60,
    ],
)
def test_nonsense_names_no_moment(text: str) -> None:
    """What names no day, an impossible one, or a placeholder's, is no date."""
    assert parse_date(text) is None


@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001  # zones are drawn apart
    st.integers(min_value=-12 * 60, max_value=14 * 60),
)
def test_a_date_survives_being_written(moment: datetime, offset_minutes: int) -> None:
    """Any moment, in any offset, is read back from both notations to the second."""
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=offset_minutes)))
    for written in (aware.isoformat(), format_datetime(aware)):
        assert parse_date(written) == PrintedTime(at=aware, precision=Precision.MINUTE)


@given(st.text(max_size=80))
def test_any_text_gives_an_aware_moment_or_nothing(text: str) -> None:
    """Whatever is written, the answer is an aware moment or none."""
    printed = parse_date(text)
    assert printed is None or printed.at.utcoffset() is not None


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("2024-03-05", "2024-03-05T00:00:00+00:00", Precision.DAY),
        ("5 Mar 2024", "2024-03-05T00:00:00+00:00", Precision.DAY),
        ("2024-03-05T10:00:00", "2024-03-05T10:00:00+00:00", Precision.ASSUMED),
        ("Tue, 05 Mar 2024 10:00:00", "2024-03-05T10:00:00+00:00", Precision.ASSUMED),
        ("2024-03-05T10:00:00 EST", "2024-03-05T10:00:00-05:00", Precision.MINUTE),
        ("Tue, 05 Mar 2024 10:00:00 CET", "2024-03-05T10:00:00+01:00", Precision.MINUTE),
    ],
)
def test_a_moment_keeps_its_offset_and_its_precision(
    text: str, expected: str, precision: Precision
) -> None:
    """A day is a day, a time without an offset is said to be assumed."""
    printed = parse_date(text)
    assert printed is not None
    assert (printed.at.isoformat(), printed.precision) == (expected, precision)

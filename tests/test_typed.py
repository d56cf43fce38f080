"""Moments, sites, languages and names as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import UsageError
from scraper.typed import read_language, read_moment, read_name, read_site

#: Half past midnight on the 22nd where the reader is; still the 21st in UTC.
EAST = timezone(timedelta(hours=2))
NOW = datetime(2026, 11, 22, 0, 30, tzinfo=EAST)


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # year, month, day and so on


@pytest.mark.parametrize(
    ("typed", "begin", "end"),
    [
        ("2026-11-20", utc(2026, 11, 19, 22), utc(2026, 11, 20, 21, 59, 59, 999_000)),
        ("today", utc(2026, 11, 21, 22), utc(2026, 11, 22, 21, 59, 59, 999_000)),
        (" Yesterday ", utc(2026, 11, 20, 22), utc(2026, 11, 21, 21, 59, 59, 999_000)),
        ("2026-11-20T10:00", utc(2026, 11, 20, 8), utc(2026, 11, 20, 8)),
        ("2026-11-20 10:00", utc(2026, 11, 20, 8), utc(2026, 11, 20, 8)),
        ("2026-11-20t10:00z", utc(2026, 11, 20, 10), utc(2026, 11, 20, 10)),
        ("2026-11-20T10:00-05:00", utc(2026, 11, 20, 15), utc(2026, 11, 20, 15)),
        ("7d", utc(2026, 11, 14, 22, 30), utc(2026, 11, 14, 22, 30)),
        ("36H", utc(2026, 11, 20, 10, 30), utc(2026, 11, 20, 10, 30)),
        ("2w", utc(2026, 11, 7, 22, 30), utc(2026, 11, 7, 22, 30)),
        ("1y", utc(2025, 11, 21, 22, 30), utc(2025, 11, 21, 22, 30)),
    ],
)
def test_moments(typed: str, begin: datetime, end: datetime) -> None:
    """A day is its first moment or its last; a time and a span ago are one moment."""
    assert read_moment(typed, now=NOW, zone=EAST) == begin
    assert read_moment(typed, now=NOW, zone=EAST, end_of_day=True) == end


def test_a_day_is_of_this_machine_where_no_zone_is_given() -> None:
    """What people type without an offset is in the time that their clock shows."""
    assert read_moment("2026-07-01", now=NOW) == datetime(2026, 7, 1).astimezone()


@pytest.mark.parametrize(
    "typed",
    ["", "7", "7 d", "-7d", "999999y", "22.11.2026", "2026-02-30", "2026-11", "now", "\u0661d"],
)
def test_what_is_no_moment(typed: str) -> None:
    """One line says what to write instead."""
    with pytest.raises(UsageError, match=r"is no date: write 2026-11-22, .* or 7d$"):
        read_moment(typed, now=NOW, zone=EAST)


@pytest.mark.parametrize(
    ("typed", "site"),
    [
        ("Example.ORG", "example.org"),
        ("www.example.org", "example.org"),
        ("news.paper.co.uk", "paper.co.uk"),
        ("alice.github.io", "alice.github.io"),
        ("https://www.example.org/ferry?x=1", "example.org"),
        ("example.org/ferry", "example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("127.0.0.1:8400", "127.0.0.1:8400"),
        ("http://127.0.0.1/a", "127.0.0.1:80"),
        ("localhost:8400", "localhost:8400"),
    ],
)
def test_sites(typed: str, site: str) -> None:
    """A site is known by its name, by a host of it and by an address."""
    assert read_site(typed) == site


@given(st.sampled_from(["example.org", "paper.co.uk", "a.b.example", "www.gov.uk"]))
def test_reading_a_site_twice_changes_nothing(typed: str) -> None:
    """What comes back names the same site."""
    assert read_site(read_site(typed)) == read_site(typed)


@given(st.text(max_size=30))
def test_anything_may_be_typed(typed: str) -> None:
    """Whatever is typed is a value or wrong usage, told in one line that can be stored."""
    for read in (read_site, read_language, read_name, lambda said: read_moment(said, now=NOW)):
        try:
            said = str(read(typed))
        except UsageError as exc:
            said = str(exc)
        assert "\n" not in said
        assert said.encode()


def test_languages_and_names() -> None:
    """Tags are lower case; a name's words stand one space apart."""
    assert read_language("pt-BR") == "pt-br"
    assert read_name("  Ida\n Moor ") == "Ida Moor"
    for wrong in ("e%", "", "e n", "ü"):
        with pytest.raises(UsageError, match="is no language"):
            read_language(wrong)
    for wrong in ("", " ", "...", "a\udcff"):
        with pytest.raises(UsageError, match="is no name"):
            read_name(wrong)

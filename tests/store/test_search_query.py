"""What is typed into a search, read into terms and filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scraper.errors import UsageError
from scraper.store.filters import EVERY, Wanted
from scraper.store.search_query import Term, read_search

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def test_query_is_read_into_terms() -> None:
    """Quotes group, a star asks for a beginning, what has no letter or digit is left out."""
    assert read_search('one "two three" four* & "five six"*', now=NOW).terms == (
        Term(text="one"),
        Term(text="two three"),
        Term(text="four", is_prefix=True),
        Term(text="five six", is_prefix=True),
    )


def test_operators_are_filters() -> None:
    """Each is read as the option of its name, wherever it stands; what is left are terms."""
    search = read_search(
        'since:7d ferry site:www.Example.org until:2026-03-30 author:"Ida  Moor" Language:pt-BR',
        now=NOW,
        zone=UTC,
    )
    assert search.terms == (Term(text="ferry"),)
    assert search.wanted == Wanted(
        since=NOW - timedelta(days=7),
        until=datetime(2026, 3, 30, 23, 59, 59, 999_000, tzinfo=UTC),
        site="example.org",
        author="Ida Moor",
        language="pt-br",
    )


def test_the_last_word_counts() -> None:
    """What the query says counts more than what is said beside it, and the later more."""
    given = Wanted(site="a.example", mirrors_min=2)
    search = read_search("ferry site:b.example site:c.example", now=NOW, wanted=given)
    assert search.wanted == Wanted(site="c.example", mirrors_min=2)


@pytest.mark.parametrize(
    "query",
    ['"site:a.example"', "website:a.example", "site: a.example", "sites:x", "-site:a.example"],
)
def test_what_only_looks_like_an_operator_is_words(query: str) -> None:
    """In quotes, inside a word and before a space it is text."""
    search = read_search(query, now=NOW)
    assert search.wanted == EVERY
    assert search.terms


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ferry since:whenever", "is no date"),
        ("ferry site:a..b", "is no site"),
        ("ferry language:e%", "is no language"),
        ('ferry author:""', "is no name"),
        ("ferry author:?", "is no name"),
    ],
)
def test_a_bad_value_is_wrong_usage(query: str, said: str) -> None:
    """One line says what to write instead."""
    with pytest.raises(UsageError, match=said):
        read_search(query, now=NOW)

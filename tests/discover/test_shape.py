"""What an address tells of its page."""

from __future__ import annotations

import pytest

from scraper.discover.shape import day_in_url, is_no_article, judge_shape

ARTICLES = (
    "https://a.example/2026/11/20/ferry-returns",
    "https://a.example/news/ferry-returns-to-the-island-12345678",
    "https://a.example/politik/faehre-kehrt-zurueck-a-1234567.html",
    "https://a.example/?p=4711",
    "https://a.example/topic-of-the-day-is-the-ferry",
    "https://a.example/category/world/ferry-returns-to-the-island",
    "https://a.example/archives/417211",
    "https://a.example/topics/boats/2026/11/20/ferry",
)
NONE = (
    "https://a.example/",
    "https://a.example/tag/ferry",
    "https://a.example/news/page/2",
    "https://a.example/author/jane-of-the-island",
    "https://a.example/politics/category/boats",
    "https://a.example/2026/11/20/ferry.jpg",
    "https://a.example/login",
)


@pytest.mark.parametrize("url", ARTICLES)
def test_articles_are_never_sorted_out(url: str) -> None:
    """What may be an article stays, and its address speaks for it."""
    assert not is_no_article(url)
    assert judge_shape(url) >= 1


@pytest.mark.parametrize("url", NONE)
def test_lists_files_and_machinery_are_none(url: str) -> None:
    """What is nearly surely no article is known by its address."""
    assert is_no_article(url)


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2026/11/20/x", "2026-11-20"),
        ("https://a.example/news/2026-11-05-x", "2026-11-05"),
        ("https://a.example/20261105/x", "2026-11-05"),
        ("https://a.example/2026/02/30/x", None),
        ("https://a.example/2026/11/x", None),
        ("https://a.example/2026112055/x", None),
    ],
)
def test_the_day_in_an_address(url: str, day: str | None) -> None:
    """Only a whole and possible day counts."""
    found = day_in_url(url)
    assert (found.date().isoformat() if found else None) == day

"""What the config says of single sites."""

from __future__ import annotations

import pytest

from scraper.config import SiteConfig
from scraper.pipeline.site_rules import SiteRules


@pytest.mark.parametrize(
    ("host", "seconds"),
    [
        ("https://example.org:443", 5.0),
        ("http://news.example.org:8080", 5.0),
        ("https://quick.example:443", 0.0),
        ("https://plain.example:443", None),
        ("https://elsewhere.example:443", None),
        ("http://127.0.0.1:8400", 0.5),
        ("http://127.0.0.1:8401", None),
    ],
)
def test_a_sites_delay_holds_for_all_its_hosts(host: str, seconds: float | None) -> None:
    """An address without a name is a site by its port; one that says nothing sets none."""
    sites = {
        "example.org": SiteConfig(min_delay_seconds=5),
        "quick.example": SiteConfig(min_delay_seconds=0),
        "plain.example": SiteConfig(priority=1),
        "127.0.0.1:8400": SiteConfig(min_delay_seconds=0.5),
    }
    assert SiteRules(sites).delay(host) == seconds


def test_headers_and_cookies_go_to_their_site_alone() -> None:
    """A subscription's secrets reach the hosts of its site, and no other."""
    own = SiteConfig(headers={"X-Reader": "7"}, cookies={"session": "a", "lang": "en"})
    rules = SiteRules({"example.org": own})
    headers = {"X-Reader": "7", "Cookie": "session=a; lang=en"}
    assert rules.headers("https://www.example.org/a") == headers
    assert rules.headers("https://example.org.evil.example/a") == {}


@pytest.mark.parametrize(
    ("url", "is_wanted"),
    [
        ("https://example.org/news/a", True),
        ("https://www.example.org/news/a?id=1", True),
        ("https://example.org/news/live/a", False),
        ("https://example.org/news/a?page=2", False),
        ("https://example.org/sport/a", False),
        ("https://blog.example.org/any", True),
        ("https://other.example/sport/a", True),
    ],
)
def test_patterns_choose_what_is_archived(url: str, is_wanted: bool) -> None:  # noqa: FBT001 - a table's column
    """By one include pattern at least, and by no exclude pattern; a site without any takes all."""
    rules = SiteRules(
        {
            "example.org": SiteConfig(
                include=("/news/*", "https://blog.example.org/*"),
                exclude=("*/live/*", "/*?page=*"),
            )
        }
    )
    assert rules.wants(url) is is_wanted


def test_a_pattern_is_no_regular_expression() -> None:
    """Only the star means something else than itself."""
    rules = SiteRules({"example.org": SiteConfig(exclude=("/a.b?c=(*",))})
    assert not rules.wants("https://example.org/a.b?c=(1")
    assert rules.wants("https://example.org/aXb?c=(1")

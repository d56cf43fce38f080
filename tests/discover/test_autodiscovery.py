"""find_feeds and usual_feed_urls: where a site's feeds are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scraper.discover.autodiscovery import find_feeds, usual_feed_urls
from scraper.model import FoundFeed

URL = "https://paper.example/news/today.html"


def test_feeds_of_all_formats_are_found_in_order() -> None:
    """RSS, Atom and JSON Feed links count, relative ones joined to the page."""
    page = b"""<link rel="alternate" type="application/rss+xml" title=" All  news " href="rss">
    <link rel="alternate" type="application/atom+xml" href="/atom.xml">
    <link rel="alternate" type="application/feed+json" href="//cdn.example/feed.json" title="">"""
    assert find_feeds(LexborHTMLParser(page), url=URL) == (
        FoundFeed(url="https://paper.example/news/rss", title="All news"),
        FoundFeed(url="https://paper.example/atom.xml"),
        FoundFeed(url="https://cdn.example/feed.json"),
    )


def test_case_tokens_and_parameters_do_not_matter() -> None:
    """The rel attribute is a list of tokens in any case; a type may carry a charset."""
    page = b'<LINK REL="home Alternate" TYPE="Application/RSS+XML; charset=utf-8" HREF="/f">'
    assert [feed.url for feed in find_feeds(LexborHTMLParser(page), url=URL)] == [
        "https://paper.example/f"
    ]


def test_the_pages_base_is_obeyed() -> None:
    """Relative addresses are joined to the first base element."""
    page = b"""<base href="/de/"><base href="/fr/">
    <link rel="alternate" type="application/rss+xml" href="feed">"""
    assert [feed.url for feed in find_feeds(LexborHTMLParser(page), url=URL)] == [
        "https://paper.example/de/feed"
    ]


def test_comments_come_last_and_nothing_twice() -> None:
    """The main feed stands before feeds of comments, whatever the page's order."""
    page = b"""<link rel="alternate" type="application/rss+xml" href="/comments/feed/">
    <link rel="alternate" type="application/rss+xml" href="/feed/">
    <link rel="alternate" type="application/rss+xml" href="https://paper.example:443/feed/#x">"""
    assert [feed.url for feed in find_feeds(LexborHTMLParser(page), url=URL)] == [
        "https://paper.example/feed/",
        "https://paper.example/comments/feed/",
    ]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="stylesheet" type="text/css" href="/s.css">',
        '<link rel="alternate stylesheet" type="text/xml" href="/s.xsl">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:void(0)">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/off"> -->',
    ],
)
def test_other_links_are_no_feeds(link: str) -> None:
    """Translations, stylesheets, APIs, scripts and comments are passed over."""
    assert find_feeds(LexborHTMLParser(f"<html><head>{link}</head></html>".encode()), url=URL) == ()


def test_usual_places_are_below_the_page_and_at_the_root() -> None:
    """The page's own directory is asked before the site's root, each place once."""
    places = usual_feed_urls(URL)
    assert places[0] == "https://paper.example/news/feed/"
    assert places.index("https://paper.example/news/feed.xml") < places.index(
        "https://paper.example/feed/"
    )
    assert len(set(places)) == len(places)
    assert usual_feed_urls("https://paper.example") == places[len(places) // 2 :]
    assert usual_feed_urls("mailto:desk@paper.example") == ()


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_page_is_searched_without_raising(page: bytes, url: str) -> None:
    """Whatever the bytes and the address, the feeds found have absolute addresses."""
    link = b"<link rel=alternate type=application/rss+xml href='"
    found = find_feeds(LexborHTMLParser(link + page), url=url)
    assert all(feed.url.startswith(("http://", "https://")) for feed in found)

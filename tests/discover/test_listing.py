"""find_articles: the articles that a front page links to, and nothing else."""

from __future__ import annotations

from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from scraper.discover.listing import find_articles
from scraper.urls import normalise_url

FRONT = Path(__file__).parent.parent / "fixtures" / "listing" / "front.html"
URL = "https://paper.example/"


def test_a_front_page() -> None:
    """Articles in their order, with the headline; no menu, list, file, footer or other site."""
    feed = find_articles(LexborHTMLParser(FRONT.read_bytes()), url=URL)
    assert feed.title == "The Paper"
    assert [(entry.url, entry.title) for entry in feed.entries] == [
        (
            "https://paper.example/2026/11/20/ferry-returns-to-the-island-after-storm",
            "Ferry returns to the island",
        ),
        (
            "https://www.paper.example/world/88213-harbour-crane-sold",
            "Harbour crane sold to a museum",
        ),
        (
            "https://paper.example/sport/rowers-win-the-cup-on-the-last-stroke.html",
            "Rowers win the cup",
        ),
        (
            normalise_url("https://paper.example/ニュース/島のフェリーが嵐の後に戻る"),
            "島のフェリーが嵐の後に戻ってきました",
        ),
    ]


def test_no_more_than_asked_for() -> None:
    """The first so many are taken."""
    feed = find_articles(LexborHTMLParser(FRONT.read_bytes()), url=URL, max_entries=2)
    assert len(feed.entries) == 2

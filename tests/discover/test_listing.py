"""find_articles: the articles that a front page links to, and nothing else."""

from __future__ import annotations

from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from scraper.discover.listing import find_articles

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
            "https://paper.example/%E3%83%8B%E3%83%A5%E3%83%BC%E3%82%B9/%E5%B3%B6%E3%81%AE%E3%83%95"
            "%E3%82%A7%E3%83%AA%E3%83%BC%E3%81%8C%E5%B5%90%E3%81%AE%E5%BE%8C%E3%81%AB%E6%88%BB%E3%82%8B",
            "島のフェリーが嵐の後に戻ってきました",
        ),
    ]


def test_no_more_than_asked_for() -> None:
    """The first so many are taken."""
    feed = find_articles(LexborHTMLParser(FRONT.read_bytes()), url=URL, max_entries=2)
    assert len(feed.entries) == 2

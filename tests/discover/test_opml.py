"""parse_opml: lists of feeds, well-formed or not."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from scraper.discover.opml import parse_opml

FIXTURES = Path(__file__).parent.parent / "fixtures" / "opml"


def _read(name: str) -> list[tuple[str, str | None]] | None:
    found = parse_opml((FIXTURES / name).read_bytes())
    return None if found is None else [(feed.url, feed.title) for feed in found]


def test_a_whole_list() -> None:
    """Feeds at any depth, each once, by title or text; what is no web address is left out."""
    assert _read("whole.opml") == [
        ("https://paper.example/feed.xml", "The Paper"),
        ("https://other.example/rss?a=1&b=2", "The Other"),
    ]


def test_a_damaged_list_loses_no_feed() -> None:
    """Bare ampersands and quotes, unclosed tags and a cut end cost nothing but what was cut."""
    found = _read("damaged.opml")
    assert found is not None
    assert [url for url, _ in found] == [
        "https://salt.example/feed?x=1&y=2",
        "https://quote.example/feed",
        "https://single.example/feed",
        "https://unclosed.example/feed",
        "https://last.example/feed",
    ]


def test_a_page_is_no_list() -> None:
    """Without an outline there is no list, which is told from an empty one."""
    assert _read("page.html") is None
    assert parse_opml(b"<opml><body></body></opml>") == ()


def test_entities_are_not_expanded() -> None:
    """A list cannot make the program read a file or fill its memory."""
    bomb = b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body>'
    bomb += b'<outline text="&x;" xmlUrl="https://a.example/feed"/></body></opml>'
    found = parse_opml(bomb)
    assert found is not None
    assert "root:" not in str(found)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"<opml>{text}".encode()))
def test_any_bytes_can_be_read(body: bytes) -> None:
    """Whatever the bytes, nothing raises."""
    parse_opml(body)

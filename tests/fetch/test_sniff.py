"""Tests of telling HTML pages from other answers."""

from __future__ import annotations

import pytest

from scraper.fetch.sniff import is_html, may_be_html

PAGE = b"<!-- built by hand -->\n<!DOCTYPE html><p>Hello"


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("text/html", PAGE, True),
        ("text/html; charset=utf-8", b"no markup at all", True),
        ("TEXT/HTML ;charset=x", PAGE, True),
        ("application/xhtml+xml", b"<html/>", True),
        (None, PAGE, True),
        (None, b"\xef\xbb\xbf<html lang=en>", True),
        (None, b"just words", False),
        ("", b"<html>", True),
        ("text/plain", PAGE, True),
        ("text/plain", b"<htmlish>", False),
        ("text/plain", b"x" * 2_000 + PAGE, False),
        ("application/octet-stream", PAGE, True),
        ("application/pdf", PAGE, False),
        ("application/json", PAGE, False),
        ("image/png", b"\x89PNG", False),
        ("application/rss+xml", b"<rss/>", False),
    ],
)
def test_is_html(content_type: str | None, body: bytes, expected: bool) -> None:  # noqa: FBT001 - a table's column
    """A clear type decides; a vague one is looked through; what is read could have been HTML."""
    assert is_html(content_type, body) is expected
    assert may_be_html(content_type) or not expected


def test_what_is_not_read() -> None:
    """Types that are clearly something else are not worth reading."""
    assert not may_be_html("application/pdf")
    assert not may_be_html("video/mp4")

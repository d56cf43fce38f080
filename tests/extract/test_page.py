"""Pages that would cost the parser seconds are refused before it sees them; honest ones are not."""

from __future__ import annotations

import random

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper.extract.page import MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, costly_shape, parse_page
from scraper.model import NoArticle, Reason

COSTLY = {
    "stray closing tags under many open ones": b"<div>" * (MAX_DEPTH - 100) + b"</li>" * 100_000,
    "deep": b"<div>" * 100_000,
    "deep, with stray closing tags": b"<div></span>" * 50_000,
    "deep, with scopes that ignore closing tags": b"<div><object></div></object>" * 20_000,
    "deep lists": b"<ul><li>" * 50_000,
    "deep, in capitals": b"<DIV><Font>" * 50_000,
    "attributes": b"<div " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">",
    "attributes without values": b"<div " + b" ".join(b"a%d" % n for n in range(100_000)) + b">",
    "formatting left open": b"".join(b"<p><b id=%d>x" % n for n in range(5_000)),
    "tags without end": b"<br>" * 600_000,
    "many items far inside": b"<div>" * 2_500 + b"<li>x" * 500_000,
}


@pytest.mark.parametrize("shape", COSTLY)
def test_costly_shapes_are_refused(shape: str) -> None:
    """Nesting, attributes and open formatting that make the parser quadratic are TOO_BIG."""
    found = parse_page(COSTLY[shape])
    assert isinstance(found, NoArticle)
    assert found.reason is Reason.TOO_BIG


@pytest.mark.parametrize(
    "html",
    [
        b"<p>one<p>two" * 20_000,
        b"<ul>" + b"<li>item" * 20_000,
        b"<table>" + b"<tr><td>cell" * 10_000,
        b"<p>line<br>" * 20_000,
        b"<div>" * (MAX_DEPTH - 10) + b"text",
        b"<div " + b" ".join(b"a%d=1" % n for n in range(MAX_ATTRIBUTES // 3)) + b">text",
        b'<div data-json="' + b"{'a': 1, 'b': 2} " * 20_000 + b'">text</div>',
        b"<p><b>bold</b> and <i>italic</i></p>" * 20_000,
    ],
)
def test_long_but_honest_pages_are_parsed(html: bytes) -> None:
    """Many tags, unclosed paragraphs and long quoted values are no reason to refuse a page."""
    assert costly_shape(html) is None
    assert isinstance(parse_page(html), LexborHTMLParser)


def test_page_over_the_size_limit_is_refused() -> None:
    """More bytes than the fetcher would take are TOO_BIG here too."""
    found = parse_page(b"x" * (MAX_BYTES + 1))
    assert isinstance(found, NoArticle)
    assert found.reason is Reason.TOO_BIG


@pytest.mark.parametrize("html", [b"", b" \n\t", b"\0\0", b"\xef\xbb\xbf"])
def test_page_without_content_is_no_article(html: bytes) -> None:
    """Nothing, white space or a bare byte order mark is an empty page."""
    found = parse_page(html)
    assert isinstance(found, NoArticle)
    assert found.reason is Reason.NO_ARTICLE


def test_random_bytes_are_no_text() -> None:
    """Twenty kilobytes of noise called HTML are refused as what they are."""
    noise = random.Random(7).randbytes(20_000)  # noqa: S311 - noise, not secrets
    found = parse_page(noise, "text/html")
    assert isinstance(found, NoArticle)
    assert found.reason is Reason.BAD_ENCODING

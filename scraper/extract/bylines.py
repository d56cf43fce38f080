"""Where a page prints who wrote it: lines that may name the authors, likeliest first.

``authors.py`` makes names of them; ``article.py`` decides whether it believes them.
"""

# ruff: noqa: RUF001 - letters as publishers write them
from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from scraper.extract.blocks import Block

_NAMED = (
    '[rel~="author"], [itemprop="author"]',
    (
        ".byline, .author-name, .author_name, .authorname, .article-author, .post-author, "
        '.entry-author, [class*="byline"], [class*="Byline"]'
    ),
    '.author, [class*="author"]:not([class*="comment"]):not([id*="comment"]), [class*="autor"]',
)
#: Class names of who took a picture rather than of who wrote the text.
_OF_PICTURES = re.compile(r"bild|photo|foto|image|caption|credit|media", re.IGNORECASE)
_NO_BYLINE = frozenset(("input", "label", "form"))
#: So many elements of a name are looked at: a page's other articles have authors too.
_MOST = 6
#: A longer line is a paragraph about somebody.
LONGEST = 120

#: How a line that names its authors begins, where no class says so.
_BY = re.compile(
    r"\W{0,3}(?i:by|von|par|por|di|door|af|av|van|text|autor(?:in)?|author|auteur|words)\b\s*:?\s+"
    r"[^\W\d_a-z][^.!?]*[^.!?]$"
)
#: Two to four words, each of which begins with a capital: a name, signed under a text.
_SIGNED = re.compile(r"(?:[^\W\d_a-z][\w.’'-]*\s+){1,3}[^\W\d_a-z][\w’'-]*")


def marked_bylines(tree: LexborHTMLParser) -> Iterator[list[str]]:
    """The texts of elements whose relation, property or class says that they name an author."""
    for selector in _NAMED:
        for node in tree.css(selector)[:_MOST]:
            if node.tag in _NO_BYLINE or _OF_PICTURES.search(node.attributes.get("class") or ""):
                continue
            line = _line(node)
            if line and len(line) < LONGEST:
                yield [line]


def printed_bylines(
    above: Sequence[Block], kept: Sequence[Block], following: Sequence[Block]
) -> Iterator[list[str]]:
    """Lines above a text or at either end of it that read like a byline or a signature."""
    for block in (*above, *kept[:2], *kept[-1:]):
        if len(block.text) < LONGEST and not block.is_heading and _BY.match(block.text):
            yield [block.text]
    for block in (*kept[-1:], *following[:1]):
        if block.tag in {"p", "div"} and not block.links and _SIGNED.fullmatch(block.text):
            yield [block.text]


def _line(node: LexborNode) -> str:
    """An element's text, with a bar between its parts; lone words that meet are one name."""
    parts = [" ".join(part.split()) for part in node.text(separator="\n").split("\n")]
    line = ""
    before = ""
    for part in filter(None, parts):
        alone = " " not in part and " " not in before
        line += (" " if alone else " | ") + part if line else part
        before = part
    return line

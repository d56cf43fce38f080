"""What a person pointed at with a CSS selector, for sites where we find the wrong text or title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from scraper.extract.blocks import lay_out

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


def is_selector(css: str) -> bool:
    """Whether this is a CSS selector that can be asked for."""
    try:
        LexborHTMLParser("<p>").css(css)
    except (SelectolaxError, UnicodeEncodeError):
        return False
    return True


def read_selected(root: LexborNode, css: str | None) -> str | None:
    """The text of all elements that match, in order, paragraphs separated by blank lines; ``None``
    where ``css`` is, where none matches or they hold no text, or where it is no selector.
    """
    if css is None:
        return None
    try:
        chosen = root.css(css)
    except (SelectolaxError, UnicodeEncodeError):
        return None
    lines = [block.text for node in chosen for block in lay_out(node).blocks]
    return "\n\n".join(line for line in lines if line.strip()) or None

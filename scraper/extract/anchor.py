"""The articleBody that a publisher declares, as an anchor for the text on the page, never as truth.

It is often cut at some hundred characters, without paragraphs, or older than the page. So it picks
the container and its outer ends, and gives the text itself only where the page shows none of it.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extract.blocks import Block

#: A shorter declaration says nothing (a guess: a sentence or two).
MIN_LENGTH = 200

#: How many of a block's first folded characters must stand in the anchor.
_PROBE = 48
_MIN_PROBE = 12

_FEW_WORDS = 20

#: So much of the text and so many blocks are compared: what is beyond has no use for an anchor,
#: and the cost is their product.
_MAX_LENGTH = 200_000
_MAX_BLOCKS = 3_000

_WORDS = re.compile(r"\w+")
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>")
_PARAGRAPH_END = re.compile(r"</(?:p|div|h\d|li|blockquote)\s*>|<br\s*/?>", re.IGNORECASE)
_CUT = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])\W*$")


def fold(text: str) -> str:
    """The words of a text alone, case-folded, one space apart: to compare what two places say."""
    return " ".join(_WORDS.findall(text.casefold()))


class Anchor:
    """A declared articleBody, ready to be compared with blocks."""

    def __init__(self, declared: str) -> None:
        self.paragraphs = paragraphs_of(declared)
        joined = " ".join(self.paragraphs)
        self.length = len(joined)
        self.folded = fold(joined)
        #: whether it says itself that it goes on
        self.is_cut = bool(_CUT.search(joined))

    def holds(self, block: Block) -> bool:
        """Whether the block's beginning stands in the declared text."""
        probe = fold(block.text[: _PROBE * 2])[:_PROBE]
        return len(probe) >= _MIN_PROBE and probe in self.folded

    def matches(self, blocks: Sequence[Block]) -> list[bool]:
        """For each block, whether it stands in the declared text."""
        return [
            at < _MAX_BLOCKS and block.weight >= _FEW_WORDS and self.holds(block)
            for at, block in enumerate(blocks)
        ]


def make_anchor(declared: object) -> Anchor | None:
    """The anchor of a JSON-LD articleBody; None where there is none or too little to go by."""
    if not isinstance(declared, str) or len(declared) < MIN_LENGTH:
        return None
    anchor = Anchor(declared)
    return anchor if anchor.length >= MIN_LENGTH else None


def paragraphs_of(declared: str) -> list[str]:
    """The paragraphs of a text that may be HTML or plain, without markup, one space apart."""
    text = declared[:_MAX_LENGTH].encode("utf-8", "replace").decode().replace("\0", "")
    if "&" in text:
        text = unescape(text)
    if "<" in text:
        text = _MARKUP.sub("", _PARAGRAPH_END.sub("\n", text))
    return [line for part in text.split("\n") if (line := " ".join(part.split()))]

"""The lines near an article's text, where its byline and its date stand.

What stands farther away belongs to other articles. Counted where nothing is declared: elements
named after authors are right on 6 of 7 pages near the text and on one of nine far from it; elements
named after dates on 19 of 20 and on one of three.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scraper.extract.authors import letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extract.blocks import Block, Layout
    from scraper.extract.text import Body

#: A byline that nothing names as one stands so many blocks above its text, or among so many of its
#: first. Guesses.
_ABOVE, _INTO = 8, 3
#: What its markup names as a byline or a date may stand so far above or below.
_FAR_ABOVE, _FAR_BELOW = 15, 5
#: So many blocks after the text that its container holds are read for a signature.
_AFTER = 2


class Surroundings:
    """The blocks near a text, in the page's order."""

    def __init__(self, layout: Layout, body: Body) -> None:
        blocks = layout.blocks
        first = blocks.index(body.kept[0]) if body.kept else 0
        last = blocks.index(body.kept[-1]) if body.kept else first
        self.layout = layout
        self.kept = body.kept
        #: above the text, and its first
        self.above: Sequence[Block] = blocks[max(0, first - _ABOVE) : first + _INTO]
        #: likewise, the text's last, and what its container holds after it
        self.close = [*self.above, *body.kept[-1:], *body.following[:_AFTER]]
        #: above the text and its first, from farther away
        self.far_above: Sequence[Block] = blocks[max(0, first - _FAR_ABOVE) : first + _INTO]
        self._below = blocks[last : last + _FAR_BELOW]

    def hold(self, text: str) -> bool:
        """Whether the letters and digits of a text stand near the article's."""
        return letters(text) in self._letters

    @cached_property
    def _letters(self) -> str:
        return letters(" ".join(block.text for block in (*self.far_above, *self._below)))

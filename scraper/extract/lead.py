"""The standfirst: the line or two above the body that a page shows under its headline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.extract.anchor import fold
from scraper.extract.hints import LEAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extract.blocks import Block, Layout

#: Weight from which a line may be a standfirst (a guess: a short sentence).
_LEAD = 60
#: A standfirst that the head repeats is sure at less.
_REPEATED = 30
#: So many blocks above the body are looked at, at most.
_FAR = 40
#: Folded characters of a description that a line must repeat, and the fewest that say anything.
_PROBE = 60
_MIN_PROBE = 30
#: So much of the body's first blocks is compared, lest the standfirst be said twice.
_OPENING = 1_000
#: Share of a line in links from which it points elsewhere.
_LINKED = 0.3
_FIGURES = frozenset(("figure", "figcaption"))


def find_lead(
    layout: Layout, allowed: list[bool], kept: Sequence[int], titles: set[str], described: set[str]
) -> list[int]:
    """The block above the first kept one that is the body's standfirst; none where there is none.

    ``titles`` and ``described`` are what the head says of the page, folded. What a page describes
    itself with and prints above its text is its standfirst, whatever the tag and the class; failing
    that a paragraph named as one. A heading needs the head's word for it.
    """
    blocks = layout.blocks
    first = kept[0]
    start = _headline(blocks, first, titles)
    probes = [text[:_PROBE] for text in described if len(text) >= _MIN_PROBE]
    opening = " ".join(fold(blocks[at].text[:_OPENING]) for at in kept[:3])
    named = None
    for at in range(start, first):
        block = blocks[at]
        if block.weight < _REPEATED or block.link_density > _LINKED:
            continue
        text = fold(block.text)
        if text in titles or text in opening or _in_figure(layout, block):
            continue
        if any(probe in text for probe in probes):
            return [at]
        if named is None and allowed[at] and _is_named(layout, block):
            named = at
    return [] if named is None else [named]


def _headline(blocks: Sequence[Block], first: int, titles: set[str]) -> int:
    """The index after the headline above the body, or of the first block that is looked at."""
    nearest = max(0, first - _FAR)
    heads = [at for at in range(nearest, first) if blocks[at].is_heading]
    own = [at for at in heads if fold(blocks[at].text) in titles]
    found = own or [at for at in heads if blocks[at].tag == "h1"]
    return found[-1] + 1 if found else nearest


def _is_named(layout: Layout, block: Block) -> bool:
    if block.is_heading or block.weight < _LEAD or block.link_length:
        return False
    box = layout.boxes[block.box]
    return bool(LEAD.search(box.names) or LEAD.search(layout.boxes[box.parent].names))


def _in_figure(layout: Layout, block: Block) -> bool:
    return any(layout.boxes[box].tag in _FIGURES for box in layout.ancestors(block.box))

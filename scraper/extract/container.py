"""Which box of a page holds its article, and which ranges of its blocks are the body."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from scraper.extract.hints import BODY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extract.anchor import Anchor
    from scraper.extract.blocks import Block, Box, Layout

#: Share of the container's prose that named bodies must hold to be believed (tuned).
_NAMED_HOLD = 0.6


def anchored_container(
    layout: Layout, prose: list[float], matched: list[bool], anchor: Anchor | None
) -> int | None:
    """The smallest box with nearly all blocks that the anchor holds; None where it shows little."""
    if anchor is None:
        return None
    running = [0.0]
    for block, value, hit in zip(layout.blocks, prose, matched, strict=True):
        running.append(running[-1] + (block.weight if hit and value else 0))
    if running[-1] < 0.3 * min(anchor.length, 3000) or running[-1] < 0.3 * sum(prose):
        return None
    smallest: tuple[int, int] | None = None
    for index, box in enumerate(layout.boxes):
        if running[box.end] - running[box.start] >= 0.9 * running[-1]:
            size = box.end - box.start
            if smallest is None or size <= smallest[0]:
                smallest = (size, index)
    return _widen_leaf(layout, smallest[1]) if smallest else None


def choose_container(layout: Layout, prose: list[float], allowed: list[bool]) -> int:
    """The innermost box of the largest gain, of those that hold prose; the root where none does."""
    running, told = [0.0], [0.0]
    for block, value, is_allowed in zip(layout.blocks, prose, allowed, strict=True):
        running.append(running[-1] + (_gain(block, value) if is_allowed else 0.0))
        told.append(told[-1] + (value if is_allowed else 0.0))
    best, best_gain = 0, float("-inf")
    for index, box in enumerate(layout.boxes):
        gain = running[box.end] - running[box.start]
        if gain >= best_gain and told[box.end] > told[box.start]:
            best, best_gain = index, gain
    return _widen(layout, _widen_leaf(layout, best), running)


def narrow(
    layout: Layout, prose: list[float], allowed: list[bool], container: int
) -> list[tuple[int, int]]:
    """The ranges of blocks inside the container that its named bodies cover, or all of it."""
    start, end = layout.boxes[container].start, layout.boxes[container].end
    held = [0.0]
    for value, ok in zip(prose, allowed, strict=True):
        held.append(held[-1] + (value if ok else 0.0))
    total = held[end] - held[start]
    for is_body in (_is_declared_body, _is_named_body, _is_article):
        named = [
            box
            for box in layout.boxes
            if box.start >= start
            and box.end <= end
            and held[box.end] > held[box.start]
            and is_body(box)
        ]
        for spans in (_innermost(named), outermost(named)):
            if spans and sum(held[b] - held[a] for a, b in spans) >= _NAMED_HOLD * total:
                return _with_headings(spans, layout.blocks, allowed)
    return [(start, end)]


def _gain(block: Block, prose: float) -> float:
    """What a block speaks for its container: prose for it, menus and scraps against it."""
    if prose:
        return prose
    if block.is_heading:
        return -block.link_length * 0.5
    return -min(block.weight, 60) * 0.4 - min(block.link_length, 300) * 0.8


def _widen(layout: Layout, index: int, running: list[float]) -> int:
    """The innermost named body around a box that was chosen by gain, or the box itself.

    A list of links in its middle can make half of an article gain more than the whole.
    """
    for around in layout.ancestors(index):
        box = layout.boxes[around]
        if _is_declared_body(box) or _is_named_body(box) or _is_article(box):
            return around if running[box.end] - running[box.start] > 0 else index
    return index


def _widen_leaf(layout: Layout, index: int) -> int:
    """The box around a single paragraph: a paragraph is never the whole container."""
    while layout.boxes[index].tag in {"p", "blockquote", "li", "span"} and index > 0:
        index = layout.boxes[index].parent
    return index


def _with_headings(
    spans: list[tuple[int, int]], blocks: Sequence[Block], allowed: list[bool]
) -> list[tuple[int, int]]:
    """The ranges, each begun with the headings that stand between it and the one before."""
    found = spans[:1]
    for start, end in spans[1:]:
        first = start
        while first > found[-1][1] and (blocks[first - 1].is_heading or not allowed[first - 1]):
            first -= 1
        found.append((first, end))
    return found


def outermost(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """The ranges of those boxes that stand in no other of them; boxes are in document order."""
    spans: list[tuple[int, int]] = []
    for box in boxes:
        if not spans or box.start >= spans[-1][1]:
            spans.append((box.start, box.end))
    return spans


def _innermost(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """The ranges of those boxes that hold no other of them; boxes are in document order."""
    return [
        (box.start, box.end)
        for at, box in enumerate(boxes)
        if at + 1 == len(boxes) or boxes[at + 1].start >= box.end
    ]


def _is_declared_body(box: Box) -> bool:
    return "articlebody" in box.names and not box.denied


def _is_named_body(box: Box) -> bool:
    return not box.denied and _names_body(box.names)


@lru_cache(maxsize=1 << 15)
def _names_body(names: str) -> bool:
    """Whether class names say "the body"; remembered, as pages repeat them."""
    return bool(BODY.search(names))


def _is_article(box: Box) -> bool:
    return not box.denied and box.tag == "article"

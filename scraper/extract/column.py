"""The column of an article: the box, or the boxes of one name, whose own paragraphs are its text.

Paragraphs of one box share their fate. So what stands after the column is of another hand (the
company about itself, an offer), and so is a box that interrupts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extract.blocks import Box, Layout

#: Share of the prose that the column's own paragraphs must hold (tuned).
_MOST = 0.6
#: Boxes inside a column rather than columns.
_INSIDE = frozenset("blockquote ul ol li dl dd table tbody tr td".split())


def within_column(layout: Layout, kept: Sequence[int], prose: list[float]) -> list[int]:
    """The kept blocks without those after the column, and without the box that interrupts it.

    All of them where no box holds most of the prose.
    """
    column = _column(layout, kept, prose)
    if not column:
        return list(kept)
    end = max(layout.boxes[index].end for index in column)
    side = _side_box(layout, kept, prose, column)
    return [
        at for at in kept if at < end and not (side is not None and side.start <= at < side.end)
    ]


def _column(
    layout: Layout, kept: Sequence[int], prose: list[float]
) -> dict[int, tuple[int, int]]:
    """The column's boxes, each with the first and the last of its own paragraphs."""
    boxes = layout.boxes
    held: dict[str | int, float] = {}
    columns: dict[str | int, dict[int, tuple[int, int]]] = {}
    for at in kept:
        if prose[at]:
            index = boxes[layout.blocks[at].box].parent
            while boxes[index].tag in _INSIDE and index > 0:
                index = boxes[index].parent
            key = index if boxes[index].names.isspace() else boxes[index].names
            held[key] = held.get(key, 0.0) + prose[at]
            column = columns.setdefault(key, {})
            column[index] = (column.get(index, (at, at))[0], at)
    most = max(held, key=held.__getitem__, default=None)
    if most is None or held[most] < _MOST * sum(held.values()):
        return {}
    return columns[most]


def _side_box(
    layout: Layout, kept: Sequence[int], prose: list[float], column: dict[int, tuple[int, int]]
) -> Box | None:
    """The one box in the column that opens with a heading and after which paragraphs go on.

    Several of them are the article's sections.
    """
    boxes, found = layout.boxes, None
    for n, at in enumerate(kept):
        if not layout.blocks[at].is_heading:
            continue
        box = boxes[layout.blocks[at].box]
        while box.parent > 0 and box.parent not in column:
            box = boxes[box.parent]
        first, last = column.get(box.parent, (at, at))
        opens = n == 0 or kept[n - 1] < box.start
        if first < box.start <= at and last >= box.end and opens and any(prose[box.start : box.end]):
            if found:
                return None
            found = box
    return found

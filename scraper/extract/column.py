"""The column of an article: the box, or the boxes of one name, whose own paragraphs are its text.

Paragraphs of one box share their fate. So what stands after the column is of another hand (the
company about itself, an offer, what readers say), and so is a box that interrupts it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extract.blocks import Box, Layout

    #: The boxes of a column, each with the first and the last of its own paragraphs.
    Column = dict[int, tuple[int, int]]

#: Share of the prose that the column's own paragraphs must hold (tuned).
_MOST = 0.6
#: Boxes that only a number tells apart have one name.
_NO_DIGITS = str.maketrans("", "", "0123456789")
#: Boxes inside a column rather than columns.
_INSIDE = frozenset("blockquote ul ol li dl dd table tbody tr td".split())
#: So many boxes of one name, so far apart, are entries: a reader's name, a time and "reply" stand
#: between what readers say (a guess).
_ENTRIES = 4
_APART = 3
#: Share of the prose that must stand before entries to be what they are about; the opening of a
#: live blog, whose entries are the text, is less (a guess).
_BODY = 0.3


def within_column(layout: Layout, kept: Sequence[int], prose: list[float]) -> list[int]:
    """The kept blocks without those after the column, and without the box that interrupts it.

    All of them where no box holds most of the prose.
    """
    column = _column(layout, kept, prose)
    if not column:
        return list(kept)
    end = max(layout.boxes[index].end for index in column)
    side = _side_box(layout, kept, prose, column)
    return [at for at in kept if at < end and not (side and side.start <= at < side.end)]


def _column(layout: Layout, kept: Sequence[int], prose: list[float]) -> Column:
    """The boxes that hold most of the prose, entries after a body left out; none where none do."""
    boxes = layout.boxes
    held: dict[str | int, float] = {}  # by name, or by index where a box has none
    columns: dict[str | int, Column] = {}
    for at in kept:
        if prose[at]:
            index = boxes[layout.blocks[at].box].parent
            while boxes[index].tag in _INSIDE and index > 0:
                index = boxes[index].parent
            name = boxes[index].names.translate(_NO_DIGITS).strip() or index
            held[name] = held.get(name, 0.0) + prose[at]
            column = columns.setdefault(name, {})
            column[index] = (column.get(index, (at, at))[0], at)
    total = sum(held.values())
    body = min(
        (_end(columns[name]) for name in held if held[name] > _BODY * total),
        default=len(layout.blocks),
    )
    for name, column in columns.items():
        if _are_entries(column) and next(iter(column.values()))[0] > body:
            del held[name]
    most = max(held, key=held.__getitem__, default=None)
    if most is None or held[most] < _MOST * sum(held.values()):
        return {}
    return columns[most]


def _end(column: Column) -> int:
    """The last paragraph of a column."""
    return max(last for _, last in column.values())


def _are_entries(column: Column) -> bool:
    """Whether boxes hold a paragraph each, and further lines stand between the paragraphs."""
    paragraphs = list(column.values())
    return len(paragraphs) >= _ENTRIES and all(
        first == last and following - last >= _APART
        for (first, last), (following, _) in pairwise(paragraphs)
    )


def _side_box(
    layout: Layout, kept: Sequence[int], prose: list[float], column: Column
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
        interrupts = first < box.start <= at and last >= box.end
        opens = n == 0 or kept[n - 1] < box.start
        if interrupts and opens and any(prose[box.start : box.end]):
            if found:
                return None
            found = box
    return found

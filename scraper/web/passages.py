"""Two texts cut into pieces for showing side by side: passages that both have, and within them the
words that only one has.

Passages are those of the relation: what matching counted as shared. The words that are different
are told by the word-by-word comparison, of which only what lies inside passages is marked.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.match.diff import Change, diff_texts
from scraper.web.shown import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.model import Passage

Range = tuple[int, int]
_BREAK = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a text; ``passage`` counts from 1. The first piece of a passage leads to the same
    one on the other side (``begins``), the last one ends it.
    """

    text: str
    passage: int | None
    is_only_here: bool
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ribbon:
    """A passage on the drawing of both texts: starts and ends in per cent of the longer one."""

    number: int
    a_start: float
    a_end: float
    b_start: float
    b_end: float
    is_moved: bool


def number_passages(passages: Sequence[Passage]) -> list[Passage]:
    """The passages in the order in which a has them, which is how they are counted."""
    return sorted(passages, key=lambda passage: (passage.a_start, passage.a_end))


def cut_pair(
    a: str, b: str, passages: Sequence[Passage], languages: tuple[str | None, str | None]
) -> tuple[list[list[Piece]], list[list[Piece]]]:
    """Both texts as paragraphs of pieces."""
    pieces = diff_texts(a, b, language_a=languages[0], language_b=languages[1])
    only_a = [piece.a for piece in pieces if piece.change is Change.REMOVED and piece.a]
    only_b = [piece.b for piece in pieces if piece.change is Change.ADDED and piece.b]
    of_a = [(passage.a_start, passage.a_end) for passage in passages]
    of_b = [(passage.b_start, passage.b_end) for passage in passages]
    return _cut(a, of_a, only_a), _cut(b, of_b, only_b)


def _cut(text: str, passages: Sequence[Range], only_here: Sequence[Range]) -> list[list[Piece]]:
    edges = {0, len(text)}
    for start, end in (*passages, *only_here):
        edges |= {start, _trim(text, start, end), end}
    breaks = [found.span() for found in _BREAK.finditer(text)]
    for start, end in breaks:
        edges |= {start, end}
    ordered = sorted(edge for edge in edges if 0 <= edge <= len(text))
    numbered = sorted((start, end, number) for number, (start, end) in enumerate(passages, 1))
    trimmed = sorted((start, _trim(text, start, end)) for start, end in only_here)
    paragraphs: list[list[Piece]] = [[]]
    starts_of_breaks = {start for start, _ in breaks}
    begun: set[int] = set()
    for start, end, passage, is_only in _walk(ordered, numbered, trimmed):
        if start in starts_of_breaks:
            paragraphs.append([])
            continue
        last_of = passage is not None and end == _trim(text, *passages[passage - 1])
        paragraphs[-1].append(
            Piece(
                text=tidy(text[start:end]),
                passage=passage,
                is_only_here=is_only and passage is not None,
                begins=passage is not None and passage not in begun,
                ends=last_of,
            )
        )
        if passage is not None:
            begun.add(passage)
    return [paragraph for paragraph in paragraphs if paragraph]


def _walk(
    edges: Sequence[int],
    passages: Sequence[tuple[int, int, int]],
    only_here: Sequence[Range],
) -> Iterator[tuple[int, int, int | None, bool]]:
    """Each range between two edges, the passage in which it lies, and whether only here."""
    at_passage = at_only = 0
    for start, end in pairwise(edges):
        while at_passage < len(passages) and passages[at_passage][1] <= start:
            at_passage += 1
        while at_only < len(only_here) and only_here[at_only][1] <= start:
            at_only += 1
        inside = at_passage < len(passages) and passages[at_passage][0] <= start
        yield (
            start,
            end,
            passages[at_passage][2] if inside else None,
            at_only < len(only_here) and only_here[at_only][0] <= start,
        )


def _trim(text: str, start: int, end: int) -> int:
    """Where the range ends without the white space behind it."""
    return start + len(text[start:end].rstrip())


def draw_ribbons(a: str, b: str, passages: Sequence[Passage]) -> tuple[Ribbon, ...]:
    """The passages on one scale, that of the longer text."""
    size = max(len(a), len(b), 1)
    ribbons = []
    in_order = _longest_in_order([passage.b_start for passage in passages])
    for number, passage in enumerate(passages, 1):
        ribbons.append(
            Ribbon(
                number=number,
                a_start=round(100 * passage.a_start / size, 2),
                a_end=round(100 * passage.a_end / size, 2),
                b_start=round(100 * passage.b_start / size, 2),
                b_end=round(100 * passage.b_end / size, 2),
                is_moved=number - 1 not in in_order,
            )
        )
    return tuple(ribbons)


def _longest_in_order(starts: Sequence[int]) -> set[int]:
    """Which of these rise, taking as many as possible: the others were moved.

    Patience sorting (Aldous and Diaconis 1999).
    """
    tops: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for place, start in enumerate(starts):
        pile = bisect_left(tops, start)
        before.append(ends[pile - 1] if pile else None)
        if pile == len(tops):
            tops.append(start)
            ends.append(place)
        else:
            tops[pile], ends[pile] = start, place
    chosen: set[int] = set()
    at = ends[-1] if ends else None
    while at is not None:
        chosen.add(at)
        at = before[at]
    return chosen

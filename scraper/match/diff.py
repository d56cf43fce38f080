"""What became of one text in another, word by word, with passages that were moved.

lay      which passages do both have, and which of them stand in another order?     align
match    inside passages, and in the gaps between those in place, which words stay?  staying
cut      words that stay, change by change, into pieces
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from scraper.match.align import align, passages
from scraper.match.scripts import split_words
from scraper.match.staying import Matching, Places, equal_head
from scraper.match.words import read_words

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator, Sequence

#: Passages that were moved together are one move where so many words or fewer are between them:
#: about a sentence, a guess.
_ONE_MOVE: Final = 25

_MARKS = re.compile(r"\S+")


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    #: It stands elsewhere in the other text: there, pieces with the same ``move`` follow.
    MOVED_AWAY = "moved_away"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffPiece:
    """A piece of either text or both: half-open code-point ranges, ``None`` where it has no place.

    In the order given, the ranges of b make up all of b. Those of a make up all of a if pieces with
    a ``move`` are left out: these are told a second time, where they stand in b, with what
    changed in them. Moves count from 1, in the order of b.
    """

    change: Change
    a: tuple[int, int] | None
    b: tuple[int, int] | None
    move: int | None = None


def diff_texts(
    a: str, b: str, *, language_a: str | None = None, language_b: str | None = None
) -> tuple[DiffPiece, ...]:
    """The pieces that turn a into b. White space is not compared; marks and capitals are.

    None for two texts without a word or mark. Languages are tags like "de".
    """
    known: dict[str, int] = {}
    one, other = _tokenise(a, known), _tokenise(b, known)
    blocks = _lay(a, b, one, other, (language_a, language_b))
    in_place = _heaviest_chain(blocks)
    moved = _join_moves(blocks, set(in_place))
    matching = Matching(one.values, other.values)
    for block in (*in_place, *moved):
        matching.match(
            np.arange(block.a_first, block.a_last), np.arange(block.b_first, block.b_last)
        )
    for a_gap, b_gap in _gaps(in_place, moved, len(one), len(other)):
        matching.match(a_gap, b_gap)
    return tuple(_Cutter(one, other, matching, moved).cut())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Tokens:
    """A text's words and marks: ``values`` int64 (n,), equal for equal ones; ``starts`` int64 (n,):
    where each begins; ``edges``: the same, but for the first, at 0, and then the text's end.
    """

    values: Places
    starts: Places
    edges: list[int]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A passage of both texts, by token."""

    a_first: int
    a_last: int
    b_first: int
    b_last: int


def _tokenise(text: str, known: dict[str, int]) -> _Tokens:
    values, starts = [], []
    at = 0
    for number, part in enumerate(split_words(text)):
        if number % 2:
            values.append(known.setdefault(part, len(known)))
            starts.append(at)
        elif part and not part.isspace():
            for mark in _MARKS.finditer(part):
                values.append(known.setdefault(mark[0], len(known)))
                starts.append(at + mark.start())
        at += len(part)
    return _Tokens(
        values=np.array(values, np.int64),
        starts=np.array(starts, np.int64),
        edges=[0, *starts[1:], len(text)],
    )


def _lay(
    a: str, b: str, one: _Tokens, other: _Tokens, languages: tuple[str | None, str | None]
) -> list[_Block]:
    """The passages of both texts, in the order of a."""
    words_a, words_b = read_words(a, languages[0]), read_words(b, languages[1])
    shared = passages(words_a, words_b, align(words_a, words_b))
    ends = np.array([(p.a_start, p.a_end, p.b_start, p.b_end) for p in shared], np.int64)
    if not len(ends):
        return []
    a_first, a_last = (np.searchsorted(one.starts, ends[:, side]).tolist() for side in (0, 1))
    b_first, b_last = (np.searchsorted(other.starts, ends[:, side]).tolist() for side in (2, 3))
    # A passage ends with a word; the full stop behind it belongs to it where both have one.
    stops_a, stops_b = [*a_first[1:], len(one)], [*sorted(b_first), len(other)]
    blocks = []
    for begin, end, stop, begin_b, end_b in zip(
        a_first, a_last, stops_a, b_first, b_last, strict=True
    ):
        stop_b = stops_b[bisect_left(stops_b, end_b)]
        more = equal_head(one.values[end:stop], other.values[end_b:stop_b])
        blocks.append(
            _Block(a_first=begin, a_last=end + more, b_first=begin_b, b_last=end_b + more)
        )
    return blocks


def _heaviest_chain(blocks: Sequence[_Block]) -> list[_Block]:
    """Of blocks in the order of a, those in the order of b as well that have most words in all.

    By a tree of prefix maxima (Fenwick 1994), in n log n.
    """
    order = sorted(range(len(blocks)), key=lambda at: blocks[at].b_first)
    rank = {at: place + 1 for place, at in enumerate(order)}
    best: list[tuple[int, int]] = [(0, -1)] * (len(blocks) + 1)
    before: list[int] = []
    for at, block in enumerate(blocks):
        place, chain = rank[at] - 1, (0, -1)
        while place:
            chain = max(chain, best[place])
            place &= place - 1
        before.append(chain[1])
        chain = (chain[0] + block.b_last - block.b_first, at)
        place = rank[at]
        while place < len(best):
            best[place] = max(best[place], chain)
            place += place & -place
    at = max(best)[1]
    kept = []
    while at >= 0:
        kept.append(blocks[at])
        at = before[at]
    return kept[::-1]


def _join_moves(blocks: Sequence[_Block], in_place: Collection[_Block]) -> list[_Block]:
    """The blocks that were moved, in the order of b; those that went together are one."""
    by_a = {block: at for at, block in enumerate(blocks)}
    joined: list[_Block] = []
    before: _Block | None = None
    for block in sorted(blocks, key=lambda block: block.b_first):
        if block in in_place:
            before = None
            continue
        if before is not None and by_a[block] == by_a[before] + 1 and _is_near(before, block):
            first = joined.pop()
            joined.append(replace(first, a_last=block.a_last, b_last=block.b_last))
        else:
            joined.append(block)
        before = block
    return joined


def _is_near(one: _Block, following: _Block) -> bool:
    gap = max(following.a_first - one.a_last, following.b_first - one.b_last)
    return gap <= _ONE_MOVE


def _gaps(
    in_place: Sequence[_Block], moved: Sequence[_Block], length_a: int, length_b: int
) -> Iterator[tuple[Places, Places]]:
    """What stands between the blocks in place, in both texts, without what was moved."""
    free_a, free_b = np.ones(length_a, np.bool_), np.ones(length_b, np.bool_)
    for block in moved:
        free_a[block.a_first : block.a_last] = False
        free_b[block.b_first : block.b_last] = False
    end = _Block(a_first=length_a, a_last=length_a, b_first=length_b, b_last=length_b)
    a_at = b_at = 0
    for block in (*in_place, end):
        yield (
            a_at + np.flatnonzero(free_a[a_at : block.a_first]),
            b_at + np.flatnonzero(free_b[b_at : block.b_first]),
        )
        a_at, b_at = block.a_last, block.b_last


class _Cutter:
    """Cuts two matched texts into pieces."""

    def __init__(self, a: _Tokens, b: _Tokens, matching: Matching, moved: Sequence[_Block]) -> None:
        self._a, self._b = a, b
        self._to_b, self._to_a = matching.to_b.tolist(), matching.to_a.tolist()
        self._moved = moved

    def cut(self) -> Iterator[DiffPiece]:
        """The pieces of both texts, in the order of b; what went stands where it stood in a."""
        by_a = {block.a_first: (number, block) for number, block in enumerate(self._moved, 1)}
        by_b = {block.b_first: (number, block) for number, block in enumerate(self._moved, 1)}
        stops_a = [*sorted(by_a), len(self._a)]
        stops_b = [*by_b, len(self._b)]
        a_at = b_at = 0
        while True:
            a_stop = stops_a[bisect_left(stops_a, a_at)]
            b_stop = stops_b[bisect_left(stops_b, b_at)]
            a_at, b_at = yield from self._cut_range((a_at, a_stop), (b_at, b_stop))
            if a_at in by_a:
                number, block = by_a[a_at]
                a_at = block.a_last
                yield self._piece(Change.MOVED_AWAY, a=(block.a_first, a_at), move=number)
            elif b_at in by_b:
                number, block = by_b[b_at]
                of_a, of_b = (block.a_first, block.a_last), (block.b_first, block.b_last)
                yield from self._cut_range(of_a, of_b, move=number)
                b_at = block.b_last
            else:
                return

    def _cut_range(
        self, of_a: tuple[int, int], of_b: tuple[int, int], move: int | None = None
    ) -> Generator[DiffPiece, None, tuple[int, int]]:
        """The pieces of two ranges of tokens, until one of them ends; gives back how far it came.

        A token that stays as one beyond the other range stops it as well.
        """
        (i, a_end), (j, b_end) = of_a, of_b
        while True:
            a_from, b_from = i, j
            while i < a_end and self._to_b[i] < 0:
                i += 1
            if i > a_from:
                yield self._piece(Change.REMOVED, a=(a_from, i), move=move)
            while j < b_end and self._to_a[j] < 0:
                j += 1
            if j > b_from:
                yield self._piece(Change.ADDED, b=(b_from, j), move=move)
            a_from, b_from = i, j
            while i < a_end and j < b_end and self._to_b[i] == j:
                i, j = i + 1, j + 1
            if i == a_from:
                return i, j
            yield self._piece(Change.SAME, a=(a_from, i), b=(b_from, j), move=move)

    def _piece(
        self,
        change: Change,
        *,
        a: tuple[int, int] | None = None,
        b: tuple[int, int] | None = None,
        move: int | None = None,
    ) -> DiffPiece:
        """A piece of these ranges of tokens."""
        return DiffPiece(
            change=change,
            a=a and (self._a.edges[a[0]], self._a.edges[a[1]]),
            b=b and (self._b.edges[b[0]], self._b.edges[b[1]]),
            move=move,
        )

"""Which tokens of a sequence stay in another, in the same order.

Sequences are matched at the tokens that occur once on either side (Bram Cohen's patience diff), and
small ones by difflib. So the time is near linear in the length, whatever they hold.
"""

from __future__ import annotations

from bisect import bisect_left
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Places: TypeAlias = npt.NDArray[np.int64]

#: So many pairs of words are left to difflib, which takes 2 ms for as many. A guess.
_SMALL: Final = 4_096
#: A gap is parted at rare words so many times, one part inside the other; what is left is replaced
#: as a whole. No texts written by people were seen to need ten.
_DEEPEST: Final = 40
#: Words that stay between two changes are an accident where these are so many times as long.
_ACCIDENT: Final = 3
#: Two texts are compared in stretches that begin so short and double, to stop soon.
_FIRST_STRETCH: Final = 32


class Matching:
    """Which token of b each of a stays as, -1 for none; ``to_a`` says the reverse."""

    def __init__(self, a: Places, b: Places) -> None:
        self._a, self._b = a, b
        self.to_b = np.full(len(a), -1, np.int64)
        self.to_a = np.full(len(b), -1, np.int64)

    def match(self, places_a: Places, places_b: Places) -> None:
        """Nothing; what stays of the tokens at these places of a, in those of b, is noted."""
        runs = sorted(_match(self._a[places_a], self._b[places_b]))
        for a_from, b_from, size in _without_accidents(runs, len(places_a), len(places_b)):
            at_a, at_b = places_a[a_from : a_from + size], places_b[b_from : b_from + size]
            self.to_b[at_a] = at_b
            self.to_a[at_b] = at_a


def _match(a: Places, b: Places) -> Iterator[tuple[int, int, int]]:
    """The runs of tokens that stay: where in a, where in b, and how many; in no order."""
    waiting = [(0, len(a), 0, len(b), 0)]
    while waiting:
        a_from, a_to, b_from, b_to, depth = waiting.pop()
        head = equal_head(a[a_from:a_to], b[b_from:b_to])
        yield a_from, b_from, head
        a_from, b_from = a_from + head, b_from + head
        tail = equal_head(a[a_from:a_to][::-1], b[b_from:b_to][::-1])
        a_to, b_to = a_to - tail, b_to - tail
        yield a_to, b_to, tail
        if a_from == a_to or b_from == b_to:
            continue
        if (a_to - a_from) * (b_to - b_from) <= _SMALL:
            for begin_a, begin_b, size in _match_small(a[a_from:a_to], b[b_from:b_to]):
                yield a_from + begin_a, b_from + begin_b, size
        elif depth < _DEEPEST and (rare := _match_rare(a[a_from:a_to], b[b_from:b_to])):
            left = a_from, b_from
            for in_a, in_b in (*rare, (a_to - a_from, b_to - b_from)):
                stop = a_from + in_a, b_from + in_b
                waiting.append((left[0], stop[0], left[1], stop[1], depth + 1))
                left = stop


def _without_accidents(
    runs: Iterable[tuple[int, int, int]], length_a: int, length_b: int
) -> list[tuple[int, int, int]]:
    """The runs, in order, without those that are lost between two longer changes."""
    found = [run for run in runs if run[2]]
    ends = [*found[1:], (length_a, length_b, 0)]
    kept: list[tuple[int, int, int]] = []
    at_a = at_b = 0
    for (a_from, b_from, size), (next_a, next_b, _) in zip(found, ends, strict=False):
        before = max(a_from - at_a, b_from - at_b)
        after = max(next_a - a_from, next_b - b_from) - size
        if _ACCIDENT * size > min(before, after):
            kept.append((a_from, b_from, size))
            at_a, at_b = a_from + size, b_from + size
    return kept


def equal_head(a: Places, b: Places) -> int:
    """How many tokens are equal from the beginning on."""
    most = min(len(a), len(b))
    at, stretch = 0, _FIRST_STRETCH
    while at < most:
        upto = min(at + stretch, most)
        different = np.flatnonzero(a[at:upto] != b[at:upto])
        if len(different):
            return at + int(different[0])
        at, stretch = upto, 2 * stretch
    return most


def _match_small(a: Places, b: Places) -> Iterator[tuple[int, int, int]]:
    for block in SequenceMatcher(
        None, a.tolist(), b.tolist(), autojunk=False
    ).get_matching_blocks():
        yield block.a, block.b, block.size


def _match_rare(a: Places, b: Places) -> list[tuple[int, int]]:
    """The longest chain of tokens that occur once in a and once in b, in the order of both."""
    once_a, once_b = _once(a), _once(b)
    _, in_a, in_b = np.intersect1d(a[once_a], b[once_b], assume_unique=True, return_indices=True)
    pairs = sorted(zip(once_a[in_a].tolist(), once_b[in_b].tolist(), strict=True))
    return _longest_chain(pairs)


def _once(values: Places) -> Places:
    """Where those stand that occur once."""
    _, first, count = np.unique(values, return_index=True, return_counts=True)
    found: Places = first[count == 1]
    return found


def _longest_chain(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of these pairs, sorted by their first, that are sorted by their second as well."""
    tops: list[int] = []
    top_at: list[int] = []
    before: list[int] = []
    for at, (_, second) in enumerate(pairs):
        pile = bisect_left(tops, second)
        before.append(top_at[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [second]
        top_at[pile : pile + 1] = [at]
    chain = []
    at = top_at[-1] if top_at else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]

"""Where two texts run alike: segments of shared words, found in near-linear time.

Each three-word shingle of one text is laid against one place in the other: the only one, or of
several the one nearest to where the text before it lies. Neighbouring shingles that run on in both
texts make a segment; gaps of up to three words on either side are bridged, so that an edited word
does not end it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from scraper.model import Passage

if TYPE_CHECKING:
    from scraper.match.words import Flags, Hashes, Places, Shingles, Words

#: The three values are those of the design, where they were measured together on labelled copies.
_BRIDGED_WORDS: Final = 3
_SEGMENT_WORDS: Final = 10
_SEGMENT_SHARE: Final = 0.6
#: A run shorter than this that fits neither neighbour is a common phrase met elsewhere.
_STRAY_WORDS: Final = 5
#: Farther than this apart are two segments, not one with an edit in it (in three-word shingles).
_EDIT_REACH: Final = 2 * _BRIDGED_WORDS
#: What is left of a segment that gave way is a passage if so many of its words are shared. A guess.
_AGREEING: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alignment:
    """The segments that two texts share, in the order of a; k of them, all by word index.

    ``a_first``, ``a_last``, ``b_first``, ``b_last`` int64 (k,): half-open word ranges. ``exact`` is
    the share of shingles inside the segments that both texts have, 0.0 where there are none;
    ``replaced`` is the share of the edits inside them that put as many words as they took away.
    ``is_mirrored``: whether the other text, aligned with this one, surely has the same segments.
    """

    a_first: Places
    a_last: Places
    b_first: Places
    b_last: Places
    exact: float
    replaced: float
    is_mirrored: bool


def align(a: Words, b: Words) -> Alignment:
    """The segments that a and b share: of ten words or more, at least 60 % of them equal."""
    at, to, is_sure = _lay(a.short, b.short)
    runs = _runs(a, b, at, to)
    firm = _length(a, at, runs) >= 4 * _STRAY_WORDS
    is_mirrored = is_sure and bool((to[1:] > to[:-1]).all())
    if is_mirrored:
        firm_back = _length(b, to, runs) >= 4 * _STRAY_WORDS
        is_mirrored = bool((firm == firm_back).all())
    if not firm.all():  # a phrase met elsewhere must not break a run in two
        kept = np.repeat(firm, runs[1] - runs[0])
        at, to = at[kept], to[kept]
        runs = _runs(a, b, at, to)
    begin, end = runs
    a_first, a_last = a.short.first[at[begin]], a.short.last[at[end - 1]]
    b_first, b_last = b.short.first[to[begin]], b.short.last[to[end - 1]]
    good = _words_between(a, a_first, a_last) >= 4 * _SEGMENT_WORDS
    good &= _words_between(b, b_first, b_last) >= 4 * _SEGMENT_WORDS
    if good.any():
        shared_a = _count_covered(len(a), a.short, at)
        shared_b = _count_covered(len(b), b.short, to)
        good &= shared_a[a_last] - shared_a[a_first] >= _SEGMENT_SHARE * (a_last - a_first)
        good &= shared_b[b_last] - shared_b[b_first] >= _SEGMENT_SHARE * (b_last - b_first)
    exact = _exactness(at, begin[good], end[good])
    replaced = _replaced(at, to, np.repeat(good, end - begin))
    return Alignment(
        a_first=a_first[good],
        a_last=a_last[good],
        b_first=b_first[good],
        b_last=b_last[good],
        exact=exact,
        replaced=replaced,
        is_mirrored=is_mirrored,
    )


def align_equal(words: Words) -> Alignment:
    """The alignment of a text with itself: all of it, at its own place."""
    nothing, everything = np.zeros(1, np.int64), np.full(1, len(words))
    return Alignment(
        a_first=nothing,
        a_last=everything,
        b_first=nothing,
        b_last=everything,
        exact=1.0,
        replaced=0.0,
        is_mirrored=True,
    )


def covered(words: Words, first: Places, last: Places) -> Flags:
    """Which words lie in any of these word ranges: bool (n,)."""
    return _inside(len(words), first, last)


def passages(a: Words, b: Words, found: Alignment) -> tuple[Passage, ...]:
    """The segments as ranges of both texts, in the order of a, overlapping in neither.

    Segments may meet by a word or two, and a paragraph that stands twice in a lies twice on one of
    b: the later of two gives way. What is left of it is left out where its words differ.
    """
    ranges: list[tuple[int, int, int, int]] = []
    taken = np.zeros(len(b) + 1, np.bool_)
    reached = 0
    for a_first, a_last, b_first, b_last in zip(
        found.a_first.tolist(),
        found.a_last.tolist(),
        found.b_first.tolist(),
        found.b_last.tolist(),
        strict=True,
    ):
        free = np.flatnonzero(~taken[b_first:b_last])
        if not len(free):
            continue
        skipped = max(int(free[0]), reached - a_first, 0)
        busy = np.flatnonzero(taken[b_first + skipped : b_last])
        cut = b_last - b_first - skipped - int(busy[0]) if len(busy) else 0
        start_a, start_b = a_first + skipped, b_first + skipped
        end_a, end_b = a_last - cut, b_last - cut
        if start_a >= end_a or start_b >= end_b:
            continue
        is_whole = not skipped and not cut
        if not is_whole and not _agree(a.hashes[start_a:end_a], b.hashes[start_b:end_b]):
            continue
        taken[start_b:end_b] = True
        reached = end_a
        ranges.append((start_a, end_a, start_b, end_b))
    return tuple(
        Passage(
            a_start=int(a.starts[start_a]),
            a_end=int(a.ends[end_a - 1]),
            b_start=int(b.starts[start_b]),
            b_end=int(b.ends[end_b - 1]),
        )
        for start_a, end_a, start_b, end_b in ranges
    )


def _agree(a: Hashes, b: Hashes) -> bool:
    """Whether half of the words of a stand in b as well."""
    return bool(np.isin(a, b).mean() >= _AGREEING)


def _lay(a: Shingles, b: Shingles) -> tuple[Places, Places, bool]:
    """The shingles of a that b has too, in order, and for each the one of b it is laid against.

    And whether that is sure: there is no other, of either text.
    """
    if not len(a) or not len(b):
        none = np.zeros(0, np.int64)
        return none, none, True
    there = b.unique.searchsorted(a.unique)
    there[there == len(b.unique)] = 0
    there[b.unique[there] != a.unique] = -1
    group = there[a.group]
    at = (group >= 0).nonzero()[0]
    group = group[at]
    to = b.order[b.opens[group]]
    sure = a.is_single[a.group[at]] & b.is_single[group]
    is_sure = bool(sure.all())
    if not is_sure:
        to[~sure] = _nearest(b, at, to, group, sure)
    return at, to, is_sure


def _nearest(b: Shingles, at: Places, to: Places, group: Places, sure: Flags) -> Places:
    """Where each unsure shingle lies in b: of its places, the nearest to where the text runs on.

    ``group`` says which of b's different shingles each one is; ``sure`` which have one place only,
    and these are laid in ``to``.
    """
    unsure = (~sure).nonzero()[0]
    wanted = at[unsure]
    if len(unsure) < len(at):
        known = sure.nonzero()[0]
        before = known[np.maximum(known.searchsorted(unsure) - 1, 0)]
        wanted = np.minimum(np.maximum(wanted + to[before] - at[before], 0), len(b))
    else:
        wanted = np.minimum(wanted, len(b))
    group = group[unsure]
    first, last = b.opens[group], b.opens[group + 1] - 1
    after = b.places.searchsorted(group * (len(b) + 1) + wanted)
    above = b.order[np.minimum(np.maximum(after, first), last)]
    below = b.order[np.minimum(np.maximum(after - 1, first), last)]
    nearer: Places = np.where(np.abs(above - wanted) < np.abs(below - wanted), above, below)
    return nearer


def _runs(a: Words, b: Words, at: Places, to: Places) -> tuple[Places, Places]:
    """Where the laid shingles run on in both texts: half-open ranges of them."""
    if not len(at):
        none = np.zeros(0, np.int64)
        return none, none
    gap_a = a.quarters[a.short.first[at[1:]]] - a.quarters[a.short.last[at[:-1]]]
    gap_b = b.quarters[b.short.first[to[1:]]] - b.quarters[b.short.last[to[:-1]]]
    broken = (gap_a > 4 * _BRIDGED_WORDS) | (gap_b > 4 * _BRIDGED_WORDS) | (to[1:] <= to[:-1])
    edges = broken.nonzero()[0] + 1
    return np.concatenate(([0], edges)), np.concatenate((edges, [len(at)]))


def _exactness(at: Places, begin: Places, end: Places) -> float:
    """The share of the shingles from the first to the last of each run that were laid."""
    possible = int((at[end - 1] - at[begin] + 1).sum())
    return int((end - begin).sum()) / possible if possible else 0.0


def _replaced(at: Places, to: Places, inside: Flags) -> float:
    """The share of the edits between the chosen laid shingles that left the length as it was."""
    at, to = at[inside], to[inside]
    step_a, step_b = at[1:] - at[:-1], to[1:] - to[:-1]
    edited = (step_a != 1) | (step_b != 1)
    near = np.abs(step_b) <= _EDIT_REACH
    edits = int((edited & near).sum())
    return int((edited & near & (step_a == step_b)).sum()) / edits if edits else 0.0


def _length(a: Words, at: Places, runs: tuple[Places, Places]) -> Places:
    begin, end = runs
    return _words_between(a, a.short.first[at[begin]], a.short.last[at[end - 1]])


def _words_between(words: Words, first: Places, last: Places) -> Places:
    """Length of word ranges in quarters of a word."""
    return words.quarters[last] - words.quarters[first]


def _count_covered(count: int, shingles: Shingles, chosen: Places) -> Places:
    """How many words before each one lie in a chosen shingle: int64 (count + 1,)."""
    before = np.zeros(count + 1, np.int64)
    np.cumsum(_inside(count, shingles.first[chosen], shingles.last[chosen]), out=before[1:])
    return before


def _inside(count: int, first: Places, last: Places) -> Flags:
    """Which of so many places lie in any of these half-open ranges."""
    opened = np.bincount(first, minlength=count + 1)
    closed = np.bincount(last, minlength=count + 1)
    inside: Flags = (opened - closed).cumsum()[:-1] > 0
    return inside

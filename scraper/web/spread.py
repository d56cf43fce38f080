"""When a story's mirrors came, as places on a scale: per cents from the left, pixels from the top.

Time runs from when the story was first seen, on a logarithmic scale: copies come within minutes,
and stragglers after days, and both must be seen. The list uses one scale for every row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from math import log1p
from typing import TYPE_CHECKING

from scraper.model import RelationKind
from scraper.web.shown import span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scraper.store.query import Mirror
    from scraper.store.story_lines import Sighting

_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
#: Where a scale may have a tick.
_TICKS = (
    (10 * _MINUTE, "10 min"), (_HOUR, "1 h"), (6 * _HOUR, "6 h"), (_DAY, "1 d"), (3 * _DAY, "3 d"),
    (7 * _DAY, "7 d"), (30 * _DAY, "30 d"), (180 * _DAY, "180 d"), (730 * _DAY, "2 y"),
)  # fmt: skip
#: Half of what is below so many minutes stands together: the scale begins to stretch there.
_SOFT = 5 * _MINUTE
_LEFT, _RIGHT = 2.0, 96.0
#: The list's scale ends after a month; what came later stands at its end.
_STRIP_END = 30 * _DAY
#: Marks nearer than this stack; higher than so many they become columns.
_BESIDE, _HIGHEST = 4.2, 4
_STEP = 10
#: Two labels of a scale are at least so far apart, in per cent.
_APART = 7
_STRIP_HEIGHT = 46
_LANE = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A member as a mark: ``kind`` names its shape, ``label`` its number in the table."""

    x: float
    y: float
    kind: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Several mirrors that came at about one time."""

    x: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A place on a scale and what stands there; ``wide`` ones are left out on a phone."""

    x: float
    label: str
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A story's row: the same in words, its marks or columns, and its height."""

    words: str
    marks: tuple[Mark, ...]
    columns: tuple[Column, ...]
    height: int
    base: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A story's chart: a lane for each kind of mirror, and the canonical's own line."""

    lanes: tuple[tuple[RelationKind, int], ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    canonical: float
    height: int
    words: str


def _place(seconds: float, end: float) -> float:
    """Where a moment stands, in per cent."""
    share = log1p(max(0.0, seconds) / _SOFT) / log1p(end / _SOFT)
    return round(_LEFT + (_RIGHT - _LEFT) * min(1.0, share), 2)


#: The scale over the list.
AXIS = (
    Tick(x=_LEFT, label="0"),
    *(
        Tick(x=_place(seconds, _STRIP_END), label=label)
        for seconds, label in _TICKS[1:7]
        if label != "3 d"
    ),
)


def draw_strip(sightings: Sequence[Sighting]) -> Strip:
    """The story's row."""
    begin = sightings[0].at
    placed = [
        (_place((seen.at - begin).total_seconds(), _STRIP_END), seen.kind) for seen in sightings
    ]
    stacks: dict[float, list[RelationKind | None]] = {}
    for x, kind in placed:
        near = next((at for at in reversed(stacks) if x - at < _BESIDE), x)
        stacks.setdefault(near, []).append(kind)
    base = _STRIP_HEIGHT - 9.0
    tallest = max(map(len, stacks.values()))
    marks: list[Mark] = []
    columns: list[Column] = []
    for x, kinds in stacks.items():
        ordered = sorted(kinds, key=lambda kind: kind is not None)  # the canonical lies lowest
        if tallest <= _HIGHEST:
            marks += [
                Mark(x=x, y=base - _STEP * level, kind=kind or "canonical")
                for level, kind in enumerate(ordered)
            ]
            continue
        if kinds.count(None):
            marks.append(Mark(x=x, y=base, kind="canonical"))
        if mirrors := len(kinds) - kinds.count(None):
            columns.append(Column(x=x, height=round(3 + (base - 8) * mirrors / tallest, 1)))
    counted = Counter(kind for _, kind in placed if kind is not None)
    said = ", ".join(f"{many} {kind.replace('_', ' ')}" for kind, many in counted.most_common())
    last = max(seen.at for seen in sightings) - begin
    return Strip(
        words=f"{said}; the last {span(last)} after the first" if said else "no mirrors",
        marks=tuple(marks),
        columns=tuple(columns),
        height=_STRIP_HEIGHT,
        base=base,
    )


def draw_spread(
    begin: datetime, canonical_seen: datetime, mirrors: Sequence[Mirror], now: datetime
) -> Spread:
    """The story's chart; ``mirrors`` in the order of the table."""
    last = max(mirror.article.first_seen for mirror in mirrors)
    end = max(
        (max(last, canonical_seen) - begin).total_seconds() * 1.15,
        min((now - begin).total_seconds(), _HOUR),
        _HOUR,
    )
    kinds = [kind for kind in RelationKind if any(mirror.relation is kind for mirror in mirrors)]
    taken: defaultdict[RelationKind, list[float]] = defaultdict(list)
    marks = []
    for number, mirror in enumerate(mirrors, 1):
        x = _place((mirror.article.first_seen - begin).total_seconds(), end)
        lane = taken[mirror.relation]
        # Numbers that would be printed over one another are told in the table alone.
        is_free = not any(x - other < _BESIDE for other in lane)
        if is_free:
            lane.append(x)
        y = 30 + kinds.index(mirror.relation) * _LANE + _LANE / 2 + 4
        marks.append(Mark(x=x, y=y, kind=mirror.relation, label=str(number) if is_free else ""))
    ticks = [Tick(x=_LEFT, label="0")]
    for seconds, label in _TICKS:
        x = _place(seconds, end)
        if seconds < end and x - ticks[-1].x >= _APART:
            is_wide = len(ticks) % 2 == 1 and seconds < end / 2
            ticks.append(Tick(x=x, label=label, wide=is_wide))
    counted = Counter(mirror.relation for mirror in mirrors)
    return Spread(
        lanes=tuple((kind, counted[kind]) for kind in kinds),
        marks=tuple(marks),
        ticks=tuple(ticks),
        canonical=_place((canonical_seen - begin).total_seconds(), end),
        height=30 + _LANE * len(kinds) + 26,
        words=f"When each of the mirrors was first seen, by kind; the last"
        f" {span(timedelta(seconds=(last - begin).total_seconds()))} after the first article."
        " The table below has every time.",
    )

"""Who names whom as the source of a text: edges between articles, and their place on a drawing.

An attribution names by address, by name or by both. It means the member at that address, else the
one of that site, else the one whose publication has that name, else somebody outside of the story.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from scraper.model import Evidence
from scraper.urls import normalise_url, page_key, site_of
from scraper.web.shown import line, name, outward

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.model import ArchivedArticle, Attribution

#: More than this is told in words alone; and so much of it.
_MOST_DRAWN, _MOST_TOLD = 8, 60
_WIDTH, _BOX_WIDTH, _BOX_HEIGHT, _STEP = 452, 172, 34, 46

#: Characters that stand side by side in a box; one of a wide script takes the room of two.
_FITS = 26

_EVIDENCE = {
    Evidence.CANONICAL_LINK: "link rel=canonical",
    Evidence.IS_BASED_ON: "isBasedOn",
    Evidence.SOURCE_META: "source tag",
    Evidence.CREDIT_LINE: "credit line",
    Evidence.SOURCE_LINK: "link to source",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One naming: who names whom, by what, and in which words."""

    who: str
    whom: str
    evidence: str
    quote: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Somebody on the drawing; the place is of the box's upper left corner."""

    x: int
    y: int
    name: str
    is_canonical: bool
    is_member: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A naming on the drawing, from the one who names; the label is its evidence."""

    path: str
    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """All namings, and a drawing of them where they are few; it has no boxes otherwise."""

    edges: tuple[Edge, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int
    box_width: int
    box_height: int


def draw_naming(members: Sequence[ArchivedArticle]) -> Naming:
    """Who names whom among these members, the canonical first; nobody names oneself."""
    by_key = {key: member for member in reversed(members) if (key := _key_of(member.content.url))}
    by_site = {member.site: member for member in reversed(members) if member.site}
    by_name = {
        member.content.site_name.casefold(): member
        for member in reversed(members)
        if member.content.site_name
    }
    edges: dict[tuple[str, str], Edge] = {}
    for member in members:
        for said in member.content.attributions:
            found = (
                by_key.get(_key_of(said.url) or "")
                or by_site.get(_site_of(said.url) or "")
                or by_name.get((said.name or "").casefold())
            )
            who, whom = name(member), name(found) if found is not None else _name_outsider(said)
            if who != whom:
                edge = Edge(
                    who=who,
                    whom=whom,
                    evidence=_EVIDENCE[said.evidence],
                    quote=line(said.quote or said.name, 120),
                    url=outward(said.url),
                )
                edges.setdefault((who, whom), edge)
    told = tuple(edges.values())[:_MOST_TOLD]
    boxes, arrows, height = _draw(told, name(members[0]), {name(member) for member in members})
    return Naming(
        edges=told,
        boxes=tuple(boxes),
        arrows=tuple(arrows),
        width=_WIDTH,
        height=height,
        box_width=_BOX_WIDTH,
        box_height=_BOX_HEIGHT,
    )


def _name_outsider(said: Attribution) -> str:
    return line(said.name, 40) or _site_of(said.url) or "somebody"


def _key_of(url: str | None) -> str | None:
    """The key of an address, None of what is no address of the web: an import may say anything."""
    clean = normalise_url(url) if url else None
    return page_key(clean) if clean else None


def _site_of(url: str | None) -> str | None:
    clean = normalise_url(url) if url else None
    return site_of(clean) if clean else None


def _draw(
    edges: Sequence[Edge], canonical: str, members: set[str]
) -> tuple[list[Box], list[Arrow], int]:
    """Those who name on the left, the named on the right; who does both stands on the left."""
    if not 0 < len(edges) <= _MOST_DRAWN:
        return [], [], 0
    left = list(dict.fromkeys(edge.who for edge in edges))
    right = [whom for whom in dict.fromkeys(edge.whom for edge in edges) if whom not in set(left)]
    places: dict[str, tuple[int, int]] = {}
    height = _STEP * max(len(left), len(right))
    for x, column in ((1, left), (_WIDTH - _BOX_WIDTH - 1, right)):
        top = (height - _STEP * len(column)) // 2
        for row, who in enumerate(column):
            places[who] = (x, top + row * _STEP + (_STEP - _BOX_HEIGHT) // 2)
    boxes = [
        Box(x=x, y=y, name=_fit(who), is_canonical=who == canonical, is_member=who in members)
        for who, (x, y) in places.items()
    ]
    return boxes, [_point(edge, places) for edge in edges], height


def _fit(who: str) -> str:
    """The name as far as a box has room."""
    if _cells(who) <= _FITS:
        return who
    while _cells(who) >= _FITS:
        who = who[:-1]
    return who + "…"


def _cells(who: str) -> int:
    return len(who) + sum(east_asian_width(char) in "FW" for char in who)


def _point(edge: Edge, places: dict[str, tuple[int, int]]) -> Arrow:
    (x, y), (to_x, to_y) = places[edge.who], places[edge.whom]
    middle, to_middle = y + _BOX_HEIGHT / 2, to_y + _BOX_HEIGHT / 2
    if to_x == x:  # both stand on the left: round the outside of the gap
        edge_x = x + _BOX_WIDTH
        bend = edge_x + 36
        path = f"M{edge_x} {middle}C{bend} {middle} {bend} {to_middle} {edge_x + 2} {to_middle}"
        return Arrow(path=path, x=bend + 2, y=(middle + to_middle) / 2 + 4, label="")
    begin, end = x + _BOX_WIDTH, to_x - 2
    path = f"M{begin} {middle}L{end} {to_middle}"
    slope = (to_middle - middle) / (end - begin)
    at = begin + (end - begin) * 0.45
    label_y = middle + slope * (at - begin) - 5 - abs(slope) * 22
    return Arrow(path=path, x=round(at, 1), y=round(label_y, 1), label=edge.evidence)

"""Figures over sizes as an SVG, made without a library: panels of lines over a logarithmic axis.

Its colours are the reader's: it is as legible on a dark page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PANEL_WIDTH, _PANEL_HEIGHT = 340, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 22, 52, 38
_COLUMNS = 2
_TICKS = 4

_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 } .note { fill: #57606a } .grid { stroke: #d0d7de }
.line0, .dot0 { stroke: #0969da } .dot0, .key0 { fill: #0969da }
.line1, .dot1 { stroke: #bc4c00 } .dot1, .key1 { fill: #bc4c00 }
.line { fill: none; stroke-width: 2 } .bound { stroke: #57606a; stroke-dasharray: 4 4 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .note { fill: #9198a1 } .grid { stroke: #3d444d }
  .line0, .dot0 { stroke: #4493f8 } .dot0, .key0 { fill: #4493f8 }
  .line1, .dot1 { stroke: #f0883e } .dot1, .key1 { fill: #f0883e }
  .bound { stroke: #9198a1 }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One measure: lines by their names, each with a value for every size."""

    title: str
    unit: str
    lines: dict[str, Sequence[float]]
    #: What it must not pass, if anything.
    bound: float | None = None


def draw(sizes: Sequence[int], panels: Sequence[Panel]) -> str:
    """The panels in two columns, as an SVG; what the lines are stands above each."""
    rows = -(-len(panels) // _COLUMNS)
    width, height = _COLUMNS * _PANEL_WIDTH, rows * _PANEL_HEIGHT
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape('; '.join(panel.title for panel in panels))}</title>",
        f"<style>{_STYLE}</style>",
    ]
    for place, panel in enumerate(panels):
        x, y = place % _COLUMNS * _PANEL_WIDTH, place // _COLUMNS * _PANEL_HEIGHT
        drawn += [f'<g transform="translate({x} {y})">', *_draw_panel(sizes, panel), "</g>"]
    return "\n".join([*drawn, "</svg>", ""])


def _draw_panel(sizes: Sequence[int], panel: Panel) -> Iterator[str]:
    highest = max(max(values) for values in panel.lines.values())
    step = _round_step(max(highest, panel.bound or 0) / _TICKS)
    top = step * math.ceil(max(highest, panel.bound or 0) / step)
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def across(size: int) -> float:
        share = (math.log10(size) - first) / ((last - first) or 1)
        return _LEFT + share * (_PANEL_WIDTH - _LEFT - _RIGHT)

    def up(value: float) -> float:
        return _PANEL_HEIGHT - _BOTTOM - value / top * (_PANEL_HEIGHT - _TOP - _BOTTOM)

    yield f'<text class="title" x="{_LEFT}" y="18">{escape(panel.title)}</text>'
    yield from _name_lines(panel)
    for number in range(round(top / step) + 1):
        y = up(number * step)
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{_PANEL_WIDTH - _RIGHT}"/>'
        yield _text(_LEFT - 6, y + 4, f"{number * step:,.10g}", anchor="end")
    for size in sizes:
        yield _text(across(size), _PANEL_HEIGHT - _BOTTOM + 18, _short(size), anchor="middle")
    if panel.bound is not None:
        y = up(panel.bound)
        yield f'<path class="bound" d="M{_LEFT} {y:.1f}H{_PANEL_WIDTH - _RIGHT}"/>'
    for number, values in enumerate(panel.lines.values()):
        at = [(across(size), up(value)) for size, value in zip(sizes, values, strict=True)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in at)
        yield f'<path class="line line{number}" d="M{path}"/>'
        yield from (f'<circle class="dot{number}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in at)


def _name_lines(panel: Panel) -> Iterator[str]:
    """The unit, or where there are several lines each one's name and colour."""
    if len(panel.lines) == 1:
        yield _text(_LEFT, 36, panel.unit)
        return
    x = _LEFT
    for number, name in enumerate(panel.lines):
        label = f"{name}, {panel.unit}" if number == len(panel.lines) - 1 else name
        yield f'<rect class="key{number}" x="{x}" y="27" width="10" height="10"/>'
        yield _text(x + 15, 36, label)
        x += 40 + 7 * len(label)


def _text(x: float, y: float, said: str, *, anchor: str = "start") -> str:
    return (
        f'<text class="note" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(said)}</text>'
    )


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is no less."""
    power = 10 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= least)


def _short(size: int) -> str:
    return f"{size / 1_000_000:g} M" if size >= 1_000_000 else f"{size / 1_000:g} k"  # noqa: PLR2004 - a million

"""How often a source is asked, as people type it."""

from __future__ import annotations

from typing import Any

import click

from scraper.config import FASTEST_MINUTES, SLOWEST_MINUTES


class _Pace(click.FloatRange):
    """Minutes; NaN is refused as well, which no comparison does."""

    def convert(
        self,
        value: Any,  # noqa: ANN401  # click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """The minutes; fails for what is out of bounds."""
        minutes = float(super().convert(value, param, ctx))
        if minutes != minutes:  # noqa: PLR0124  # only NaN differs from itself
            self.fail("is not a number of minutes", param, ctx)
        return minutes

    def _describe_range(self) -> str:
        """The bounds, which click would print to the last digit of a sixtieth."""
        return f"{self.min:.2g}<=x<={self.max:.0f}"


PACE = _Pace(min=FASTEST_MINUTES, max=SLOWEST_MINUTES)

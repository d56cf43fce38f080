"""Days and moments as people type them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from typing import Any

#: How long a day is written: "2026-11-22".
_DAY_LENGTH = 10


class Moment(click.ParamType[datetime]):
    """A day or an ISO 8601 time, local where no offset is given; a bad one is wrong usage.

    A day is its first moment; with ``end_of_day`` its last, so that `--until DAY` takes all of it.
    """

    name = "date"

    def __init__(self, *, end_of_day: bool = False) -> None:
        self._end_of_day = end_of_day

    def convert(
        self,
        value: Any,  # noqa: ANN401  # click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """The moment, aware."""
        if isinstance(value, datetime):
            return value
        try:
            said = datetime.fromisoformat(value)
            if len(value) == _DAY_LENGTH and self._end_of_day:
                said += timedelta(days=1, microseconds=-1)
            return said.astimezone()
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no date: write 2026-11-22 or 2026-11-22T10:00", param, ctx)

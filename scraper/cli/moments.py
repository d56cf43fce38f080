"""Days and moments as people type them, as a type of option."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.errors import UsageError
from scraper.typed import read_moment

if TYPE_CHECKING:
    from typing import Any


class Moment(click.ParamType[datetime]):
    """A day or a time, local where no offset is given; a bad one is wrong usage.

    With ``end_of_day`` a day is its last moment, so that `--until DAY` takes all of it.
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
            return read_moment(value, now=clock.now(), end_of_day=self._end_of_day)
        except UsageError as exc:
            self.fail(str(exc), param, ctx)

"""`scraper prune`: what is old taken out of the archive."""

from __future__ import annotations

from datetime import timedelta

import click

from scraper import clock
from scraper.cli.forget import carry_out, describe
from scraper.cli.help_text import end_help
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import UsageError
from scraper.store import takedown

_UNITS = {"d": timedelta(days=1), "w": timedelta(weeks=1), "y": timedelta(days=365)}
#: Longer ago than the oldest archive can be.
_LONGEST = timedelta(days=36_500)


@click.command(
    "prune",
    epilog=end_help(
        ("scraper prune --older-than 2y", "says what would go, and takes nothing"),
        ("scraper prune --older-than 90d --yes", "keeps the last ninety days"),
        exits=(0, 1, 2, 4, 10, 11, 130),
    ),
)
@click.option(
    "--older-than", "age", metavar="SPAN", required=True, help='So long ago: "90d", "12w", "2y".'
)
@click.option("--yes", "confirmed", is_flag=True, help="Do it; it cannot be taken back.")
@pass_workspace
def command(workspace: Workspace, age: str, confirmed: bool) -> None:  # noqa: FBT001  # click's signature
    """Take what is older than so long out of the archive.

    Articles that were first seen before go as `scraper forget` takes them, and their pages are not
    asked for again. So do snapshots that were fetched before, but for the one from which an article
    that stays was read.
    """
    span = _read_span(age)
    with workspace.open_to_match() as archive, workspace.hold_lock():
        with archive.read() as connection:
            doomed = takedown.choose_older(connection, clock.now() - span)
        if not confirmed:
            raise UsageError(f"{describe(doomed)} would be forgotten for ever: add --yes to do it")
        carry_out(workspace, archive, doomed)


def _read_span(typed: str) -> timedelta:
    """The span; raises UsageError for what is none."""
    number, unit = typed[:-1], _UNITS.get(typed[-1:])
    if unit is None or not (number.isascii() and number.isdigit() and 0 < len(number) <= 6):  # noqa: PLR2004
        raise UsageError(f'{typed!r} is no span of time: write it like "90d", "12w" or "2y"')
    span = int(number) * unit if int(number) <= _LONGEST // unit else _LONGEST
    if not span:
        raise UsageError("--older-than 0 would forget the whole archive: give a longer span")
    return span

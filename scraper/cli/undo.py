"""`scraper undo`: people's decisions, listed and taken back."""

from __future__ import annotations

import click

from scraper import clock
from scraper.cli.decision_text import print_outcome, print_rulings
from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option, print_json
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import UsageError
from scraper.export.shapes import shape_ruling
from scraper.store.rulings import list_rulings


@click.command(
    "undo",
    epilog=end_help(
        ("scraper undo", "takes back the last decision that stands"),
        ("scraper undo 3", "takes back decision 3"),
        ("scraper undo --list", "every decision, and whether it holds"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("number", metavar="[N]", type=click.IntRange(1, 2**63 - 1), required=False)
@click.option("--list", "lists", is_flag=True, help="List every decision; undo none.")
@json_option
@pass_workspace
def command(
    workspace: Workspace,
    number: int | None,
    lists: bool,  # noqa: FBT001  # click's signature
    as_json: bool,  # noqa: FBT001  # likewise
) -> None:
    """Take back a decision of `prefer`, `merge` or `split`.

    N is the decision's number; without it, the last one that stands. Stories are then as if it had
    never been made. It stays in the list.
    """
    if not lists:
        _undo(workspace, number, as_json=as_json)
    elif number is not None:
        raise UsageError("--list undoes nothing: leave it out, or the number")
    else:
        _list(workspace, as_json=as_json)


def _undo(workspace: Workspace, number: int | None, *, as_json: bool) -> None:
    from scraper.pipeline.decisions import undo  # numpy, which `--help` does without

    config = workspace.config
    with workspace.open_archive() as archive, archive.write() as connection:
        outcome = undo(connection, config, number, now=clock.now())
    print_outcome(outcome, as_json=as_json)


def _list(workspace: Workspace, *, as_json: bool) -> None:
    with workspace.open_archive() as archive, archive.read() as connection:
        rulings = list_rulings(connection)
    if as_json:
        print_json([shape_ruling(ruling) for ruling in rulings])
    elif rulings:
        print_rulings(rulings)
    else:
        click.echo("no decisions yet")

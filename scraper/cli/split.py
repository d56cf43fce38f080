"""`scraper split`: two articles that a person says are never one story."""

from __future__ import annotations

import click

from scraper.cli.deciding import decide_and_tell, note_option
from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.model import DecisionKind


@click.command(
    "split",
    epilog=end_help(
        ("scraper split 17 23", "articles 17 and 23 are never one story"),
        (
            "scraper split 17 https://example.org/tides --note 'next day'",
            "by an address, and why",
        ),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@note_option
@json_option
@pass_workspace
def command(
    workspace: Workspace,
    a: str,
    b: str,
    note: str | None,
    as_json: bool,  # noqa: FBT001  # click's signature
) -> None:
    """Keep two articles in two stories, now and when more arrives.

    A and B are articles' numbers or addresses, or stories' numbers, which mean their first
    articles. They need not be in one story now. Each other article goes with the one with which it
    has more in common. A newer decision overrules an older one. `scraper undo` takes it back.
    """
    decide_and_tell(workspace, DecisionKind.SPLIT, a, b, note=note, as_json=as_json)

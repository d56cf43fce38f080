"""`scraper merge`: two articles that a person says are one story."""

from __future__ import annotations

import click

from scraper.cli.deciding import decide_and_tell, note_option
from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.model import DecisionKind


@click.command(
    "merge",
    epilog=end_help(
        ("scraper merge 17 23", "articles 17 and 23 are one story, with all that belong to them"),
        (
            "scraper merge 17 https://example.org/ferry --note 'the same in Welsh'",
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
    """Make one story of the stories of two articles.

    A and B are articles' numbers or addresses, or stories' numbers, which mean their first
    articles. What is joined to the one is then one story with what is joined to the other, now and
    when more arrives. A newer decision overrules an older one. `scraper undo` takes it back.
    """
    decide_and_tell(workspace, DecisionKind.MERGE, a, b, note=note, as_json=as_json)

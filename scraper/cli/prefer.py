"""`scraper prefer`: a person's choice of a canonical."""

from __future__ import annotations

import click

from scraper.cli.deciding import decide_and_tell, note_option
from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.model import DecisionKind


@click.command(
    "prefer",
    epilog=end_help(
        ("scraper prefer 17", "article 17 is its story's canonical"),
        (
            "scraper prefer https://example.org/ferry --note 'the first report'",
            "an article by its address, and why",
        ),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("wanted", metavar="ARTICLE")
@note_option
@json_option
@pass_workspace
def command(
    workspace: Workspace,
    wanted: str,
    note: str | None,
    as_json: bool,  # noqa: FBT001  # click's signature
) -> None:
    """Make this article the canonical of its story, whatever the rules say.

    ARTICLE is an article's number or address, or a story's number, which means its first article.
    It holds for whatever story the article is in; of several in one story the newest choice does.
    `scraper undo` takes it back.
    """
    decide_and_tell(workspace, DecisionKind.PREFER, wanted, note=note, as_json=as_json)

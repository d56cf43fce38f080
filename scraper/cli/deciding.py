"""What `prefer`, `merge` and `split` have in common: articles named, a decision made and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.cli.articles import require_article
from scraper.cli.decision_text import print_outcome
from scraper.cli.terminal import make_line

if TYPE_CHECKING:
    from scraper.cli.workspace import Workspace
    from scraper.model import DecisionKind


def _read_note(_context: click.Context, _option: click.Parameter, typed: str | None) -> str | None:
    """The note as one line of what can be shown; None where nothing is left."""
    return (make_line(typed) or None) if typed else None


note_option = click.option(
    "--note", metavar="TEXT", callback=_read_note, help="Why, in words that are shown with it."
)


def decide_and_tell(
    workspace: Workspace,
    kind: DecisionKind,
    a: str,
    b: str | None = None,
    *,
    note: str | None,
    as_json: bool,
) -> None:
    """Nothing; the decision about the articles that people name so is made, and is on stdout."""
    from scraper.pipeline.decisions import decide  # numpy, which `--help` does without

    config = workspace.config
    with workspace.open_archive() as archive, archive.write() as connection:
        one = require_article(connection, a)
        other = None if b is None else require_article(connection, b)
        outcome = decide(connection, config, kind, one, other, note=note, now=clock.now())
    print_outcome(outcome, as_json=as_json)

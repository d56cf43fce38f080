"""What `prefer`, `merge` and `split` have in common: articles named, a decision made and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from scraper import clock
from scraper.cli.articles import require_article
from scraper.cli.decision_text import print_outcome
from scraper.cli.terminal import make_line

if TYPE_CHECKING:
    from scraper.cli.workspace import Workspace
    from scraper.model import DecisionKind


#: A note is shown in tables and reasons: a paragraph, no document. A guess.
_NOTE_MOST: Final = 1_000


def _read_note(_context: click.Context, _option: click.Parameter, typed: str | None) -> str | None:
    """The note as one line of what can be shown; None where nothing is left."""
    note = make_line(typed) if typed else ""
    if len(note) > _NOTE_MOST:
        raise click.BadParameter(f"{len(note)} characters are too many: {_NOTE_MOST} at most")
    return note or None


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

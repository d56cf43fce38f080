"""People's decisions told in words, and as `--json` has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper.cli.json_output import print_json
from scraper.cli.measures import print_count, print_local
from scraper.cli.table import Column, print_table
from scraper.cli.terminal import make_line
from scraper.export.shapes import shape_kept_apart, shape_line, shape_ruling
from scraper.model import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.export.shapes import Shape
    from scraper.model import Decision
    from scraper.pipeline.decisions import Outcome
    from scraper.store.rulings import KeptApart, Ruling
    from scraper.store.story_lines import StoryLine

_COLUMNS = (
    Column(heading="decision", right=True),
    Column(heading="made"),
    Column(heading="says"),
    Column(heading="state"),
    Column(heading="note", wide=True),
)


def describe_decision(decision: Decision) -> str:
    """What a decision says: "articles 3 and 7 are one story"."""
    match decision.kind:
        case DecisionKind.PREFER:
            return f"article {decision.a} is preferred"
        case DecisionKind.MERGE:
            return f"articles {decision.a} and {decision.b} are one story"
        case DecisionKind.SPLIT:
            return f"articles {decision.a} and {decision.b} are never one story"


def print_outcome(outcome: Outcome, *, as_json: bool) -> None:
    """Nothing; what became of a decision is on stdout."""
    if as_json:
        print_json(_shape_outcome(outcome))
        return
    for line in _tell_outcome(outcome):
        click.echo(make_line(line))


def print_rulings(rulings: Iterable[Ruling]) -> None:
    """Nothing; the decisions are on stdout, a line each."""
    print_table(
        _COLUMNS,
        (
            (
                ruling.decision.id,
                print_local(ruling.decision.at),
                describe_decision(ruling.decision),
                _state(ruling),
                ruling.decision.note,
            )
            for ruling in rulings
        ),
    )


def describe_rulings(rulings: Iterable[Ruling]) -> Iterator[str]:
    """The decisions about a story's articles, a line each."""
    for ruling in rulings:
        decision = ruling.decision
        note = f": {decision.note}" if decision.note else ""
        overruled = "" if ruling.holds else ", but newer decisions overrule it"
        yield (
            f"decision {decision.id}, {print_local(decision.at)}: "
            f"{describe_decision(decision)}{note}{overruled}"
        )


def describe_kept_apart(kept: Iterable[KeptApart]) -> Iterator[str]:
    """The links that a split leaves no place, a line each."""
    for one in kept:
        link = one.link
        kind = link.relation.kind.replace("_", " ")
        by = " and ".join(f"decision {split}" for split in one.splits)
        ends = f"articles {link.a} and {link.b} ({kind})"
        yield f"{ends}: kept apart from story {one.other_story} by {by}"


def shape_decisions(rulings: Iterable[Ruling], kept: Iterable[KeptApart]) -> Shape:
    """What `scraper show --json` adds to a story."""
    return {
        "decisions": [shape_ruling(ruling) for ruling in rulings],
        "kept_apart": [shape_kept_apart(one) for one in kept],
    }


def _shape_outcome(outcome: Outcome) -> Shape:
    return {
        "decision": shape_ruling(outcome.ruling),
        "is_new": outcome.is_new,
        "is_noted": outcome.is_noted,
        "overruled": [decision.id for decision in outcome.overruled],
        "revived": [decision.id for decision in outcome.revived],
        "stories": [shape_line(line) for line in outcome.stories],
    }


def _tell_outcome(outcome: Outcome) -> Iterator[str]:
    decision = outcome.ruling.decision
    already = "" if outcome.is_new else " already"
    undone = " is undone" if decision.undone_at else ""
    yield f"decision {decision.id}{already}{undone}: {describe_decision(decision)}"
    if outcome.is_noted:
        yield f"its note is now: {decision.note}"
    for overruled in outcome.overruled:
        yield f"overrules decision {overruled.id}: {describe_decision(overruled)}"
    for revived in outcome.revived:
        yield f"again holds decision {revived.id}: {describe_decision(revived)}"
    for line in outcome.stories:
        yield _tell_story(line)


def _tell_story(line: StoryLine) -> str:
    mirrors = print_count(line.mirrors, "mirror")
    at = f" at {line.site}" if line.site else ""
    return f"story {line.id}: canonical article {line.canonical}{at}, {mirrors}"


def _state(ruling: Ruling) -> str:
    if ruling.decision.undone_at is not None:
        return f"undone {print_local(ruling.decision.undone_at)}"
    return "holds" if ruling.holds else "overruled"

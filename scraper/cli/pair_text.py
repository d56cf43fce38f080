"""A pair of articles laid out: for reading, and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scraper.cli.decision_text import describe_rulings
from scraper.cli.measures import print_count
from scraper.cli.table import emphasise
from scraper.cli.terminal import LONGEST_LINE, make_line
from scraper.export.shapes import shape_ruling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.model import ArchivedArticle, Passage, Relation
    from scraper.pipeline.explaining import PairReport

#: So many characters of a passage tell which one it is: about a line.
_FIRST_CHARACTERS = 76


def print_pair(report: PairReport, *, whole_passages: bool) -> None:
    """Nothing; all that is known of the pair is on stdout, the passages at the end."""
    for name, fact in _facts(report):
        click.echo(f"{name + ':':<12}{make_line(fact, most=LONGEST_LINE)}")
    passages = report.relation.passages if report.relation else ()
    if passages:
        click.echo("\n" + emphasise(print_count(len(passages), "shared passage")))
    for number, passage in enumerate(passages, 1):
        text = report.a.content.text[passage.a_start : passage.a_end]
        where = (
            f"characters {passage.a_start} to {passage.a_end} of {report.a.id},"
            f" {passage.b_start} to {passage.b_end} of {report.b.id}"
        )
        click.echo(f"{number:>3}. {where}")
        click.echo(f"     {make_line(text) if whole_passages else _begin(text)}")


def shape_pair(report: PairReport) -> dict[str, Any]:
    """The pair for programs; a key is never left out, what is absent is null."""
    return {
        "a": _shape_side(report.a),
        "b": _shape_side(report.b),
        "one_story": report.is_one_story,
        "path": list(report.path),
        "keys": {kind.kind: {"shared": kind.shared, "full": kind.full} for kind in report.keys},
        "proposed": report.is_proposed,
        "archived": report.is_archived,
        "relation": report.relation and _shape_relation(report, report.relation),
        "counts": report.counts,
        "outvoted": report.is_outvoted,
        "recurring": report.is_recurring,
        "misplaced": report.is_misplaced,
        "decisions": [shape_ruling(ruling) for ruling in report.rulings],
    }


#: What ``passage_rows`` gives, as columns.
PASSAGE_COLUMNS = tuple("a b relation a_start a_end b_start b_end a_text b_text".split())


def passage_rows(report: PairReport) -> Iterator[dict[str, Any]]:
    """What the two texts share, passage by passage, as rows of a table."""
    relation = report.relation
    for passage in relation.passages if relation else ():
        ends = {"a": report.a.id, "b": report.b.id, "relation": relation and relation.kind}
        yield ends | _shape_passage(report, passage)


def _shape_side(article: ArchivedArticle) -> dict[str, Any]:
    return {
        "id": article.id,
        "story": article.story,
        "url": article.content.url,
        "site": article.site,
        "title": article.content.title,
        "word_count": article.word_count,
        "is_roundup": article.is_roundup,
    }


def _shape_relation(report: PairReport, relation: Relation) -> dict[str, Any]:
    return {
        "kind": relation.kind,
        "coverage_a": relation.coverage_a,
        "coverage_b": relation.coverage_b,
        "similarity": relation.similarity,
        "links": relation.links,
        "why": relation.why,
        "passages": [_shape_passage(report, passage) for passage in relation.passages],
    }


def _shape_passage(report: PairReport, passage: Passage) -> dict[str, Any]:
    return {
        "a_start": passage.a_start,
        "a_end": passage.a_end,
        "b_start": passage.b_start,
        "b_end": passage.b_end,
        "a_text": report.a.content.text[passage.a_start : passage.a_end],
        "b_text": report.b.content.text[passage.b_start : passage.b_end],
    }


def _facts(report: PairReport) -> Iterator[tuple[str, str]]:
    a, b = report.a, report.b
    yield "first", _name(a)
    yield "second", _name(b)
    yield "stories", _tell_stories(report)
    for told in describe_rulings(report.rulings):
        yield "decided", told
    yield "keys", _tell_keys(report)
    yield "compared", _tell_comparison(report)
    relation = report.relation
    if relation is None:
        yield "relation", "none: too little is shared"
        return
    kind = relation.kind.replace("_", " ")
    named = f"{kind}, read from {a.id} to {b.id}"
    yield "relation", named if report.is_archived else f"it would be {named}"
    yield (
        "coverage",
        (
            f"{relation.coverage_a:.0%} of {a.id} is in {b.id},"
            f" {relation.coverage_b:.0%} of {b.id} is in {a.id}"
        ),
    )
    yield "similarity", f"{relation.similarity:.2f}"
    yield "because", relation.why
    yield "joins", _tell_link(report, relation)


def _name(article: ArchivedArticle) -> str:
    at = f" at {article.site}" if article.site else ""
    kind = ", a round-up" if article.is_roundup else ""
    title = article.content.title or "(no title)"
    return f"article {article.id}{at}, {article.word_count} words{kind}: {title}"


def _tell_stories(report: PairReport) -> str:
    a, b = report.a, report.b
    if not report.is_one_story:
        return f"two: {a.id} is in story {a.story}, {b.id} in story {b.story}"
    if not report.path:
        return f"one, {a.story}: no chain of relations joins them"
    if len(report.path) == 2:  # noqa: PLR2004 - both ends
        return f"one, {a.story}: they are related to each other"
    between = report.path[1:-1]
    through = " and ".join(filter(None, (", ".join(map(str, between[:-1])), str(between[-1]))))
    return f"one, {a.story}: by way of {through}"


def _tell_keys(report: PairReport) -> str:
    if not report.shares_keys:
        return "none in common"
    return ", ".join(
        f"{kind.kind} {kind.shared}" + (f" ({kind.full} full)" if kind.full else "")
        for kind in report.keys
        if kind.shared
    )


def _tell_comparison(report: PairReport) -> str:
    if report.is_archived:
        return "yes, this relation is archived"
    if not report.shares_keys:
        return "no key in common: never compared"
    if not report.is_proposed:
        return "too few keys in common, or only full ones: never compared"
    return "their keys propose it, but no relation is archived"


def _tell_link(report: PairReport, relation: Relation) -> str:
    would = "yes" if report.is_archived else "it would"
    if report.counts:
        if report.rulings and not report.is_one_story:
            by = " and ".join(f"decision {ruling.decision.id}" for ruling in report.rulings)
            return f"it would, but the two are kept apart by {by}"
        return would
    against = {
        "others in the same form were told apart, and these two are no more alike": (
            report.is_outvoted
        ),
        "the words come again and again, and the two are not of the same day's issue": (
            report.is_recurring
        ),
        "the shorter lies in other texts as well, and was cut from one of those": (
            report.is_misplaced
        ),
        "at a round-up only whole versions of it join": relation.links,
    }
    reason = next((reason for reason, holds in against.items() if holds), None)
    return f"no: {reason}" if reason else "no, for that reason"


def _begin(text: str) -> str:
    line = make_line(text)
    if len(line) <= _FIRST_CHARACTERS:
        return line
    return line[:_FIRST_CHARACTERS].rsplit(" ", 1)[0] + " ..."

"""People's decisions as people read them: whether each holds, and what it keeps apart.

A decision holds if stories are as it says. One that stands and does not hold is overruled by newer
ones, as stories are judged under all that stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.match.story import counts
from scraper.model import ArticleId, CanonicalRule, DecisionId, DecisionKind, StoryId
from scraper.store.decisions import read_decision
from scraper.store.relations import read_link
from scraper.store.schema import article, decision, relation, story

if TYPE_CHECKING:
    from scraper.model import Decision, Link

_ONE, _OTHER = article.alias("one"), article.alias("other")
_RULINGS = (
    sa.select(
        decision,
        _ONE.c.url.label("a_url"),
        _OTHER.c.url.label("b_url"),
        _ONE.c.story_id.label("a_story"),
        _OTHER.c.story_id.label("b_story"),
        story.c.canonical_id,
        story.c.canonical_rule,
    )
    .join(_ONE, _ONE.c.id == decision.c.a)
    .outerjoin(_OTHER, _OTHER.c.id == decision.c.b)
    .join(story, story.c.id == _ONE.c.story_id)
    .order_by(decision.c.id)
)
_STANDS = decision.c.undone_at.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision, the addresses of its articles, their stories, and whether it holds."""

    decision: Decision
    a_url: str | None
    b_url: str | None
    a_story: StoryId
    b_story: StoryId | None
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptApart:
    """A link of a story's article with one of another story that people's splits leave no place."""

    link: Link
    other_story: StoryId
    splits: tuple[DecisionId, ...]


def list_rulings(connection: sa.Connection, *, of: StoryId | None = None) -> tuple[Ruling, ...]:
    """Every decision, oldest first; with ``of`` those that stand about this story's articles."""
    statement = _RULINGS
    if of is not None:
        about = sa.or_(_ONE.c.story_id == of, _OTHER.c.story_id == of)
        statement = statement.where(_STANDS, about)
    return tuple(_read_ruling(row) for row in connection.execute(statement))


def find_ruling(connection: sa.Connection, wanted: DecisionId) -> Ruling:
    """The decision with this number, which is there."""
    return _read_ruling(connection.execute(_RULINGS.where(decision.c.id == wanted)).one())


def find_kept_apart(connection: sa.Connection, of: StoryId) -> tuple[KeptApart, ...]:
    """The links that would join the story to another, were it not for people's splits."""
    splits: dict[StoryId, list[DecisionId]] = {}
    for ruling in list_rulings(connection, of=of):
        if ruling.decision.kind is DecisionKind.SPLIT and ruling.holds:
            other = ruling.b_story if ruling.a_story == of else ruling.a_story
            if other is not None:
                splits.setdefault(other, []).append(ruling.decision.id)
    if not splits:
        return ()
    statement = (
        sa.select(
            relation,
            _ONE.c.story_id.label("a_story"),
            _OTHER.c.story_id.label("b_story"),
            _ONE.c.is_roundup.label("a_is_roundup"),
            _OTHER.c.is_roundup.label("b_is_roundup"),
        )
        .join(_ONE, _ONE.c.id == relation.c.a)
        .join(_OTHER, _OTHER.c.id == relation.c.b)
        .where(
            relation.c.links,
            sa.or_(
                sa.and_(_ONE.c.story_id == of, _OTHER.c.story_id.in_(splits)),
                sa.and_(_OTHER.c.story_id == of, _ONE.c.story_id.in_(splits)),
            ),
        )
        .order_by(relation.c.a, relation.c.b)
    )
    kept = []
    for row in connection.execute(statement):
        link, other = read_link(row), row.b_story if row.a_story == of else row.a_story
        ends = ((row.a, row.a_is_roundup), (row.b, row.b_is_roundup))
        if counts(link, frozenset(ArticleId(end) for end, is_roundup in ends if is_roundup)):
            splits_of = tuple(splits[StoryId(other)])
            kept.append(KeptApart(link=link, other_story=StoryId(other), splits=splits_of))
    return tuple(kept)


def _read_ruling(row: sa.Row[Any]) -> Ruling:
    found = read_decision(row)
    return Ruling(
        decision=found,
        a_url=row.a_url,
        b_url=row.b_url,
        a_story=StoryId(row.a_story),
        b_story=None if row.b_story is None else StoryId(row.b_story),
        holds=found.undone_at is None and _is_so(found.kind, row),
    )


def _is_so(kind: DecisionKind, row: sa.Row[Any]) -> bool:
    """Whether stories are as the decision says."""
    if kind is DecisionKind.PREFER:
        return bool(row.canonical_id == row.a and row.canonical_rule == CanonicalRule.PREFERRED)
    return bool(row.a_story == row.b_story) == (kind is DecisionKind.MERGE)

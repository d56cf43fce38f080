"""By which member each mirror came into its story, and where a person's decision was the way."""

from __future__ import annotations

from datetime import UTC, datetime

from scraper.match.mirrors import Ways, trace_mirrors
from scraper.model import (
    ArticleId,
    Decision,
    DecisionId,
    DecisionKind,
    Link,
    Relation,
    RelationKind,
)


def link(a: int, b: int, coverage: float = 0.9) -> Link:
    """A link by which both texts have so much in common."""
    relation = Relation(
        kind=RelationKind.NEAR_DUPLICATE,
        coverage_a=coverage,
        coverage_b=coverage,
        similarity=0.5,
        passages=(),
        links=True,
        why="made up",
    )
    return Link(a=ArticleId(a), b=ArticleId(b), relation=relation)


def merge(number: int, a: int, b: int) -> Decision:
    """A person's decision that the two are one story."""
    return Decision(
        id=DecisionId(number),
        at=datetime(2026, 11, 22, 10, tzinfo=UTC),
        kind=DecisionKind.MERGE,
        a=ArticleId(a),
        b=ArticleId(b),
    )


def trace(canonical: int, most: int, links: list[Link], decisions: list[Decision]) -> Ways:
    """How the articles up to this number joined; the same whatever the order of what is given."""
    members = [ArticleId(number) for number in range(1, most + 1)]
    found = trace_mirrors(ArticleId(canonical), members, links, decisions)
    again = trace_mirrors(ArticleId(canonical), members[::-1], links[::-1], decisions[::-1])
    assert again == found
    return found


def test_the_nearest_member_is_the_way() -> None:
    """The canonical where it is linked, else the strongest of those one step nearer."""
    links = [link(1, 2, 0.7), link(1, 3), link(2, 3, 0.99), link(2, 4), link(3, 4, 0.8)]
    ways = trace(1, 4, links, [])
    assert ways.joined_by == {2: 1, 3: 1, 4: 2}
    assert not ways.merged_by


def test_a_decision_is_the_way_where_no_link_is() -> None:
    """And from there links lead on."""
    ways = trace(1, 4, [link(3, 4)], [merge(7, 3, 2), merge(8, 2, 1)])
    assert ways.joined_by == {2: 1, 3: 2, 4: 3}
    assert ways.merged_by == {2: 8, 3: 7}


def test_links_come_before_decisions() -> None:
    """A long chain of links is a better reason than a person's word, which it bears out."""
    ways = trace(1, 3, [link(1, 2), link(2, 3)], [merge(1, 1, 3)])
    assert ways.joined_by == {2: 1, 3: 2}
    assert not ways.merged_by


def test_of_several_decisions_the_oldest_is_the_way() -> None:
    """Newer ones that say the same change nothing."""
    ways = trace(1, 3, [link(1, 2)], [merge(4, 3, 2), merge(3, 1, 3), merge(5, 1, 3)])
    assert (ways.joined_by[ArticleId(3)], ways.merged_by) == (1, {3: 3})


def test_what_nothing_reaches_is_left_out() -> None:
    """A split, and decisions about other stories, lead nowhere."""
    ways = trace(1, 3, [link(1, 9)], [merge(1, 3, 9), merge(2, 9, 1)])
    assert ways.joined_by == {}

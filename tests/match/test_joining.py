"""Groups under pairs that stay apart: the newest decision holds, for all that was joined."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from scraper.match.joining import Joining
from scraper.model import ArticleId, Decision, DecisionId, DecisionKind

ALL = [ArticleId(number) for number in range(1, 8)]


def decide(number: int, kind: DecisionKind, a: int, b: int | None) -> Decision:
    """The decision with this number."""
    return Decision(
        id=DecisionId(number),
        at=datetime(2026, 11, 22, 10, number, tzinfo=UTC),
        kind=kind,
        a=ArticleId(a),
        b=None if b is None else ArticleId(b),
    )


def merge(number: int, a: int, b: int) -> Decision:
    """The decision that two articles are one story."""
    return decide(number, DecisionKind.MERGE, a, b)


def split(number: int, a: int, b: int) -> Decision:
    """The decision that two articles are never one story."""
    return decide(number, DecisionKind.SPLIT, a, b)


def weigh(*decisions: Decision) -> tuple[tuple[tuple[ArticleId, ...], ...], set[int]]:
    """The groups of two articles or more, and the numbers of the decisions that do not hold."""
    joining = Joining(ALL)
    overruled = {int(decision.id) for decision in joining.decide(decisions)}
    return tuple(group for group in joining.groups() if len(group) > 1), overruled


def test_merges_chain() -> None:
    """What is one with the one is one with the other."""
    assert weigh(merge(1, 1, 2), merge(2, 3, 2), merge(3, 5, 6)) == (((1, 2, 3), (5, 6)), set())


def test_the_newer_of_two_decisions_holds() -> None:
    """A split after a merge, and a merge after a split."""
    assert weigh(merge(1, 1, 2), split(2, 2, 1)) == ((), {1})
    assert weigh(split(1, 1, 2), merge(2, 1, 2)) == (((1, 2),), {1})


def test_an_older_merge_gives_way_through_others() -> None:
    """1 and 3 are apart: of the two merges that would join them the older does not hold."""
    assert weigh(split(3, 1, 3), merge(1, 1, 2), merge(2, 2, 3)) == (((2, 3),), {1})


def test_an_older_split_gives_way_through_others() -> None:
    """Two newer merges join what it keeps apart."""
    assert weigh(split(1, 1, 3), merge(2, 1, 2), merge(3, 2, 3)) == (((1, 2, 3),), {1})


def test_what_says_nothing_of_these_articles_is_left_aside() -> None:
    """Preferences, strangers, and two articles that turned out to be one."""
    prefer = decide(1, DecisionKind.PREFER, 1, None)
    assert weigh(prefer, merge(2, 1, 99), split(3, 99, 1), split(4, 2, 2)) == ((), set())


def test_apart_keeps_all_that_was_joined_apart() -> None:
    """Groups that grow take their foes along, in either direction."""
    joining = Joining(ALL)
    joining.decide([split(1, 3, 6)])
    assert joining.join(ALL[2], ALL[1])
    assert joining.join(ALL[1], ALL[0])
    assert joining.join(ALL[5], ALL[6])
    assert not joining.join(ALL[6], ALL[0])
    assert joining.join(ALL[3], ALL[0])
    assert not joining.join(ALL[3], ALL[5])
    assert joining.groups() == ((1, 2, 3, 4), (5,), (6, 7))


_ids = st.integers(min_value=1, max_value=7)
_decisions = st.lists(st.tuples(st.booleans(), _ids, _ids), max_size=12).map(
    lambda drawn: [
        (merge if is_merge else split)(number, a, b)
        for number, (is_merge, a, b) in enumerate(drawn, 1)
        if a != b
    ]
)


@given(_decisions, st.permutations(range(12)), st.lists(st.tuples(_ids, _ids), max_size=12))
def test_what_holds_holds_whatever_is_joined_after(
    decisions: list[Decision], order: list[int], pairs: list[tuple[int, int]]
) -> None:
    """In any order given; merged are together, split are apart, and all else is overruled."""
    joining = Joining(ALL)
    overruled = joining.decide(decisions)
    again = Joining(ALL)
    shuffled = sorted(decisions, key=lambda decision: order[decision.id - 1])
    assert again.decide(shuffled) == overruled
    assert again.groups() == joining.groups()
    for a, b in pairs:
        joining.join(ArticleId(a), ArticleId(b))
    home = {article: group for group in joining.groups() for article in group}
    assert sorted(itertools.chain(*joining.groups())) == ALL
    for decision in decisions:
        together = home[decision.a] == home[decision.b or decision.a]
        if decision not in overruled:
            assert together == (decision.kind is DecisionKind.MERGE)
    if decisions:
        assert max(decisions, key=lambda decision: decision.id) not in overruled

"""Stories: what joins, what does not, whatever the order."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.match.compare import compare_texts, oriented
from scraper.match.recurring import Imprint
from scraper.match.story import Stories, counts, judge_stories
from scraper.model import (
    ArticleId,
    Decision,
    DecisionId,
    DecisionKind,
    Link,
    Passage,
    Relation,
    RelationKind,
)
from tests.match.match_texts import (
    BREAD,
    BREAD_TITLE,
    HARBOUR,
    HARBOUR_TITLE,
    OBSERVATORY,
    OBSERVATORY_TITLE,
    make_article,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

#: A title and a text.
Titled: TypeAlias = tuple[str, str]


def link_all(texts: Sequence[Titled]) -> tuple[list[ArticleId], list[Link]]:
    """The articles with these titles and texts, numbered from 1, and every relation of theirs."""
    ids = [ArticleId(number) for number in range(1, len(texts) + 1)]
    links = []
    for (a, (title_a, text_a)), (b, (title_b, text_b)) in itertools.combinations(
        zip(ids, texts, strict=True), 2
    ):
        relation = compare_texts(text_a, text_b, title_a=title_a, title_b=title_b)
        if relation is not None:
            links.append(oriented(Link(a=a, b=b, relation=relation)))
    return ids, links


def judge(texts: Sequence[Titled]) -> Stories:
    """The stories of these texts."""
    return judge_stories(*link_all(texts))


def relation(
    kind: RelationKind,
    coverage_a: float,
    coverage_b: float,
    *,
    links: bool = True,
    at: tuple[int, int] = (0, 1000),
) -> Relation:
    """A relation with one passage, at this place of b."""
    start, end = at
    return Relation(
        kind=kind,
        coverage_a=coverage_a,
        coverage_b=coverage_b,
        similarity=0.5,
        passages=(Passage(a_start=0, a_end=end - start, b_start=start, b_end=end),),
        links=links,
        why="made up",
    )


def link(a: int, b: int, between: Relation) -> Link:
    """A link between two articles by number."""
    return Link(a=ArticleId(a), b=ArticleId(b), relation=between)


COPY = relation(RelationKind.IDENTICAL, 1.0, 1.0)


def test_an_article_without_links_is_a_story_of_its_own() -> None:
    """Every article is in exactly one story."""
    assert judge_stories([ArticleId(2), ArticleId(1)], []).stories == ((1,), (2,))
    assert judge_stories([], []) == Stories(stories=(), roundups=frozenset())


def test_links_join_and_parts_do_not() -> None:
    """A relation that does not link is evidence, not glue."""
    part = relation(RelationKind.PART, 0.5, 0.5, links=False)
    links = [link(1, 2, COPY), link(2, 3, COPY), link(3, 4, part)]
    assert judge_stories(map(ArticleId, range(1, 5)), links).stories == ((1, 2, 3), (4,))


def test_links_to_articles_that_are_not_asked_about_are_left_aside() -> None:
    """A neighbourhood may be judged with the links that lead out of it."""
    assert judge_stories([ArticleId(1)], [link(1, 2, COPY)]).stories == ((1,),)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_an_article_and_two_disjoint_cuts_are_one_story(order: tuple[int, ...]) -> None:
    """The cuts share nothing with each other, but each is about what the rest is about."""
    paragraphs = HARBOUR.split("\n\n")
    texts = [
        (HARBOUR_TITLE, HARBOUR),
        ("Fish market to go", "\n\n".join(paragraphs[:2])),
        ("What the divers look for", "\n\n".join(paragraphs[3:])),
    ]
    judged = judge([texts[place] for place in order])
    assert judged.stories == ((1, 2, 3),)
    assert not judged.roundups


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_a_round_up_of_three_stories_glues_nothing(order: tuple[int, ...]) -> None:
    """Each story that it quotes stays apart, and so does the round-up."""
    texts = [
        (HARBOUR_TITLE, HARBOUR),
        (OBSERVATORY_TITLE, OBSERVATORY),
        (BREAD_TITLE, BREAD),
        ("The week in brief", f"Good morning.\n\n{BREAD}\n\n{HARBOUR}\n\n{OBSERVATORY}"),
    ]
    judged = judge([texts[place] for place in order])
    assert len(judged.stories) == 4
    assert judged.roundups == {order.index(3) + 1}


def test_a_round_up_of_which_one_story_is_known_glues_nothing() -> None:
    """The other two were never archived; the rest is about something else all the same."""
    roundup = f"{BREAD}\n\n{HARBOUR}\n\n{OBSERVATORY}"
    teaser = HARBOUR.split("\n\n")[0]
    texts = [
        (HARBOUR_TITLE, HARBOUR),
        ("The week in brief", roundup),
        (HARBOUR_TITLE, teaser),
    ]
    judged = judge(texts)
    assert judged.stories == ((1, 3), (2,))
    assert judged.roundups == {2}


def test_copies_of_a_round_up_are_one_story() -> None:
    """A round-up that is reprinted whole has mirrors like any text."""
    roundup = f"{BREAD}\n\n{HARBOUR}\n\n{OBSERVATORY}"
    texts = [
        ("The week in brief", roundup),
        (HARBOUR_TITLE, HARBOUR),
        ("This week", f"{roundup}\n\nFirst printed on Sunday."),
        (BREAD_TITLE, BREAD),
    ]
    assert judge(texts).stories == ((1, 3), (2,), (4,))


def test_reposts_with_boilerplate_do_not_make_a_round_up_of_the_original() -> None:
    """Many versions of one text, whole and cut, are one story."""
    article = make_article(11)
    cut = " ".join(article.sentences[:8])
    texts = [
        (article.title, article.text),
        (article.title, f"Home News Sport\n\n{article.text}\n\nAll rights reserved."),
        (article.title, cut),
        (article.title, " ".join(article.sentences[2:])),
    ]
    assert judge(texts).stories == ((1, 2, 3, 4),)


def test_two_alien_pieces_that_overlap_are_one_piece() -> None:
    """Only passages that stand apart in the whole are two stories in it."""
    akin = relation(RelationKind.EXCERPT_OF, 0.9, 0.4, at=(0, 1000))
    alien = relation(RelationKind.EXCERPT_OF, 0.9, 0.4, links=False, at=(100, 1100))
    apart = relation(RelationKind.EXCERPT_OF, 0.9, 0.4, links=False, at=(1200, 2200))
    ids = [ArticleId(number) for number in (1, 2, 3)]
    assert not judge_stories(ids, [link(1, 3, akin), link(2, 3, alien)]).roundups
    assert judge_stories(ids, [link(1, 3, akin), link(2, 3, apart)]).roundups == {3}
    related = [link(1, 3, akin), link(2, 3, apart), link(1, 2, COPY)]
    assert not judge_stories(ids, related).roundups


ALL = [ArticleId(number) for number in range(1, 10)]


@pytest.mark.parametrize("cuts", [2, 3, 6])
def test_disjoint_cuts_of_one_article_are_its_story(cuts: int) -> None:
    """However many there are: each is about what the rest is about."""
    pieces = [
        relation(RelationKind.EXCERPT_OF, 1, 0.9 / cuts, at=(start, start + 900))
        for start in range(0, 1000 * cuts, 1000)
    ]
    whole = ArticleId(cuts + 1)
    links = [link(number, whole, piece) for number, piece in enumerate(pieces, start=1)]
    judged = judge_stories(ALL[: cuts + 1], links)
    assert judged.stories == (tuple(ALL[: cuts + 1]),)
    assert not judged.roundups


#: Two notices of one form: told apart, and as alike as the form makes them.
FORM = replace(relation(RelationKind.PART, 0.8, 0.8, links=False), similarity=0.6)


def notices(count: int) -> list[Link]:
    """So many notices, all told apart from one another."""
    return [link(a, b, FORM) for a, b in itertools.combinations(range(1, count + 1), 2)]


def test_a_bad_link_among_notices_told_apart_joins_nothing() -> None:
    """Three notices say that two more are of their form, and these are no more alike than that."""
    bad = link(1, 2, replace(COPY, similarity=0.65))
    judged = judge_stories(ALL[:5], [bad, *notices(5)[1:]])
    assert judged.stories == tuple((number,) for number in ALL[:5])
    assert judged.outvoted == (bad,)


def test_a_copy_among_notices_told_apart_is_still_one() -> None:
    """A notice that was reposted differs from its copy by far less than from the others."""
    copied = link(1, 2, replace(COPY, similarity=0.9))
    judged = judge_stories(ALL[:5], [copied, *notices(5)[1:]])
    assert judged.stories == ((1, 2), (3,), (4,), (5,))
    assert not judged.outvoted


def test_two_witnesses_are_not_enough() -> None:
    """Nor are those told apart from one end only."""
    link_of_two = link(1, 2, replace(COPY, similarity=0.65))
    assert not judge_stories(ALL[:4], [link_of_two, *notices(4)[1:]]).outvoted
    of_one_end = [each for each in notices(7) if each.a == 1 and each.b != 2]
    assert not judge_stories(ALL[:7], [link_of_two, *of_one_end]).outvoted


_kinds = st.sampled_from(
    [
        COPY,
        relation(RelationKind.NEAR_DUPLICATE, 0.65, 0.8),
        relation(RelationKind.NEAR_DUPLICATE, 0.5, 0.7),
        relation(RelationKind.PARAPHRASE, 0.4, 0.4),
        relation(RelationKind.EXCERPT_OF, 0.9, 0.3, at=(0, 900)),
        relation(RelationKind.EXCERPT_OF, 0.9, 0.3, links=False, at=(0, 900)),
        relation(RelationKind.EXCERPT_OF, 0.8, 0.2, links=False, at=(1000, 1500)),
        relation(RelationKind.PART, 0.5, 0.2, links=False),
        FORM,
        replace(FORM, coverage_a=0.95, coverage_b=0.95),
    ]
)
_ids = st.integers(min_value=1, max_value=9)


@st.composite
def archives(draw: st.DrawFn) -> list[Link]:
    """Any links between nine articles, one a pair."""
    pairs = draw(st.lists(st.tuples(_ids, _ids), max_size=20))
    chosen = {(min(pair), max(pair)): pair for pair in pairs if pair[0] != pair[1]}
    return [link(a, b, draw(_kinds)) for a, b in chosen.values()]


@st.composite
def imprinted(draw: st.DrawFn) -> dict[ArticleId, Imprint]:
    """Any imprints for nine articles: of two sites, of four days or none."""
    drawn = st.builds(
        Imprint,
        site=st.sampled_from(["paper.example", "paper.example", "copy.example"]),
        title=st.just("Water temperature"),
        day=st.none() | st.dates(min_value=date(2026, 3, 1), max_value=date(2026, 3, 4)),
    )
    return {article: draw(drawn) for article in ALL}


@given(archives(), imprinted(), st.randoms(use_true_random=False))
def test_stories_do_not_depend_on_order(
    links: list[Link], imprints: dict[ArticleId, Imprint], shuffler: random.Random
) -> None:
    """The articles, links and imprints decide, in whatever order they are given."""
    shuffled, ids = list(links), list(ALL)
    shuffler.shuffle(shuffled)
    shuffler.shuffle(ids)
    judged = judge_stories(ALL, links, imprints=imprints)
    mixed = {article: imprints[article] for article in ids}
    assert judge_stories(ids, shuffled, imprints=mixed) == judged
    assert sorted(itertools.chain(*judged.stories)) == ALL


@given(archives(), imprinted(), _ids)
def test_a_neighbourhood_is_judged_as_it_is_in_the_whole(
    links: list[Link], imprints: dict[ArticleId, Imprint], number: int
) -> None:
    """A story's members, their neighbours and the copies of these are enough, with all links."""
    whole = judge_stories(ALL, links, imprints=imprints)
    story = next(story for story in whole.stories if ArticleId(number) in story)
    near = neighbourhood(set(story), links)
    copies = [link for link in links if link.relation.kind is not RelationKind.PART]
    part = judge_stories(neighbourhood(near, copies), links, imprints=imprints)
    assert story in part.stories
    assert part.roundups & near == whole.roundups & near


def neighbourhood(articles: set[ArticleId], links: list[Link]) -> set[ArticleId]:
    """The articles and whatever a link joins to one of them."""
    ends = ((link.a, link.b) for link in links)
    return articles.union(*(pair for pair in ends if articles & set(pair)))


@st.composite
def decided(draw: st.DrawFn) -> list[Decision]:
    """Any merges and splits of nine articles, numbered in the order in which they were made."""
    pairs = draw(st.lists(st.tuples(st.booleans(), _ids, _ids), max_size=6))
    return [
        decision(number, DecisionKind.MERGE if is_merge else DecisionKind.SPLIT, a, b)
        for number, (is_merge, a, b) in enumerate(pairs, 1)
    ]


def decision(number: int, kind: DecisionKind, a: int, b: int) -> Decision:
    """A decision about two articles."""
    return Decision(
        id=DecisionId(number),
        at=datetime(2026, 11, 22, 10, tzinfo=UTC),
        kind=kind,
        a=ArticleId(a),
        b=ArticleId(b),
    )


def test_a_merge_joins_what_no_link_does() -> None:
    """With all that is linked to either."""
    merge = decision(1, DecisionKind.MERGE, 2, 3)
    links = [link(1, 2, COPY), link(3, 4, COPY)]
    assert judge_stories(ALL[:4], links, [merge]).stories == ((1, 2, 3, 4),)


def test_a_merge_joins_a_round_up() -> None:
    """What a person says counts where a link would not."""
    alien = relation(RelationKind.EXCERPT_OF, 0.9, 0.4, links=False)
    merge = decision(1, DecisionKind.MERGE, 1, 2)
    judged = judge_stories(ALL[:2], [link(1, 2, alien)], [merge])
    assert judged.stories == ((1, 2),)
    assert judged.roundups == {2}


def test_a_split_skips_the_weakest_link_between_the_two() -> None:
    """Each goes with what it has most in common with; the link that gives way is told."""
    weak, strong = relation(RelationKind.NEAR_DUPLICATE, 0.7, 0.8), COPY
    links = [link(1, 2, strong), link(2, 3, weak), link(3, 4, strong)]
    judged = judge_stories(ALL[:4], links, [decision(1, DecisionKind.SPLIT, 4, 1)])
    assert judged.stories == ((1, 2), (3, 4))
    assert judged.skipped == (links[1],)


def test_of_equal_links_those_of_the_first_articles_join() -> None:
    """Copies of both stay with the one that comes first in the given order."""
    links = [link(a, b, COPY) for a, b in itertools.combinations(range(1, 5), 2)]
    split = decision(1, DecisionKind.SPLIT, 1, 4)
    assert judge_stories(ALL[:4], links, [split]).stories == ((1, 2, 3), (4,))
    order = {article: -article for article in ALL}
    assert judge_stories(ALL[:4], links, [split], order=order).stories == ((1,), (2, 3, 4))


def test_a_decision_that_holds_no_more_is_told() -> None:
    """The newer of two that contradict each other decides."""
    split = decision(1, DecisionKind.SPLIT, 1, 2)
    judged = judge_stories(ALL[:2], [], [split, decision(2, DecisionKind.MERGE, 1, 2)])
    assert (judged.stories, judged.overruled) == (((1, 2),), (split,))


@given(archives(), decided(), st.randoms(use_true_random=False))
def test_decided_stories_do_not_depend_on_order(
    links: list[Link], decisions: list[Decision], shuffler: random.Random
) -> None:
    """Articles, links and decisions may be given in any order."""
    judged = judge_stories(ALL, links, decisions)
    given_links, ids, given_decisions = list(links), list(ALL), list(decisions)
    for given_in_any_order in (given_links, ids, given_decisions):
        shuffler.shuffle(given_in_any_order)
    assert judge_stories(ids, given_links, given_decisions) == judged


@given(archives(), decided(), st.permutations(range(1, 10)))
def test_decided_stories_do_not_depend_on_numbers(
    links: list[Link], decisions: list[Decision], numbers: list[int]
) -> None:
    """Other numbers for the same articles: the same stories, where their order is kept."""
    judged = judge_stories(ALL, links, decisions)
    new = {article: ArticleId(number) for article, number in zip(ALL, numbers, strict=True)}
    again = judge_stories(
        new.values(),
        [replace(one, a=new[one.a], b=new[one.b]) for one in links],
        [replace(one, a=new[one.a], b=one.b and new[one.b]) for one in decisions],
        order={number: article for article, number in new.items()},
    )
    renamed = {frozenset(new[article] for article in story) for story in judged.stories}
    assert {frozenset(story) for story in again.stories} == renamed


@given(archives(), decided())
def test_what_does_not_join_has_a_reason(links: list[Link], decisions: list[Decision]) -> None:
    """A link that counts joins or is told as skipped, and then a standing split holds the two."""
    judged = judge_stories(ALL, links, decisions)
    home = {article: story for story in judged.stories for article in story}
    apart = {
        frozenset((home[one.a], home[one.b or one.a]))
        for one in decisions
        if one.kind is DecisionKind.SPLIT and one not in judged.overruled
    }
    for one in links:
        assert (one in judged.skipped) == (
            counts(one, judged.roundups) and home[one.a] != home[one.b]
        )
        if one in judged.skipped:
            assert frozenset((home[one.a], home[one.b])) in apart


@given(archives(), decided(), _ids)
def test_a_decided_neighbourhood_is_judged_as_it_is_in_the_whole(
    links: list[Link], decisions: list[Decision], number: int
) -> None:
    """With the stories from which decisions keep a story apart, its neighbourhood is enough."""
    whole = judge_stories(ALL, links, decisions)
    ways = [(one.a, one.b) for one in links if counts(one, whole.roundups)]
    ways += [(one.a, one.b) for one in decisions if one.b and one.kind is DecisionKind.MERGE]
    members = {ArticleId(number)}
    while wider := {end for way in ways if members & set(way) for end in way} - members:
        members |= wider
    near = neighbourhood(members, links)
    touching = [one for one in decisions if members & {one.a, one.b}]
    part = judge_stories(neighbourhood(near, links), links, touching)
    assert [story for story in part.stories if members & set(story)] == [
        story for story in whole.stories if members & set(story)
    ]

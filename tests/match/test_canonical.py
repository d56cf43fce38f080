"""The canonical: which member the others are mirrors of, and who cannot take its place."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.match.canonical import choose_canonical
from scraper.model import (
    ArticleId,
    Attribution,
    Canonical,
    CanonicalRule,
    Decision,
    DecisionId,
    DecisionKind,
    Evidence,
    Link,
    Member,
    Precision,
    Relation,
    RelationKind,
)
from scraper.urls import page_key

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def member(
    number: int,
    site: str,
    *,
    hours: float | None = 0,
    seen: float = 2,
    names: str | None = None,
    whole: bool = True,
    priority: int = 0,
) -> Member:
    """A member on a site, published and first seen so many hours after noon."""
    url = f"https://{site}/story-{number}"
    return Member(
        id=ArticleId(number),
        site=site,
        url=url,
        url_key=page_key(url),
        published=None if hours is None else NOON + timedelta(hours=hours),
        published_precision=None if hours is None else Precision.MINUTE,
        first_seen=NOON + timedelta(hours=seen),
        word_count=400,
        is_whole=whole,
        priority=priority,
        attributions=() if names is None else (attribute(names),),
    )


def attribute(url: str, evidence: Evidence = Evidence.SOURCE_LINK) -> Attribution:
    """An attribution by address."""
    return Attribution(evidence=evidence, url=url)


def link(
    a: Member, b: Member, kind: RelationKind = RelationKind.IDENTICAL, *, shared: float = 1.0
) -> Link:
    """A link that says how much of a is in b."""
    relation = Relation(
        kind=kind,
        coverage_a=shared,
        coverage_b=shared,
        similarity=shared,
        passages=(),
        links=True,
        why="made up",
    )
    return Link(a=a.id, b=b.id, relation=relation)


def choose(*members: Member, links: list[Link] | None = None) -> Canonical:
    """The canonical, the same for members and links in any order."""
    found = links if links is not None else list(itertools.starmap(link, pairs(members)))
    chosen = choose_canonical(members, found)
    assert choose_canonical(members[::-1], found[::-1]) == chosen
    return chosen


def pairs(members: tuple[Member, ...]) -> itertools.combinations[tuple[Member, Member]]:
    """Every two of them."""
    return itertools.combinations(members, 2)


def test_a_story_of_one_has_its_only_article() -> None:
    """There is nothing to choose."""
    chosen = choose(member(1, "a.org"))
    assert (chosen.article, chosen.rule) == (1, CanonicalRule.ONLY_MEMBER)
    assert chosen.reason == "the only article of its story"


def test_a_story_without_members_is_an_error() -> None:
    """Nobody can be canonical of nothing."""
    with pytest.raises(ValueError, match="at least one member"):
        choose_canonical([], [])


def test_the_source_that_others_name_comes_before_all_else() -> None:
    """Before site priority, whole texts and dates."""
    source = member(1, "source.org", hours=0, whole=False)
    copy = member(2, "copy.org", hours=1, names=source.url, priority=5)
    chosen = choose(source, copy)
    assert (chosen.article, chosen.rule) == (1, CanonicalRule.NAMED_SOURCE)
    assert chosen.reason == "named as the source by one other site: copy.org"
    assert chosen.primary_source_url is None


def test_another_address_of_the_same_page_names_it_as_well() -> None:
    """Named addresses are compared by page: scheme, www and tracking do not matter."""
    source = member(1, "source.org")
    copy = member(2, "copy.org", hours=-1, names="http://www.source.org/story-1/?utm_source=x")
    earlier = replace(source, published=NOON - timedelta(hours=2))
    assert choose(earlier, copy).rule is CanonicalRule.NAMED_SOURCE


def test_a_site_counts_once_however_often_it_names() -> None:
    """Three pages of one site against one page of each of two sites: two to one."""
    one, other = member(1, "one.org", hours=-2), member(2, "other.org", hours=-1)
    farm = [member(number, "farm.org", names=one.url) for number in (3, 4, 5)]
    honest = [member(6, "x.org", names=other.url), member(7, "y.org", names=other.url)]
    chosen = choose(one, other, *farm, *honest)
    assert (chosen.article, chosen.rule) == (2, CanonicalRule.NAMED_SOURCE)
    assert chosen.reason == "named as the source by 2 other sites: x.org, y.org"


def test_a_page_cannot_name_itself_or_its_own_site() -> None:
    """rel=canonical to oneself says nothing about others."""
    honest = member(1, "honest.org", hours=0)
    thief = member(2, "thief.org", hours=1, names="https://thief.org/story-2")
    second = member(3, "thief.org", hours=1, names="https://thief.org/story-2")
    chosen = choose(honest, thief, second)
    assert (chosen.article, chosen.rule) == (1, CanonicalRule.EARLIEST_PUBLISHED)


def test_a_naming_counts_only_where_the_named_one_has_the_text() -> None:
    """Puppets that name a page which shares a third of their text move nothing."""
    original, third = member(1, "original.org"), member(2, "third.org", hours=0.5)
    puppets = [member(number, f"puppet{number}.org", hours=1, names=third.url) for number in (3, 4)]
    links = [link(puppet, third, shared=0.3) for puppet in puppets]
    links += [link(puppet, original) for puppet in puppets]
    chosen = choose(original, third, *puppets, links=links)
    assert (chosen.article, chosen.rule) == (1, CanonicalRule.EARLIEST_PUBLISHED)
    assert choose(original, third, *puppets, links=links[2:]).article == 1


def test_a_naming_of_a_later_page_does_not_count() -> None:
    """A source is not published after those that took from it."""
    original = member(1, "original.org", hours=-5)
    late = member(2, "late.org", hours=1)
    puppets = [member(number, f"puppet{number}.org", hours=0, names=late.url) for number in (3, 4)]
    assert choose(original, late, *puppets).article == 1


def test_puppets_do_not_lift_a_page_above_what_was_there_before_it() -> None:
    """A page without a date, or with a later one, that was archived after the article."""
    original = member(1, "original.org", hours=0, seen=1)
    for hours in (None, 3):
        third = member(2, "third.org", hours=hours, seen=5)
        puppets = [
            member(number, f"puppet{number}.org", hours=6, seen=7, names=third.url)
            for number in (3, 4)
        ]
        assert choose(original, third, *puppets).article == 1
        assert choose(third, *puppets).article == 2


def test_an_agency_may_be_read_after_those_that_have_its_text() -> None:
    """A subscriber that names nobody, and is stamped minutes before, is not the source."""
    subscriber = member(1, "paper.org", hours=1, seen=1)
    agency = member(2, "agency.org", hours=1.5, seen=5)
    repost = member(3, "portal.org", hours=2, seen=3, names=agency.url)
    assert choose(subscriber, agency, repost).article == 2


def test_members_that_name_each_other_say_nothing() -> None:
    """Neither of two, nor any of a circle of three."""
    first = member(1, "a.org", hours=0, names="https://b.org/story-2")
    second = member(2, "b.org", hours=0, names="https://c.org/story-3")
    third = member(3, "c.org", hours=0, names="https://a.org/story-1")
    earlier = member(4, "d.org", hours=-1)
    assert choose(first, second, third, earlier).rule is CanonicalRule.EARLIEST_PUBLISHED
    mutual = replace(second, attributions=(attribute("https://a.org/story-1"),))
    assert choose(first, mutual, earlier).article == 4


def test_configured_priority_comes_before_whole_texts_and_dates() -> None:
    """The archive's owner knows which site they trust."""
    trusted = member(1, "trusted.org", hours=3, whole=False, priority=10)
    chosen = choose(trusted, member(2, "early.org"))
    assert (chosen.article, chosen.rule) == (1, CanonicalRule.SITE_PRIORITY)
    assert "trusted.org" in chosen.reason


def test_a_whole_text_comes_before_a_cut_or_paywalled_one() -> None:
    """Also where the cut is known by its relation only."""
    walled = member(1, "walled.org", hours=-3, whole=False)
    whole = member(2, "whole.org", hours=1)
    chosen = choose(walled, whole)
    assert (chosen.article, chosen.rule) == (2, CanonicalRule.WHOLE_TEXT)
    teaser = member(3, "teaser.org", hours=-3)
    for excerpt in (
        link(teaser, whole, RelationKind.EXCERPT_OF),
        link(whole, teaser, RelationKind.CONTAINS),
    ):
        assert choose(teaser, whole, links=[excerpt]).rule is CanonicalRule.WHOLE_TEXT


def test_a_rule_that_leaves_several_leaves_them_to_the_next() -> None:
    """The earliest of the whole texts, though a cut one is earlier still; both are said."""
    members = (
        member(1, "cut.org", hours=-3, whole=False),
        member(2, "late.org", hours=1),
        member(3, "early.org", hours=-1.5),
    )
    chosen = choose(*members)
    assert (chosen.article, chosen.rule) == (3, CanonicalRule.EARLIEST_PUBLISHED)
    assert chosen.reason == (
        "earliest published: 2 Nov 2026, 10:30 UTC, two hours before the next "
        "(of the 2 that are whole texts)"
    )


def test_the_earliest_is_found_across_time_zones() -> None:
    """Times are compared as moments, and shown as they were printed."""
    tokyo = replace(
        member(1, "tokyo.jp"),
        published=datetime(2026, 11, 2, 15, 0, tzinfo=timezone(timedelta(hours=9))),
    )
    chosen = choose(tokyo, member(2, "london.uk", hours=-2))
    assert chosen.article == 1
    assert (
        chosen.reason == "earliest published: 2 Nov 2026, 15:00 +0900, four hours before the next"
    )


def test_a_day_without_a_time_counts_as_its_last_minute() -> None:
    """It may have been any time of the day; a known minute of that day is earlier."""
    day = replace(
        member(1, "day.org"),
        published=datetime(2026, 11, 2, tzinfo=UTC),
        published_precision=Precision.DAY,
    )
    assert choose(day, member(2, "minute.org", hours=1)).article == 2
    assert choose(day, member(2, "minute.org", hours=13, seen=14)).article == 1


def test_a_date_after_first_seen_is_not_believed() -> None:
    """What we saw on Monday was not published on Tuesday."""
    future = member(1, "future.org", hours=5, seen=2)
    later = member(2, "later.org", hours=1.5, seen=2)
    chosen = choose(future, later)
    assert chosen.article == 2
    assert chosen.reason.endswith("the only plausible date")


def test_a_copy_cannot_win_by_an_older_date() -> None:
    """Archived after a copy that was news, it may be a day older than our sight of that at most."""
    original = member(1, "original.org", hours=0, seen=1)
    thief = member(2, "thief.org", hours=-100, seen=30, names="https://thief.org/story-2")
    assert choose(original, thief).article == 1
    slightly = member(3, "slow.org", hours=-6, seen=30)
    assert choose(original, slightly).article == 3


def test_a_copy_cannot_win_by_an_older_date_over_one_without_a_date() -> None:
    """What turns up more than a day after an undated page is held against its first seen."""
    undated = member(1, "undated.org", hours=None, seen=1)
    assert choose(undated, member(2, "thief.org", hours=-100, seen=30)).article == 1


def test_a_first_look_at_a_site_believes_the_dates_it_finds() -> None:
    """Pages a week old, read within a minute, one of them undated: the earliest is canonical."""
    week = 7 * 24
    topic = member(1, "paper.org", hours=None, seen=week)
    copy = member(2, "copy.org", hours=3, seen=week + 0.01)
    article = member(3, "paper.org", hours=0, seen=week + 0.02)
    assert choose(topic, copy, article).article == 3


def test_a_backdated_page_is_no_source_either() -> None:
    """A date that is not plausible may hide a later one: puppets cannot lift it."""
    original = member(1, "original.org", hours=0, seen=1)
    thief = member(2, "thief.org", hours=-100, seen=30)
    puppets = [
        member(number, f"puppet{number}.org", hours=29, seen=30, names=thief.url)
        for number in (3, 4)
    ]
    assert choose(original, thief, *puppets).article == 1


def test_old_articles_read_in_one_import_keep_their_dates() -> None:
    """A first look at a past year says nothing about when in it others were published."""
    years = 3 * 365 * 24
    first = member(1, "a.org", hours=100, seen=years)
    second = member(2, "b.org", hours=0, seen=years + 1)
    chosen = choose(first, second)
    assert (chosen.article, chosen.rule) == (2, CanonicalRule.EARLIEST_PUBLISHED)
    assert "four days before the next" in chosen.reason


def test_without_dates_the_first_seen_is_canonical() -> None:
    """What we saw ourselves comes last but one."""
    chosen = choose(member(1, "a.org", hours=None, seen=2), member(2, "b.org", hours=None, seen=1))
    assert (chosen.article, chosen.rule) == (2, CanonicalRule.FIRST_SEEN)
    assert chosen.reason == "first seen: 2 Nov 2026, 13:00 UTC, one hour before the next"


def test_the_lowest_address_decides_what_nothing_else_does() -> None:
    """There is always an answer, and always the same; a page comes before an import without one."""
    twins = [member(1, "b.org", hours=None), member(2, "a.org", hours=None)]
    assert choose(*twins).rule is CanonicalRule.LOWEST_URL
    assert choose(*twins).article == 2
    imported = replace(twins[1], id=ArticleId(3), url=None, url_key=None, site=None)
    assert choose(twins[0], imported).article == 1
    assert choose(imported, replace(imported, id=ArticleId(4))).article == 3
    named = [
        replace(imported, id=ArticleId(n), external_id=name) for n, name in ((5, "b"), (6, "a"))
    ]
    assert choose(*named).article == 6
    assert choose(*named).reason == "nothing tells them apart but the imported id: the lowest"


def test_a_named_source_that_is_not_held_is_the_primary_source() -> None:
    """By most sites; a front page, an own page and a member's site are no such source."""
    paper = "https://paper.org/world/rates-7"
    members = (
        member(1, "a.org", names=paper),
        member(2, "b.org", hours=1, names=paper),
        member(3, "c.org", hours=1, names="https://agency.org/a/1"),
        member(4, "d.org", hours=1, names="https://front.org/"),
        member(5, "e.org", hours=1, names="https://e.org/other"),
        member(6, "f.org", hours=1, names="https://a.org/elsewhere"),
    )
    assert choose(*members).primary_source_url == paper
    assert choose(*members[3:5]).primary_source_url is None
    assert choose(members[2]).primary_source_url == "https://agency.org/a/1"


def test_an_address_that_cannot_be_read_names_nobody() -> None:
    """What pages write is not always an address."""
    odd = member(1, "a.org", names="mailto:desk@paper.org")
    nameless = replace(odd, attributions=(Attribution(evidence=Evidence.CREDIT_LINE, name="AP"),))
    assert choose(odd).primary_source_url is None
    assert choose(nameless).primary_source_url is None


def test_the_stronger_evidence_names_the_primary_source() -> None:
    """Of two sources named by one site each, isBasedOn says more than a link in the last line."""
    link_only = member(1, "a.org", names="https://first.org/1")
    based = replace(
        member(2, "b.org", hours=1),
        attributions=(attribute("https://second.org/2", Evidence.IS_BASED_ON),),
    )
    assert choose(link_only, based).primary_source_url == "https://second.org/2"


def prefer(number: int, article: int, note: str | None = None) -> Decision:
    """A person's choice of this article."""
    return Decision(
        id=DecisionId(number),
        at=NOON,
        kind=DecisionKind.PREFER,
        a=ArticleId(article),
        b=None,
        note=note,
    )


def test_a_persons_choice_comes_before_every_rule() -> None:
    """Over a source that is named, of the best site, whole and first."""
    best = member(1, "wire.example", hours=-5, priority=9)
    worst = member(2, "copy.example", names="https://wire.example/story-1", whole=False)
    chosen = choose_canonical([best, worst], [link(worst, best)], decisions=[prefer(3, 2, "ours")])
    assert (chosen.article, chosen.rule) == (2, CanonicalRule.PREFERRED)
    assert chosen.reason == "a person's choice (decision 3): ours"


def test_the_newest_choice_in_the_story_wins() -> None:
    """Whatever the order in which they are given; choices elsewhere say nothing."""
    members = [member(1, "a.example"), member(2, "b.example"), member(3, "c.example")]
    decisions = [prefer(1, 3), prefer(5, 9), prefer(4, 2), prefer(2, 3)]
    for given in itertools.permutations(decisions):
        assert choose_canonical(members, [], decisions=given).article == 2


def test_other_decisions_choose_nothing() -> None:
    """A merge joins; who is canonical the rules say."""
    first, second = member(1, "a.example"), member(2, "b.example", hours=-1)
    merge = replace(prefer(1, 1), kind=DecisionKind.MERGE, b=ArticleId(2))
    without = choose_canonical([first, second], [])
    assert choose_canonical([first, second], [], decisions=[merge]) == without


def test_a_choice_alone_in_its_story_is_shown() -> None:
    """The reason says so before there is anything to choose from."""
    chosen = choose_canonical([member(4, "a.example")], [], decisions=[prefer(1, 4)])
    assert (chosen.article, chosen.rule) == (4, CanonicalRule.PREFERRED)

"""A credit to an agency names its article in the story, and nobody gets anything by claiming it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scraper.match.canonical import choose_canonical
from scraper.match.naming import fold_agency
from scraper.model import (
    ArticleId,
    Attribution,
    Canonical,
    CanonicalRule,
    Evidence,
    Link,
    Member,
    Precision,
    Relation,
    RelationKind,
)
from scraper.urls import page_key

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
AGENCIES = {fold_agency("Northwind"): "northwind.example"}


def member(number: int, site: str | None, *, hours: float = 0, credit: str | None = None) -> Member:
    """A member on a site, published so many hours after noon, perhaps with a credit by name."""
    url = site and f"https://{site}/story-{number}"
    named = Attribution(evidence=Evidence.CREDIT_LINE, name=credit, quote=f"({credit})")
    return Member(
        id=ArticleId(number),
        site=site,
        url=url,
        url_key=url and page_key(url),
        published=NOON + timedelta(hours=hours),
        published_precision=Precision.MINUTE,
        first_seen=NOON + timedelta(hours=2),
        word_count=400,
        is_whole=True,
        attributions=() if credit is None else (named,),
    )


def link(a: Member, b: Member, shared: float = 1.0) -> Link:
    """A link that says how much of each is in the other."""
    relation = Relation(
        kind=RelationKind.NEAR_DUPLICATE,
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
    found = links or list(itertools.starmap(link, itertools.combinations(members, 2)))
    chosen = choose_canonical(members, found, AGENCIES)
    assert choose_canonical(members[::-1], found[::-1], AGENCIES) == chosen
    return chosen


AGENCY = member(1, "northwind.example", hours=0)
EARLY = member(2, "early.example", hours=-1)


def test_a_credit_by_name_names_the_agencys_article() -> None:
    """It counts as an address would: before dates, with the site that gave the credit."""
    copy = member(3, "copy.example", hours=1, credit="Northwind")
    assert choose(AGENCY, EARLY, copy).reason == (
        "named as the source by one other site: copy.example"
    )
    assert choose(AGENCY, EARLY, copy).article == AGENCY.id


@pytest.mark.parametrize(
    "written", ["NORTHWIND", " northwind ", "(Northwind)", "Northwind.", "Northwind —"]
)
def test_names_are_compared_without_case_and_marks(written: str) -> None:
    """As pages write them."""
    copy = member(3, "copy.example", hours=1, credit=written)
    assert choose(AGENCY, EARLY, copy).rule is CanonicalRule.NAMED_SOURCE


@pytest.mark.parametrize("written", ["Southwind", "Northwind News", "", "northwind.example"])
def test_a_name_that_is_not_configured_names_nobody(written: str) -> None:
    """Only the configuration says which site an agency is."""
    copy = member(3, "copy.example", hours=1, credit=written)
    assert choose(AGENCY, EARLY, copy).article == EARLY.id


def test_without_its_article_in_the_story_a_credit_says_nothing() -> None:
    """It gives no address to look at either."""
    chosen = choose(EARLY, member(3, "copy.example", hours=1, credit="Northwind"))
    assert (chosen.article, chosen.primary_source_url) == (EARLY.id, None)


def test_an_agency_cannot_credit_itself() -> None:
    """Neither the article nor another page of its site."""
    itself = replace(AGENCY, attributions=member(9, "x", credit="Northwind").attributions)
    sister = member(3, "northwind.example", hours=1, credit="Northwind")
    assert choose(itself, sister, EARLY).article == EARLY.id


def test_a_look_alike_site_is_not_the_agency() -> None:
    """Sites are compared whole."""
    copies = [member(n, f"copy{n}.example", hours=1, credit="Northwind") for n in (3, 4)]
    for site in ("northwind.example.thief.example", "notnorthwind.example"):
        assert choose(replace(AGENCY, site=site), EARLY, *copies).article == EARLY.id


def test_puppets_cannot_credit_a_text_that_the_agency_does_not_have() -> None:
    """The agency's page must have half of the text that is credited to it."""
    puppets = [member(n, f"puppet{n}.example", hours=1, credit="Northwind") for n in (3, 4)]
    links = [link(EARLY, puppet) for puppet in puppets]
    links += [link(AGENCY, puppet, shared=0.49) for puppet in puppets]
    assert choose(AGENCY, EARLY, *puppets, links=links).article == EARLY.id


def test_an_agency_that_is_later_than_its_credit_is_not_believed() -> None:
    """A source is not published after those that took from it."""
    late = replace(AGENCY, published=NOON + timedelta(hours=1))
    copy = member(3, "copy.example", hours=0, credit="Northwind")
    assert choose(late, EARLY, copy).article == EARLY.id


def test_an_agency_and_a_copy_that_name_each_other_say_nothing() -> None:
    """One by name, the other by address."""
    copy = member(3, "copy.example", credit="Northwind")
    back = Attribution(evidence=Evidence.SOURCE_LINK, url=copy.url)
    assert choose(replace(AGENCY, attributions=(back,)), copy, EARLY).article == EARLY.id


def test_a_site_that_credits_often_counts_once() -> None:
    """Two sites that name another page outweigh a farm of credits."""
    farm = [member(n, "farm.example", hours=1, credit="Northwind") for n in (3, 4, 5)]
    naming = Attribution(evidence=Evidence.SOURCE_LINK, url=EARLY.url)
    honest = [
        replace(member(n, f"honest{n}.example", hours=1), attributions=(naming,)) for n in (6, 7)
    ]
    assert choose(AGENCY, EARLY, *farm, *honest).article == EARLY.id


def test_an_import_without_a_site_names_nobody() -> None:
    """Nothing could say which site it counts for."""
    assert choose(AGENCY, EARLY, member(3, None, hours=1, credit="Northwind")).article == EARLY.id


def test_of_several_pages_of_the_agency_the_nearest_is_meant() -> None:
    """The one that has most of the text that credits it, then the lowest id."""
    update = member(4, "northwind.example", hours=0.5)
    copy = member(3, "copy.example", hours=1, credit="Northwind")
    links = [link(AGENCY, copy, shared=0.7), link(update, copy, shared=0.9), link(EARLY, copy)]
    assert choose(AGENCY, EARLY, copy, update, links=links).article == update.id
    assert choose(AGENCY, EARLY, copy, update).article == AGENCY.id

"""Judged stories -> whole ones: with the canonical of each, and how every mirror came into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.match.canonical import choose_canonical
from scraper.match.mirrors import hash_evidence, trace_mirrors
from scraper.match.naming import NO_AGENCIES
from scraper.match.story import counts
from scraper.model import Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scraper.match.story import Stories
    from scraper.model import ArticleId, Decision, Link, Member


def assemble_stories(
    joined_members: Sequence[tuple[ArticleId, ...]],
    judged: Stories,
    links: Iterable[Link],
    facts: Mapping[ArticleId, Member],
    *,
    agencies: Mapping[str, str] = NO_AGENCIES,
    decided: Sequence[Decision] = (),
) -> list[Story]:
    """The stories of these members, in their order; they are among those that ``judged`` holds.

    ``links`` and ``decided`` are what was judged by, ``facts`` those of all members.
    """
    unheard = judged.unheard
    merges = [decision for decision in decided if decision not in judged.overruled]
    stories = []
    for joined, inside in _links_inside(joined_members, links):
        joining = [
            link
            for link in inside
            if counts(link, judged.roundups) and (link.a, link.b) not in unheard
        ]
        canonical = choose_canonical(
            [facts[member] for member in joined], inside, agencies, decided
        )
        traced = trace_mirrors(
            canonical.article, joined, joining, merges, order=_by_address(facts, joined)
        )
        stories.append(
            Story(
                members=joined,
                canonical=canonical,
                joined_by=traced.joined_by,
                merged_by=traced.merged_by,
                evidence=hash_evidence(traced.joined_by, inside),
            )
        )
    return stories


def _links_inside(
    joined: Sequence[tuple[ArticleId, ...]], links: Iterable[Link]
) -> Iterator[tuple[tuple[ArticleId, ...], list[Link]]]:
    """Each of these stories with the links between two of its members."""
    home = {member: story[0] for story in joined for member in story}
    inside: dict[ArticleId, list[Link]] = {story[0]: [] for story in joined}
    for link in links:
        at = home.get(link.a)
        if at is not None and at == home.get(link.b):
            inside[at].append(link)
    for story in joined:
        yield story, inside[story[0]]


def _by_address(
    facts: Mapping[ArticleId, Member], ids: Iterable[ArticleId]
) -> dict[ArticleId, int]:
    """These articles' places by their addresses, which no order of arrival changes."""
    ranked = sorted(ids, key=lambda member: facts[member].place)
    return {member: place for place, member in enumerate(ranked)}

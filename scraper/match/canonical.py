"""The member of a story that the others are mirrors of, and why, in words for a person.

Rules are asked in the order of ``CanonicalRule``. Each leaves some of the members; the one that
leaves a single member has decided. All that they read moves one way (see ``Member``), so that a
canonical never goes to and fro.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.match.dating import plausible_dates, say_moment, say_span
from scraper.match.naming import NO_AGENCIES, count_namings, find_primary_source
from scraper.model import ArticleId, Canonical, CanonicalRule, DecisionKind, RelationKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from scraper.model import Decision, Link, Member


def choose_canonical(
    members: Sequence[Member],
    links: Sequence[Link],
    agencies: Mapping[str, str] = NO_AGENCIES,
    decisions: Iterable[Decision] = (),
) -> Canonical:
    """The story's canonical member; ``links`` are those between its members, in any direction.

    ``agencies`` gives agencies' sites, as ``naming.count_namings`` reads them. ``decisions`` are
    standing ones; those that prefer no member say nothing.
    No order of members, links or decisions matters. Raises ValueError for no members.
    """
    if not members:
        raise ValueError("a story has at least one member")
    left = sorted(members, key=lambda member: member.id)
    if (preference := _find_preference(left, decisions)) is not None:
        return _crown_preferred(left, preference)
    if len(left) == 1:
        return _crown(left, left[0], CanonicalRule.ONLY_MEMBER, "the only article of its story")
    case = _Case(
        members=tuple(left), links=tuple(links), dates=plausible_dates(left), agencies=agencies
    )
    said = ""
    for rule, apply in _RULES:
        outcome = apply(case, left)
        if len(outcome.left) == 1:
            return _crown(members, outcome.left[0], rule, outcome.reason + said)
        if len(outcome.left) < len(left):
            said = f" (of the {len(outcome.left)} that are {outcome.shared})"
            left = list(outcome.left)
    raise AssertionError("the last rule leaves one member")


def _find_preference(members: Sequence[Member], decisions: Iterable[Decision]) -> Decision | None:
    """The newest preference for one of the members."""
    ids = {member.id for member in members}
    preferences = (
        decision
        for decision in decisions
        if decision.kind is DecisionKind.PREFER and decision.a in ids
    )
    return max(preferences, key=lambda decision: decision.id, default=None)


def _crown_preferred(members: Sequence[Member], preference: Decision) -> Canonical:
    (chosen,) = (member for member in members if member.id == preference.a)
    note = f": {preference.note}" if preference.note else ""
    reason = f"a person's choice (decision {preference.id}){note}"
    return _crown(members, chosen, CanonicalRule.PREFERRED, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What the rules read."""

    members: tuple[Member, ...]
    links: tuple[Link, ...]
    dates: Mapping[ArticleId, datetime]
    agencies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The members that a rule leaves; why, if it is one; what they have in common, if several."""

    left: tuple[Member, ...]
    reason: str
    shared: str


def _named_source(case: _Case, left: Sequence[Member]) -> _Outcome:
    namings = count_namings(case.members, case.links, case.dates, case.agencies)
    most = max((len(namings.get(member.id, ())) for member in left), default=0)
    best = _best(left, lambda member: -len(namings.get(member.id, ())))
    sites = namings.get(best[0].id, ())
    count = "one other site" if most == 1 else f"{most} other sites"
    return _Outcome(
        best, f"named as the source by {count}: {', '.join(sites)}", "named as a source most often"
    )


def _site_priority(case: _Case, left: Sequence[Member]) -> _Outcome:  # noqa: ARG001 - one of _RULES
    best = _best(left, lambda member: -member.priority)
    said = f"{best[0].site} has the highest priority in the configuration: {best[0].priority}"
    return _Outcome(best, said, "of the sites with the highest priority")


def _whole_text(case: _Case, left: Sequence[Member]) -> _Outcome:
    cut = _cut_members(case.links, {member.id for member in left})
    best = _best(left, lambda member: (not member.is_whole) + (member.id in cut))
    return _Outcome(best, "the only whole text: the others are cut or paywalled", "whole texts")


def _earliest_published(case: _Case, left: Sequence[Member]) -> _Outcome:
    dated = sorted(case.dates[member.id] for member in left if member.id in case.dates)
    if not dated:
        return _Outcome(tuple(left), "", "")
    best = tuple(member for member in left if case.dates.get(member.id) == dated[0])
    lead = f", {say_span(dated[1] - dated[0])} before the next" if len(dated) > 1 else ""
    alone = "" if len(dated) > 1 else ", the only plausible date"
    said = f"earliest published: {say_moment(dated[0])}{lead}{alone}"
    return _Outcome(best, said, "published first, at the same time")


def _first_seen(case: _Case, left: Sequence[Member]) -> _Outcome:  # noqa: ARG001 - one of _RULES
    best = _best(left, lambda member: member.first_seen)
    seen = sorted(member.first_seen for member in left)
    said = f"first seen: {say_moment(seen[0])}, {say_span(seen[1] - seen[0])} before the next"
    return _Outcome(best, said, "first seen at the same time")


def _lowest_url(case: _Case, left: Sequence[Member]) -> _Outcome:  # noqa: ARG001 - one of _RULES
    lowest = min(left, key=lambda member: member.place)
    by = "the imported id" if lowest.url_key is None else "the address"
    return _Outcome((lowest,), f"nothing tells them apart but {by}: the lowest", "")


_RULES: tuple[tuple[CanonicalRule, Callable[[_Case, Sequence[Member]], _Outcome]], ...] = (
    (CanonicalRule.NAMED_SOURCE, _named_source),
    (CanonicalRule.SITE_PRIORITY, _site_priority),
    (CanonicalRule.WHOLE_TEXT, _whole_text),
    (CanonicalRule.EARLIEST_PUBLISHED, _earliest_published),
    (CanonicalRule.FIRST_SEEN, _first_seen),
    (CanonicalRule.LOWEST_URL, _lowest_url),
)


def _best(
    members: Sequence[Member], rank: Callable[[Member], int | datetime]
) -> tuple[Member, ...]:
    """The members of the lowest rank."""
    ranks = [rank(member) for member in members]
    lowest = min(ranks)
    return tuple(member for member, at in zip(members, ranks, strict=True) if at == lowest)


def _cut_members(links: Sequence[Link], among: set[ArticleId]) -> set[ArticleId]:
    """The articles that are an excerpt of another of these."""
    cut: set[ArticleId] = set()
    for link in links:
        kind = link.relation.kind
        if kind is RelationKind.EXCERPT_OF:
            piece = link.a
        elif kind is RelationKind.CONTAINS:
            piece = link.b
        else:
            continue
        if link.relation.links and link.a in among and link.b in among:
            cut.add(piece)
    return cut


def _crown(
    members: Sequence[Member], chosen: Member, rule: CanonicalRule, reason: str
) -> Canonical:
    return Canonical(
        article=chosen.id,
        rule=rule,
        reason=reason,
        primary_source_url=find_primary_source(members),
    )

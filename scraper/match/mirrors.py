"""How each mirror came into its story: by which member's relation, or by whose decision."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from xxhash import xxh3_64_digest

from scraper.model import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scraper.model import ArticleId, Decision, DecisionId, Link, Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """For each mirror the member by which it joined; for some the decision that joined it there."""

    joined_by: Mapping[ArticleId, ArticleId]
    merged_by: Mapping[ArticleId, DecisionId]


def trace_mirrors(
    canonical: ArticleId,
    members: Sequence[ArticleId],
    links: Iterable[Link],
    decisions: Iterable[Decision] = (),
    *,
    order: Mapping[ArticleId, int] | None = None,
) -> Ways:
    """For each member but the canonical, the member whose relation made it a mirror.

    That is the canonical where the two are linked, else the member nearest to it that is, by the
    fewest steps, then by the larger coverage, then by more wording in common, then by ``order``, or
    by the lower id if it is not given. Only where no chain of links
    leads on, a person's merge does: the oldest. A member that nothing reaches is left out.
    """
    relations: dict[ArticleId, dict[ArticleId, Relation]] = {member: {} for member in members}
    for link in links:
        if link.relation.links and link.a in relations and link.b in relations:
            relations[link.a][link.b] = relations[link.b][link.a] = link.relation
    merges = sorted(
        (one for one in decisions if one.kind is DecisionKind.MERGE), key=lambda merge: merge.id
    )
    joined: dict[ArticleId, ArticleId] = {}
    merged: dict[ArticleId, DecisionId] = {}
    waiting = set(members) - {canonical}
    reached = [canonical]
    while reached:
        ways: dict[ArticleId, list[ArticleId]] = {}
        for by in reached:
            for mirror in relations[by].keys() & waiting:
                ways.setdefault(mirror, []).append(by)
        for mirror, bys in ways.items():
            joined[mirror] = min(
                bys, key=lambda by: (*_nearness(relations[by][mirror]), order[by] if order else by)
            )
        step = list(ways) or _cross(merges, waiting, joined, merged, {canonical, *joined})
        waiting.difference_update(step)
        reached = step
    return Ways(joined_by=joined, merged_by=merged)


def hash_evidence(joined_by: Mapping[ArticleId, ArticleId], links: Iterable[Link]) -> int | None:
    """A hash, in 64 bits with a sign, of the relations of mirrors with whom they joined by.

    The order of the links does not count. None where no mirror has such a relation.
    """
    ways = set(joined_by.items())
    shown = sorted(
        repr(
            (
                link.a,
                link.b,
                relation.kind.value,
                relation.coverage_a,
                relation.coverage_b,
                relation.similarity,
                [astuple(passage) for passage in relation.passages],
            )
        )
        for link in links
        if (relation := link.relation) and ((link.a, link.b) in ways or (link.b, link.a) in ways)
    )
    return int.from_bytes(xxh3_64_digest("\n".join(shown).encode()), signed=True) if shown else None


def _nearness(relation: Relation) -> tuple[float, float]:
    """Sorts nearer relations first."""
    return -max(relation.coverage_a, relation.coverage_b), -relation.similarity


def _cross(
    merges: Iterable[Decision],
    waiting: set[ArticleId],
    joined: dict[ArticleId, ArticleId],
    merged: dict[ArticleId, DecisionId],
    reached: set[ArticleId],
) -> list[ArticleId]:
    """The members to which a merge leads from those that are reached, noted as such."""
    step: list[ArticleId] = []
    for merge in merges:
        for mirror, by in ((merge.a, merge.b), (merge.b, merge.a)):
            if mirror in waiting and by in reached and mirror not in step:
                joined[mirror], merged[mirror] = by, merge.id
                step.append(mirror)
    return step

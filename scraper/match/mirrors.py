"""How each mirror came into its story: by which member's relation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.model import ArticleId, Link


def trace_mirrors(
    canonical: ArticleId, members: Sequence[ArticleId], links: Iterable[Link]
) -> dict[ArticleId, ArticleId]:
    """For each member but the canonical, the member whose relation made it a mirror.

    That is the canonical where the two are linked, else the member nearest to it that is, by the
    fewest steps, then by the larger coverage, then by the lower id. A member that no chain of links
    reaches (a person joined it) is left out.
    """
    strength: dict[ArticleId, dict[ArticleId, float]] = {member: {} for member in members}
    for link in links:
        if link.relation.links and link.a in strength and link.b in strength:
            coverage = max(link.relation.coverage_a, link.relation.coverage_b)
            strength[link.a][link.b] = strength[link.b][link.a] = coverage
    joined: dict[ArticleId, ArticleId] = {}
    reached = [canonical]
    waiting = set(members) - {canonical}
    while reached:
        step: list[ArticleId] = []
        for mirror in sorted(waiting):
            ways = [by for by in reached if mirror in strength[by]]
            if ways:
                joined[mirror] = min(ways, key=lambda by: (-strength[by][mirror], by))
                step.append(mirror)
        waiting.difference_update(step)
        reached = step
    return joined

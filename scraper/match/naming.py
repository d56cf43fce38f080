"""Which members of a story the other members name as their source.

Rule 1: a naming is believed only of another site, only from a member most of whose text the named
one has, and only if the named one is not dated later. So a page cannot name itself, and cannot be
named for a text that it does not have.

Rule 2: a site counts once, however many of its pages name the same source.

Rule 3: members that name each other, directly or round a circle, say nothing.

Rule 4: a name without an address, as in "(Reuters)", names the member on the site that the
configuration gives to that agency. It is believed under the same rules, so that a credit makes
nobody canonical who does not have the text.

Rule 5: who names a page is easily made up, when we first saw a page is not. Against a whole text
that was archived before the named one and names nobody, the named one must have a date that is not
later: puppets lift no page above the article that they were made from.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from scraper.match.dating import meant_time
from scraper.model import ArticleId, Evidence
from scraper.urls import normalise_url, page_key, site_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from scraper.model import Link, Member

#: So much of the naming member's text the named one must have.
_NAMED_COVERS: Final = 0.5

#: A subscriber may stamp an agency's text so long before the agency's own page does. A guess.
_CLOCKS_DIFFER: Final = timedelta(hours=1)

#: Where the configuration names none.
NO_AGENCIES: Final[Mapping[str, str]] = MappingProxyType({})
#: What stands around a name: "(Reuters)", "Reuters:", and a dash before it.
_MARKS: Final = " ()[].,:;-\N{EN DASH}\N{EM DASH}"

_EVIDENCE_ORDER: Final = {evidence: place for place, evidence in enumerate(Evidence)}


def fold_agency(name: str) -> str:
    """An agency's name as names are compared: without case, marks at its ends and extra spaces."""
    return " ".join(name.split()).strip(_MARKS).casefold()


def agency_sites(agencies: Mapping[str, str]) -> dict[str, str]:
    """The sites of news agencies by their folded names, from domains by names as configured."""
    return {fold_agency(name): site_of(f"https://{domain}") for name, domain in agencies.items()}


def count_namings(
    members: Sequence[Member],
    links: Iterable[Link],
    dates: Mapping[ArticleId, datetime],
    agencies: Mapping[str, str] = NO_AGENCIES,
) -> dict[ArticleId, tuple[str, ...]]:
    """For each member that is named, the sites that name it, sorted.

    ``dates`` are the plausible ones, by member; ``agencies`` gives the site of each agency, by its
    name as ``fold_agency`` writes it.
    """
    by_id = {member.id: member for member in members}
    meant = list(_read_meant(members, agencies))
    covered = _covered_by(links, {(one.id, other.id) for one, others in meant for other in others})
    names: defaultdict[ArticleId, set[ArticleId]] = defaultdict(set)
    for member, at_choice in meant:
        believed = [
            one
            for one in at_choice
            if _is_believed(member, one, covered, dates) and not _is_late(one, members, dates)
        ]
        if believed:  # of several on an agency's site, the one that has most of this text
            source = min(believed, key=lambda one: (-covered[member.id, one.id], one.place))
            names[member.id].add(source.id)
    sites: defaultdict[ArticleId, set[str]] = defaultdict(set)
    for naming, named in names.items():
        at = by_id[naming].site
        if at is not None:
            for one in named:
                if not _leads_to(one, naming, names):
                    sites[one].add(at)
    return {source: tuple(sorted(names)) for source, names in sites.items()}


def find_primary_source(members: Sequence[Member]) -> str | None:
    """The address that members name as their source and that none of them is; else ``None``.

    It must be a page, not a site's front page, of a site that has no member in the story. Of
    several, the one named by most sites, then by the strongest evidence, then the lowest.
    """
    held_sites = {member.site for member in members}
    namers: defaultdict[str, set[str]] = defaultdict(set)
    strength: dict[str, int] = {}
    for member in members:
        for attribution in member.attributions:
            url = _specific(attribution.url)
            if url is None or site_of(url) in held_sites:
                continue
            namers[url].add(member.site or "")
            rank = _EVIDENCE_ORDER[attribution.evidence]
            strength[url] = min(rank, strength.get(url, rank))
    return min(namers, key=lambda url: (-len(namers[url]), strength[url], url), default=None)


def _read_meant(
    members: Sequence[Member], agencies: Mapping[str, str]
) -> Iterator[tuple[Member, list[Member]]]:
    """Each member with those that one of its attributions may mean, where there are any."""
    by_key = {member.url_key: member for member in members if member.url_key}
    for member in members:
        for attribution in member.attributions:
            if attribution.url:
                named = by_key.get(_key_of(attribution.url) or "")
                at_choice = [] if named is None else [named]
            else:
                site = agencies.get(fold_agency(attribution.name or ""))
                at_choice = [other for other in members if site and other.site == site]
            if at_choice:
                yield member, at_choice


def _is_believed(
    naming: Member,
    named: Member,
    covered: Mapping[tuple[ArticleId, ArticleId], float],
    dates: Mapping[ArticleId, datetime],
) -> bool:
    if naming.id == named.id or naming.site is None or naming.site == named.site:
        return False
    if covered.get((naming.id, named.id), 0.0) < _NAMED_COVERS:
        return False
    if named.published is not None and named.id not in dates:
        return False  # its date is not plausible, so it may well be later
    claimed, own = meant_time(named), meant_time(naming)
    return claimed is None or own is None or claimed[0] <= own[1]


def _is_late(named: Member, members: Iterable[Member], dates: Mapping[ArticleId, datetime]) -> bool:
    """Whether a whole text was there before, names nobody, and is dated before."""
    return any(
        silent.first_seen < named.first_seen
        and silent.is_whole
        and not silent.attributions
        and silent.site != named.site
        and silent.id in dates
        and (named.id not in dates or dates[named.id] > dates[silent.id] + _CLOCKS_DIFFER)
        for silent in members
    )


def _covered_by(
    links: Iterable[Link], asked: AbstractSet[tuple[ArticleId, ArticleId]]
) -> dict[tuple[ArticleId, ArticleId], float]:
    """(one, other) -> the share of the one's text that the other has, of the pairs asked for."""
    shares: dict[tuple[ArticleId, ArticleId], float] = {}
    if not asked:  # a large story has thousands of links, and mostly names nobody
        return shares
    for link in links:
        if (link.a, link.b) in asked:
            shares[link.a, link.b] = link.relation.coverage_a
        if (link.b, link.a) in asked:
            shares[link.b, link.a] = link.relation.coverage_b
    return shares


def _leads_to(
    start: ArticleId, goal: ArticleId, names: Mapping[ArticleId, Iterable[ArticleId]]
) -> bool:
    """Whether the one names the other, or names one that does, and so on."""
    seen, waiting = {start}, [start]
    while waiting:
        for named in names.get(waiting.pop(), ()):
            if named not in seen:
                seen.add(named)
                waiting.append(named)
    return goal in seen


def _key_of(url: str) -> str | None:
    """The page's key; ``None`` where the address is none that could be asked for."""
    clean = normalise_url(url)
    return page_key(clean) if clean else None


def _specific(url: str | None) -> str | None:
    """The address, if it is one of a page rather than of a whole site."""
    clean = normalise_url(url) if url else None
    return clean if clean and "/" in page_key(clean).rstrip("/") else None

"""Which text a cut belongs to that lies in two that are no versions of each other.

The first lines of a story, as a topic page carries them, lie in each of its copies, and in each
round-up that carries them as well. A cut alone does not say which of these it was cut from, and it
must not join what is not one story. But where the longer texts fall into groups that have nothing
to do with one another, it can be of one group only: of the one of most texts, as a round-up mostly
stands alone; then of the one that has most of it; then of one at whose head it stands, as a teaser
does; then of the one of which it is the largest share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scraper.model import ArticleId, Link

#: A cut is no larger a share of the longer text. A larger one is a version, by which an updated
#: story may well hang together: at .6, 7 of 436 labelled pairs of real versions were lost, at .2 to
#: .5 one; of 140 dealt round-ups of which one story was known, .2 joined 19, .4 13, .5 11.
_CUT_SHARE: Final = 0.4
#: Of more longer texts than this, two versions may never have been compared with each other (see
#: ``candidates``), so two groups may be one. A text that was found like none of the others is none
#: of theirs all the same. A guess.
_WHOLES_MOST: Final = 20
#: Shares of the cut in steps of this are equal: a word or two of a page's own.
_EQUAL: Final = 0.02
#: A byline and a date may stand before a text's head, in characters. A guess.
_HEAD: Final = 150

#: The link of a cut with each longer text.
_Wholes: TypeAlias = dict["ArticleId", "Link"]


def find_misplaced(links: Iterable[Link]) -> tuple[Link, ...]:
    """Those of these links, all of which count, that join a cut to a text it does not belong to."""
    links = tuple(links)
    wholes: dict[ArticleId, _Wholes] = {}
    for link in links:
        share_a, share_b = link.relation.coverage_a, link.relation.coverage_b
        if share_b < min(share_a, _CUT_SHARE):
            wholes.setdefault(link.a, {})[link.b] = link
        elif share_a < min(share_b, _CUT_SHARE):
            wholes.setdefault(link.b, {})[link.a] = link
    in_question = [of_cut for of_cut in wholes.values() if len(of_cut) > 1]
    near = _neighbours(links) if in_question else {}
    misplaced: list[Link] = []
    for of_cut in in_question:
        groups = _groups(of_cut, near)
        likeliness = [_likeliness(group, of_cut) for group in groups]
        misplaced += (
            of_cut[whole]
            for group, likely in zip(groups, likeliness, strict=True)
            if likely < max(likeliness) and (len(of_cut) <= _WHOLES_MOST or len(group) == 1)
            for whole in group
        )
    return tuple(misplaced)


def _neighbours(links: Iterable[Link]) -> dict[ArticleId, set[ArticleId]]:
    """Those to which links lead from each text."""
    near: dict[ArticleId, set[ArticleId]] = {}
    for link in links:
        near.setdefault(link.a, set()).add(link.b)
        near.setdefault(link.b, set()).add(link.a)
    return near


def _groups(
    wholes: Iterable[ArticleId], near: Mapping[ArticleId, set[ArticleId]]
) -> list[list[ArticleId]]:
    """These texts, those together that links lead to from one another by way of these alone."""
    left = set(wholes)
    groups = []
    while left:
        group = [left.pop()]
        for member in group:
            group += (found := near[member] & left)
            left -= found
        groups.append(group)
    return groups


def _likeliness(group: list[ArticleId], wholes: _Wholes) -> tuple[int, int, bool, float]:
    """Larger the more likely the cut was made from one of this group."""
    seen = [_see(wholes[whole], whole) for whole in group]
    held, at_head, share = (max(values) for values in zip(*seen, strict=True))
    return (len(group), held, bool(at_head), share)


def _see(link: Link, whole: ArticleId) -> tuple[int, bool, float]:
    """Of a longer text: how much of the cut it has, whether at its head, and its share of it."""
    relation = link.relation
    if link.b == whole:
        held, share = relation.coverage_a, relation.coverage_b
        start = min((passage.b_start for passage in relation.passages), default=0)
    else:
        held, share = relation.coverage_b, relation.coverage_a
        start = min((passage.a_start for passage in relation.passages), default=0)
    return round(held / _EQUAL), start <= _HEAD, share

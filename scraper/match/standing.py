"""Links that do not stand against what is known around them: bad ones between filled-in forms.

A thousand notices made from one form are half a million comparisons, and a few that err close them
into one story. But every pair that was told apart, its words shared and its facts not, is evidence:
two articles told apart from the same others are of one form with them, and resemble each other for
that reason. They are copies only if they are much more alike than the form makes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper.model import RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.model import ArticleId, Link, Relation

#: So many articles told apart from both ends show a form. A guess: five bad links met among 2,000
#: made notices had 62 and more, the links among 2,091 labelled articles one at most.
_WITNESSES: Final = 3
#: Of what tells the most alike of them apart (1 less the similarity that one in ten exceeds),
#: copies have so much at most. Among 2,100 made notices of names and few figures that agree by
#: chance, bad links had .4 and more; the two labelled copies met had .1.
_UNLIKENESS: Final = 0.4
_EXCEEDED_BY: Final = 0.1
#: Told apart although so much is shared: as for a near duplicate.
_SHARED_MOST, _SHARED_LEAST = 0.6, 0.3


class Witnesses:
    """Of each article, those told apart from it, as these links say."""

    def __init__(self, links: Iterable[Link]) -> None:
        self._similarities: dict[ArticleId, dict[ArticleId, float]] = {}
        for link in links:
            if _told_apart(link.relation):
                for one, other in ((link.a, link.b), (link.b, link.a)):
                    self._similarities.setdefault(one, {})[other] = link.relation.similarity

    def outvote(self, link: Link) -> bool:
        """Whether the link does not stand. Those told apart from both of its ends decide."""
        of_a = self._similarities.get(link.a)
        of_b = self._similarities.get(link.b)
        if not of_a or not of_b or not link.relation.links:
            return False
        form = sorted(max(of_a[other], of_b[other]) for other in of_a.keys() & of_b.keys())
        if len(form) < _WITNESSES:
            return False
        alike = form[-1 - int(_EXCEEDED_BY * len(form))]
        return 1 - link.relation.similarity > _UNLIKENESS * (1 - alike)


def _told_apart(relation: Relation) -> bool:
    """Whether two texts have the words of a copy, and were found to say different things."""
    if relation.kind is not RelationKind.PART:
        return False
    least, most = sorted((relation.coverage_a, relation.coverage_b))
    return most >= _SHARED_MOST and least >= _SHARED_LEAST

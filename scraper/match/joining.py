"""Articles joined step by step, under pairs that must stay apart: people's decisions, then links.

Rule 1: the newest decision comes first. An older one that cannot hold beside the newer ones does
not hold: a merge that would join a pair that was split later, a split of what was merged later.
Rule 2: keeping apart is transitive. Whatever is joined to the one of a pair is kept from whatever
is joined to the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.model import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.model import ArticleId, Decision


class Joining:
    """Groups of these articles; at first each is one of its own."""

    def __init__(self, articles: Iterable[ArticleId]) -> None:
        self._parent = {article: article for article in articles}
        #: Of each root, the roots of the groups that must not be joined to its own.
        self._foes: dict[ArticleId, set[ArticleId]] = {}

    @property
    def is_free(self) -> bool:
        """Whether no pair is kept apart, so that the order of joining does not matter."""
        return not self._foes

    def decide(self, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
        """The decisions that do not hold, newest first; the others do from now on.

        Preferences say nothing here, nor do decisions about articles that are not among these, nor
        what was said of two articles that turned out to be one.
        """
        overruled = []
        for decision in sorted(decisions, key=lambda decision: -decision.id):
            a, b = decision.a, decision.b
            if b is None or a == b or a not in self._parent or b not in self._parent:
                continue
            is_merge = decision.kind is DecisionKind.MERGE
            if not (self.join(a, b) if is_merge else self._keep_apart(a, b)):
                overruled.append(decision)
        return tuple(overruled)

    def join(self, a: ArticleId, b: ArticleId) -> bool:
        """Whether the two are in one group now; False where something keeps their groups apart."""
        stays, goes = sorted((self._root(a), self._root(b)))
        if stays == goes:
            return True
        if goes in self._foes.get(stays, ()):
            return False
        self._parent[goes] = stays
        for foe in self._foes.pop(goes, ()):
            self._foes[foe].remove(goes)
            self._make_foes(stays, foe)
        return True

    def groups(self) -> tuple[tuple[ArticleId, ...], ...]:
        """The groups, each a sorted tuple, by smallest article."""
        members: dict[ArticleId, list[ArticleId]] = {}
        for article in sorted(self._parent):
            members.setdefault(self._root(article), []).append(article)
        return tuple(tuple(group) for group in members.values())

    def _keep_apart(self, a: ArticleId, b: ArticleId) -> bool:
        """Whether the two groups are kept apart from now on; False where they are one."""
        one, other = self._root(a), self._root(b)
        if one == other:
            return False
        self._make_foes(one, other)
        return True

    def _make_foes(self, one: ArticleId, other: ArticleId) -> None:
        self._foes.setdefault(one, set()).add(other)
        self._foes.setdefault(other, set()).add(one)

    def _root(self, article: ArticleId) -> ArticleId:
        parent = self._parent
        while parent[article] != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

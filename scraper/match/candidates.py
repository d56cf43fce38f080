"""Which of the articles that share keys with a text are worth comparing with it.

The store answers a look-up with rows only; the rule is here. A key of which more than ``READ_MOST``
articles were found is *full*: it says little, but is never ignored, because of 300 reposts of one
text every key is full.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from scraper.match.fingerprint import Keys
    from scraper.model import ArticleId

#: So many articles of a key are read at most; a look-up asks for one more, to know that it is full.
READ_MOST: Final = 60
#: So many articles that only full keys propose are compared, those with most keys in common first.
FULL_MOST: Final = 5
#: A text with so few sampled shingles is proposed by one of them, any other by two.
_FEW: Final = 4


def choose_candidates(
    keys: Keys,
    found: Mapping[int, Sequence[ArticleId]],
    containment_counts: Mapping[ArticleId, int],
    *,
    read_most: int = READ_MOST,
    full_most: int = FULL_MOST,
) -> tuple[ArticleId, ...]:
    """The articles to compare, those with most keys in common first, then by id.

    ``found`` holds for each key the articles that bear it, at most ``read_most`` + 1, the lowest
    ids; the text's own id is left out by the caller. ``containment_counts`` holds for each of these
    articles its own ``Keys.containment_count``.
    """
    return choose_holders(
        found,
        containment_counts,
        sampled=frozenset(keys.containment),
        own_count=keys.containment_count,
        read_most=read_most,
        full_most=full_most,
    )


def choose_holders(
    found: Mapping[int, Sequence[ArticleId]],
    containment_counts: Mapping[ArticleId, int],
    *,
    sampled: AbstractSet[int],
    own_count: int,
    read_most: int = READ_MOST,
    full_most: int = FULL_MOST,
) -> tuple[ArticleId, ...]:
    """As ``choose_candidates``, of a text whose own keys are not at hand.

    ``sampled`` are those of the keys found that are its containment keys, of which it has
    ``own_count`` in all.
    """
    every = {key: articles[:read_most] for key, articles in found.items()}
    clear = {key: every[key] for key, articles in found.items() if len(articles) <= read_most}

    def proposed(by: Mapping[int, Sequence[ArticleId]]) -> set[ArticleId]:
        shared = Counter(article for key in by.keys() & sampled for article in by[key])
        contained = {
            article
            for article, count in shared.items()
            if count > 1 or min(own_count, containment_counts[article]) <= _FEW
        }
        return contained.union(*(by[key] for key in by.keys() - sampled))

    hits = Counter(article for articles in every.values() for article in articles)
    sure = proposed(clear)
    weak = _ranked(proposed(every) - sure, hits)[:full_most]
    return tuple(_ranked(sure.union(weak), hits))


def _ranked(articles: Iterable[ArticleId], hits: Counter[ArticleId]) -> list[ArticleId]:
    """The articles with most hits first, then by id."""
    return sorted(articles, key=lambda article: (-hits[article], article))

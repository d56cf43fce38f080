"""Articles arriving one by one: keys, candidates, relations and stories together.

The index is a dict here, under the rules that the store follows in SQL.
"""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from scraper.match.candidates import choose_candidates
from scraper.match.compare import compare_words, oriented
from scraper.match.fingerprint import make_keys
from scraper.match.story import Stories, judge_stories
from scraper.match.words import read_words
from scraper.model import ArticleId, Link
from tests.match.match_texts import HARBOUR, HARBOUR_TITLE, Made, make_article, weather_notice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.match.words import Words

#: Caps so small that they are met: articles read of a key, and compared of those of full keys only.
CAP = 3


def arrive(articles: Iterable[tuple[ArticleId, Made]], cap: int) -> Stories:
    """The stories of these articles, each looked up, compared and added as it arrives."""
    index: defaultdict[int, list[ArticleId]] = defaultdict(list)
    counts: dict[ArticleId, int] = {}
    held: dict[ArticleId, tuple[Words, str]] = {}
    links = []
    for number, article in articles:
        words = read_words(article.text)
        keys = make_keys(words, article.title)
        found = {key: sorted(index[key]) for key in keys if key in index}
        for other in choose_candidates(keys, found, counts, read_most=cap, full_most=cap):
            other_words, other_title = held[other]
            relation = compare_words(words, other_words, title_a=article.title, title_b=other_title)
            if relation is not None:
                links.append(oriented(Link(a=number, b=other, relation=relation)))
        for key in keys:
            if len(index[key]) <= cap:  # a full key gets no further row
                index[key].append(number)
        counts[number], held[number] = keys.containment_count, (words, article.title)
    return judge_stories(held, links)


def numbered(articles: Iterable[Made]) -> list[tuple[ArticleId, Made]]:
    """The articles with numbers from 1."""
    return [(ArticleId(number), article) for number, article in enumerate(articles, 1)]


def test_300_reposts_and_20_teasers_are_one_story() -> None:
    """Full keys are read, never ignored: the last teaser finds the story as the first did."""
    reposts = [Made(title=HARBOUR_TITLE, text=f"Site {n} | News\n\n{HARBOUR}") for n in range(300)]
    paragraphs = HARBOUR.split("\n\n")
    teasers = [
        Made(title=f"In short, {n}", text="\n\n".join(paragraphs[n % 3 : n % 3 + 2]))
        for n in range(20)
    ]
    judged = arrive(numbered([*reposts, *teasers]), CAP)
    assert len(judged.stories) == 1


def versions(seed: int) -> list[Made]:
    """An article, a repost, a cut, an edited copy and a copy with another title."""
    article = make_article(seed, sentences=28)
    sentences = article.sentences
    edited = " ".join(sentences[:9] + sentences[11:])
    return [
        article,
        Made(title=article.title, text=f"Copied from a friend.\n\n{article.text}"),
        Made(title=article.title, text=" ".join(sentences[:8])),
        Made(title=article.title.upper(), text=edited),
        Made(title=f"What happened on day {seed}", text=article.text),
    ]


@pytest.mark.parametrize("order", range(4))
def test_the_order_of_arrival_does_not_matter(order: int) -> None:
    """Twelve stories of five versions each, the caps met at every key: the same stories."""
    articles = numbered(version for seed in range(12) for version in versions(seed))
    random.Random(order).shuffle(articles)  # noqa: S311 - an order, no secret
    stories = arrive(articles, CAP).stories
    assert stories == tuple(tuple(range(first, first + 5)) for first in range(1, 61, 5))


def test_templated_notices_stay_apart() -> None:
    """A hundred notices of one form, on pages with the same menu and title: no two are one."""
    menu = "Home News Sport Weather\n\nSign In To Your Account\n\nSubscribe Now"
    notices = [
        Made(title="The weather today", text=f"{menu}\n\n{weather_notice(city, seed)}")
        for seed, city in enumerate(["Porto", "Lyon", "Graz", "Osaka", "Turin"] * 20)
    ]
    assert len(arrive(numbered(notices), 60).stories) == 100

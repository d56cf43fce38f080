"""A page that lists articles -> the articles that it links to, by the form of their addresses and
by where the links stand.

A link is worth what its address looks like (``shape``), what its words look like, and where it
stands; menus and footers count against it. The weights are guesses; what is taken by mistake costs
a request and is recorded as a page without an article.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.discover.shape import is_no_article, judge_shape
from scraper.model import Feed, FeedEntry
from scraper.urls import normalise_url, page_key, site_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser, LexborNode

#: A link that weighs so much is one to an article.
_ENOUGH = 3

#: What stands in <noscript> is text to the parser: the picture for readers without scripts.
_MARKUP = re.compile(r"<[^<>]*>")
_HEADLINES = frozenset({"h1", "h2", "h3", "h4"})
_MACHINERY = frozenset({"nav", "footer"})
#: How far up from a link it is looked where it stands; cards nest a link six deep or so.
_LOOK_UP = 12
#: Links read: the real front pages of large papers have some hundred.
_MOST_LINKS = 5_000
#: Words of a headline, and letters of one in scripts without spaces. Guesses.
_HEADLINE_WORDS, _HEADLINE_LETTERS = 4, 12

#: A longer text around a link is a whole card.
_LONGEST_TITLE = 300


def find_articles(tree: LexborHTMLParser, *, url: str, max_entries: int = 1000) -> Feed:
    """The articles of its own site that a page links to, in its order, each once.

    Without dates: a list's own are rarely told apart from its decoration. ``url`` is where the page
    is from, as an http(s) URL.
    """
    listed = page_key(url)
    weights: dict[str, int] = {}
    entries: dict[str, FeedEntry] = {}
    for link, address in _links(tree, url):
        key = page_key(address)
        if key == listed:
            continue
        title = " ".join(_MARKUP.sub(" ", link.text(deep=True, separator=" ")).split())
        weight = judge_shape(address) + _judge_place(link) + _judge_words(title)
        weights[key] = max(weight, weights.get(key, weight))
        known = entries.get(key)
        if known is None or len(title) > len(known.title or ""):
            entries[key] = FeedEntry(
                url=known.url if known else address, title=title[:_LONGEST_TITLE] or None
            )
    chosen = [entry for key, entry in entries.items() if weights[key] >= _ENOUGH]
    heading = tree.css_first("title")
    title = " ".join(heading.text().split()) if heading else ""
    return Feed(title=title or None, home_url=url, entries=tuple(chosen[:max_entries]))


def _links(tree: LexborHTMLParser, url: str) -> Iterator[tuple[LexborNode, str]]:
    """Links within the page's site to what may be an article."""
    element = tree.css_first("base[href]")
    base = normalise_url((element.attributes.get("href") or "") if element else "", url) or url
    site = site_of(url)
    for link in tree.css("a[href]")[:_MOST_LINKS]:
        address = normalise_url(link.attributes.get("href") or "", base)
        if address and site_of(address) == site and not is_no_article(address):
            yield link, address


def _judge_words(title: str) -> int:
    words = len(title.split())
    letters = sum(not char.isascii() for char in title)
    return int(words >= _HEADLINE_WORDS or letters >= _HEADLINE_LETTERS)


def _judge_place(link: LexborNode) -> int:
    """What the elements around the link, or inside it, say of it."""
    weight = 0
    if any(link.css_first(name) for name in _HEADLINES):
        weight += 1
    node = link.parent
    for _ in range(_LOOK_UP):
        if node is None or node.tag == "body":
            break
        role = (node.attributes.get("role") or "").lower()
        if node.tag in _MACHINERY or role in {"navigation", "contentinfo"}:
            return weight - _ENOUGH
        if node.tag in _HEADLINES or node.tag == "article":
            return weight + 1
        node = node.parent
    return weight

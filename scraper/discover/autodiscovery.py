"""Where a site's feeds and sitemaps are: what its page names, or the usual places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.model import FoundFeed
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser, LexborNode

#: https://html.spec.whatwg.org/multipage/links.html#rel-alternate names RSS and Atom,
#: https://www.jsonfeed.org/version/1.1/ the others; text/xml and the like are what old sites write.
_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/json",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
    }
)
#: WordPress serves its API's descriptions as application/json beside the feeds.
_NO_FEED = re.compile(r"/wp-json/|oembed", re.IGNORECASE)
#: A feed of comments, by its address or title: WordPress ("Comments Feed", in its languages).
_COMMENTS = re.compile(r"comment|kommentar|coment[aá]rio|reacties|/respond\b", re.IGNORECASE)

#: The commonest first (a guess, from what publishing systems do by default): WordPress; Drupal and
#: many others; Jekyll, Ghost 5's "/rss/"; Hugo's "/index.xml"; Blogger; JSON Feed's own advice.
_USUAL_PATHS = (
    "feed/",
    "rss.xml",
    "feed.xml",
    "rss",
    "atom.xml",
    "index.xml",
    "feed",
    "rss/",
    "feeds/posts/default",
    "index.rdf",
    "feed.json",
)

#: Likewise for sitemaps: Google's own example, Yoast's and Jetpack's for WordPress, the protocol's.
_USUAL_SITEMAPS = (
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_news.xml",
    "/sitemap_index.xml",
    "/sitemap.xml",
    "/sitemap-index.xml",
)


def find_feeds(tree: LexborHTMLParser, *, url: str) -> tuple[FoundFeed, ...]:
    """The feeds that a page names, in its order, feeds of comments last; may be empty.

    ``url`` is where the page is from; relative addresses are joined to it or to the page's own
    base. Never raises.
    """
    base = _base(tree, url)
    found: dict[str, FoundFeed] = {}
    for link in tree.css("link[rel][href]"):
        address = normalise_url(link.attributes.get("href") or "", base)
        if address and _names_feed(link) and not _NO_FEED.search(address):
            title = " ".join((link.attributes.get("title") or "").split())
            found.setdefault(address, FoundFeed(url=address, title=title or None))
    return tuple(sorted(found.values(), key=_is_of_comments))


def usual_feed_urls(url: str) -> tuple[str, ...]:
    """Where feeds usually are, the commonest place first: in the page's directory, then its root.

    Empty where ``url`` is no http(s) URL.
    """
    places = (
        normalise_url(path, directory) for directory in _directories(url) for path in _USUAL_PATHS
    )
    return tuple(dict.fromkeys(place for place in places if place))


def usual_sitemap_urls(url: str) -> tuple[str, ...]:
    """Where a site's sitemaps usually are, those of news first; empty where ``url`` is no http(s)
    URL.
    """
    places = (normalise_url(path, url) for path in _USUAL_SITEMAPS)
    return tuple(place for place in places if place)


def _directories(url: str) -> Iterator[str]:
    for path in (".", "/"):
        if directory := normalise_url(path, url):
            yield directory


def _base(tree: LexborHTMLParser, url: str) -> str:
    """The first base element's address, as browsers take it; the page's own where there is none."""
    element = tree.css_first("base[href]")
    href = (element.attributes.get("href") or "") if element else ""
    return normalise_url(href, url) or url


def _names_feed(link: LexborNode) -> bool:
    rel = (link.attributes.get("rel") or "").lower().split()
    kind = (link.attributes.get("type") or "").partition(";")[0].strip().lower()
    is_stylesheet = "stylesheet" in rel  # "alternate stylesheet"
    return "alternate" in rel and not is_stylesheet and kind in _FEED_TYPES


def _is_of_comments(feed: FoundFeed) -> bool:
    return _COMMENTS.search(f"{feed.url} {feed.title or ''}") is not None

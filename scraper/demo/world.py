"""A small news world of our own writing: what each of its sites answers, and what is true of it.

Twelve invented sites publish some forty pages: a story with its topic page, a silent repost and a
machine's rewording; a wire piece on three papers; a round-up; an article that grows; families of
notices with one wording; and pieces that are merely about the same thing. The same world is shown
by ``scraper demo`` and archived by the end-to-end tests, which compare with ``truth``.

There are two editions: the second is the world some days later. The world reads no clock, and the
same question always gets the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from scraper.demo.feeds import Announcement, announcements_of, atom, json_feed, rss
from scraper.demo.markup import (
    FEED_TYPES,
    article_page,
    error_page,
    gallery_page,
    home_page,
)
from scraper.demo.sites import SITE_OF, SITES, FeedFormat, Look, Site, SiteFeed, sites_served
from scraper.demo.texts import EDITIONS, Page, Role, article_text, page_url, pages_of
from scraper.demo.truth import (
    CHROME_PHRASES,
    EXPECTED_FEED_OUTCOMES,
    EXPECTED_OUTCOMES,
    EXPECTED_STORIES,
    EXPECTED_STORIES_OF_FAULTS,
    ExpectedStory,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CHROME_PHRASES",
    "EDITIONS",
    "EXPECTED_FEED_OUTCOMES",
    "EXPECTED_OUTCOMES",
    "EXPECTED_STORIES",
    "EXPECTED_STORIES_OF_FAULTS",
    "SITES",
    "SITE_OF",
    "Announcement",
    "ExpectedStory",
    "FeedFormat",
    "Look",
    "Page",
    "Response",
    "Role",
    "Site",
    "SiteFeed",
    "announcements_of",
    "article_text",
    "page_url",
    "pages_of",
    "render",
    "revalidate",
    "sites_served",
]

#: Asked of every crawler, in seconds: small, so that the demo takes seconds, and above zero, so
#: that politeness is met.
CRAWL_DELAY_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A status, the headers that matter and the bytes of a body."""

    status: HTTPStatus
    body: bytes
    content_type: str
    etag: str | None = None
    last_modified: datetime | None = None
    location: str | None = None

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers as sent, without Content-Length."""
        sent = [("Content-Type", self.content_type)]
        if self.etag:
            sent.append(("ETag", self.etag))
        if self.last_modified:
            sent.append(("Last-Modified", format_datetime(self.last_modified, usegmt=True)))
        if self.location:
            sent.append(("Location", self.location))
        return tuple(sent)


def render(site: str, path: str, edition: int, addresses: Mapping[str, str]) -> Response:
    """What the site of this key answers to GET ``path``; a query string changes nothing.

    ``addresses`` are the base URLs (no slash at the end) by which pages name the sites.
    """
    where = SITE_OF[site]
    path = path.partition("?")[0]
    if path == "/":
        return _html(where, home_page(where, edition, addresses), _site_changed(where, edition))
    if path == "/robots.txt":
        return Response(
            status=HTTPStatus.OK, body=_robots(where).encode(), content_type="text/plain"
        )
    for feed in where.feeds:
        if path == feed.path:
            return _feed(where, feed, edition, addresses)
    for page in pages_of(edition).values():
        if page.site == site and path == page.path:
            return _page(where, page, edition, addresses)
        if page.site == site and path == page.moved_from:
            return _moved(where, page, addresses)
    return _error(where, HTTPStatus.NOT_FOUND, addresses)


def revalidate(
    response: Response, *, if_none_match: str | None, if_modified_since: str | None
) -> Response:
    """The response, or 304 without a body where the asker has it already (RFC 9110, 13.2.2)."""
    if if_none_match is not None and response.etag:
        known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        fresh = response.etag in known or "*" in known
    elif if_modified_since is not None and response.last_modified:
        fresh = _is_fresh(response.last_modified, if_modified_since)
    else:
        fresh = False
    return replace(response, status=HTTPStatus.NOT_MODIFIED, body=b"") if fresh else response


def _is_fresh(last_modified: datetime, since: str) -> bool:
    """Whether nothing changed since that HTTP date; a date that is none is ignored."""
    try:
        return last_modified <= parsedate_to_datetime(since).astimezone(UTC)
    except ValueError:
        return False


def _page(site: Site, page: Page, edition: int, addresses: Mapping[str, str]) -> Response:
    match page.role:
        case Role.MISSING:
            return _error(site, HTTPStatus.NOT_FOUND, addresses)
        case Role.BROKEN:
            return _error(site, HTTPStatus.INTERNAL_SERVER_ERROR, addresses)
        case Role.GALLERY:
            markup = gallery_page(page, site, edition, addresses)
        case _:
            markup = article_page(page, site, edition, addresses)
    return _html(site, markup, _site_changed(site, edition))


def _feed(site: Site, feed: SiteFeed, edition: int, addresses: Mapping[str, str]) -> Response:
    changed = _site_changed(site, edition)
    match feed.format:
        case FeedFormat.HTML:
            return _html(site, home_page(site, edition, addresses), changed)
        case FeedFormat.RSS:
            text = rss(site, feed, edition, addresses)
        case FeedFormat.ATOM:
            text = atom(site, feed, edition, addresses)
        case FeedFormat.JSON:
            text = json_feed(site, feed, edition, addresses)
    return _validated(site, text.encode(), FEED_TYPES[feed.format], changed)


def _html(site: Site, markup: str, changed: datetime) -> Response:
    body = markup.encode(site.charset)
    return _validated(site, body, f"text/html; charset={site.charset}", changed)


def _validated(site: Site, body: bytes, content_type: str, changed: datetime) -> Response:
    if site.dates_only:
        return Response(
            status=HTTPStatus.OK, body=body, content_type=content_type, last_modified=changed
        )
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    return Response(status=HTTPStatus.OK, body=body, content_type=content_type, etag=etag)


def _moved(site: Site, page: Page, addresses: Mapping[str, str]) -> Response:
    status = HTTPStatus.MOVED_PERMANENTLY
    body = error_page(site, status, status.phrase, addresses).encode(site.charset)
    return Response(
        status=status,
        body=body,
        content_type=f"text/html; charset={site.charset}",
        location=page_url(page, addresses),
    )


def _error(site: Site, status: HTTPStatus, addresses: Mapping[str, str]) -> Response:
    body = error_page(site, status, status.phrase, addresses).encode(site.charset)
    return Response(status=status, body=body, content_type=f"text/html; charset={site.charset}")


def _robots(site: Site) -> str:
    rules = [f"Disallow: {path}" for path in site.disallow] or ["Disallow:"]
    return "\n".join(["User-agent: *", f"Crawl-delay: {CRAWL_DELAY_SECONDS}", *rules, ""])


def _site_changed(site: Site, edition: int) -> datetime:
    """When anything of the site last changed, in UTC: every page lists its neighbours."""
    return max(
        page.changed for page in pages_of(edition).values() if page.site == site.key
    ).astimezone(UTC)

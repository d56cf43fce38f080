"""The feeds of the world's sites, each in its format."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

from scraper.demo.texts import pages_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.demo.sites import Site, SiteFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One entry of a feed: an absolute ``url`` by which it names the page ``key``."""

    key: str
    url: str
    title: str
    published: datetime
    updated: datetime
    summary: str


def announcements_of(
    site: Site, edition: int, addresses: Mapping[str, str]
) -> tuple[Announcement, ...]:
    """What the site's feed announces, newest first; a page may stand there under several URLs."""
    return tuple(
        Announcement(
            key=page.key,
            url=addresses[site.key] + path,
            title=page.title,
            published=page.published,
            updated=page.changed,
            summary=page.paragraphs[0] if page.paragraphs else page.title,
        )
        for page in pages_of(edition).values()
        if page.site == site.key
        for path in page.announced
    )


def rss(site: Site, feed: SiteFeed, edition: int, addresses: Mapping[str, str]) -> str:
    """RSS 2.0."""
    entries = announcements_of(site, edition, addresses)
    base = addresses[site.key]
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>',
        f"<title>{escape(site.name)}</title><link>{escape(base)}/</link>",
        f"<description>{escape(site.tagline)}</description>",
        f"<language>{site.language}</language>",
        f'<atom:link href="{escape(base + feed.path)}" rel="self" type="application/rss+xml"/>',
        f"<lastBuildDate>{format_datetime(_latest(entries))}</lastBuildDate>",
    ]
    parts += [
        f"<item><title>{escape(entry.title)}</title><link>{escape(entry.url)}</link>"
        f'<guid isPermaLink="false">{escape(entry.url)}</guid>'
        f"<pubDate>{format_datetime(entry.published)}</pubDate>"
        f"<description>{escape(entry.summary)}</description></item>"
        for entry in entries
    ]
    return "\n".join([*parts, "</channel></rss>", ""])


def atom(site: Site, feed: SiteFeed, edition: int, addresses: Mapping[str, str]) -> str:
    """Atom 1.0 (RFC 4287)."""
    entries = announcements_of(site, edition, addresses)
    base = addresses[site.key]
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{site.language}">',
        f"<title>{escape(site.name)}</title><subtitle>{escape(site.tagline)}</subtitle>",
        f"<id>{escape(base + feed.path)}</id><updated>{_latest(entries).isoformat()}</updated>",
        f"<author><name>{escape(site.name)}</name></author>",
        f'<link rel="self" href="{escape(base + feed.path)}"/>',
        f'<link rel="alternate" type="text/html" href="{escape(base)}/"/>',
    ]
    parts += [
        f"<entry><title>{escape(entry.title)}</title><id>{escape(entry.url)}</id>"
        f'<link rel="alternate" type="text/html" href="{escape(entry.url)}"/>'
        f"<published>{entry.published.isoformat()}</published>"
        f"<updated>{entry.updated.isoformat()}</updated>"
        f'<summary type="text">{escape(entry.summary)}</summary></entry>'
        for entry in entries
    ]
    return "\n".join([*parts, "</feed>", ""])


def json_feed(site: Site, feed: SiteFeed, edition: int, addresses: Mapping[str, str]) -> str:
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    base = addresses[site.key]
    entries = [
        {
            "id": entry.url,
            "url": entry.url,
            "title": entry.title,
            "summary": entry.summary,
            "date_published": entry.published.isoformat(),
            "date_modified": entry.updated.isoformat(),
        }
        for entry in announcements_of(site, edition, addresses)
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "description": site.tagline,
        "language": site.language,
        "home_page_url": f"{base}/",
        "feed_url": base + feed.path,
        "items": entries,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _latest(entries: tuple[Announcement, ...]) -> datetime:
    return max(entry.updated for entry in entries).astimezone(UTC)

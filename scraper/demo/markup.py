"""The HTML of the world's pages: the templates in ``templates/`` filled with the texts.

Each look has its own folder: ``page.html``, and where it needs them ``topic.html``,
``gallery.html``, ``inset.html`` (put into the middle of a text, as sites do with their newsletter
prompts) and ``next.html`` (what an endless scroll appends). Everything put into a template is
escaped here; only what this module made is markup.
"""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from scraper.demo.sites import FeedFormat, Look, Site
from scraper.demo.texts import Page, Role, page_url, pages_of, paragraphs_of
from scraper.demo.wording import CHROME_WORDS, write_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FEED_TYPES: Mapping[FeedFormat, str] = {
    FeedFormat.RSS: "application/rss+xml",
    FeedFormat.ATOM: "application/atom+xml",
    FeedFormat.JSON: "application/feed+json",
}

_TEMPLATES = files("scraper.demo") / "templates"

#: Paragraphs of the next article that an endless scroll shows.
_NEXT_PARAGRAPHS = 2
_RELATED = 5
_LEAD_LENGTH = 150


def article_page(page: Page, site: Site, edition: int, addresses: Mapping[str, str]) -> str:
    """The page of an article, a topic or a round-up."""
    pages = pages_of(edition)
    paragraphs = paragraphs_of(page, edition, addresses)
    fields = _page_fields(page, site, edition, addresses)
    fields["body"] = _body(paragraphs, _inset(site, fields))
    fields["json_ld"] = _json_ld(page, site, addresses)
    fields["figure"] = _figure(page)
    fields["next_story"] = ""
    if page.next:
        fields["next_story"] = _next_story(pages[page.next], site, edition, addresses)
    if page.role is Role.TOPIC and page.copies:
        original = pages[page.copies]
        fields["copied_url"] = escape(page_url(original, addresses))
        fields["copied_title"] = escape(original.title)
        return _template(f"{site.look}/topic.html").substitute(fields)
    return _template(f"{site.look}/page.html").substitute(fields)


def gallery_page(page: Page, site: Site, edition: int, addresses: Mapping[str, str]) -> str:
    """A page of pictures: its paragraphs are the captions."""
    fields = _page_fields(page, site, edition, addresses)
    fields["pictures"] = "\n".join(
        f'<figure class="shot"><img src="/img/{fields["slug"]}-{number}.jpg" alt="">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
        for number, caption in enumerate(page.paragraphs, 1)
    )
    return _template(f"{site.look}/gallery.html").substitute(fields)


def home_page(site: Site, edition: int, addresses: Mapping[str, str]) -> str:
    """The site's front page: its feeds by rel=alternate, and links to all that it announces."""
    fields = _site_fields(site, addresses)
    listed = [page for page in pages_of(edition).values() if page.site == site.key]
    fields["related"] = _links(listed, addresses)
    return _template("home.html").substitute(fields)


def error_page(site: Site, status: int, reason: str, addresses: Mapping[str, str]) -> str:
    """What the site says with an error status."""
    fields = _site_fields(site, addresses)
    return _template("error.html").substitute(fields, status=status, reason=reason)


def _site_fields(site: Site, addresses: Mapping[str, str]) -> dict[str, str]:
    base = addresses[site.key]
    feed_links = "\n".join(
        f'<link rel="alternate" type="{FEED_TYPES[feed.format]}" '
        f'title="{escape(site.name)}" href="{feed.path}">'
        for feed in site.feeds
        if feed.format in FEED_TYPES
    )
    words = CHROME_WORDS[site.language]
    return {
        "base": escape(base),
        "charset": site.charset,
        "feed_links": feed_links,
        "language": site.language,
        "note": escape(site.note or ""),
        "site_name": escape(site.name),
        "tagline": escape(site.tagline),
        **{f"say_{name}": escape(phrase) for name, phrase in words.items()},
    }


def _page_fields(
    page: Page, site: Site, edition: int, addresses: Mapping[str, str]
) -> dict[str, str]:
    pages = pages_of(edition)
    neighbours = [
        other for other in pages.values() if other.site == page.site and other.key != page.key
    ]
    author = page.author or ""
    section = page.section or ""
    canonical = pages[page.canonical] if page.canonical else page
    return {
        **_site_fields(site, addresses),
        "author": escape(author),
        "author_slug": _slug(author),
        "byline": f'<span class="who">{escape(author)}</span> ' if author else "",
        "canonical_url": escape(page_url(canonical, addresses)),
        "changed_iso": page.changed.isoformat(),
        "lead": escape(_lead(page)),
        "published_human": write_date(page.published, site.language),
        "published_iso": page.published.isoformat(),
        "related": _links(neighbours[:_RELATED], addresses),
        "section": escape(section),
        "section_slug": _slug(section),
        "slug": page.key.partition("/")[2],
        "title": escape(page.title),
        "url": escape(page_url(page, addresses)),
    }


def _body(paragraphs: tuple[str, ...], inset: str | None) -> str:
    lines = [_paragraph(text) for text in paragraphs]
    if inset:
        lines.insert(len(lines) // 2, inset.rstrip("\n"))
    return "\n".join(lines)


def _paragraph(text: str) -> str:
    if text.startswith("> "):
        return f"<blockquote><p>{escape(text[2:], quote=False)}</p></blockquote>"
    return f"<p>{escape(text, quote=False)}</p>"


def _figure(page: Page) -> str:
    if not page.caption:
        return ""
    slug = page.key.partition("/")[2]
    return (
        f'<figure class="picture"><img src="/img/{slug}.jpg" width="1200" height="800" alt="">'
        f"<figcaption>{escape(page.caption, quote=False)}</figcaption></figure>"
    )


def _next_story(page: Page, site: Site, edition: int, addresses: Mapping[str, str]) -> str:
    beginning = paragraphs_of(page, edition, addresses)[:_NEXT_PARAGRAPHS]
    fields = _page_fields(page, site, edition, addresses)
    return _template(f"{site.look}/next.html").substitute(fields, body=_body(beginning, None))


def _links(pages: Iterable[Page], addresses: Mapping[str, str]) -> str:
    return "\n".join(
        f'<li><a href="{escape(page_url(page, addresses))}">{escape(page.title)}</a></li>'
        for page in pages
    )


def _json_ld(page: Page, site: Site, addresses: Mapping[str, str]) -> str:
    """A schema.org NewsArticle; a metered site declares its whole text as not free."""
    ld: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": page.title,
        "datePublished": page.published.isoformat(),
        "dateModified": page.changed.isoformat(),
        "author": [{"@type": "Person", "name": page.author}],
        "publisher": {"@type": "NewsMediaOrganization", "name": site.name},
        "mainEntityOfPage": page_url(page, addresses),
        "description": _lead(page),
        "inLanguage": site.language,
    }
    if site.look is Look.METERED:
        ld["isAccessibleForFree"] = False
        ld["hasPart"] = {
            "@type": "WebPageElement",
            "isAccessibleForFree": False,
            "cssSelector": ".story__body",
        }
    return json.dumps(ld, ensure_ascii=False).replace("</", "<\\/")


def _lead(page: Page) -> str:
    """The first words of the page's text, as search engines are given them."""
    text = page.paragraphs[0] if page.paragraphs else page.title
    if len(text) <= _LEAD_LENGTH:
        return text
    return text[:_LEAD_LENGTH].rsplit(" ", 1)[0] + "…"


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text.casefold()).strip("-") or "all"


@cache
def _template(path: str) -> Template:
    """The template of this path in ``templates/``."""
    return Template((_TEMPLATES / path).read_text(encoding="utf-8"))


def _inset(site: Site, fields: Mapping[str, str]) -> str | None:
    """What the site puts into the middle of its texts; ``None`` where it leaves them alone."""
    path = f"{site.look}/inset.html"
    return _template(path).substitute(fields) if (_TEMPLATES / path).is_file() else None

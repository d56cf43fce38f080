"""What a page's article is: decides between what text.py and metadata.py found, by precedence.

Field         first that answers
title         see titles.py
authors       see authorship.py
published     see published.py
modified      JSON-LD; <meta>
language      <html lang>, JSON-LD, <meta>, each checked against the text
canonical     <link rel=canonical>, og:url: on the page's own site; another's is an Attribution
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.extract.anchor import make_anchor
from scraper.extract.attribution import Place, find_attributions, other_site
from scraper.extract.authorship import choose_authors
from scraper.extract.blocks import lay_out
from scraper.extract.embedded import embedded_text
from scraper.extract.kinds import (
    declares_article,
    is_paywalled,
    leads_home,
    page_kind,
    refuse,
    teaser_heading,
)
from scraper.extract.language import judge_language
from scraper.extract.metadata import (
    NO_METADATA,
    address_in,
    names_in,
    printable,
    read_metadata,
    squeeze,
)
from scraper.extract.page import parse_page
from scraper.extract.published import Moments
from scraper.extract.selected import read_selected
from scraper.extract.surroundings import Surroundings
from scraper.extract.text import Body, read_body
from scraper.extract.titles import Heading, choose_title
from scraper.model import Article, NoArticle, PageKind, Reason
from scraper.urls import normalise_url, site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selectolax.lexbor import LexborHTMLParser

    from scraper.extract.blocks import Block, Layout
    from scraper.extract.metadata import Metadata

_TITLE_META = tuple("twitter:title parsely-title sailthru.title dc.title title".split())
_DESCRIPTION_META = ("og:description", "description", "twitter:description")
_HEADING_LEVELS = {"h1": 1, "h2": 2, "h3": 3}

#: A longer one is no headline.
_LONGEST_TITLE = 500
#: So many headings are looked at: no page has a longer menu of them before its headline (a guess).
_MOST_HEADINGS = 15
#: So many blocks at most lie between a headline and its text; a guess. The most seen is 43.
_MOST_BETWEEN = 60
#: A text may be taken to begin so many blocks above its headline (a guess).
_HEADLINE_INTO = 5
#: From this share of a heading in links the heading is one (a guess).
_MOSTLY_LINK = 0.5
#: A longer one is no tag.
_LONGEST_TAG = 80


def extract_article(
    html: bytes,
    *,
    url: str,
    content_type: str | None = None,
    text_css: str | None = None,
    title_css: str | None = None,
    unless: Callable[[Metadata], NoArticle | None] | None = None,
) -> Article | NoArticle:
    """The article that a page carries, or why it carries none; never raises, whatever the bytes.

    ``html`` is the page's decoded body, ``url`` its address after redirects (relative links and
    "another site" are judged by it), ``content_type`` the header as sent. ``text_css`` and
    ``title_css`` say where a site has its text and its headline, for a site where we find others;
    where they match nothing, it is as without them. ``unless`` is asked what it has against the
    page, by what that says of itself; of one that is not parsed, that is nothing. Pure and
    deterministic: the same bytes give the same article, on any machine and day.
    """
    tree = parse_page(html, content_type)
    metadata = NO_METADATA if isinstance(tree, NoArticle) else read_metadata(tree)
    if unless is not None and (objection := unless(metadata)) is not None:
        return objection
    if isinstance(tree, NoArticle):
        return tree
    root = tree.root
    if root is None or tree.body is None:
        return NoArticle(reason=Reason.NO_ARTICLE, detail="the page has no body")
    layout = lay_out(tree.body)
    return _Decision(
        tree,
        metadata,
        layout,
        url,
        text=read_selected(root, text_css),
        title=squeeze(read_selected(root, title_css)),
    ).article()


class _Decision:
    """One page's findings, and our choice among them: each method decides one field."""

    def __init__(
        self,
        tree: LexborHTMLParser,
        metadata: Metadata,
        layout: Layout,
        url: str,
        *,
        text: str | None,
        title: str | None,
    ) -> None:
        self.selected_text = text
        self.selected_title = title
        self.tree = tree
        self.metadata = metadata
        self.layout = layout
        self.url = url
        self.page = normalise_url(url)
        self.site = site_of(self.page) if self.page else None
        base = normalise_url(metadata.base, self.page) if metadata.base and self.page else None
        self.place = Place(self.page, base or self.page) if self.page else None
        self.node = metadata.article or {}

    def article(self) -> Article | NoArticle:
        titles = list(self.declared_titles())
        body = read_body(
            self.layout,
            [*titles, self.document_title() or ""],
            descriptions=tuple(self.descriptions()),
            anchor=make_anchor(self.node.get("articleBody")),
        )
        if not body.text and declares_article(self.metadata):
            found = embedded_text(self.tree, self.title(titles, body))
            body = Body(text="\n\n".join(found))
        text = printable(self.selected_text or body.text)
        if not text:
            return NoArticle(reason=Reason.NO_ARTICLE, detail="the page holds no running text")
        title = self.selected_title or self.title(titles, body)
        path = urlsplit(self.page).path if self.page else None
        trouble = refuse(self.metadata, self.layout, body, self.document_title() or title, path)
        if trouble and not self.selected_text:
            return NoArticle(reason=Reason.NO_ARTICLE, detail=trouble)
        kind = page_kind(self.metadata, self.layout, body, self.page)
        is_topic = kind is PageKind.TOPIC and not self.selected_title
        if is_topic and (heading := teaser_heading(self.layout, body, self.page)):
            title = heading.text
        surroundings = Surroundings(self.layout, body)
        moments = Moments(
            self.tree,
            self.metadata,
            self.layout,
            surroundings,
            self.url,
            day_first=self.day_first,
        )
        published, modified = moments.published(), moments.modified()
        return Article(
            url=self.page or self.url or None,
            title=printable(title) if title else None,
            text=text,
            authors=self.authors(surroundings),
            published=published.at if published else None,
            published_precision=published.precision if published else None,
            modified=modified.at if modified else None,
            language=judge_language(text, self.declared_language()),
            canonical_url=self.canonical_url(),
            site_name=self.site_name,
            description=self.description(),
            image_url=self.image_url(),
            section=self.section(),
            tags=self.tags(),
            is_paywalled=is_paywalled(self.node, self.layout, body, self.declared_words()),
            page_kind=kind,
            attributions=find_attributions(
                self.metadata, body.kept, body.following, place=self.place
            ),
        )

    def declared_words(self) -> int | None:
        value = self.node.get("wordCount")
        digits = str(value) if isinstance(value, (int, str)) else ""
        return int(digits) if digits.isdecimal() and len(digits) < 7 else None  # noqa: PLR2004 - no longer article

    def declared_titles(self) -> Iterator[str]:
        for value in (
            self.metadata.first("og:title"),
            self.node.get("headline"),
            *(self.metadata.first(name) for name in _TITLE_META),
            self.node.get("name"),
        ):
            if (title := squeeze(value)) and len(title) < _LONGEST_TITLE:
                yield title

    def title(self, declared: list[str], body: Body) -> str | None:
        names = [self.site_name or "", *self.publishers]
        first = body.kept[0] if body.kept else None
        return choose_title(
            declared,
            self.document_title(),
            list(self.headings(first)),
            names,
            site=self.site,
        )

    def headings(self, first: Block | None) -> Iterator[Heading]:
        """The page's first headings; ``first`` is the text's first block, where it has one."""
        blocks = self.layout.blocks
        start = blocks.index(first) if first else None
        seen = blocks if start is None else blocks[: start + _HEADLINE_INTO]
        found = (
            Heading(
                text=" ".join(block.text.split()),
                level=_HEADING_LEVELS[block.tag],
                is_above=start is None or start - _MOST_BETWEEN < place < start,
                is_link=block.link_density > _MOSTLY_LINK,
                is_site=block.link_density > _MOSTLY_LINK and leads_home(block, self.page),
            )
            for place, block in enumerate(seen)
            if block.tag in _HEADING_LEVELS and len(block.text) < _LONGEST_TITLE
        )
        return islice(found, _MOST_HEADINGS)

    def document_title(self) -> str | None:
        title = self.metadata.title
        return title if title and len(title) < _LONGEST_TITLE else None

    @cached_property
    def publishers(self) -> list[str]:
        return [
            *names_in(self.node.get("publisher")),
            *self.metadata.meta.get("application-name", ()),
        ]

    @cached_property
    def site_name(self) -> str | None:
        name = self.metadata.first("og:site_name")
        website = self.metadata.of_type("WebSite") or {}
        return name or next(iter(self.publishers), None) or squeeze(website.get("name"))

    def authors(self, surroundings: Surroundings) -> tuple[str, ...]:
        own = [self.site_name or "", *self.publishers, self.site or ""]
        return choose_authors(self.tree, self.metadata, surroundings, own_names=own)

    @property
    def day_first(self) -> bool:
        """Whether 3/4/2020 is 3 April here: everywhere but in the United States."""
        language = (self.declared_language() or "en-US").replace("_", "-").lower()
        return language not in {"en", "en-us"}

    def declared_language(self) -> str | None:
        return (
            self.metadata.language
            or squeeze(self.node.get("inLanguage"))
            or self.metadata.first("og:locale", "content-language", "language", "dc.language")
        )

    def canonical_url(self) -> str | None:
        for named in (self.metadata.link("canonical"), self.metadata.first("og:url")):
            if named and named == self.page:
                return named  # as it is on most pages, and costs nothing
            if named and self.place and not other_site(named, self.place):
                address = normalise_url(named, self.place.base)
                if address:
                    return address
        return None

    def descriptions(self) -> Iterator[str]:
        for name in _DESCRIPTION_META:
            if value := self.metadata.first(name):
                yield value
        if declared := squeeze(self.node.get("description")):
            yield declared

    def description(self) -> str | None:
        return next(self.descriptions(), None)

    def image_url(self) -> str | None:
        named = self.metadata.first(
            "og:image", "og:image:url", "twitter:image", "twitter:image:src"
        ) or address_in(self.node.get("image"))
        return normalise_url(named, self.place and self.place.base) if named else None

    def section(self) -> str | None:
        return self.metadata.first("article:section", "parsely-section") or next(
            names_in(self.node.get("articleSection")), None
        )

    def tags(self) -> tuple[str, ...]:
        found = [*self.metadata.meta.get("article:tag", ()), *names_in(self.node.get("keywords"))]
        if not found:
            found = list(
                self.metadata.meta.get("news_keywords", ())
                or self.metadata.meta.get("keywords", ())
            )
        split = (tag.strip() for value in found for tag in re.split(r"[,;]", value))
        return tuple(dict.fromkeys(tag for tag in split if tag and len(tag) < _LONGEST_TAG))[:50]

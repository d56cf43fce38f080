"""The pages of the demo's world, read from the files in ``texts/``.

A page is a file ``texts/<site>/<slug>.md``: TOML between two lines ``+++``, then paragraphs
separated by blank lines; a paragraph that starts with "> " quotes another story, and
``{url site/slug}`` stands for the address of a page. ``<slug>.edition-2.md`` takes its place from
the second edition on. A file ``*.toml`` holds notices: one wording, and a table of facts for each.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from scraper.demo.sites import SITE_OF, SITES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

EDITIONS = (1, 2)

_FENCE = "+++\n"
_URL_OF = re.compile(r"\{url ([\w/-]+)\}")


class Role(StrEnum):
    """What a page is in the world: all but the last three carry an article."""

    ARTICLE = "article"
    TOPIC = "topic"
    ROUND_UP = "round_up"
    GALLERY = "gallery"
    MISSING = "missing"
    BROKEN = "broken"


class _Sheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file says of its page, before copies are filled in."""

    path: str
    title: str
    published: datetime
    role: Role = Role.ARTICLE
    author: str | None = None
    updated: datetime | None = None
    section: str | None = None
    caption: str | None = None
    announced: tuple[str, ...] = ()
    moved_from: str | None = None
    canonical: str | None = None
    next: str | None = None
    quotes: tuple[str, ...] = ()
    copies: str | None = None
    copied_edition: int | None = None
    first_paragraphs: int | None = None
    since: int = 1
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the world; ``key`` is "site/slug", and other pages are named by their keys.

    ``announced`` are the paths by which the site's feed names it. ``canonical`` is the page that
    its rel=canonical claims, itself where ``None``; ``next`` the one whose beginning an endless
    scroll appends; ``copies`` the one whose text it carries; ``quotes`` are the stories a round-up
    quotes, in the order of its quotations.
    """

    key: str
    site: str
    path: str
    role: Role
    title: str
    author: str | None
    published: datetime
    updated: datetime | None
    section: str | None
    caption: str | None
    announced: tuple[str, ...]
    moved_from: str | None
    canonical: str | None
    next: str | None
    copies: str | None
    quotes: tuple[str, ...]
    paragraphs: tuple[str, ...]

    @property
    def changed(self) -> datetime:
        """When the page last changed."""
        return self.updated or self.published

    @property
    def quotations(self) -> tuple[str, ...]:
        """The paragraphs that quote another story, without their mark."""
        return tuple(text[2:] for text in self.paragraphs if text.startswith("> "))


@cache
def pages_of(edition: int) -> Mapping[str, Page]:
    """The pages of one edition by key, newest first within each site, sites in their order."""
    sheets = _sheets_of(edition)
    pages = [_page(key, sheet, edition) for key, sheet in sheets.items()]
    order = {site.key: number for number, site in enumerate(SITES)}
    pages.sort(key=lambda page: (order[page.site], -page.published.timestamp(), page.key))
    return {page.key: page for page in pages}


def page_url(page: Page, addresses: Mapping[str, str]) -> str:
    """The address of a page where the sites are served at ``addresses`` (site key -> base URL)."""
    return addresses[page.site] + page.path


def paragraphs_of(page: Page, edition: int, addresses: Mapping[str, str]) -> tuple[str, ...]:
    """The page's paragraphs with the addresses of pages filled in."""
    pages = pages_of(edition)

    def address(match: re.Match[str]) -> str:
        return page_url(pages[match[1]], addresses)

    return tuple(_URL_OF.sub(address, paragraph) for paragraph in page.paragraphs)


def article_text(page: Page, edition: int, addresses: Mapping[str, str]) -> str:
    """The text an extractor should find on the page: paragraphs separated by blank lines."""
    paragraphs = paragraphs_of(page, edition, addresses)
    return "\n\n".join(text.removeprefix("> ") for text in paragraphs)


def _page(key: str, sheet: _Sheet, edition: int) -> Page:
    paragraphs = sheet.paragraphs
    if sheet.copies:
        original = _sheets_of(sheet.copied_edition or edition)[sheet.copies]
        paragraphs += original.paragraphs[: sheet.first_paragraphs]
    return Page(
        key=key,
        site=key.partition("/")[0],
        path=sheet.path,
        role=sheet.role,
        title=sheet.title,
        author=sheet.author,
        published=sheet.published,
        updated=sheet.updated,
        section=sheet.section,
        caption=sheet.caption,
        announced=sheet.announced or (sheet.path,),
        moved_from=sheet.moved_from,
        canonical=sheet.canonical,
        next=sheet.next,
        copies=sheet.copies,
        quotes=sheet.quotes,
        paragraphs=paragraphs,
    )


@cache
def _sheets_of(edition: int) -> Mapping[str, _Sheet]:
    """The files of one edition by page key."""
    return {
        key: sheet
        for key, first_edition, sheet in sorted(_all_sheets(), key=lambda known: known[:2])
        if max(first_edition, sheet.since) <= edition
    }


@cache
def _all_sheets() -> tuple[tuple[str, int, _Sheet], ...]:
    """Page key, first edition and sheet of everything in ``texts/``."""
    texts = files("scraper.demo") / "texts"
    folders = ((site, texts / site) for site in SITE_OF)
    return tuple(
        (f"{site}/{slug}", first_edition, sheet)
        for site, folder in folders
        for file in folder.iterdir()
        for slug, first_edition, sheet in _read(file)
    )


def _read(file: Traversable) -> Iterator[tuple[str, int, _Sheet]]:
    text = file.read_text(encoding="utf-8")
    if file.name.endswith(".toml"):
        yield from _notices(tomllib.loads(text))
        return
    slug, _, mark = file.name.removesuffix(".md").partition(".edition-")
    _, front, body = text.split(_FENCE, 2)
    yield slug, int(mark or 1), _sheet(tomllib.loads(front), body)


def _notices(table: dict[str, Any]) -> Iterator[tuple[str, int, _Sheet]]:
    for facts in table["notice"]:
        front = {
            "path": table["path"].format_map(facts),
            "title": table["title"].format_map(facts),
            "section": table["section"],
            "author": table["author"],
            "published": facts["published"],
            "since": facts.get("since", 1),
        }
        yield facts["slug"], 1, _sheet(front, table["text"].format_map(facts))


def _sheet(front: dict[str, Any], body: str) -> _Sheet:
    paragraphs = tuple(part.strip() for part in body.split("\n\n") if part.strip())
    return msgspec.convert({**front, "paragraphs": paragraphs}, _Sheet)

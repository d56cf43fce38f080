"""Where a page says its text came from: links and declarations in its head, credits in its text.

Only what names another place counts: a claim about the page's own site is no attribution.
"""

# ruff: noqa: RUF001 - letters and dashes as publishers write them
from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scraper.extract.metadata import address_in, names_in
from scraper.model import Attribution, Evidence
from scraper.urls import normalise_url, site_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.extract.blocks import Block
    from scraper.extract.metadata import Metadata

#: How many blocks at either end of a text are read for credits.
_CLOSING = 4
_OPENING = 3

#: <meta> names by which Google News and others name an original.
_SOURCE_META = (
    "original-source",
    "syndication-source",
    "dc.source",
    "dcterms.source",
    "article:original_url",
)

_AGENCIES = (
    r"Reuters|AP|Associated Press|AFP|Agence France-Presse|dpa|DPA|Bloomberg|UPI|PTI|ANI|IANS"
    r"|Xinhua|TASS|ТАСС|Интерфакс"
    r"|РИА Новости|EFE|Europa Press|ANSA|Adnkronos|Kyodo|Yonhap|ANP|Belga|APA|SDA|sda"
    r"|Keystone-SDA|TT|NTB|Ritzau|STT|PAP|ČTK|CTK|MTI|Lusa|Anadolu|AAP|CP|The Canadian Press"
    r"|PA Media|Press Association|epd|KNA|SID|sid|Bernama|Antara"
)
_AGENCY = re.compile(
    rf"\((?P<name>{_AGENCIES})\)(?=\s*(?:[-–—.]|$))|^(?:Source|Quelle|Fuente|Fonte|Источник|来源"
    rf"|來源)\s*[:：]\s*(?P<source>[^\n]{{2,80}})$"
    rf"|^(?:With|Mit) (?:material|Material) (?:from|von|der) (?P<material>{_AGENCIES})\b"
)
_ORIGINALLY = re.compile(
    r"(?:(?:was|were|is|has been)?\s*(?:originally|first) (?:published|appeared|posted|written"
    r"|reported|ran)"
    r"|(?:this (?:article|story|piece|post) )?(?:first|originally) appeared"
    r"|re-?(?:published|posted|printed) (?:with permission )?|zuerst (?:erschienen"
    r"|veröffentlicht)|erschien zuerst|ursprünglich (?:erschienen|veröffentlicht)"
    r"|publi[ée]e? (?:à l'origine|initialement)|publicado originalmente"
    r"|pubblicato originariamente|впервые опубликован\w*)"
    r"\s+(?P<how>(?:in|on|by|at|from|as|auf|bei|in der|im|sur|par|dans|en|por|su|da|в"
    r"|на)\s+(?P<name>[^.;\n]{2,80}))",
    re.IGNORECASE,
)
#: One of these stands in whatever _ORIGINALLY finds.
_CREDIT_STEMS = (
    "publi", "pubbli", "appeared", "posted", "printed", "original", "first", "erschien", "zuerst",
    "ursprünglich", "впервые",
)  # fmt: skip
#: "originally written in German" names no place, and is still worth keeping.
_LANGUAGE = re.compile(r"written\s+in\s", re.IGNORECASE)
_BARE_ADDRESS = re.compile(
    r"^\W*(?:(?:source|via|quelle|fuente|fonte|original|read the original|источник"
    r"|link)\s*[:：-]?\s*)?(?P<url>https?://[^\s<>\"'()]{4,})(?:\s+(?P<rest>[^\n]{0,200}))?$",
    re.IGNORECASE,
)
_SOURCE_WORD = re.compile(
    r"^\W*(?:source|via|quelle|fuente|fonte|original (?:article|source|post)|источник"
    r"|first published|read the original)\b",
    re.IGNORECASE,
)


class Place(NamedTuple):
    """Where a page stands, as normalised addresses."""

    page: str
    #: what its relative addresses are relative to
    base: str


def find_attributions(
    metadata: Metadata, kept: Sequence[Block], following: Sequence[Block], *, place: Place | None
) -> tuple[Attribution, ...]:
    """What the page names as its sources, strongest first, each once.

    ``kept`` are the blocks of the article's text, ``following`` those of its container that were
    left out after it: credits often stand there.
    """
    found = [*_declared(metadata, place), *_credited(kept, following, place)]
    unique: dict[tuple[object, ...], Attribution] = {}
    for attribution in found:
        key = (attribution.evidence, attribution.url or attribution.name)
        unique.setdefault(key, attribution)
    return tuple(unique.values())


def _declared(metadata: Metadata, place: Place | None) -> Iterator[Attribution]:
    for named in (metadata.link("canonical"), metadata.first("og:url")):
        if elsewhere := other_site(named, place):
            yield Attribution(evidence=Evidence.CANONICAL_LINK, url=elsewhere)
            break
    node = metadata.article
    based_on = node.get("isBasedOn") or node.get("isBasedOnUrl") if node else None
    for part in based_on if isinstance(based_on, list) else [based_on]:
        if elsewhere := other_site(address_in(part), place):
            name = next(names_in(part), None) if isinstance(part, dict) else None
            yield Attribution(evidence=Evidence.IS_BASED_ON, url=elsewhere, name=name)
    for name in _SOURCE_META:
        for value in metadata.meta.get(name, ()):
            if elsewhere := other_site(value, place):
                yield Attribution(evidence=Evidence.SOURCE_META, url=elsewhere)
            elif "://" not in value and name.endswith("source") and "-" in name:
                yield Attribution(evidence=Evidence.SOURCE_META, name=value)


def _credited(
    kept: Sequence[Block], following: Sequence[Block], place: Place | None
) -> Iterator[Attribution]:
    closing = [*kept[-_CLOSING:], *following[:_CLOSING]]
    for block in (*kept[:_OPENING], *(b for b in closing if b not in kept[:_OPENING])):
        yield from _in_credit_line(block, place)
    for block in closing:
        yield from _in_source_link(block, place)


def _in_credit_line(block: Block, place: Place | None) -> Iterator[Attribution]:
    found = _ORIGINALLY.search(block.text) if _may_credit(block.text) else None
    if found:
        link = next((away for href in block.links if (away := other_site(href, place))), None)
        name = None if _LANGUAGE.search(found[0]) else found["name"].strip(' :,-–—"“”')
        yield Attribution(
            evidence=Evidence.CREDIT_LINE, url=link, name=name, quote=_sentence(block.text, found)
        )
        return
    agency = _AGENCY.search(block.text[:200]) or _AGENCY.search(block.text[-80:])
    if agency:
        name = agency["name"] or agency["source"] or agency["material"]
        if name and not name.startswith("http"):
            yield Attribution(
                evidence=Evidence.CREDIT_LINE, name=name.strip(), quote=agency[0].strip()
            )


def _may_credit(text: str) -> bool:
    """Whether a text is short enough, and holds a word that each credit holds: cheap to ask."""
    if len(text) >= 600:  # noqa: PLR2004 - a paragraph
        return False
    lower = text.lower()
    return any(stem in lower for stem in _CREDIT_STEMS)


def _in_source_link(block: Block, place: Place | None) -> Iterator[Attribution]:
    found = _BARE_ADDRESS.match(block.text)
    if found and (away := other_site(found["url"], place)):
        name = (found["rest"] or "").strip() or None
        yield Attribution(evidence=Evidence.SOURCE_LINK, url=away, name=name, quote=block.text)
    elif block.links and len(block.text) < 200 and _SOURCE_WORD.match(block.text):  # noqa: PLR2004 - a line
        away = next((out for href in block.links if (out := other_site(href, place))), None)
        if away:
            yield Attribution(evidence=Evidence.SOURCE_LINK, url=away, quote=block.text)


def other_site(named: str | None, place: Place | None) -> str | None:
    """The address as normalised where it lies on another site than the page; None where not."""
    if not named or place is None or _same_origin(named, place):
        return None
    address = normalise_url(named, place.base)
    if address is None or site_of(address) == site_of(place.page):
        return None
    return address


def _same_origin(named: str, place: Place) -> bool:
    """Whether an address plainly is the page's own site's: the cheap answer to most questions."""
    origin = place.page[: place.page.find("/", len("https://")) + 1]
    if named.startswith(("/", "#", "?")) and not named.startswith("//"):
        return place.base.startswith(origin)
    return named.startswith(origin)


def _sentence(text: str, found: re.Match[str]) -> str:
    """The sentence around a match."""
    start = max(text.rfind(". ", 0, found.start()) + 2, text.rfind("\n", 0, found.start()) + 1, 0)
    if text.rfind(". ", 0, found.start()) < 0:
        start = text.rfind("\n", 0, found.start()) + 1
    end = text.find("\n", found.end())
    return text[start : end if end >= 0 else len(text)].strip()

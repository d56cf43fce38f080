"""What a page says of itself, as found: nothing here decides, corrects or prefers.

Read are JSON-LD (``@graph`` and lists flattened), <meta> of every naming (OpenGraph, Dublin Core,
Parse.ly, ...), <link> and <title>; what the body prints, ``bylines.py`` and ``published.py`` read.
``article.py`` decides by its precedence.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from selectolax.lexbor import LexborHTMLParser, LexborNode

LdNode: TypeAlias = "dict[str, Any]"

#: schema.org types that are a piece of journalism or writing, as their last path segment.
ARTICLE_TYPES = frozenset(
    "Article NewsArticle ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle "
    "BackgroundNewsArticle ReviewNewsArticle AskPublicNewsArticle AdvertiserContentArticle "
    "BlogPosting SocialMediaPosting LiveBlogPosting TechArticle ScholarlyArticle Report "
    "SatiricalArticle Review CreativeWork".split()
)

#: JSON-LD deeper or longer than this is not read on: no real page comes near.
_MAX_LD_DEPTH = 12
_MAX_LD_NODES = 2_000
#: No byline or list of sources is longer.
_MAX_LD_NAMES = 100
_MAX_LD_BYTES = 1_500_000

_SELECTED = 'meta, link[rel], title, base[href], script[type*="ld+json"]'
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]+")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
#: What hides a script from old parsers; possessive, as white space may be long.
_CDATA = re.compile(
    r"^\s*+(?:/[/*]\s*+)?<!(?:\[CDATA\[|--)"
    r"|(?:/[/*]\s*+)?(?:\]\]|--)>\s*+(?:\*/)?+\s*+;?+\s*+$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the head and the structured data say.

    ``meta`` maps lower-cased names (name, property, itemprop or http-equiv) to their contents in
    order; ``links`` are (rel, href, hreflang) in order.
    """

    nodes: tuple[LdNode, ...]
    #: the JSON-LD node that is the page's article: of several, the one that says most
    article: LdNode | None
    meta: Mapping[str, tuple[str, ...]]
    links: tuple[tuple[str, str, str], ...]
    title: str | None
    #: what the page's relative addresses are relative to, as written
    base: str | None
    language: str | None

    def first(self, *names: str) -> str | None:
        """The first non-empty <meta> content under the first of these names that has one."""
        return next((self.meta[name][0] for name in names if name in self.meta), None)

    def link(self, rel: str) -> str | None:
        """The address of the first <link> of this relation that is not for another language."""
        return next((href for found, href, lang in self.links if found == rel and not lang), None)

    def names(self, value: object) -> list[str]:
        """The names in a JSON-LD value, with what it only refers to by its @id looked up."""
        found: list[str] = []
        for part in (value if isinstance(value, list) else [value])[:_MAX_LD_NAMES]:
            named = list(names_in(part))
            if not named and isinstance(part, dict) and isinstance(part.get("@id"), str):
                meant = (node for node in self.nodes if node.get("@id") == part["@id"])
                named = [name for node in meant for name in names_in(node.get("name"))][:1]
            found += named
        return found

    def of_type(self, *names: str) -> LdNode | None:
        """The first JSON-LD node of one of these types."""
        wanted = frozenset(names)
        return next((node for node in self.nodes if types_of(node) & wanted), None)


#: What a page says that is not parsed.
NO_METADATA: Final = Metadata(
    nodes=(), article=None, meta={}, links=(), title=None, base=None, language=None
)


def read_metadata(tree: LexborHTMLParser) -> Metadata:
    """What the page's head and structured data say, as found."""
    meta: dict[str, list[str]] = {}
    links: list[tuple[str, str, str]] = []
    nodes: list[LdNode] = []
    title = base = None
    for node in tree.css(_SELECTED):
        tag = node.tag
        if tag == "script":
            nodes.extend(_ld_nodes(node.text() or ""))
        elif tag == "title":
            if title is None and not _in_svg(node):
                title = squeeze(node.text())
        else:
            attributes = node.attributes
            if tag == "meta":
                _add_meta(meta, attributes)
            elif tag == "base":
                base = base or squeeze(attributes["href"])
            else:
                href = (attributes.get("href") or "").strip()
                rels = (attributes.get("rel") or "").lower().split()
                if href:
                    links += [(rel, href, attributes.get("hreflang") or "") for rel in rels]
    root = tree.root
    language = root.attributes.get("lang") if root is not None else None
    articles = (node for node in nodes if types_of(node) & ARTICLE_TYPES)
    return Metadata(
        nodes=tuple(nodes),
        article=max(articles, key=_richness, default=None),
        meta={name: tuple(values) for name, values in meta.items()},
        links=tuple(links),
        title=title,
        base=base,
        language=squeeze(language),
    )


def squeeze(value: object) -> str | None:
    """A string with entities resolved, white space collapsed, printable; None where empty."""
    if not isinstance(value, str):
        return None
    if "&" in value:
        value = unescape(value)
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode()
    return printable(" ".join(value.replace("\0", " ").split())).strip() or None


def printable(text: str) -> str:
    """The text without controls, which could steer a terminal, and which nobody writes."""
    return text if text.isprintable() else _UNPRINTABLE.sub("", text)


def types_of(node: LdNode) -> frozenset[str]:
    """The node's types as schema.org's bare names: {"NewsArticle"}."""
    value = node.get("@type")
    values = value if isinstance(value, list) else [value]
    return frozenset(
        name.rsplit("/", 1)[-1].removeprefix("schema:") for name in values if isinstance(name, str)
    )


def names_in(value: object, depth: int = 0) -> Iterator[str]:
    """The names of people or organisations in a JSON-LD value: text, node, or lists of these."""
    if depth > _MAX_LD_DEPTH:
        return
    if isinstance(value, list):
        for part in value[:_MAX_LD_NAMES]:
            yield from names_in(part, depth + 1)
    elif isinstance(value, dict):
        if value.get("name"):
            yield from names_in(value["name"], depth + 1)
        elif value.get("familyName"):
            parts = (squeeze(value.get(key)) for key in ("givenName", "familyName"))
            yield " ".join(filter(None, parts))
    elif name := squeeze(value):
        yield name


def address_in(value: object, depth: int = 0) -> str | None:
    """The first address in a JSON-LD value: text, or a node's url or @id, or lists of these."""
    if depth > _MAX_LD_DEPTH:
        return None
    parts: list[object] = []
    if isinstance(value, list):
        parts = value[:_MAX_LD_NAMES]
    elif isinstance(value, dict):
        parts = [value.get(key) for key in ("url", "contentUrl", "@id")]
    else:
        return squeeze(value)
    return next((found for part in parts if (found := address_in(part, depth + 1))), None)


def _add_meta(meta: dict[str, list[str]], attributes: dict[str, str | None]) -> None:
    content = squeeze(attributes.get("content"))
    if not content:
        return
    for key in ("property", "name", "itemprop", "http-equiv"):
        for name in (attributes.get(key) or "").lower().split():
            meta.setdefault(name, []).append(content)


def _in_svg(node: LexborNode) -> bool:
    parent = node.parent
    return parent is not None and parent.tag not in {"head", "body", "html"}


def _ld_nodes(text: str) -> list[LdNode]:
    if len(text) > _MAX_LD_BYTES:
        return []
    if "<!" in text or "->" in text or "]>" in text:
        text = _CDATA.sub("", text)
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            value = json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
        found: list[LdNode] = []
        _flatten(value, found, 0)
        return found
    return []


def _flatten(value: object, found: list[LdNode], depth: int) -> None:
    """Collect the typed nodes of a JSON-LD document, outermost first; values inside them too."""
    if depth > _MAX_LD_DEPTH or len(found) > _MAX_LD_NODES:
        return
    if isinstance(value, list):
        for part in value:
            _flatten(part, found, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            found.append(value)
        for key in (
            "@graph",
            "mainEntity",
            "mainEntityOfPage",
            "itemListElement",
            "item",
            "liveBlogUpdate",
        ):
            if isinstance(value.get(key), (dict, list)):
                _flatten(value[key], found, depth + 1)


def _richness(node: LdNode) -> tuple[int, int, int]:
    """How much a node says of an article; a live blog is more than any of its entries, and
    CreativeWork is also what sites call anything.
    """
    types = types_of(node)
    keys = ("headline", "datePublished", "author", "articleBody", "image", "description")
    return (
        int("LiveBlogPosting" in types),
        sum(bool(node.get(key)) for key in keys),
        int("CreativeWork" not in types),
    )

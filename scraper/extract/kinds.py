"""What kind of page an article was read from, whether there is one at all, and whether it is whole.

Declarations are believed where the page's shape does not contradict them; phrases alone decide
nothing on a page with much text.
"""

# ruff: noqa: RUF001 - letters and dashes as publishers write them
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.extract.metadata import types_of
from scraper.extract.notices import is_error_name, reads_like_apology, reads_like_wall
from scraper.model import PageKind
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extract.blocks import Block, Layout
    from scraper.extract.metadata import LdNode, Metadata
    from scraper.extract.text import Body

#: Of running text two thirds and more are letters, of scripts with many marks half. A guess.
_LETTERS = 0.25
#: So many characters, spread over the text, tell how many of all are letters (a guess).
_SAMPLE = 1_000
#: Fewer words between spaces are no text in a script that has spaces. A guess.
_FEWEST_WORDS = 5
#: Weight under which a text may be an error, a login or a consent page (a guess: a short brief).
_LITTLE = 900
#: Weight under which a text behind a declared wall is taken as its teaser (a guess).
_TEASER = 1_500
#: So many linked headings make an index, where so little prose follows each.
_INDEX_HEADINGS = 4
_INDEX_PROSE = 350

#: From this share of a line in links all of it is one.
_ALL_LINK = 0.9
#: A shorter text is a label rather than a headline.
_LABEL = 15
#: Share of its declared words that a whole text has at least: counts differ by captions and boxes.
_WHOLE = 0.7
_MOST = 0.5

_PAYWALL_NAME = re.compile(
    r"paywall|regwall|pay-wall|piano-|subscription-?(?:wall|offer|required)|premium-?(?:wall|offer)"
)
_LIVE_NAME = re.compile(r" (?:[\w-]*[-_])?live-?(?:blog|ticker)(?:[-_]\w+)* ")
_SENTENCE_END = re.compile(r"[.!?。！？।؟»”\"'’)\]]\s*$")


def refuse(
    metadata: Metadata, layout: Layout, body: Body, title: str | None, path: str | None
) -> str | None:
    """Why a page with running text holds no article after all, in words for a person, or None."""
    sample = body.text[:: max(1, len(body.text) // _SAMPLE)]
    if sum(map(str.isalpha, sample)) < _LETTERS * len(sample):
        return "the text has hardly a letter"
    if body.text.isascii() and len(body.text.split()) < _FEWEST_WORDS:
        return "the text has hardly a word"
    if trouble := _is_notice(metadata, layout, body, title or ""):
        return trouble
    if not declares_article(metadata) and _is_index(layout, body, path):
        return "reads like an index of other pages"
    return None


def _is_notice(metadata: Metadata, layout: Layout, body: Body, title: str) -> str | None:
    """Why a short text is a notice of the site's machinery rather than an article, or None."""
    if (sum(block.weight for block in body.kept) or len(body.text)) >= _LITTLE:
        return None
    headings = [block.text for block in layout.blocks if block.tag == "h1"][:2]
    names = (title, *headings)
    if any(map(is_error_name, names)):
        return "reads like an error page"
    if declares_article(metadata):
        return None
    if reads_like_apology(body.text):
        return "reads like an error page"
    is_wall = any(reads_like_wall(name, body.text) for name in names)
    return "reads like a login or consent page" if is_wall else None


def page_kind(metadata: Metadata, layout: Layout, body: Body, page: str | None) -> PageKind:
    """The kind of page that the body stands on; ``page`` is its normalised address."""
    if metadata.of_type("LiveBlogPosting") or _in_live_blog(layout, body):
        return PageKind.LIVE_BLOG
    if not declares_article(metadata):
        if teaser_heading(layout, body, page):
            return PageKind.TOPIC
        weight = sum(block.weight for block in body.kept)
        og_type = metadata.first("og:type") or ""
        media = metadata.of_type(
            "VideoObject", "ImageGallery", "MediaGallery", "AudioObject", "PodcastEpisode"
        )
        if weight < _TEASER and (media or og_type.startswith(("video", "music"))):
            return PageKind.MEDIA
    elif (
        metadata.of_type("VideoObject", "ImageGallery")
        and sum(b.weight for b in body.kept) < _LITTLE // 2
    ):
        return PageKind.MEDIA
    return PageKind.ARTICLE


def declares_article(metadata: Metadata) -> bool:
    """Whether the page says that it is an article."""
    og_type = (metadata.first("og:type") or "").lower()
    named = types_of(metadata.article or {}) - {"CreativeWork", "Review"}
    return (
        og_type.endswith("article") or bool(named) or bool(metadata.first("article:published_time"))
    )


def teaser_heading(layout: Layout, body: Body, page: str | None) -> Block | None:
    """The linked headline just above a body: it says that the whole text stands elsewhere.

    A blog's headlines link to the very page they stand on, and its name to the front page.
    """
    if not body.kept:
        return None
    first = layout.blocks.index(body.kept[0])
    for block in reversed(layout.blocks[max(0, first - 6) : first]):
        if (
            block.is_heading
            and block.link_density > _ALL_LINK
            and len(block.text) > _LABEL
            and _leads_elsewhere(block, page)
        ):
            return block
    return None


def _leads_elsewhere(heading: Block, page: str | None) -> bool:
    if leads_home(heading, page):
        return False
    return any(normalise_url(link, page) != page for link in heading.links)


def leads_home(heading: Block, page: str | None) -> bool:
    """Whether all links of a heading are one, to the front page of the page's site."""
    if page is None or len(set(heading.links)) != 1:
        return False
    place = heading.links[0].partition("//")[2] or heading.links[0]
    host = page.partition("//")[2].partition("/")[0]
    return place.rstrip("/").removeprefix("www.") in {"", host.removeprefix("www.")}


def is_paywalled(node: LdNode, layout: Layout, body: Body, declared_words: int | None) -> bool:
    """Whether what was read is the part before a wall.

    A page may declare itself not free and carry its whole text, behind a prompt that counts visits:
    that text is whole. So a declaration needs a text that looks cut, by its own declared length,
    by an unfinished last sentence, or by being short; and without a declaration it takes a wall
    right after such a text.
    """
    declared = node.get("isAccessibleForFree")
    closed = declared is False or (
        isinstance(declared, str) and declared.strip().lower().endswith("false")
    )
    if not closed and not _wall_follows(layout, body):
        return False
    weight = sum(block.weight for block in body.kept) or len(body.text)
    if declared_words:
        return len(body.text.split()) < _WHOLE * declared_words
    return (
        weight < _TEASER or not _SENTENCE_END.search(body.text) or body.text.endswith(("...", "…"))
    )


def _wall_follows(layout: Layout, body: Body) -> bool:
    if not body.kept:
        return False
    last = layout.blocks.index(body.kept[-1])
    return any(
        last < box.start <= last + 8 and _PAYWALL_NAME.search(box.names) for box in layout.boxes
    )


def _is_index(layout: Layout, body: Body, path: str | None) -> bool:
    """Whether the page is a list of links to others, with at most a line or two of each."""
    linked = [
        block
        for block in layout.blocks
        if block.link_density > _ALL_LINK
        and len(block.text) > _LABEL
        and (block.is_heading or block.tag == "div")
    ]
    runs = _runs(_spread(layout, body))
    at_root = path is not None and path.strip("/") in {"", "index.html", "index.php", "home"}
    if at_root and len(linked) >= _INDEX_HEADINGS:
        return max(runs) < _TEASER
    return len(runs) > _INDEX_HEADINGS and max(runs) < _INDEX_PROSE


def _spread(layout: Layout, body: Body) -> Sequence[Block]:
    """The blocks from the heading above the body to its end, those left out included."""
    if not body.kept:
        return ()
    first, last = layout.blocks.index(body.kept[0]), layout.blocks.index(body.kept[-1])
    return layout.blocks[max(0, first - 1) : last + 1]


def _runs(blocks: Sequence[Block]) -> list[int]:
    """Weights of the text before, between and after linked headings."""
    runs = [0]
    for block in blocks:
        if block.is_heading and block.link_density > _ALL_LINK:
            runs.append(0)
        else:
            runs[-1] += block.weight
    return runs


def _in_live_blog(layout: Layout, body: Body) -> bool:
    """Whether boxes named after live blogs hold most of the body."""
    if not body.kept:
        return False
    live = {-1: False}

    def stands_in_live(box: int) -> bool:
        path = []
        while box not in live:
            path.append(box)
            box = layout.boxes[box].parent
        found = live[box]
        for index in reversed(path):
            found = live[index] = found or _names_live_blog(layout.boxes[index].names)
        return found

    inside = sum(block.weight for block in body.kept if stands_in_live(block.box))
    return inside > _MOST * sum(block.weight for block in body.kept)


def _names_live_blog(names: str) -> bool:
    return "live" in names and bool(_LIVE_NAME.search(names))

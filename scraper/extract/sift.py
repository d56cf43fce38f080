"""Which blocks of an article's body tell its story, and which ask, point elsewhere or follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.extract.anchor import fold
from scraper.extract.column import within_column
from scraper.extract.dates import find_date
from scraper.extract.hints import (
    ABOUT,
    ALSO_READ,
    ASKING,
    BYLINE,
    CREDIT,
    END_HEADING,
    PLUG,
    PROMPT,
    SENTENCE_END,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extract.blocks import Block, Layout

#: Weight from which a line may be a paragraph (tuned).
PARAGRAPH = 50
#: Longest weight at which a line is judged by its opening words.
_SHORT = 260
#: From this share of a line in links the line is a link.
_MOSTLY_LINK = 0.7
#: Weight from which even a line of links is told rather than listed.
_LONG = 400
#: Weight under which a line that is no sentence is a scrap, unless a tag makes it a line of text.
_LINE = 40
_LINE_TAGS = frozenset("p li blockquote pre td th dt dd h2 h3 h4 h5 h6".split())
#: Share of the prose in <p> from which a scrap that no tag makes a line is none (tuned).
_TAGGED = 0.6
#: A shorter entry of a list is a label: a menu's, a language's.
_LABEL = 20
#: A longer heading that is a sentence opens the text rather than heads it (a guess).
_HEADLINE = 100
#: Weight from which prose without a link is not taken for a prompt.
_PLAIN = 150
#: Share of the prose after which a closing heading ends the text.
_MOSTLY_TOLD = 0.6
#: So many blocks above a text the headline stands at most (a guess).
_ABOVE = 16
#: So much of a text at its end may be what a company writes of itself (tuned).
_COMPANY = 0.35


def sift(layout: Layout, inside: Sequence[int], prose: list[float], titles: set[str]) -> list[int]:
    """Of the blocks inside the body, those that tell the story."""
    blocks = layout.blocks
    total = sum(prose[at] for at in inside) or 1.0
    tagged = sum(prose[at] for at in inside if blocks[at].tag == "p") > _TAGGED * total
    longest = 2 * max(map(len, titles), default=0)
    kept: list[int] = []
    told = 0.0
    for at in inside:
        block = blocks[at]
        if told and _is_about(block) and total - told < _COMPANY * total:
            break
        if (block.is_heading or block.weight < PARAGRAPH) and END_HEADING.match(block.text):
            if told > _MOSTLY_TOLD * total:
                break
            continue
        if (
            (not told and not prose[at] and not _opens(block))
            or _is_aside(block, prose[at])
            or (tagged and not prose[at] and block.tag not in _LINE_TAGS)
            or (len(block.text) <= longest and fold(block.text) in titles)
        ):
            continue
        told += prose[at]
        kept.append(at)
    kept = within_column(layout, kept, prose)
    if kept and kept[0] - 1 in inside and _heads(layout, kept[0], titles):
        kept.insert(0, kept[0] - 1)
    told = sum(prose[at] for at in kept)
    while kept and _trails(blocks[kept[-1]], prose[kept[-1]], is_all=told == prose[kept[-1]]):
        told -= prose[kept.pop()]
    return kept


def _heads(layout: Layout, first: int, titles: set[str]) -> bool:
    """Whether the line above the first heads its section: the headline stands higher."""
    heading = layout.blocks[first - 1]
    above = layout.blocks[max(0, first - _ABOVE) : first - 1]
    box, beside = layout.boxes[heading.box], layout.boxes[layout.blocks[first].box]
    return (
        heading.is_heading
        and heading.tag != "h1"
        and not heading.links
        and box.parent == beside.parent
        and any(block.is_heading for block in above)
        and fold(heading.text) not in titles
        and not END_HEADING.match(heading.text)
    )


def _is_about(block: Block) -> bool:
    """Whether a line heads the paragraphs that a company or an author writes of itself."""
    return block.weight < PARAGRAPH and not block.is_sentence and bool(ABOUT.match(block.text))


def _opens(block: Block) -> bool:
    """Whether a block before all prose tells something: an entry, a short or a large sentence."""
    if block.links:
        return False
    if block.is_heading:
        return block.weight > _HEADLINE and block.is_sentence
    return (block.tag == "li" and block.weight > _LABEL) or _is_short_sentence(block)


def _is_short_sentence(block: Block) -> bool:
    """Whether a paragraph ends like a sentence, however short it is."""
    return block.tag == "p" and bool(SENTENCE_END.search(block.text))


def _is_aside(block: Block, prose: float) -> bool:
    """Whether a block asks the reader for something, or points elsewhere, instead of telling."""
    if _is_dateline(block):
        return True
    if block.link_density > _MOSTLY_LINK and block.weight < _LONG and not _within(block):
        return True
    if block.weight < _LINE and block.tag not in _LINE_TAGS and not block.is_sentence:
        return True
    if block.weight > _SHORT or (prose and not block.link_length and block.weight > _PLAIN):
        return False
    return bool(
        PROMPT.match(block.text)
        or ASKING.search(block.text.lower())
        or ALSO_READ.match(block.text)
        or CREDIT.search(block.text)
    )


def _is_dateline(block: Block) -> bool:
    """Whether a block says who wrote the article and when: no sentence, but a name and a date."""
    return (
        block.weight < _SHORT
        and not block.is_sentence
        and bool(BYLINE.match(block.text))
        and find_date(block.text) is not None
    )


def _within(block: Block) -> bool:
    """Whether all links of a block lead into the page itself."""
    return bool(block.links) and all(href.startswith("#") for href in block.links)


def _trails(block: Block, prose: float, *, is_all: bool) -> bool:
    """Whether a block at the very end is no end of a story: a heading, a scrap, a plug.

    The only paragraph that there is may speak of a podcast.
    """
    is_scrap = block.weight < _LINE and not prose and not block.is_sentence
    if block.is_heading or (is_scrap and not _is_short_sentence(block)):
        return True
    if prose and is_all:
        return False
    elsewhere = bool(block.links) or "@" in block.text or "://" in block.text
    return block.weight < _SHORT and elsewhere and bool(PLUG.search(block.text))

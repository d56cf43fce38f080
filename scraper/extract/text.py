"""Blocks to text: which of a page's blocks are the article.

The rules, in the order in which they are asked:

1. Boxes whose name, role or tag says "not the text" are left out, unless that would hide most of
   the page's prose: then the name lied, and only what is denied inside it stays out.
2. On a page that runs on into the next article, only the part under its own headline counts.
3. The container is the box with the largest gain: prose counts for it, link-heavy and short text
   against it.
4. Boxes named as the body of an article (itemprop, class, <article>) narrow it, all of them
   together, where they hold most of its prose.
5. Of the blocks inside, prompts, pointers to other articles, bylines and what follows a closing
   heading go.

A publisher's own articleBody, where the page declares one, anchors 3 to 5: see ``anchor.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from scraper.extract.anchor import fold
from scraper.extract.dates import find_date
from scraper.extract.hints import (
    ABOUT,
    ALSO_READ,
    BODY,
    BYLINE,
    CREDIT,
    END_HEADING,
    LEAD,
    PLUG,
    PROMPT,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extract.anchor import Anchor
    from scraper.extract.blocks import Block, Box, Layout

#: Share of all prose that a denied box must hold to be let in again (tuned).
_HIDES_MOST = 0.5
#: The tag says it more plainly than a class does: so many times as much it may hide (tuned).
_ASIDE_TRUST = 1.6
#: Share of all prose that must be left; else denials of boxes that hold this much are cancelled
#: too, and at last all of them.
_LEFT = 0.1
_HIDES_MUCH = 0.1
#: Weight from which a line may be a paragraph (tuned).
_PARAGRAPH = 50
#: Share of a text in links from which it is a menu rather than prose (tuned).
_LINK_HEAVY = 0.5
#: Share of the container's prose that named bodies must hold to be believed (tuned).
_NAMED_HOLD = 0.6
#: Weight from which a line above the body may be its standfirst (a guess: a short sentence).
_LEAD = 60
#: Longest weight at which a line is judged by its opening words.
_SHORT = 260

#: From this share of a line in links the line is a link.
_MOSTLY_LINK = 0.7
#: Weight from which even a line of links is told rather than listed.
_LONG = 400
#: Weight under which a line that is no sentence is a scrap, unless a tag makes it a line of text.
_LINE = 40
_LINE_TAGS = frozenset("p li blockquote pre td th dt dd h2 h3 h4 h5 h6".split())
#: A shorter entry of a list is a label: a menu's, a language's.
_LABEL = 20
#: Weight from which prose without a link is not taken for a prompt.
_PLAIN = 150
#: Share of the prose after which a closing heading ends the text.
_MOSTLY_TOLD = 0.6
#: So much of a text at its end may be what a company writes of itself (tuned).
_COMPANY = 0.35
#: Prose from which an <article> is an article of its own rather than a teaser.
_ARTICLE_PROSE = 400
#: The declared text replaces what the page shows where it is so many times as long, and at least
#: so many characters.
_RESCUE = 2.0
_RESCUE_LENGTH = 500
#: Share of the page's text from which the declared one may say where it begins and ends.
_ANCHOR_TELLS = 0.6
#: How many folded characters at a block's end must stand in the anchor to call it whole.
_TAIL = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The article's text, the blocks it was read from, and what follows them in their container.

    ``kept`` is empty where the text stands only in the page's own declaration.
    """

    text: str
    kept: tuple[Block, ...] = ()
    following: tuple[Block, ...] = ()


def read_body(
    layout: Layout,
    titles: Sequence[str],
    *,
    description: str | None = None,
    anchor: Anchor | None = None,
) -> Body:
    """The article's text, paragraphs separated by blank lines; "" where the page has no prose.

    ``titles`` and ``description`` are what the page says of itself in its head, ``anchor`` the
    articleBody it declares.
    """
    blocks = layout.blocks
    prose = [_prose(block) for block in blocks]
    matched = anchor.matches(blocks) if anchor else [False] * len(blocks)
    allowed = _allow(layout, prose)
    first, last = _own_part(layout, prose, allowed, titles)
    for at in range(len(allowed)):
        if not first <= at < last:
            allowed[at] = False
    container = _anchored_container(layout, prose, matched, anchor)
    if container is None:
        container = _choose_container(layout, prose, allowed)
    spans = _narrow(layout, prose, allowed, container)
    if anchor and any(matched):
        told = sum(prose[at] for start, end in spans for at in range(start, end) if allowed[at])
        if anchor.length > _ANCHOR_TELLS * told:
            spans = _trim(spans, blocks, matched, anchor)
    inside = [at for start, end in spans for at in range(start, end) if allowed[at] or matched[at]]
    kept = _sift(blocks, inside, prose, {fold(title) for title in titles})
    shown = sum(blocks[at].weight for at in kept)
    if anchor and anchor.length > _RESCUE * shown and anchor.length >= _RESCUE_LENGTH:
        return Body(text="\n\n".join(anchor.paragraphs))
    if not kept:
        return Body(text="")
    lead = _lead(layout, allowed, kept[0], description)
    end = layout.boxes[container].end
    chosen = [blocks[at] for at in (*lead, *kept)]
    return Body(
        text="\n\n".join(block.text for block in chosen),
        kept=tuple(chosen),
        following=tuple(blocks[kept[-1] + 1 : end]),
    )


def _anchored_container(
    layout: Layout, prose: list[float], matched: list[bool], anchor: Anchor | None
) -> int | None:
    """The smallest box with nearly all blocks that the anchor holds; None where it shows little."""
    if anchor is None:
        return None
    running = [0.0]
    for block, value, hit in zip(layout.blocks, prose, matched, strict=True):
        running.append(running[-1] + (block.weight if hit and value else 0))
    if running[-1] < 0.3 * min(anchor.length, 3000) or running[-1] < 0.3 * sum(prose):
        return None
    smallest: tuple[int, int] | None = None
    for index, box in enumerate(layout.boxes):
        if running[box.end] - running[box.start] >= 0.9 * running[-1]:
            size = box.end - box.start
            if smallest is None or size <= smallest[0]:
                smallest = (size, index)
    return _widen_leaf(layout, smallest[1]) if smallest else None


def _trim(
    spans: list[tuple[int, int]], blocks: Sequence[Block], matched: list[bool], anchor: Anchor
) -> list[tuple[int, int]]:
    """The spans without what precedes and follows the anchor, where it holds the whole text."""
    hits = [at for start, end in spans for at in range(start, end) if matched[at]]
    covered = sum(blocks[at].weight for at in hits)
    if not hits or anchor.is_cut or covered < 0.7 * anchor.length:
        return spans
    tail = fold(blocks[hits[-1]].text)[-_TAIL:]
    whole = tail in anchor.folded
    first, last = hits[0], hits[-1] + 1 if whole else len(blocks)
    return [(max(a, first), min(b, last)) for a, b in spans if a < last and b > first]


def _lead(layout: Layout, allowed: list[bool], first: int, description: str | None) -> list[int]:
    """The standfirst above the body: a paragraph that the head repeats or that is named as one.

    A standfirst set as a heading is left out, as all that is above the body in headings.
    """
    wanted = fold(description or "")[:60]
    for at in range(max(0, first - 25), first):
        block = layout.blocks[at]
        if block.is_heading or not allowed[at] or block.weight < _LEAD or block.link_length:
            continue
        repeated = len(wanted) >= 40 and wanted in fold(block.text)  # noqa: PLR2004 - shorter says little
        box = layout.boxes[block.box]
        if repeated or LEAD.search(box.names) or LEAD.search(layout.boxes[box.parent].names):
            return [at]
    return []


def _prose(block: Block) -> float:
    """How much prose a block is: its weight outside links, or 0 where it is no paragraph."""
    if block.is_heading or block.weight < _PARAGRAPH or block.link_density > _LINK_HEAVY:
        return 0.0
    paragraph = block.tag in {"p", "blockquote", "pre"}
    if not paragraph and not block.is_sentence:
        return 0.0
    share = 1.0 if paragraph or block.tag != "li" else 0.6
    return block.weight * (1 - block.link_density) * share


def _gain(block: Block, prose: float) -> float:
    """What a block speaks for its container: prose for it, menus and scraps against it."""
    if prose:
        return prose
    if block.is_heading:
        return -block.link_length * 0.5
    return -min(block.weight, 60) * 0.4 - min(block.link_length, 300) * 0.8


def _allow(layout: Layout, prose: list[float]) -> list[bool]:
    """For each block, whether no box around it is denied; denials that hide most are cancelled."""
    boxes = layout.boxes
    running = [0.0]
    for value in prose:
        running.append(running[-1] + value)
    captions = [box for box in boxes if box.tag == "figcaption"]
    total = running[-1] - sum(running[end] - running[start] for start, end in _outermost(captions))
    for believed in (_HIDES_MOST, _HIDES_MUCH, 0.0):
        for box in boxes:
            held = running[box.end] - running[box.start]
            around = box.parent >= 0 and boxes[box.parent].denied
            most = believed if box.tag != "aside" else min(1.0, believed * _ASIDE_TRUST)
            box.denied = around or box.tag == "figcaption" or (box.denies and held <= most * total)
        left = sum(
            value
            for block, value in zip(layout.blocks, prose, strict=True)
            if not boxes[block.box].denied
        )
        if left >= _LEFT * total:
            break
    return [not boxes[block.box].denied for block in layout.blocks]


def _own_part(
    layout: Layout, prose: list[float], allowed: list[bool], titles: Sequence[str]
) -> tuple[int, int]:
    """The range of blocks under the page's own headline, where other articles follow on it."""
    blocks = layout.blocks
    wanted = {fold(title) for title in titles if title}
    if own_box := _own_article(layout, prose, wanted):
        return own_box
    starts = [
        at for at, block in enumerate(blocks)
        if block.tag == "h1" and allowed[at] and len(block.text) > 15  # noqa: PLR2004 - not a logo
    ]  # fmt: skip
    if len(starts) < 2:  # noqa: PLR2004 - a page with one headline is one article
        return 0, len(blocks)
    heads = [starts[0]]
    latest, told = -1, [-1]  # the last block of prose before each block
    for at in range(len(blocks)):
        latest = at if prose[at] and allowed[at] else latest
        told.append(latest)
    for at in starts[1:]:
        before = told[at]
        next_told = next((n for n in range(at, min(at + 12, len(blocks))) if told[n + 1] == n), -1)
        follows = next_told >= 0
        same = _parent(layout, before) in {_parent(layout, at), _parent(layout, next_told)}
        if before >= heads[-1] and follows and not same:
            heads.append(at)
    if len(heads) < 2:  # noqa: PLR2004 - as above
        return 0, len(blocks)
    own = next((n for n, at in enumerate(heads) if fold(blocks[at].text) in wanted), 0)
    end = heads[own + 1] if own + 1 < len(heads) else len(blocks)
    return (0 if own == 0 else heads[own]), end


def _own_article(layout: Layout, prose: list[float], wanted: set[str]) -> tuple[int, int] | None:
    """The range of the one <article> of several that bears the page's own title."""
    spans = [
        (start, end)
        for start, end in _outermost([box for box in layout.boxes if box.tag == "article"])
        if sum(prose[start:end]) > _ARTICLE_PROSE
    ]
    own = [
        (start, end)
        for start, end in spans
        if any(
            block.is_heading and fold(block.text) in wanted for block in layout.blocks[start:end]
        )
    ]
    return own[0] if len(spans) > 1 and len(own) == 1 else None


def _parent(layout: Layout, block: int) -> int:
    return layout.boxes[layout.blocks[block].box].parent


def _choose_container(layout: Layout, prose: list[float], allowed: list[bool]) -> int:
    """The innermost box of the largest gain, of those that hold prose; the root where none does."""
    running, told = [0.0], [0.0]
    for block, value, is_allowed in zip(layout.blocks, prose, allowed, strict=True):
        running.append(running[-1] + (_gain(block, value) if is_allowed else 0.0))
        told.append(told[-1] + (value if is_allowed else 0.0))
    best, best_gain = 0, float("-inf")
    for index, box in enumerate(layout.boxes):
        gain = running[box.end] - running[box.start]
        if gain >= best_gain and told[box.end] > told[box.start]:
            best, best_gain = index, gain
    return _widen(layout, _widen_leaf(layout, best), running)


def _widen(layout: Layout, index: int, running: list[float]) -> int:
    """The innermost named body around a box that was chosen by gain, or the box itself.

    A list of links in its middle can make half of an article gain more than the whole.
    """
    for around in layout.ancestors(index):
        box = layout.boxes[around]
        if _is_declared_body(box) or _is_named_body(box) or _is_article(box):
            return around if running[box.end] - running[box.start] > 0 else index
    return index


def _widen_leaf(layout: Layout, index: int) -> int:
    """The box around a single paragraph: a paragraph is never the whole container."""
    while layout.boxes[index].tag in {"p", "blockquote", "li", "span"} and index > 0:
        index = layout.boxes[index].parent
    return index


def _narrow(
    layout: Layout, prose: list[float], allowed: list[bool], container: int
) -> list[tuple[int, int]]:
    """The ranges of blocks inside the container that its named bodies cover, or all of it."""
    start, end = layout.boxes[container].start, layout.boxes[container].end
    held = [0.0]
    for value, ok in zip(prose, allowed, strict=True):
        held.append(held[-1] + (value if ok else 0.0))
    total = held[end] - held[start]
    for is_body in (_is_declared_body, _is_named_body, _is_article):
        named = [
            box
            for box in layout.boxes
            if box.start >= start
            and box.end <= end
            and held[box.end] > held[box.start]
            and is_body(box)
        ]
        for spans in (_innermost(named), _outermost(named)):
            if spans and sum(held[b] - held[a] for a, b in spans) >= _NAMED_HOLD * total:
                return _with_headings(spans, layout.blocks, allowed)
    return [(start, end)]


def _with_headings(
    spans: list[tuple[int, int]], blocks: Sequence[Block], allowed: list[bool]
) -> list[tuple[int, int]]:
    """The ranges, each begun with the headings that stand between it and the one before."""
    found = spans[:1]
    for start, end in spans[1:]:
        first = start
        while first > found[-1][1] and (blocks[first - 1].is_heading or not allowed[first - 1]):
            first -= 1
        found.append((first, end))
    return found


def _outermost(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """The ranges of those boxes that stand in no other of them; boxes are in document order."""
    spans: list[tuple[int, int]] = []
    for box in boxes:
        if not spans or box.start >= spans[-1][1]:
            spans.append((box.start, box.end))
    return spans


def _innermost(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """The ranges of those boxes that hold no other of them; boxes are in document order."""
    return [
        (box.start, box.end)
        for at, box in enumerate(boxes)
        if at + 1 == len(boxes) or boxes[at + 1].start >= box.end
    ]


def _is_declared_body(box: Box) -> bool:
    return "articlebody" in box.names and not box.denied


def _is_named_body(box: Box) -> bool:
    return not box.denied and _names_body(box.names)


@lru_cache(maxsize=1 << 15)
def _names_body(names: str) -> bool:
    """Whether class names say "the body"; remembered, as pages repeat them."""
    return bool(BODY.search(names))


def _is_article(box: Box) -> bool:
    return not box.denied and box.tag == "article"


def _sift(
    blocks: Sequence[Block], inside: Sequence[int], prose: list[float], titles: set[str]
) -> list[int]:
    """Of the blocks inside the body, those that tell the story."""
    total = sum(prose[at] for at in inside) or 1.0
    longest = 2 * max(map(len, titles), default=0)
    kept: list[int] = []
    told = 0.0
    for at in inside:
        block = blocks[at]
        if told and _is_about(block) and total - told < _COMPANY * total:
            break
        if (block.is_heading or block.weight < _PARAGRAPH) and END_HEADING.match(block.text):
            if told > _MOSTLY_TOLD * total:
                break
            continue
        if (
            (not told and not prose[at] and not _opens_list(block))
            or _is_aside(block, prose[at])
            or (len(block.text) <= longest and fold(block.text) in titles)
        ):
            continue
        told += prose[at]
        kept.append(at)
    while kept and _trails(blocks[kept[-1]], prose[kept[-1]], is_all=told == prose[kept[-1]]):
        told -= prose[kept.pop()]
    return kept


def _is_about(block: Block) -> bool:
    """Whether a line heads the paragraphs that a company or an author writes of itself."""
    return block.weight < _PARAGRAPH and not block.is_sentence and bool(ABOUT.match(block.text))


def _opens_list(block: Block) -> bool:
    """Whether a block before all prose is an entry of a list that tells something."""
    return block.tag == "li" and not block.links and block.weight > _LABEL


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
        PROMPT.search(block.text) or ALSO_READ.match(block.text) or CREDIT.search(block.text)
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
    if block.is_heading or (block.weight < _LINE and not block.is_sentence and not prose):
        return True
    if prose and is_all:
        return False
    elsewhere = bool(block.links) or "@" in block.text or "://" in block.text
    return block.weight < _SHORT and elsewhere and bool(PLUG.search(block.text))

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
6. What stands after the column, the box whose own paragraphs are most of the text, goes, and so
   does the box that interrupts it.
7. The standfirst above is added: what the page describes itself with and prints under its headline.

``container.py`` asks 3 and 4, ``sift.py`` 5, ``column.py`` 6 and ``lead.py`` 7. A publisher's own
articleBody, where the page declares one, anchors 3 to 5: see ``anchor.py``. Where the page shows no
prose at all, its scripts may carry some: see ``embedded.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.extract.anchor import fold
from scraper.extract.container import anchored_container, choose_container, narrow, outermost
from scraper.extract.lead import find_lead
from scraper.extract.sift import PARAGRAPH, sift

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extract.anchor import Anchor
    from scraper.extract.blocks import Block, Layout

#: Share of all prose that a denied box must hold to be let in again (tuned).
_HIDES_MOST = 0.5
#: The tag says it more plainly than a class does: so many times as much it may hide (tuned).
_ASIDE_TRUST = 1.6
#: Share of all prose that must be left; else denials of boxes that hold this much are cancelled
#: too, and at last all of them.
_LEFT = 0.1
_HIDES_MUCH = 0.1
#: Share of a text in links from which it is a menu rather than prose (tuned).
_LINK_HEAVY = 0.5
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
    descriptions: Sequence[str] = (),
    anchor: Anchor | None = None,
) -> Body:
    """The article's text, paragraphs separated by blank lines; "" where the page has no prose.

    ``titles`` and ``descriptions`` are what the page says of itself in its head, ``anchor`` the
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
    container = anchored_container(layout, prose, matched, anchor)
    if container is None:
        container = choose_container(layout, prose, allowed)
    spans = narrow(layout, prose, allowed, container)
    if anchor and any(matched):
        told = sum(prose[at] for start, end in spans for at in range(start, end) if allowed[at])
        if anchor.length > _ANCHOR_TELLS * told:
            spans = _trim(spans, blocks, matched, anchor)
    inside = [at for start, end in spans for at in range(start, end) if allowed[at] or matched[at]]
    folded = {fold(title) for title in titles}
    kept = sift(layout, inside, prose, folded)
    shown = sum(blocks[at].weight for at in kept)
    if anchor and anchor.length > _RESCUE * shown and anchor.length >= _RESCUE_LENGTH:
        return Body(text="\n\n".join(anchor.paragraphs))
    if not kept:
        return Body(text="")
    lead = find_lead(layout, allowed, kept, folded, {fold(text) for text in descriptions})
    end = layout.boxes[container].end
    chosen = [blocks[at] for at in (*lead, *kept)]
    return Body(
        text="\n\n".join(block.text for block in chosen),
        kept=tuple(chosen),
        following=tuple(blocks[kept[-1] + 1 : end]),
    )


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


def _prose(block: Block) -> float:
    """How much prose a block is: its weight outside links, or 0 where it is no paragraph."""
    if block.is_heading or block.weight < PARAGRAPH or block.link_density > _LINK_HEAVY:
        return 0.0
    paragraph = block.tag in {"p", "blockquote", "pre"}
    if not paragraph and not block.is_sentence:
        return 0.0
    share = 1.0 if paragraph or block.tag != "li" else 0.6
    return block.weight * (1 - block.link_density) * share


def _allow(layout: Layout, prose: list[float]) -> list[bool]:
    """For each block, whether no box around it is denied; denials that hide most are cancelled."""
    boxes = layout.boxes
    running = [0.0]
    for value in prose:
        running.append(running[-1] + value)
    captions = [box for box in boxes if box.tag == "figcaption"]
    total = running[-1] - sum(running[end] - running[start] for start, end in outermost(captions))
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
        again = fold(blocks[heads[-1]].text) in fold(blocks[at].text)  # a headline that stays
        if before >= heads[-1] and follows and not same and not again:
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
        for start, end in outermost([box for box in layout.boxes if box.tag == "article"])
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

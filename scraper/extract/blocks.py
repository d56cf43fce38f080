"""One walk of the tree: boxes (elements) and the blocks of text they hold, with their link counts.

Every later decision reads these two lists; nobody asks the tree again. The walk keeps its own
stack, so that depth costs no recursion.
"""

# ruff: noqa: RUF001 - letters and dashes as publishers write them
from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scraper.extract.hints import NEVER_TEXT, NOT_TEXT, ROLES, STILL_TEXT
from scraper.extract.metadata import printable

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

#: Never text, whatever they hold.
_SKIPPED = frozenset(
    "script style noscript template svg math iframe object embed video audio canvas button select "
    "option datalist rt textarea input head link "
    "meta map progress meter dialog amp-ad amp-embed "
    "amp-social-share amp-iframe -comment !doctype".split()
)

#: Part of the line they stand in.
_INLINE = frozenset(
    "a b i em strong span u s sub sup small big font abbr cite code q mark time kbd samp var ins "
    "del bdi bdo tt label wbr acronym strike nobr ruby rb dfn data img picture source".split()
)
#: Inline elements whose class is not looked at: they only dress words.
_PLAIN = frozenset(
    "b i em strong u s sub sup small big font abbr q mark kbd ins del wbr ruby rb rp".split()
)

#: Names that say what an element has or lacks rather than what it is: "has-recommendations".
_SAYS_WHAT_IT_HAS = ("has-", "with-", "no-", "without-")

#: Attributes that may say that an element is not shown or not for reading.
_HIDING = frozenset(("role", "hidden", "aria-hidden", "style"))
_DENIED_TAGS = frozenset("nav aside footer form menu figcaption fieldset".split())
#: Not even looked into, like boxes of a name that never lies.
_NEVER_TAGS = frozenset(("nav", "footer"))
#: Boxes whose one line may stand in a <div> of its own.
_LINES = frozenset("h1 h2 h3 h4 h5 h6 li blockquote td th dt dd".split())
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

#: Han, Kana and Thai are written without spaces; a character says about as much as three of a
#: Latin text (a guess, the ratio of translations' lengths).
DENSE = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE = re.compile(r"[.!?…。！？।؟»”\"][)\]\"'”’»]?(?:\s|$)|[。！？]")
#: So many characters of a class or id are read; utility classes run long, but not that long.
_NAMES = 1_000

#: A line break of <br>: no page holds this character, encoding.py takes it out.
_BREAK = "\0"

_INVISIBLE = "\u200b\u2060\ufeff\u00ad"


class Box:
    """An element that opened, whatever it is; ``start`` and ``end`` bound its blocks, half-open."""

    __slots__ = ("denied", "denies", "end", "names", "parent", "start", "tag")

    def __init__(self, tag: str, names: str, parent: int, start: int, denies: bool) -> None:  # noqa: FBT001 - by keyword it takes half as long again, 230 times a page
        self.tag = tag
        #: class, id and itemprop, lower-cased, with a space at both ends
        self.names = names
        #: index of the box it stands in; -1 for the root
        self.parent = parent
        #: whether its own name, role or tag says "not the article's text"
        self.denies = denies
        #: whether it or a box around it denies and is believed; set by text.py
        self.denied = False
        self.start = start
        self.end = start


class Block:
    """A line of text: what stands between two boundaries of block elements."""

    __slots__ = ("box", "link_length", "links", "tag", "text", "weight")

    def __init__(
        self, text: str, tag: str, box: int, links: tuple[str, ...], link_length: int
    ) -> None:
        self.text = text
        #: the innermost block element it stands in
        self.tag = tag
        self.box = box
        #: addresses linked from it, as written
        self.links = links
        self.link_length = link_length
        #: length in characters of a Latin text that says as much
        self.weight = len(text) if text.isascii() else _weigh(text)

    @property
    def link_density(self) -> float:
        """Share of the text that stands in links, 0.0 to 1.0."""
        return min(1.0, self.link_length / len(self.text))

    @property
    def is_heading(self) -> bool:
        """Whether it stands in h1 to h6."""
        return self.tag in HEADINGS

    @property
    def is_sentence(self) -> bool:
        """Whether it reads like prose: long enough, with a sentence's end in it."""
        return self.weight >= 40 and bool(_SENTENCE.search(self.text))  # noqa: PLR2004 - a guess


def _weigh(text: str) -> int:
    """The text's length, its dense characters counted thrice.

    They take three bytes each: a text with few bytes beyond its characters has none to speak of.
    """
    length = len(text)
    if len(text.encode("utf-8", "replace")) < length * 1.5:
        return length
    return length + 2 * len(DENSE.findall(text))


class Layout:
    """What the walk found: boxes in document order, and the blocks they hold in reading order."""

    __slots__ = ("blocks", "boxes")

    def __init__(self, boxes: list[Box], blocks: list[Block]) -> None:
        self.boxes = boxes
        self.blocks = blocks

    def ancestors(self, box: int) -> list[int]:
        """Indexes of the box itself and of all around it, innermost first."""
        found = []
        while box >= 0:
            found.append(box)
            box = self.boxes[box].parent
        return found


def lay_out(root: LexborNode) -> Layout:
    """The boxes and blocks of the tree under root, in document order."""
    return _Walk().run(root)


class _Walk:
    def __init__(self) -> None:
        self.boxes: list[Box] = [Box("root", " ", -1, 0, denies=False)]
        self.blocks: list[Block] = []
        self.current = 0
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.link_length = 0
        self.in_link = 0

    def run(self, root: LexborNode) -> Layout:  # noqa: C901, PLR0912 - one loop: a call a node doubled its cost
        boxes, blocks, pieces, stack = self.boxes, self.blocks, self.pieces, []
        node = root.child
        while True:
            while node is not None:
                tag = node.tag
                if tag == "-text":
                    text = node.text_content
                    if text and (pieces or not text.isspace()):
                        pieces.append(text)
                        if self.in_link:
                            self.link_length += len(text.strip())
                elif tag in _PLAIN:
                    if (child := node.child) is not None:
                        stack.append((node, False, False))
                        node = child
                        continue
                elif tag == "br":
                    pieces.append(_BREAK)
                elif tag not in _SKIPPED:
                    if (child := node.child) is not None:
                        if opened := self._enter(node, tag or ""):
                            stack.append((node, *opened))
                            node = child
                            continue
                        node = node.next
                        continue
                    if tag not in _INLINE and pieces:
                        self._flush()
                elif tag == "rt" and _is_spelt_out(node) and (child := node.child) is not None:
                    stack.append((node, False, False))
                    node = child
                    continue
                node = node.next
            if not stack:
                break
            node, boxed, linked = stack.pop()
            if boxed:
                if pieces:
                    self._flush()
                box = boxes[self.current]
                box.end = len(blocks)
                self.current = box.parent
            if linked:
                self.in_link -= 1
            node = node.next
        if pieces:
            self._flush()
        self.boxes[0].end = len(self.blocks)
        return Layout(self.boxes, self.blocks)

    def _enter(self, node: LexborNode, tag: str) -> tuple[bool, bool] | None:
        """Open the element; returns whether it became a box, and whether it is a link.

        None where nothing inside can be text: it became an empty box.
        """
        attributes = node.attributes
        if tag == "a":
            # A link inside a line is judged by how much of the line it is, not by its class.
            if "href" not in attributes:
                return False, False
            self.in_link += 1
            self.links.append(attributes["href"] or "")
            return False, True
        names, denies, never = " ", tag in _DENIED_TAGS, tag in _NEVER_TAGS
        if attributes:
            get = attributes.get
            names, says_no, lies_never = _read_names(get("class"), get("id"), get("itemprop"))
            never = never or lies_never
            if says_no and not (tag == "p" and "paywall" in names):
                denies = True
            elif not denies and not _HIDING.isdisjoint(attributes):
                denies = _hidden(attributes)
        if not denies and tag in _INLINE:
            return False, False
        if self.pieces:
            self._flush()
        boxes = self.boxes
        index = len(boxes)
        boxes.append(Box(tag, names, self.current, len(self.blocks), denies))
        if never:
            return None
        self.current = index
        return True, False

    def _flush(self) -> None:
        pieces = self.pieces
        raw = "".join(pieces) if len(pieces) > 1 else pieces[0]
        pieces.clear()
        links, length = tuple(self.links), self.link_length
        self.links.clear()
        self.link_length = 0
        at = self.current
        tag = self.boxes[at].tag
        if tag == "div" and (around := self.boxes[self.boxes[at].parent].tag) in _LINES:
            tag = around
        lines = _lines(raw, pre=tag == "pre")
        if len(lines) == 1:
            self.blocks.append(Block(lines[0], tag, at, links, length))
            return
        total = sum(map(len, lines))
        for line in lines:
            self.blocks.append(Block(line, tag, at, links, length * len(line) // total))


def _is_spelt_out(reading: LexborNode) -> bool:
    """Whether a ruby's reading stands in parentheses where it cannot stand above its word.

    <rp> holds them, for text as we write it; without them a reading would run into its word.
    """
    before = reading.prev
    return before is not None and before.tag == "rp"


def _lines(raw: str, *, pre: bool) -> list[str]:
    """The paragraphs of a run of text: split where two line breaks follow one another."""
    if not raw.isascii():
        for mark in _INVISIBLE:
            if mark in raw:
                raw = raw.replace(mark, "")
    if pre:
        raw = raw.replace("\n", _BREAK)
    if _BREAK not in raw:
        text = printable(" ".join(raw.split()))
        return [text] if text else []
    paragraphs: list[list[str]] = [[]]
    for part in raw.split(_BREAK):
        line = printable(" ".join(part.split()))
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return ["\n".join(lines) for lines in paragraphs if lines]


def _hidden(attributes: dict[str, str | None]) -> bool:
    """Whether an element's role or state says that it is no text for readers."""
    if attributes.get("role") in ROLES or "hidden" in attributes:
        return True
    if attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    return style is not None and "display:none" in style.replace(" ", "").lower()


@lru_cache(maxsize=1 << 15)
def _read_names(
    classes: str | None, identity: str | None, itemprop: str | None
) -> tuple[str, bool, bool]:
    """What an element is called, whether that says "not the text", and whether it never lies.

    The first is class, id and itemprop, lower-cased, with a space at both ends. Remembered, as
    pages repeat their few names; the answer depends on nothing but them.
    """
    text = f" {(classes or '')[:_NAMES]} {(identity or '')[:_NAMES]} {itemprop or ''} ".lower()
    words = text.split()
    says_no = any(map(_says_no, words))  # each word remembered: ids are new, their words seldom
    deny = says_no and ("hidden" in words or not STILL_TEXT.search(text))
    return text, deny, deny and _lies_never(words)


@lru_cache(maxsize=1 << 15)
def _says_no(name: str) -> bool:
    """Whether one class name or id says that what it names is not the text."""
    return bool(NOT_TEXT.search(name)) and not name.startswith(_SAYS_WHAT_IT_HAS)


def _lies_never(words: list[str]) -> bool:
    """Whether the names among these that say what an element is say so beyond doubt."""
    said = " ".join(word for word in words if not word.startswith(_SAYS_WHAT_IT_HAS))
    return bool(NEVER_TEXT.search(f" {said} "))

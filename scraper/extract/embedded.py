"""The text of a page that shows none without running its scripts: the prose in what they carry.

Scripts that draw an article carry it as JSON, in an element of their own, in an assignment or in an
attribute, as HTML or as a list of paragraphs. Nobody says under which name: but a run of prose, not
interrupted by much that is none, looks the same everywhere.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from scraper.extract.anchor import fold, paragraphs_of
from scraper.extract.blocks import DENSE
from scraper.extract.hints import SENTENCE_END

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser

#: A shorter run is a message or a teaser (a guess: some sentences).
_LEAST = 500
#: Share of a title's words that the text must hold: those of 30 right texts hold 0.44 and more,
#: those of 7 wrong ones 0.33 and less.
_NAMED = 0.4
_SHORT_WORD = 3
#: A shorter string is a label, whatever it holds.
_SENTENCE = 40
#: So much of what scripts carry is read: the largest article with its page's state is a tenth.
_MOST = 3_000_000
#: What a character between two strings of prose costs, where one of prose is worth 1 (tuned on
#: pages that carry their text both ways): names of fields and formats stand between paragraphs,
#: addresses and pictures between articles.
_GAP_COST = 0.5
#: A shorter attribute holds no article.
_LONG_ATTRIBUTE = 1_000

#: JSON within a string of JSON; each level doubles its escapes, so there are few.
_NESTED = re.compile(r'"\s*:\s*["\[{]')

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_CODE = re.compile(r"[{};]\s*[\w$.]+\s*[=(:]|^https?://\S+$|</?(?:script|style|svg|iframe)\b")


def embedded_text(tree: LexborHTMLParser, title: str | None) -> list[str]:
    """The paragraphs of the largest run of prose in the page's scripts; none where there is little.

    It must speak of what the title names: pages carry offers and other articles too. What repeats
    is given once.
    """
    best: list[str] = []
    most = float(_LEAST)
    for source in _sources(tree):
        length, run = _largest_run(source)
        if length > most and _is_about(run, title or ""):
            most, best = length, run
    return list(dict.fromkeys(best))


def _is_about(run: list[str], title: str) -> bool:
    words = [part for word in fold(title).split() for part in _parts(word)]
    told = fold(" ".join(run))
    return sum(part in told for part in words) >= _NAMED * len(words)


def _parts(word: str) -> list[str]:
    """What of a title's word a text repeats: a long word whole, of dense letters each two."""
    if DENSE.search(word):
        return [word[at : at + 2] for at in range(len(word) - 1)]
    return [word] if len(word) > _SHORT_WORD else []


def _sources(tree: LexborHTMLParser) -> Iterator[str]:
    left = _MOST
    for node in tree.css("script"):
        text = node.text() or ""
        if '"' in text and len(text) <= left:
            left -= len(text)
            yield text
    for node in tree.css("[data-props], [data-page], [data-react-props], [data-state]"):
        for value in node.attributes.values():
            if value and len(value) > _LONG_ATTRIBUTE and len(value) <= left:
                left -= len(value)
                yield value


def _largest_run(source: str) -> tuple[float, list[str]]:
    """How much more prose than anything else the run holds, and its paragraphs."""
    lines: list[str] = []
    best, first, last = 0.0, 0, 0
    gain, start, end = 0.0, 0, 0
    for match in _STRING.finditer(source):
        found = _prose_in(match[1])
        if not found:
            continue
        gain -= _GAP_COST * (match.start() - end)
        if gain < 0:
            gain, start = 0.0, len(lines)
        gain += sum(map(len, found))
        lines += found
        end = match.end()
        if gain > best:
            best, first, last = gain, start, len(lines)
    return best, lines[first:last]


def _prose_in(literal: str) -> list[str]:
    """The paragraphs of a string as written in a script, where it holds a sentence."""
    if len(literal) < _SENTENCE or (
        " " not in literal and literal.isascii() and "\\u" not in literal
    ):
        return []
    try:
        text = json.loads(f'"{literal}"', strict=False)
    except ValueError:
        return []
    if _NESTED.search(text):
        return _largest_run(text)[1]
    if _CODE.search(text):
        return []
    lines = paragraphs_of(text)
    ends = any(len(line) >= _SENTENCE and SENTENCE_END.search(line) for line in lines)
    return lines if ends else []

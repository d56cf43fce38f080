"""The text of a page that shows none without running its scripts: the prose in what they carry.

Scripts that draw an article carry it as JSON, in an element of their own, in an assignment or in an
attribute, as HTML or as a list of paragraphs. Nobody says under which name: but a run of prose, not
interrupted by much that is none, looks the same everywhere.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from scraper.extract.anchor import paragraphs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser

#: A shorter run is a message or a teaser (a guess: some sentences).
_LEAST = 500
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
_ENDS = re.compile(r"[.!?…。！？؟:][)\]\"'”’»“]*$")  # noqa: RUF001 - marks as publishers write them
_CODE = re.compile(r"[{};]\s*[\w$.]+\s*[=(:]|^https?://\S+$|</?(?:script|style|svg|iframe)\b")


def embedded_text(tree: LexborHTMLParser) -> list[str]:
    """The paragraphs of the largest run of prose in the page's scripts; none where there is little.

    What repeats is given once.
    """
    best: list[str] = []
    most = float(_LEAST)
    for source in _sources(tree):
        length, run = _largest_run(source)
        if length > most:
            most, best = length, run
    return list(dict.fromkeys(best))


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
    best: tuple[float, list[str]] = (0.0, [])
    gain, run, end = 0.0, list[str](), 0
    for match in _STRING.finditer(source):
        found = _prose_in(match[1])
        if not found:
            continue
        gain -= _GAP_COST * (match.start() - end)
        if gain < 0:
            gain, run = 0.0, []
        gain += sum(map(len, found))
        run = [*run, *found]
        end = match.end()
        if gain > best[0]:
            best = (gain, run)
    return best


def _prose_in(literal: str) -> list[str]:
    """The paragraphs of a string as written in a script, where it holds a sentence."""
    if len(literal) < _SENTENCE or (literal.isascii() and " " not in literal):
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
    ends = any(len(line) >= _SENTENCE and _ENDS.search(line) for line in lines)
    return lines if ends else []

"""JSON Lines: one story, article or relation a line, byte-identical when nothing changed.

Rule 1: keys stand in a fixed order, lines in the order of ids, and nothing is written that
depends on when or where.
Rule 2: what some programs take for the end of a line, and what steers a terminal, is written as an
escape inside strings: the same JSON value, and safe to cut into lines and to look at.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from scraper.export.shapes import shape_article, shape_relation, shape_story
from scraper.store.stream import each_article, each_link, each_story

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

#: Beyond what JSON escapes itself: C1 controls, line and paragraph separators (Python's splitlines
#: and older JavaScript break lines there) and the bidirectional controls of Unicode.
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def write_stories(connection: sa.Connection) -> Iterator[bytes]:
    """Every story as a line, by id."""
    return (encode_line(shape_story(story)) for story in each_story(connection))


def write_articles(connection: sa.Connection) -> Iterator[bytes]:
    """Every article as a line, by id."""
    return (encode_line(shape_article(article)) for article in each_article(connection))


def write_relations(connection: sa.Connection) -> Iterator[bytes]:
    """Every relation as a line, by the ids of its articles."""
    return (encode_line(shape_relation(link)) for link in each_link(connection))


def encode_line(value: dict[str, Any]) -> bytes:
    """The value as one line of JSON in UTF-8, its line feed included."""
    return encode_json(value).encode() + b"\n"


def encode_json(value: object, *, indent: int | None = None) -> str:
    """The value as JSON without any character that steers a terminal or ends a line."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)

"""JSON Lines: a JSON object a line, byte-identical when nothing changed.

Rule 1: keys stand in a fixed order, lines in the order of ids, and nothing is written that
depends on when or where.
Rule 2: what some programs take for the end of a line, and what steers a terminal, is written as an
escape inside strings: the same JSON value, and safe to cut into lines and to look at.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Beyond what JSON escapes itself: C1 controls, line and paragraph separators (Python's splitlines
#: and older JavaScript break lines there) and the bidirectional controls of Unicode.
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def write_lines(shapes: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Each shape as a line of JSON in UTF-8, its line feed included."""
    for shape in shapes:
        yield encode_json(shape).encode() + b"\n"


def encode_json(value: object, *, indent: int | None = None) -> str:
    """The value as JSON without any character that steers a terminal or ends a line."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)

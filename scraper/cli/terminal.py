"""What a terminal may be sent: text from the web made harmless, and what the terminal is like.

A title may hold escape sequences that repaint the screen or rename the window, and bidirectional
controls that show an address as another. None of them is ever printed; see Unicode Technical
Report 36, and Boucher and Anderson 2021, "Trojan Source", for what the latter can do.
"""

from __future__ import annotations

import re

#: Whole escape sequences (ECMA-48: CSI, OSC and other strings, two-character ones), so that what
#: is left of one is not printed either.
_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]P^_X]|[\x9d\x90\x9e\x9f\x98])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)"
    r"|\x1b[ -/]*[0-~]"
)
#: What does something to a terminal other than stand in it: controls, halves of a character, line
#: and paragraph separators, bidirectional controls, and two that are never seen.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b\ufeff]"
)
#: No title is so long, and whoever reads a line of it has read enough.
LONGEST_LINE = 1_000


def make_text(text: str) -> str:
    """The text without anything that steers a terminal; its line breaks stay, tabs are spaces."""
    return "\n".join(make_line(line, squeeze=False) for line in re.split(r"\r\n|[\n\r]", text))


def make_line(text: str, *, squeeze: bool = True, most: int | None = None) -> str:
    """The text as one line without anything that steers a terminal.

    ``squeeze`` makes one space of any white space, and drops it at the ends. Of more than ``most``
    characters the first are shown, with an ellipsis.
    """
    if most is not None and len(text) > most:
        return make_line(text[:most], squeeze=squeeze) + "…"
    spaced = re.sub(r"[\t\n\v\f\r\x85\u2028\u2029]", " ", _ESCAPE_SEQUENCE.sub("", text))
    kept = _STEERING.sub("", spaced)
    return " ".join(kept.split()) if squeeze else kept

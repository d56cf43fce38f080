"""What a terminal may be sent: text from the web made harmless, and what the terminal is like.

A title may hold escape sequences that repaint the screen or rename the window, and bidirectional
controls that show an address as another. None of them is ever printed; see Unicode Technical
Report 36, and Boucher and Anderson 2021, "Trojan Source", for what the latter can do.
"""

from __future__ import annotations

import re
import unicodedata

#: Whole escape sequences (ECMA-48: CSI, OSC and other strings, two-character ones), so that what
#: is left of one is not printed either.
_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]P^_X]|[\x9d\x90\x9e\x9f\x98])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)"
    r"|\x1b[ -/]*[0-~]"
)
#: Cc controls, Cs lone surrogates, Zl and Zp separators; and of Cf the bidirectional controls.
_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_INVISIBLE = frozenset("\u200b\ufeff")


def make_text(text: str) -> str:
    """The text without anything that steers a terminal; its line breaks stay, tabs are spaces."""
    return "\n".join(make_line(line, squeeze=False) for line in re.split(r"\r\n|[\n\r]", text))


def make_line(text: str, *, squeeze: bool = True) -> str:
    """The text as one line without anything that steers a terminal.

    ``squeeze`` makes one space of any white space, and drops it at the ends.
    """
    spaced = re.sub(r"[\t\n\v\f\r\x85\u2028\u2029]", " ", _ESCAPE_SEQUENCE.sub("", text))
    kept = "".join(char for char in spaced if not _steers(char))
    return " ".join(kept.split()) if squeeze else kept


def _steers(char: str) -> bool:
    """Whether a character does something to a terminal other than stand in it."""
    return (
        char in _BIDI_CONTROLS
        or char in _INVISIBLE
        or (not char.isprintable() and unicodedata.category(char) in _FORBIDDEN)
    )

"""Text of strangers made fit for files that say nothing of escapes: CSV, XML, Markdown."""

from __future__ import annotations

import re

#: All controls but tab and line feed, lone surrogates, what XML 1.0 cannot hold (section 2.2), and
#: the controls that turn the direction of writing, by which an address can look like another.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def clean(text: str) -> str:
    """The text without characters that steer what shows them, or that no file may hold."""
    return _UNWANTED.sub("", text)


def clean_line(text: str) -> str:
    """The same in one line: any white space is one space, none at the ends."""
    return " ".join(clean(text).split())


def is_web_address(url: str | None) -> bool:
    """Whether a link may lead there: a browser runs no program of the address's own."""
    return url is not None and url.startswith(("http://", "https://"))

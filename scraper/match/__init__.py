"""Which articles are copies: Articles in, Relations and Stories out. Pure.

    text --words--> Words --fingerprint--> Keys --(store)--> candidates     who might be a copy?
    Words, Words --align, verdict, template, about--> Relation              who is, and how?
    Links --story--> Stories --canonical (dating, naming)--> Canonical      what is one story?

For use as a library: ``compare_texts``. Nothing here reads an archive, a clock or a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.match.compare import compare_texts

__all__ = ["compare_texts"]


def __getattr__(name: str) -> object:
    """``compare_texts``, imported when first asked for: numpy takes a tenth of a second."""
    if name == "compare_texts":
        from scraper.match.compare import compare_texts

        return compare_texts
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Whether an answer is an HTML page: by its Content-Type, else by its first bytes."""

from __future__ import annotations

import re

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
#: Types that servers send for want of a better one.
_VAGUE_TYPES = frozenset({"", "text/plain", "application/octet-stream"})

#: How far in the markup must begin: the WHATWG MIME Sniffing Standard reads 1,445 bytes.
_SNIFFED_BYTES = 1_445
_HTML_START = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)


def may_be_html(content_type: str | None) -> bool:
    """Whether an answer of this type is worth reading: it is HTML, or its type does not tell."""
    kind = _media_type(content_type)
    return kind in _HTML_TYPES or kind in _VAGUE_TYPES


def is_html(content_type: str | None, body: bytes) -> bool:
    """Whether this is an HTML page: by type where the type tells, else by its first bytes."""
    kind = _media_type(content_type)
    if kind in _VAGUE_TYPES:
        return _HTML_START.search(body[:_SNIFFED_BYTES]) is not None
    return kind in _HTML_TYPES


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()

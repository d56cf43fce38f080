"""The characters of a feed's bytes.

Asked in this order, the first that decodes every byte wins: a byte order mark; the XML
declaration; the charset of Content-Type; UTF-8; windows-1252, which decodes anything. RFC 7303,
section 3, puts the header before the declaration, but servers send a charset for whole folders,
and feeds are written by programs that know what they write.
"""

from __future__ import annotations

import codecs
import re

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    # Without a mark, "<?" or "<r" tells the width: XML 1.0, appendix F. JSON's "{" likewise.
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"{\x00", "utf-16-le"),
    (b"\x00{", "utf-16-be"),
)
_DECLARATION = re.compile(
    rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']"""
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)

#: Encodings of text that a feed may name. Python knows others ("punycode", "unicode_escape") that
#: no publisher uses, and some of those take quadratic time.
_TEXT_CODECS = re.compile(
    r"utf-(?:8|16|32)(?:-[bl]e)?|ascii|iso8859-\d+|cp\d{3,4}|koi8-[rtu]|mac-\w+|gb(?:2312|k|18030)"
    r"|big5(?:hkscs)?|euc_\w+|shift_jis\w*|iso2022_\w+|tis-620|hz|johab"
)
#: Names under which a larger set is meant: https://encoding.spec.whatwg.org/#names-and-labels
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}


def decode_feed(body: bytes, content_type: str | None) -> str:
    """The feed's text, without a byte order mark. Never raises."""
    for mark, codec in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(codec, errors="replace").removeprefix("\ufeff")
    declared = _DECLARATION.match(body)
    charset = _CHARSET.search(content_type or "")
    named = (declared[1].decode("ascii") if declared else None, charset[1] if charset else None)
    for name in (*named, "utf-8"):
        codec_name = _codec(name) if name else None
        if codec_name is None:
            continue
        try:
            return body.decode(codec_name)
        except UnicodeDecodeError:
            continue
    return body.decode("cp1252", errors="replace")


def _codec(name: str) -> str | None:
    """The codec that a publisher means by this name; ``None`` where none is known or wanted."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return None
    return _SUPERSETS.get(found, found) if _TEXT_CODECS.fullmatch(found) else None

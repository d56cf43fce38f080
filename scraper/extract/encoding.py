"""Bytes to text: which encoding a page is in, and its text as valid UTF-8.

Asked in this order: byte order mark, the bytes themselves where they are valid UTF-8 beyond ASCII,
the Content-Type header, the page's own declaration, and last charset-normalizer on a bounded
sample. A label counts only if it stands in the table below, which is that of the WHATWG Encoding
Standard (https://encoding.spec.whatwg.org/#names-and-labels) without its rarest names: a Python
codec that is no text encoding of the web (utf-7, zlib, idna) can never be named by a page.
"""

from __future__ import annotations

import codecs
import re

#: How much of a page is looked at for a declaration. Browsers stop at 1,024 bytes; real pages put
#: comments and preloads before it.
DECLARATION_WINDOW = 4096

#: How many bytes charset-normalizer may look at: its cost grows with them (a guess: 8 KiB of
#: letters settle any encoding that can be settled).
SAMPLE_BYTES = 8192

#: WHATWG label -> Python codec; ISO-8859-1 and ASCII are windows-1252 there, GB 2312 is GB 18030.
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8", "x-unicode20utf8"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16le", "ucs-2", "unicode"), "utf-16-le"),
    "utf-16be": "utf-16-be",
    **dict.fromkeys(
        ("windows-1252", "cp1252", "x-cp1252", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1",
         "latin-1", "l1", "ascii", "us-ascii", "ansi_x3.4-1968"),
        "cp1252",
    ),
    **dict.fromkeys(("windows-1254", "cp1254", "iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("windows-874", "tis-620", "iso-8859-11", "dos-874"), "cp874"),
    **{f"windows-125{n}": f"cp125{n}" for n in (0, 1, 3, 5, 6, 7, 8)},
    **{f"cp125{n}": f"cp125{n}" for n in (0, 1, 3, 5, 6, 7, 8)},
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **dict.fromkeys(("latin2", "iso8859-2"), "iso8859-2"),
    **dict.fromkeys(("latin-9", "iso8859-15"), "iso8859-15"),
    **dict.fromkeys(("koi8-r", "koi8", "koi"), "koi8-r"),
    **dict.fromkeys(("koi8-u", "koi8-ru"), "koi8-u"),
    **dict.fromkeys(("ibm866", "cp866", "866"), "cp866"),
    **dict.fromkeys(("macintosh", "mac", "x-mac-roman"), "mac-roman"),
    "x-mac-cyrillic": "mac-cyrillic",
    **dict.fromkeys(("gbk", "gb2312", "gb_2312-80", "gb18030", "x-gbk", "chinese"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("euc-jp", "x-euc-jp"), "euc-jp"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    "iso-2022-jp": "iso2022-jp",
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "korean", "windows-949"), "cp949"),
}  # fmt: skip

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:+-]{2,40})""", re.IGNORECASE)
_DECLARED = re.compile(
    rb"""<meta\b[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:+-]{2,40})"""
    rb"""|<\?xml\b[^>]{0,100}?encoding\s*=\s*["']([\w.:+-]{2,40})""",
    re.IGNORECASE,
)


def to_utf8(html: bytes, content_type: str | None = None) -> bytes:
    """The page as valid UTF-8 without NUL or byte order mark; what cannot be decoded is U+FFFD."""
    for bom, codec in _BOMS:
        if html.startswith(bom):
            return _recode(html[len(bom) :], codec)
    named = codec_of_header(content_type) or codec_declared(html)
    if named == "iso2022-jp":  # seven bits: it would pass for UTF-8
        return _recode(html, named)
    if _is_utf8(html):
        return html.replace(b"\0", b"") if b"\0" in html else html
    if named is None or (named == "utf-8" and not _nearly_utf8(html)):
        named = _guess(html) or "cp1252"
    return _recode(html, named)


def codec_of_header(content_type: str | None) -> str | None:
    """Python's name of the charset in a Content-Type header; None if absent or not of the web."""
    found = _CHARSET.search(content_type or "")
    return _CODECS.get(found[1].lower()) if found else None


def codec_declared(html: bytes) -> str | None:
    """Python's name of the encoding that the page's own first bytes declare, or None.

    A page whose declaration can be read as ASCII is not in UTF-16: there it means UTF-8, as the
    HTML standard has it.
    """
    found = _DECLARED.search(html, 0, DECLARATION_WINDOW)
    if not found:
        return None
    codec = _CODECS.get((found[1] or found[2]).decode("ascii", "replace").lower())
    return "utf-8" if codec in {"utf-16-le", "utf-16-be"} else codec


def _recode(html: bytes, codec: str) -> bytes:
    return html.decode(codec, "replace").replace("\0", "").encode("utf-8", "replace")


def _is_utf8(html: bytes) -> bool:
    try:
        html.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _nearly_utf8(html: bytes) -> bool:
    """Whether a page that says UTF-8 mostly is: under one undecodable byte in 10 beyond ASCII."""
    wrong = html.decode("utf-8", "replace").count("\ufffd")
    beyond_ascii = len(html) - len(html.decode("ascii", "ignore"))
    return wrong * 10 < beyond_ascii


def _guess(html: bytes) -> str | None:
    """charset-normalizer's opinion of the first stretch that holds bytes beyond ASCII."""
    from charset_normalizer import from_bytes

    first = next((at for at, byte in enumerate(html) if byte > 0x7F), 0)  # noqa: PLR2004 - the end of ASCII
    start = max(0, first - 256)
    best = from_bytes(html[start : start + SAMPLE_BYTES]).best()
    if best is None:
        return None
    return _CODECS.get(best.encoding.replace("_", "-")) or _CODECS.get(best.encoding)

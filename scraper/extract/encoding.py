"""Bytes to text: which encoding a page is in, and its text as valid UTF-8.

Asked in this order: byte order mark, the bytes themselves where they are valid UTF-8 beyond ASCII,
the Content-Type header, the page's own declaration, and last charset-normalizer on a bounded
sample. A label counts only if it stands in the table below, which is that of the WHATWG Encoding
Standard (https://encoding.spec.whatwg.org/#names-and-labels) but for the encodings that it has
replaced by nothing, and x-user-defined: a Python codec that is no text encoding of the web
(utf-7, zlib, idna) can never be named by a page.
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

#: The parts of ISO 8859 that the web has, each with its further names. The Hebrew of "-i" and "-e"
#: differs in the order of lines alone.
_ISO_8859 = {
    2: "csisolatin2 iso-ir-101 l2 latin2",
    3: "csisolatin3 iso-ir-109 l3 latin3",
    4: "csisolatin4 iso-ir-110 l4 latin4",
    5: "csisolatincyrillic cyrillic iso-ir-144",
    6: "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e "
    "iso-8859-6-i iso-ir-127",
    7: "csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 sun_eu_greek",
    8: "csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8-e iso-8859-8-i iso-ir-138 "
    "logical visual",
    10: "csisolatin6 iso-ir-157 l6 latin6",
    13: "",
    14: "",
    15: "csisolatin9 l9 latin-9",
    16: "",
}
#: WHATWG label -> Python codec; ISO-8859-1 and ASCII are windows-1252 there, GB 2312 is GB 18030.
_CODECS = {
    **dict.fromkeys(
        "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8".split(), "utf-8"
    ),
    **dict.fromkeys(
        "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le".split(), "utf-16-le"
    ),
    **dict.fromkeys(("unicodefffe", "utf-16be"), "utf-16-be"),
    **{
        label: f"iso8859-{n}"
        for n, names in _ISO_8859.items()
        for label in (f"iso-8859-{n}", f"iso8859-{n}", f"iso8859{n}", f"iso_8859-{n}",
                      *names.split())
    },
    **{
        label: f"cp{n}"
        for n in (1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)
        for label in (f"windows-{n}", f"cp{n}", f"x-cp{n}")
    },
    **dict.fromkeys(
        "ansi_x3.4-1968 ascii cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 "
        "iso_8859-1 iso_8859-1:1987 l1 latin1 latin-1 us-ascii".split(),
        "cp1252",
    ),
    **dict.fromkeys(
        "csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 l5 latin5".split(),
        "cp1254",
    ),
    **dict.fromkeys(
        "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874".split(), "cp874"
    ),
    **dict.fromkeys("cskoi8r koi koi8 koi8-r koi8_r".split(), "koi8-r"),
    **dict.fromkeys(("koi8-u", "koi8-ru"), "koi8-u"),
    **dict.fromkeys("866 cp866 csibm866 ibm866".split(), "cp866"),
    **dict.fromkeys("csmacintosh mac macintosh x-mac-roman".split(), "mac-roman"),
    **dict.fromkeys(("x-mac-cyrillic", "x-mac-ukrainian"), "mac-cyrillic"),
    **dict.fromkeys(
        "chinese csgb2312 csiso58gb231280 gb18030 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk"
        .split(),
        "gb18030",
    ),
    **dict.fromkeys("big5 big5-hkscs cn-big5 csbig5 x-x-big5".split(), "big5hkscs"),
    **dict.fromkeys("cseucpkdfmtjapanese euc-jp x-euc-jp".split(), "euc-jp"),
    **dict.fromkeys(
        "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis".split(), "cp932"
    ),
    **dict.fromkeys(("csiso2022jp", "iso-2022-jp"), "iso2022-jp"),
    **dict.fromkeys(
        "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 "
        "ksc_5601 windows-949".split(),
        "cp949",
    ),
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
    if named in {None, "utf-8"}:
        named = "utf-8" if _nearly_utf8(html) else _guess(html) or "cp1252"
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
    """Whether no fewer letters beyond ASCII are UTF-8 than bytes are not: a page that was cut
    within a letter, or that quotes another encoding.

    Text in another encoding seldom holds sequences that happen to be UTF-8.
    """
    text = html.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return beyond_ascii >= 2 * wrong


def _guess(html: bytes) -> str | None:
    """charset-normalizer's opinion of the first stretch that holds bytes beyond ASCII."""
    from charset_normalizer import from_bytes

    first = next((at for at, byte in enumerate(html) if byte > 0x7F), 0)  # noqa: PLR2004 - the end of ASCII
    start = max(0, first - 256)
    best = from_bytes(html[start : start + SAMPLE_BYTES]).best()
    if best is None:
        return None
    return _CODECS.get(best.encoding.replace("_", "-")) or _CODECS.get(best.encoding)

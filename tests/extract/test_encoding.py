"""Bytes to UTF-8: who is believed about an encoding, and what never gets through."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scraper.extract.encoding import codec_declared, codec_of_header, to_utf8

GREETING = "Grüße aus Łódź"


@pytest.mark.parametrize(
    ("bom", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_byte_order_mark_wins_over_header(bom: bytes, codec: str) -> None:
    """A byte order mark is believed before the header, and is not part of the text."""
    page = bom + GREETING.encode(codec)
    assert to_utf8(page, "text/html; charset=windows-1251") == GREETING.encode()


def test_header_wins_over_the_page() -> None:
    """The Content-Type header is believed before the page's own <meta>."""
    page = b'<meta charset="koi8-r">' + "Привет".encode("cp1251")
    assert "Привет" in to_utf8(page, "text/html; charset=windows-1251").decode()
    assert "Привет" not in to_utf8(page).decode()


def test_valid_utf8_is_believed_over_a_wrong_declaration() -> None:
    """Bytes that are UTF-8 beyond ASCII are read so, whatever is declared."""
    page = f'<meta charset="iso-8859-1">{GREETING}'.encode()
    assert to_utf8(page, "text/html; charset=iso-8859-1") == page


@pytest.mark.parametrize("declaration", ['<meta charset="utf-8">', ""])
@pytest.mark.parametrize(
    "stray", [b"", "…".encode()[:2], b"\x93"], ids=["none", "cut letter", "a quote"]
)
def test_stray_byte_spoils_no_utf8(declaration: str, stray: bytes) -> None:
    """A page that was cut within a letter, or holds a byte of another encoding, is UTF-8 still."""
    assert GREETING in to_utf8(f"{declaration}{GREETING}".encode() + stray).decode()


@pytest.mark.parametrize("codec", ["cp1252", "cp1251", "gb18030"])
def test_wrong_claim_to_be_utf8_is_not_believed(codec: str) -> None:
    """A page that says UTF-8 and is in another encoding is read by the shape of its bytes."""
    text = {
        "cp1252": "Die Fähre für die Gäste fährt im Frühjahr täglich über den Fluß, heißt es. ",
        "cp1251": "Жители посёлка собрали за лето столько брусники, что магазин её не принимает. ",
        "gb18030": "港湾市议会星期二投票决定重建旧码头。结束了持续十一年的争议。",
    }[codec]
    page = b'<meta charset="utf-8">' + (text * 5).encode(codec)
    assert text.strip() in to_utf8(page).decode()


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-8859-8-i", "iso8859-8", "שלום"),
        ("ks_c_5601-1989", "cp949", "항구"),
        ("cn-big5", "big5", "碼頭"),
        ("x-cp1251", "cp1251", "причал"),
        ("ms_kanji", "cp932", "桟橋"),
    ],
)
def test_further_names_of_encodings_are_known(label: str, codec: str, text: str) -> None:
    """An encoding is known by every name that browsers know it by."""
    page = f'<meta charset="{label}">{text}'.encode(codec)
    assert text in to_utf8(page).decode()


def test_undeclared_encoding_is_guessed() -> None:
    """A page that declares nothing is read by the shape of its bytes."""
    text = (
        "Жители посёлка собрали за лето столько брусники, что магазин перестал её принимать. " * 5
    )
    assert to_utf8(text.encode("cp1251")).decode() == text


def test_seven_bit_japanese_is_not_taken_for_ascii() -> None:
    """ISO-2022-JP is valid UTF-8 byte for byte, and is decoded all the same where declared."""
    page = '<meta charset="iso-2022-jp">日本語の新聞'.encode("iso2022-jp")
    assert "日本語の新聞" in to_utf8(page).decode()


@pytest.mark.parametrize(
    "label", ["utf-7", "zlib", "idna", "rot13", "unicode_escape", "hex", "mbcs"]
)
def test_codecs_that_are_no_web_encodings_cannot_be_named(label: str) -> None:
    """A page cannot choose a Python codec that browsers do not know."""
    assert codec_of_header(f"text/html; charset={label}") is None
    assert codec_declared(f'<meta charset="{label}">'.encode()) is None


def test_page_declared_as_utf16_in_ascii_is_utf8() -> None:
    """A declaration that can be read as ASCII cannot mean UTF-16."""
    assert codec_declared(b'<meta charset="utf-16">') == "utf-8"


@given(
    st.binary(max_size=400), st.sampled_from([None, "text/html; charset=utf-16", "x; charset=big5"])
)
@example(b"\xed\xa0\x80<p>\x00", None)
@example(b"\xff\xfe\x00\xd8", None)
def test_result_is_always_utf8_without_nul(html: bytes, content_type: str | None) -> None:
    """Whatever the bytes, the result is valid UTF-8 (so without surrogates) and holds no NUL."""
    assert "\0" not in to_utf8(html, content_type).decode("utf-8", "strict")

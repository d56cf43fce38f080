"""Pages that are not what they seem."""

from __future__ import annotations

import gzip
import zlib

from scraper.model import Reason
from tests.fetch.loopback import redirect, reply
from tests.hostile.faults.setting import (
    PATH,
    RUSSIAN,
    Setting,
    fault,
)


@fault(Reason.BAD_ENCODING, Reason.NO_ARTICLE)
def binary_as_html(at: Setting) -> None:
    """Noise with a page's type."""
    at.answer(reply(at.chance.randbytes(20_000)))


@fault(Reason.NOT_HTML)
def pdf(at: Setting) -> None:
    """A file that is no page."""
    at.answer(reply(b"%PDF-1.7\n" + at.chance.randbytes(2_000), content_type="application/pdf"))


@fault(Reason.NOT_HTML)
def picture_without_a_type(at: Setting) -> None:
    """A picture whose type is not told."""
    at.answer(reply(b"\x89PNG\r\n\x1a\n" + at.chance.randbytes(2_000), content_type=None))


@fault(Reason.NO_ARTICLE)
def empty_page(at: Setting) -> None:
    """Nothing, well delivered."""
    at.answer(reply(b""))


@fault(Reason.TOO_BIG)
def two_hundred_thousand_nested_tags(at: Setting) -> None:
    """Depth that costs a parser half a minute."""
    at.answer(reply(b"<html><body>" + b"<div>" * 200_000 + at.text.encode()))


@fault(Reason.TOO_BIG)
def million_attributes(at: Setting) -> None:
    """A tag that costs a parser half an hour."""
    attributes = b" ".join(b"a%d" % n for n in range(600_000))
    at.answer(reply(b"<html><body " + attributes + b">" + at.text.encode()))


@fault(Reason.NO_ARTICLE)
def refresh_loop(at: Setting) -> None:
    """A page that sends browsers round in circles."""
    at.answer(reply(f"<meta http-equiv='refresh' content='0;url={PATH}'>".encode()))


@fault()
def charset_lie(at: Setting) -> None:
    """The header says UTF-8, the bytes are windows-1252."""
    at.answer(reply(at.page.encode("cp1252"), content_type="text/html; charset=utf-8"))


@fault(text=RUSSIAN)
def windows_1251_undeclared(at: Setting) -> None:
    """Cyrillic letters, and nobody says which."""
    at.answer(reply(at.page.encode("cp1251")))


@fault()
def utf_16(at: Setting) -> None:
    """Two bytes for each letter, and nobody says so but the mark."""
    at.answer(reply(at.page.encode("utf-16")))


@fault()
def nuls(at: Setting) -> None:
    """NULs between the paragraphs."""
    at.answer(reply(at.page.replace("<p>", "\0<p>\0").encode()))


@fault()
def no_type(at: Setting) -> None:
    """A page whose type is not told."""
    at.answer(reply(at.page.encode(), content_type=None))


@fault()
def gzip_with_a_tail(at: Setting) -> None:
    """Garbage behind a gzip stream, as some servers pad."""
    packed = gzip.compress(at.page.encode()) + bytes(7) + b"tail"
    at.answer(reply(packed, "Content-Encoding: gzip"))


@fault()
def bare_deflate(at: Setting) -> None:
    """Deflate without zlib's header, as some servers send it."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(at.page.encode()) + packer.flush()
    at.answer(reply(packed, "Content-Encoding: deflate"))


@fault()
def control_characters_in_the_title(at: Setting) -> None:
    """A title that would steer a terminal."""
    steering = at.page.replace("<h1>", "<h1>\x1b]0;owned\x07\x1b[2J").replace(
        "<title>", "<title>\x1b[31m"
    )
    at.answer(reply(steering.encode()))


@fault()
def huge_title(at: Setting) -> None:
    """A title of a megabyte, before the article's own headline."""
    at.answer(reply(at.page.replace("<title>", f"<title>{'word ' * 200_000}").encode()))


@fault()
def unclosed_everything(at: Setting) -> None:
    """Tags that nobody closes."""
    at.answer(reply(at.page.replace("</p>", "").replace("</article></body></html>", "").encode()))


@fault()
def cookies(at: Setting) -> None:
    """Cookies by the dozen, on a page that is good."""
    at.answer(reply(at.page.encode(), *(f"Set-Cookie: c{n}=theirs" for n in range(24))))


@fault()
def meta_lie(at: Setting) -> None:
    """The page itself says UTF-8, the bytes are windows-1252."""
    lie = at.page.replace("<head>", "<head><meta charset='utf-8'>")
    at.answer(reply(lie.encode("cp1252")))


@fault()
def old_http(at: Setting) -> None:
    """HTTP/1.0, which ends a body by hanging up."""
    head = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"
    at.answer(lambda _asked: iter([head + at.page.encode()]))


@fault()
def gzip_in_two_members(at: Setting) -> None:
    """A gzip stream in two parts, as log tools write them."""
    body = at.page.encode()
    packed = gzip.compress(body[:300]) + gzip.compress(body[300:])
    at.answer(reply(packed, "Content-Encoding: gzip"))


@fault(Reason.BAD_ENCODING)
def gzip_with_a_wrong_checksum(at: Setting) -> None:
    """A gzip stream that was changed on its way."""
    packed = bytearray(gzip.compress(at.page.encode()))
    packed[-8] ^= 0xFF
    at.answer(reply(bytes(packed), "Content-Encoding: gzip"))


@fault()
def redirect_without_a_scheme(at: Setting) -> None:
    """A redirect to "//host/path", which keeps the scheme."""
    at.answer(redirect(f"//127.0.0.1:{at.server.port}/b/../c?x=1"))
    at.server.on("/c?x=1", reply(at.page.encode()))


@fault()
def canonical_of_another_site(at: Setting) -> None:
    """A page that says it is another site's, which nobody must ask."""
    link = f"<link rel='canonical' href='http://127.0.0.1:{at.forbidden_port}/theirs'>"
    at.answer(reply(at.page.replace("</head>", f"{link}</head>").encode()))


@fault()
def base_of_another_site(at: Setting) -> None:
    """A page whose links lead away by its base."""
    away = f"<base href='http://127.0.0.1:{at.forbidden_port}/'>"
    at.answer(reply(at.page.replace("<head>", f"<head>{away}").encode()))


@fault(Reason.NO_ARTICLE)
def error_page_with_success(at: Setting) -> None:
    """Not found, and status 200."""
    page = "<html><head><title>Page not found</title></head><body><h1>Page not found</h1>"
    at.answer(
        reply(f"{page}<p>The page that you look for does not exist.</p></body></html>".encode())
    )


@fault(Reason.NO_ARTICLE)
def scripts_and_nothing_else(at: Setting) -> None:
    """A page that only a browser could fill."""
    at.answer(
        reply(b"<html><body><div id='root'></div><script src='/app.js'></script></body></html>")
    )


@fault(Reason.NO_ARTICLE)
def unclosed_comment(at: Setting) -> None:
    """A comment that swallows the page."""
    at.answer(reply(at.page.replace("<body>", "<body><!-- ").encode()))


@fault(Reason.NO_ARTICLE)
def flood_of_references(at: Setting) -> None:
    """A million ampersands, well escaped."""
    at.answer(reply(b"<html><body><p>" + b"&amp;" * 900_000))


@fault(Reason.NOARCHIVE)
def noarchive_by_header(at: Setting) -> None:
    """The site asks that the page be not kept."""
    at.answer(reply(at.page.encode(), "X-Robots-Tag: noarchive"))


@fault(Reason.NOARCHIVE)
def reserved_from_mining(at: Setting) -> None:
    """The site reserves its rights."""
    at.answer(reply(at.page.encode(), "TDM-Reservation: 1"))

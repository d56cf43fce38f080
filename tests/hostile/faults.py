# ruff: noqa: RUF001 - letters that look like others are the point
"""What strangers' servers do, by accident and on purpose, and what must come of each.

A fault is a function that tells a server of its own how to misbehave at ``/a``; what it stands for
is its name. Beside it stands what the archive must say of the page: one reason of the fixed list,
or None where the page is odd but good and its article must be archived word for word.
"""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, TypeAlias

from scraper import clock
from scraper.model import Reason
from tests.fetch.loopback import Asked, Loopback, ResetConnection, redirect, reply

if TYPE_CHECKING:
    from random import Random

PATH = "/a"
MEGABYTE = 1_000_000

#: An article of our own, in letters that have several encodings.
_RUSSIAN_LINES = """\
Старый паром, который двенадцать лет простоял у причала на окраине города, вчера утром вышел в море.
Он взял семьдесят пассажиров, две собаки и корзину яблок для смотрителя маяка, который их заказал.

Ремонт занял почти два года и обошёлся дороже, чем ожидал городской совет. Рабочие заменили обшивку,
двигатель и деревянные скамьи, но оставили медный колокол, который так любят жители этого острова.

Теперь паром будет ходить три раза в неделю, а зимой только по субботам. Билеты можно купить в кассе
или прямо у трапа, где их проверяет дочь капитана. Дети до семи лет ездят бесплатно круглый год."""
RUSSIAN = "\n\n".join(" ".join(lines.split()) for lines in _RUSSIAN_LINES.split("\n\n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a fault is made of: its server, seeded chance, a good page, and a forbidden server."""

    server: Loopback
    chance: Random
    title: str
    text: str
    forbidden_port: int

    @property
    def page(self) -> str:
        """A good article's page."""
        paragraphs = "".join(f"<p>{part}</p>" for part in self.text.split("\n\n"))
        return (
            f"<!doctype html><html><head><title>{self.title}</title></head>"
            f"<body><article><h1>{self.title}</h1>{paragraphs}</article></body></html>"
        )

    def answer(self, *scripts: bytes | Callable[[Asked], Iterator[bytes]]) -> None:
        """Let the server answer so."""
        self.server.on(PATH, *scripts)


Serve: TypeAlias = Callable[[Setting], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault, and the reasons of which one must be told; none where the page is good.

    ``text`` is the article's where the fault is about its letters; otherwise any.
    """

    name: str
    serve: Serve
    reasons: frozenset[Reason]
    text: str | None = None


FAULTS: list[Fault] = []


def fault(*reasons: Reason, text: str | None = None) -> Callable[[Serve], Serve]:
    """Adds a function to the faults, under its name."""

    def add(serve: Serve) -> Serve:
        FAULTS.append(
            Fault(name=serve.__name__, serve=serve, reasons=frozenset(reasons), text=text)
        )
        return serve

    return add


def _head(*headers: str, status: str = "200 OK", kind: str = "text/html") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {kind}", *headers, "", ""]).encode()


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)


# --- bodies that grow -----------------------------------------------------------------------------


@fault(Reason.TOO_BIG)
def gzip_bomb(at: Setting) -> None:
    """A hundred megabytes in a hundred kilobytes."""
    bomb = gzip.compress(bytes(100 * MEGABYTE), compresslevel=9)
    at.answer(reply(bomb, "Content-Encoding: gzip"))


@fault(Reason.TOO_BIG)
def deflate_bomb(at: Setting) -> None:
    """The same in zlib's clothes."""
    at.answer(reply(zlib.compress(bytes(100 * MEGABYTE), 9), "Content-Encoding: deflate"))


@fault(Reason.BAD_ENCODING)
def brotli_bomb(at: Setting) -> None:
    """A coding that was not offered; this one would become a gigabyte."""
    at.answer(reply(b"\x1b\xff\xff\xff\x07" + bytes(845), "Content-Encoding: br"))


@fault(Reason.BAD_ENCODING)
def bomb_of_a_bomb(at: Setting) -> None:
    """A bomb packed once more, and said so."""
    inner = gzip.compress(gzip.compress(bytes(50 * MEGABYTE), 9), 9)
    at.answer(reply(inner, "Content-Encoding: gzip, gzip"))


@fault(Reason.BAD_ENCODING, Reason.NO_ARTICLE)
def hidden_bomb(at: Setting) -> None:
    """A bomb packed twice, and said once."""
    inner = gzip.compress(gzip.compress(bytes(50 * MEGABYTE), 9), 9)
    at.answer(reply(inner, "Content-Encoding: gzip"))


@fault(Reason.TOO_BIG)
def endless_chunks(at: Setting) -> None:
    """A body without end, as fast as it goes."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield _head("Transfer-Encoding: chunked")
        yield from itertools.repeat(_chunk(b"<p>more and more</p>" * 3_000))

    at.answer(pieces)


@fault(Reason.TOO_BIG)
def fifty_megabytes_announced(at: Setting) -> None:
    """A length that nobody needs to wait for."""
    at.answer(lambda _asked: iter([_head(f"Content-Length: {50 * MEGABYTE}"), b"<html>"]))


@fault(Reason.TOO_BIG)
def fifty_megabytes_unannounced(at: Setting) -> None:
    """A page that goes on until the connection ends."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield _head()
        yield from itertools.repeat(b"<p>word</p>" * 9_000, 500)

    at.answer(pieces)


@fault(Reason.TOO_BIG)
def giant_headers(at: Setting) -> None:
    """Two hundred kilobytes before the first word."""
    at.answer(reply(at.page.encode(), *(f"X-{n}: {'x' * 1_000}" for n in range(200))))


@fault(Reason.TOO_BIG)
def one_giant_header(at: Setting) -> None:
    """The same in one line."""
    at.answer(reply(at.page.encode(), f"X-Long: {'x' * 200_000}"))


# --- time -----------------------------------------------------------------------------------------


@fault(Reason.TIMEOUT)
def slow_drip_of_the_body(at: Setting) -> None:
    """A byte now and then: alive, and no use."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield _head("Content-Length: 100000")
        yield from at.server.drip(b"x", seconds=0.05)

    at.answer(pieces)


@fault(Reason.TIMEOUT)
def slow_drip_of_the_head(at: Setting) -> None:
    """A header now and then."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n"
        yield from at.server.drip(b"X-Wait: 1\r\n", seconds=0.05)

    at.answer(pieces)


@fault(Reason.TIMEOUT)
def no_answer(at: Setting) -> None:
    """Accepts, listens, and says nothing."""
    at.answer(lambda _asked: (b"" for _ in at.server.drip(b"", seconds=0.05)))


@fault(Reason.TIMEOUT)
def flood_of_interim_answers(at: Setting) -> None:
    """103 Early Hints, again and again."""
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n"
    at.answer(lambda _asked: at.server.drip(hint * 20, seconds=0.001))


# --- broken off -----------------------------------------------------------------------------------


@fault(Reason.RESET)
def reset_at_once(at: Setting) -> None:
    """The connection is reset before a word."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield b""
        raise ResetConnection

    at.answer(pieces)


@fault(Reason.RESET, Reason.TRUNCATED)
def reset_in_the_body(at: Setting) -> None:
    """The connection is reset in mid-sentence."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield _head("Content-Length: 50000") + at.page.encode()[:200]
        raise ResetConnection

    at.answer(pieces)


@fault(Reason.RESET)
def closed_without_an_answer(at: Setting) -> None:
    """The connection is closed, politely, and nothing was said."""
    at.answer(lambda _asked: iter(()))


@fault(Reason.TRUNCATED)
def longer_announced_than_sent(at: Setting) -> None:
    """A whole article, and fifty bytes that never come."""
    body = at.page.encode()
    at.answer(lambda _asked: iter([_head(f"Content-Length: {len(body) + 50}"), body]))


@fault(Reason.NO_ARTICLE)
def shorter_announced_than_sent(at: Setting) -> None:
    """A length that ends inside the head: what comes behind it is not the page's."""
    at.answer(_head("Content-Length: 40") + at.page.encode())


@fault(Reason.RESET)
def two_lengths(at: Setting) -> None:
    """Two lengths that contradict each other."""
    body = at.page.encode()
    at.answer(_head(f"Content-Length: {len(body)}", "Content-Length: 10") + body)


@fault(Reason.RESET)
def negative_length(at: Setting) -> None:
    """A length below nothing."""
    at.answer(_head("Content-Length: -1") + at.page.encode())


@fault(Reason.TRUNCATED)
def cut_chunks(at: Setting) -> None:
    """Chunks without the last."""
    at.answer(lambda _asked: iter([_head("Transfer-Encoding: chunked"), _chunk(at.page.encode())]))


@fault(Reason.TRUNCATED)
def chunks_that_are_none(at: Setting) -> None:
    """Text where a chunk's length belongs."""
    at.answer(lambda _asked: iter([_head("Transfer-Encoding: chunked"), at.page.encode()]))


@fault(Reason.TRUNCATED)
def cut_gzip(at: Setting) -> None:
    """The first half of a gzip stream, its length as sent."""
    packed = gzip.compress(at.page.encode())
    at.answer(reply(packed[: len(packed) // 2], "Content-Encoding: gzip"))


@fault(Reason.BAD_ENCODING)
def gzip_that_is_none(at: Setting) -> None:
    """Plain text that says it is packed."""
    at.answer(reply(at.page.encode(), "Content-Encoding: gzip"))


@fault(Reason.RESET)
def no_http_at_all(at: Setting) -> None:
    """Another protocol's greeting."""
    at.answer(lambda _asked: iter([b"SSH-2.0-OpenSSH_9.9\r\n"]))


@fault(Reason.RESET)
def garbage(at: Setting) -> None:
    """Bytes by chance."""
    noise = at.chance.randbytes(5_000)
    at.answer(lambda _asked: iter([noise]))


# --- redirects ------------------------------------------------------------------------------------


@fault(Reason.REDIRECT)
def redirect_loop(at: Setting) -> None:
    """Round and round."""
    at.answer(redirect("/b"))
    at.server.on("/b", redirect(PATH))


@fault(Reason.REDIRECT)
def redirect_to_itself(at: Setting) -> None:
    """Nowhere else."""
    at.answer(redirect(PATH))


@fault(Reason.REDIRECT)
def redirect_chain(at: Setting) -> None:
    """One hop more than anybody needs."""
    at.answer(redirect("/hop1"))
    for hop in range(1, 12):
        at.server.on(f"/hop{hop}", redirect(f"/hop{hop + 1}"))
    at.server.on("/hop12", reply(at.page.encode()))


@fault()
def short_redirect_chain(at: Setting) -> None:
    """Five hops to a good page."""
    at.answer(redirect("/hop1"))
    for hop in range(1, 5):
        at.server.on(f"/hop{hop}", redirect(f"hop{hop + 1}"))
    at.server.on("/hop5", reply(at.page.encode()))


@fault(Reason.REDIRECT)
def redirect_without_a_place(at: Setting) -> None:
    """A redirect that does not say where to."""
    at.answer(reply(b"moved", status="302 Found"))


def _redirects(name: str, location: str, reason: Reason) -> None:
    """A fault that redirects there; ``{port}`` is the forbidden server's."""

    def serve(at: Setting) -> None:
        at.answer(redirect(location.format(port=at.forbidden_port)))

    FAULTS.append(Fault(name=f"redirect_to_{name}", serve=serve, reasons=frozenset({reason})))


for _name, _location, _reason in (
    ("file", "file:///etc/passwd", Reason.REDIRECT),
    ("javascript", "javascript:alert(1)", Reason.REDIRECT),
    ("data", "data:text/html,<p>x</p>", Reason.REDIRECT),
    ("gopher", "gopher://127.0.0.1:{port}/", Reason.REDIRECT),
    ("userinfo", "http://127.0.0.1:80@127.0.0.1:{port}/", Reason.REDIRECT),
    ("metadata", "http://169.254.169.254/latest/meta-data/", Reason.BLOCKED_ADDRESS),
    ("private", "http://10.0.0.1/", Reason.BLOCKED_ADDRESS),
    ("ipv6_loopback", "http://[::1]:{port}/", Reason.BLOCKED_ADDRESS),
    ("mapped_loopback", "http://[::ffff:127.0.0.1]:{port}/", Reason.BLOCKED_ADDRESS),
    ("nat64_loopback", "http://[64:ff9b::7f00:1]:{port}/", Reason.BLOCKED_ADDRESS),
    ("forbidden_port", "http://127.0.0.1:{port}/", Reason.BLOCKED_ADDRESS),
    ("decimal_loopback", "http://2130706433:{port}/", Reason.BLOCKED_ADDRESS),
    ("hexadecimal_loopback", "http://0x7f000001:{port}/", Reason.BLOCKED_ADDRESS),
    ("octal_loopback", "http://0177.0.0.1:{port}/", Reason.BLOCKED_ADDRESS),
    ("short_loopback", "http://127.1:{port}/", Reason.BLOCKED_ADDRESS),
    ("this_network", "http://0:{port}/", Reason.BLOCKED_ADDRESS),
    ("localhost", "http://localhost:{port}/", Reason.BLOCKED_ADDRESS),
    ("wide_digits", "http://１２７.0.0.1:{port}/", Reason.BLOCKED_ADDRESS),
):
    _redirects(_name, _location, _reason)


# --- statuses -------------------------------------------------------------------------------------


def _statuses(name: str, status: str, reason: Reason, *headers: str) -> None:
    def serve(at: Setting) -> None:
        at.answer(reply(at.page.encode(), *headers, status=status))

    FAULTS.append(Fault(name=name, serve=serve, reasons=frozenset({reason})))


_IN_AN_HOUR = format_datetime(clock.now() + timedelta(hours=1), usegmt=True)
for _name, _status, _reason, *_headers in (
    ("too_many_requests", "429 Too Many Requests", Reason.HTTP_429, "Retry-After: 3600"),
    ("too_many_by_date", "429 Too Many", Reason.HTTP_429, f"Retry-After: {_IN_AN_HOUR}"),
    ("too_many_unexplained", "429 Too Many Requests", Reason.HTTP_429),
    ("unavailable", "503 Service Unavailable", Reason.HTTP_5XX, "Retry-After: 3600"),
    ("internal_error_for_ever", "500 Internal Server Error", Reason.HTTP_5XX),
    ("gone", "410 Gone", Reason.HTTP_410),
    ("not_found", "404 Not Found", Reason.HTTP_4XX),
    ("forbidden", "403 Forbidden", Reason.HTTP_4XX),
    ("legal_reasons", "451 Unavailable For Legal Reasons", Reason.HTTP_4XX),
    ("not_modified_unasked", "304 Not Modified", Reason.HTTP_5XX),
    ("part_unasked", "206 Partial Content", Reason.TRUNCATED),
    ("accepted_for_later", "202 Accepted", Reason.TRUNCATED),
    ("no_content", "204 No Content", Reason.TRUNCATED),
    ("status_from_nowhere", "799 Whatever", Reason.HTTP_5XX),
):
    _statuses(_name, _status, _reason, *_headers)


# --- bytes that are not what they seem ------------------------------------------------------------


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


# --- robots.txt -----------------------------------------------------------------------------------


def _good_with_robots(at: Setting, robots: bytes) -> None:
    at.server.on("/robots.txt", robots)
    at.answer(reply(at.page.encode()))


@fault(Reason.ROBOTS)
def robots_forbid(at: Setting) -> None:
    """We are asked not to."""
    _good_with_robots(at, reply(b"User-agent: *\nDisallow: /a", content_type="text/plain"))


@fault(Reason.HTTP_5XX)
def robots_error(at: Setting) -> None:
    """Rules that cannot be had: the host is left alone."""
    _good_with_robots(at, reply(b"", status="503 Service Unavailable"))


@fault(Reason.TIMEOUT)
def robots_never_end(at: Setting) -> None:
    """Rules that drip."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield _head("Content-Length: 100000", kind="text/plain")
        yield from at.server.drip(b"#", seconds=0.05)

    at.server.on("/robots.txt", pieces)
    at.answer(reply(at.page.encode()))


@fault()
def robots_as_a_page(at: Setting) -> None:
    """An error page in place of rules, with the status of success."""
    page = b"<html><body>User-agent: *\nDisallow: /</body></html>"
    _good_with_robots(at, reply(page))


@fault()
def huge_robots(at: Setting) -> None:
    """Ten megabytes of rules, of which the first half is read."""
    rules = b"User-agent: *\nDisallow: /private\n" + b"Disallow: /no\n" * 700_000
    _good_with_robots(at, reply(rules, content_type="text/plain"))


@fault()
def robots_that_lead_away(at: Setting) -> None:
    """Rules at a place where there are none."""
    _good_with_robots(at, redirect("file:///etc/passwd"))


@fault()
def slow_patterns_in_robots(at: Setting) -> None:
    """Patterns that would take a naive matcher for ever."""
    rules = b"User-agent: *\nDisallow: /" + b"*a" * 2_000 + b"$\n"
    _good_with_robots(at, reply(rules, content_type="text/plain"))


@fault(Reason.ROBOTS)
def robots_for_us_alone(at: Setting) -> None:
    """Everybody may, but for us; a mark and other people's lines around it."""
    rules = "\ufeffUser-agent: *\nDisallow:\n\nNonsense\nUSER-AGENT : Scraper\nDisallow : /\n"
    _good_with_robots(at, reply(rules.encode(), content_type="text/plain"))


@fault()
def impossible_crawl_delay(at: Setting) -> None:
    """A Crawl-delay that is no number, and one below nothing."""
    rules = b"User-agent: *\nCrawl-delay: soon\nCrawl-delay: -5\nCrawl-delay: nan\n"
    _good_with_robots(at, reply(rules, content_type="text/plain"))

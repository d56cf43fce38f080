"""How a message is framed: status lines, headers, lengths, chunks and codings."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

from scraper.model import Reason
from tests.fetch.loopback import reply
from tests.hostile.faults.setting import FAULTS, PATH, Fault, Setting, chunk, fault, head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fetch.loopback import Asked

_BROKEN = frozenset({Reason.RESET, Reason.TRUNCATED})
_GOOD: frozenset[Reason] = frozenset()


# --- lengths --------------------------------------------------------------------------------------


def _lengths(name: str, reasons: frozenset[Reason], *headers: str) -> None:
    """A fault that announces so what is a good page's body; ``{n}`` is its true length."""

    def serve(at: Setting) -> None:
        body = at.page.encode()
        at.answer(head(*(header.format(n=len(body)) for header in headers)) + body)

    FAULTS.append(Fault(name=name, serve=serve, reasons=reasons))


for _name, _reasons, *_headers in (
    ("same_length_twice", _GOOD, "Content-Length: {n}", "Content-Length: {n}"),
    ("same_length_in_a_list", _GOOD, "Content-Length: {n}, {n}"),
    ("lengths_in_a_list", _BROKEN, "Content-Length: {n}, 10"),
    ("length_with_a_sign", _BROKEN, "Content-Length: +{n}"),
    ("length_in_hexadecimal", _BROKEN, "Content-Length: 0x40"),
    ("length_with_a_fraction", _BROKEN, "Content-Length: {n}.0"),
    ("length_in_words", _BROKEN, "Content-Length: many"),
    ("empty_length", _BROKEN, "Content-Length:"),
    ("length_of_wide_digits", _BROKEN, "Content-Length: \u0664\u0662"),
    ("length_with_zeros", _GOOD, "Content-Length: 000000{n}"),
    ("length_beyond_64_bits", frozenset({Reason.TOO_BIG, *_BROKEN}), f"Content-Length: {10**30}"),
    (
        "length_of_ten_thousand_digits",
        frozenset({Reason.TOO_BIG, *_BROKEN}),
        f"Content-Length: {'9' * 10_000}",
    ),
    ("unknown_transfer_coding", _BROKEN, "Transfer-Encoding: gzip, chunked"),
    ("two_transfer_codings", _BROKEN, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
):
    _lengths(_name, _reasons, *_headers)


@fault()
def length_beside_chunks(at: Setting) -> None:
    """What smugglers send; the chunks count (RFC 9112, section 6.3)."""
    body = chunk(at.page.encode()) + b"0\r\n\r\n"
    at.answer(head("Content-Length: 5", "Transfer-Encoding: chunked") + body)


@fault()
def another_answer_behind(at: Setting) -> None:
    """A second answer that nobody asked for, behind the first."""
    at.answer(reply(at.page.encode()) + reply(b"<html><body>smuggled</body></html>"))


@fault(Reason.NO_ARTICLE)
def length_of_nothing(at: Setting) -> None:
    """A page after a length of 0."""
    at.answer(head("Content-Length: 0") + at.page.encode())


# --- chunks ---------------------------------------------------------------------------------------


def _chunks(name: str, reasons: frozenset[Reason], before: bytes, after: bytes) -> None:
    """A fault that sends a good page in a chunk, framed so; ``%x`` stands for its length."""

    def serve(at: Setting) -> None:
        body = at.page.encode()
        size = b"%x" % len(body)
        start = head("Transfer-Encoding: chunked") + before.replace(b"%x", size)
        at.answer(lambda _asked: iter([start, body, after]))

    FAULTS.append(Fault(name=name, serve=serve, reasons=reasons))


_LAST = b"\r\n0\r\n\r\n"
for _name, _reasons, _before, _after in (
    ("chunk_with_an_extension", _GOOD, b"%x;name=value\r\n", _LAST),
    ("chunk_with_zeros", _GOOD, b"0000%x\r\n", _LAST),
    ("chunk_below_nothing", _BROKEN, b"-%x\r\n", _LAST),
    ("chunk_in_c", _BROKEN, b"0x%x\r\n", _LAST),
    ("chunk_beyond_64_bits", _BROKEN, b"ffffffffffffffffffffffff\r\n", b""),
    ("chunk_of_two_exabytes", _BROKEN, b"1fffffffffffffff\r\n", b""),
    ("chunk_without_a_size", _BROKEN, b"\r\n", _LAST),
    ("chunk_without_its_end", _BROKEN, b"%x\r\n", b"0\r\n\r\n"),
    ("trailers", _GOOD, b"%x\r\n", b"\r\n0\r\nX-Sum: 1\r\nContent-Length: 3\r\n\r\n"),
    ("trailers_that_are_none", _BROKEN, b"%x\r\n", b"\r\n0\r\n<p>garbage</p>\r\n\r\n"),
    ("last_chunk_cut", _BROKEN, b"%x\r\n", b"\r\n0\r\n"),
):
    _chunks(_name, _reasons, _before, _after)


@fault(Reason.TOO_BIG, Reason.TRUNCATED)
def endless_chunk_extension(at: Setting) -> None:
    """A chunk's head that goes on and on."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield head("Transfer-Encoding: chunked") + b"10;"
        for _ in range(2_000):
            yield b"x" * 1_000

    at.answer(pieces)


@fault(Reason.TOO_BIG, Reason.TRUNCATED)
def endless_trailers(at: Setting) -> None:
    """The page is over, and its trailers are not."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield head("Transfer-Encoding: chunked") + chunk(at.page.encode()) + b"0\r\n"
        for number in range(2_000):
            yield b"X-%d: %b\r\n" % (number, b"x" * 1_000)

    at.answer(pieces)


@fault()
def chunk_for_each_letter(at: Setting) -> None:
    """A chunk for every byte."""
    body = b"".join(chunk(bytes([byte])) for byte in at.page.encode()) + b"0\r\n\r\n"
    at.answer(head("Transfer-Encoding: chunked") + body)


@fault(Reason.NO_ARTICLE)
def no_chunks(at: Setting) -> None:
    """A chunked body of nothing."""
    at.answer(head("Transfer-Encoding: chunked") + b"0\r\n\r\n")


# --- status lines and headers ---------------------------------------------------------------------


def _lines(name: str, reasons: frozenset[Reason], start: bytes) -> None:
    """A fault that sends a good page behind this; ``%n`` is its length."""

    def serve(at: Setting) -> None:
        body = at.page.encode()
        at.answer(lambda _asked: iter([start.replace(b"%n", b"%d" % len(body)) + body]))

    FAULTS.append(Fault(name=name, serve=serve, reasons=reasons))


_HTML = b"Content-Type: text/html\r\nContent-Length: %n\r\n"
for _name, _reasons, _start in (
    ("status_without_a_phrase", _GOOD, b"HTTP/1.1 200\r\n" + _HTML + b"\r\n"),
    ("status_with_odd_phrase", _GOOD, b"HTTP/1.1 200 \xe9\xff~\r\n" + _HTML + b"\r\n"),
    ("status_of_two_digits", _BROKEN, b"HTTP/1.1 20 OK\r\n" + _HTML + b"\r\n"),
    ("status_of_four_digits", _BROKEN, b"HTTP/1.1 2000 OK\r\n" + _HTML + b"\r\n"),
    ("status_of_letters", _BROKEN, b"HTTP/1.1 abc OK\r\n" + _HTML + b"\r\n"),
    ("status_of_zeros", _BROKEN, b"HTTP/1.1 000 OK\r\n" + _HTML + b"\r\n"),
    ("another_version", _GOOD, b"HTTP/9.9 200 OK\r\n" + _HTML + b"\r\n"),
    ("another_protocol", _BROKEN, b"ICY 200 OK\r\n" + _HTML + b"\r\n"),
    ("protocol_in_small_letters", _BROKEN, b"http/1.1 200 OK\r\n" + _HTML + b"\r\n"),
    ("http_before_there_were_heads", _BROKEN, b""),
    (
        "lines_that_end_unixly",
        _GOOD,
        (b"HTTP/1.1 200 OK\r\n" + _HTML + b"\r\n").replace(b"\r", b""),
    ),
    ("header_on_two_lines", _GOOD, b"HTTP/1.1 200 OK\r\n" + _HTML + b"X-A: 1\r\n  2\r\n\r\n"),
    ("header_without_a_colon", _BROKEN, b"HTTP/1.1 200 OK\r\n" + _HTML + b"nonsense\r\n\r\n"),
    ("header_with_a_nul", _BROKEN, b"HTTP/1.1 200 OK\r\n" + _HTML + b"X-A: a\0b\r\n\r\n"),
    ("header_without_a_name", _BROKEN, b"HTTP/1.1 200 OK\r\n" + _HTML + b": x\r\n\r\n"),
    ("header_of_raw_bytes", _GOOD, b"HTTP/1.1 200 OK\r\n" + _HTML + b"X-A: \xe9\xff\r\n\r\n"),
    (
        "continue_first",
        _GOOD,
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" + _HTML + b"\r\n",
    ),
    (
        "another_protocol_from_now_on",
        _BROKEN | {Reason.HTTP_5XX},
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
    ),
):
    _lines(_name, _reasons, _start)


@fault()
def two_types(at: Setting) -> None:
    """Two content types, of which the first says it."""
    at.answer(reply(at.page.encode(), "Content-Type: application/pdf"))


@fault()
def connection_that_stays(at: Setting) -> None:
    """Keeps the connection that we asked to be closed, and says so."""
    at.answer(reply(at.page.encode(), "Connection: keep-alive", "Keep-Alive: timeout=600"))


# --- codings --------------------------------------------------------------------------------------


def _codings(name: str, reasons: frozenset[Reason], coding: str, packing: str = "gzip") -> None:
    """A fault that sends a good page packed so, under this name of a coding."""

    def serve(at: Setting) -> None:
        body = at.page.encode()
        packed = {"gzip": gzip.compress(body), "zlib": zlib.compress(body), "plain": body}
        at.answer(reply(packed[packing], f"Content-Encoding: {coding}"))

    FAULTS.append(Fault(name=name, serve=serve, reasons=reasons))


_UNREAD = frozenset({Reason.BAD_ENCODING})
for _name, _reasons, *_how in (
    ("coding_in_capitals", _GOOD, "GZIP"),
    ("coding_by_its_old_name", _GOOD, "x-gzip"),
    ("coding_beside_none", _GOOD, "identity, gzip"),
    ("coding_of_nothing", _GOOD, "", "plain"),
    ("coding_named_identity", _GOOD, "identity", "plain"),
    ("zstandard", _UNREAD, "zstd"),
    ("compress_of_old", _UNREAD, "compress"),
    ("coding_that_is_none", _UNREAD, "utf-8", "plain"),
    ("gzip_named_deflate", _UNREAD, "deflate"),
    ("zlib_named_gzip", _UNREAD, "gzip", "zlib"),
    ("forty_codings", _UNREAD, ", ".join(["gzip"] * 40)),
):
    _codings(_name, _reasons, *_how)


@fault(Reason.NO_ARTICLE)
def gzip_of_nothing(at: Setting) -> None:
    """A coding, and not a byte of body."""
    at.answer(reply(b"", "Content-Encoding: gzip"))


@fault(Reason.TRUNCATED)
def head_of_a_gzip_stream(at: Setting) -> None:
    """Ten bytes of gzip, and then nothing."""
    at.answer(reply(gzip.compress(at.page.encode())[:10], "Content-Encoding: gzip"))


@fault()
def gzip_with_a_name(at: Setting) -> None:
    """A gzip stream that tells a file's name and carries a comment."""
    packed = gzip.compress(at.page.encode())
    named = packed[:3] + b"\x18" + packed[4:10] + b"../../etc/passwd\0comment\0" + packed[10:]
    at.answer(reply(named, "Content-Encoding: gzip"))


@fault(Reason.TOO_BIG)
def thousand_gzip_members(at: Setting) -> None:
    """Small members, one after the other, and each decodes to a megabyte."""
    at.answer(reply(gzip.compress(bytes(1_000_000), 9) * 1_000, "Content-Encoding: gzip"))


@fault()
def gzip_in_small_chunks(at: Setting) -> None:
    """Packed in chunks that cut the stream anywhere."""
    packed = gzip.compress(at.page.encode())
    pieces = b"".join(chunk(packed[start : start + 7]) for start in range(0, len(packed), 7))
    at.answer(head("Transfer-Encoding: chunked", "Content-Encoding: gzip") + pieces + b"0\r\n\r\n")


# --- connections ----------------------------------------------------------------------------------


@fault()
def slow_to_begin(at: Setting) -> None:
    """Half a second of thought before a good page."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        at.server.stopping.wait(0.5)
        yield reply(at.page.encode())

    at.answer(pieces)


@fault()
def hangs_up_after_an_answer(at: Setting) -> None:
    """Hangs up after each answer without having said so."""
    body = at.page.encode()
    at.server.on(PATH, lambda _asked: iter([reply(body)]))

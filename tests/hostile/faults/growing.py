"""Bodies and heads that grow."""

from __future__ import annotations

import gzip
import itertools
import zlib
from typing import TYPE_CHECKING

from scraper.model import Reason
from tests.fetch.loopback import Asked, reply
from tests.hostile.faults.setting import (
    MEGABYTE,
    Setting,
    chunk,
    fault,
    head,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        yield head("Transfer-Encoding: chunked")
        yield from itertools.repeat(chunk(b"<p>more and more</p>" * 3_000))

    at.answer(pieces)


@fault(Reason.TOO_BIG)
def fifty_megabytes_announced(at: Setting) -> None:
    """A length that nobody needs to wait for."""
    at.answer(lambda _asked: iter([head(f"Content-Length: {50 * MEGABYTE}"), b"<html>"]))


@fault(Reason.TOO_BIG)
def fifty_megabytes_unannounced(at: Setting) -> None:
    """A page that goes on until the connection ends."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield head()
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

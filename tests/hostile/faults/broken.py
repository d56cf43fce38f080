"""Answers that break off, or are none."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from scraper.model import Reason
from tests.fetch.loopback import Asked, ResetConnection, reply
from tests.hostile.faults.setting import (
    Setting,
    chunk,
    fault,
    head,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        yield head("Content-Length: 50000") + at.page.encode()[:200]
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
    at.answer(lambda _asked: iter([head(f"Content-Length: {len(body) + 50}"), body]))


@fault(Reason.NO_ARTICLE)
def shorter_announced_than_sent(at: Setting) -> None:
    """A length that ends inside the head: what comes behind it is not the page's."""
    at.answer(head("Content-Length: 40") + at.page.encode())


@fault(Reason.RESET)
def two_lengths(at: Setting) -> None:
    """Two lengths that contradict each other."""
    body = at.page.encode()
    at.answer(head(f"Content-Length: {len(body)}", "Content-Length: 10") + body)


@fault(Reason.RESET)
def negative_length(at: Setting) -> None:
    """A length below nothing."""
    at.answer(head("Content-Length: -1") + at.page.encode())


@fault(Reason.TRUNCATED)
def cut_chunks(at: Setting) -> None:
    """Chunks without the last."""
    at.answer(lambda _asked: iter([head("Transfer-Encoding: chunked"), chunk(at.page.encode())]))


@fault(Reason.TRUNCATED)
def chunks_that_are_none(at: Setting) -> None:
    """Text where a chunk's length belongs."""
    at.answer(lambda _asked: iter([head("Transfer-Encoding: chunked"), at.page.encode()]))


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

"""Servers that take their time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.model import Reason
from tests.hostile.faults.setting import (
    Setting,
    fault,
    head,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fetch.loopback import Asked


@fault(Reason.TIMEOUT)
def slow_drip_of_the_body(at: Setting) -> None:
    """A byte now and then: alive, and no use."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield head("Content-Length: 100000")
        yield from at.server.drip(b"x", seconds=0.05)

    at.answer(pieces)


@fault(Reason.TIMEOUT)
def slow_drip_of_thehead(at: Setting) -> None:
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

# ruff: noqa: RUF001 - letters that look like others are the point
"""What strangers' servers do, by accident and on purpose, and what must come of each.

A fault is a function that tells a server of its own how to misbehave at ``/a``; what it stands for
is its name. Beside it stands what the archive must say of the page: one reason of the fixed list,
or None where the page is odd but good and its article must be archived word for word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from random import Random

    from scraper.model import Reason
    from tests.fetch.loopback import Asked, Loopback

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

    ``text`` is the article's where the fault is about its letters; otherwise any. ``shown`` is the
    path under which a good page is shown. A page that ``waits`` has not failed: its host is to be
    left in peace for longer than the run lasts.
    """

    name: str
    serve: Serve
    reasons: frozenset[Reason]
    text: str | None = None
    shown: str = PATH
    waits: bool = False


FAULTS: list[Fault] = []


def fault(
    *reasons: Reason, text: str | None = None, waits: bool = False
) -> Callable[[Serve], Serve]:
    """Adds a function to the faults, under its name."""

    def add(serve: Serve) -> Serve:
        FAULTS.append(
            Fault(
                name=serve.__name__,
                serve=serve,
                reasons=frozenset(reasons),
                text=text,
                waits=waits,
            )
        )
        return serve

    return add


def head(*headers: str, status: str = "200 OK", kind: str = "text/html") -> bytes:
    """The head of an answer, up to its body."""
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {kind}", *headers, "", ""]).encode()


def chunk(piece: bytes) -> bytes:
    """A chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)

"""A hostile world on loopback: a good site, a server for each fault, and one that nobody may reach.

Everything is dealt from one seed, and everything ends with the context.
"""

from __future__ import annotations

import random
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from tests.fetch.fetch_doubles import CERTIFICATE
from tests.fetch.loopback import Asked, Loopback, Script, reply
from tests.hostile import faults
from tests.hostile.faults import FAULTS, Setting
from tests.hostile.odd_sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD_ARTICLES = 20

_SYLLABLES = (
    "ba de fi go lu ma ne pi ro su ta ve wi zo kra ble stro fen gar dil mor pas ten".split()
)
#: What dates are not.
_BAD_DATES = (
    "yesterday",
    "32 Foo 2026",
    "0000-00-00",
    "Thu, 01 Jan 9999 00:00:00 GMT",
    "10:30",
    "",
)


@dataclass(slots=True, kw_only=True)
class HostileWorld:
    """The servers by what they stand for, and the texts that must be archived, by address."""

    good: Loopback
    forbidden: Loopback
    by_fault: dict[str, Loopback] = field(default_factory=dict)
    by_source: dict[str, Loopback] = field(default_factory=dict)
    crowd: Loopback
    tls: Loopback
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def servers(self) -> list[Loopback]:
        """Every server that may be reached."""
        single = [self.good, self.crowd, self.tls]
        return [*single, *self.by_fault.values(), *self.by_source.values()]

    @property
    def allow_addresses(self) -> list[str]:
        """Every server that may be reached, as the config writes it."""
        return [f"127.0.0.1:{server.port}" for server in self.servers]

    def fault_url(self, name: str) -> str:
        """The address of the page of this fault."""
        return self.by_fault[name].url(faults.PATH)


def write_text(chance: random.Random) -> str:
    """Prose of invented words, with letters that encodings differ in."""

    def sentence() -> str:
        words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 3))) for _ in range(14)]
        words.insert(7, chance.choice(["café", "Zürich", "naïve", "Málaga"]))
        return f"{' '.join(words).capitalize()}."

    return "\n\n".join(" ".join(sentence() for _ in range(4)) for _ in range(5))


@contextmanager
def serve_hostile_world(seed: int = 1) -> Iterator[HostileWorld]:
    """The world, as long as the context lasts."""
    chance = random.Random(seed)  # noqa: S311 - prose and noise, not secrets
    with ExitStack() as stack:

        def start(certificate: str | None = None) -> Loopback:
            server = Loopback(certificate)
            stack.callback(server.stop)
            return server

        world = HostileWorld(
            good=start(), forbidden=start(), crowd=start(), tls=start(str(CERTIFICATE))
        )
        for fault in FAULTS:
            server = world.by_fault[fault.name] = start()
            text = fault.text or write_text(chance)
            title = fault.name.replace("_", " ").capitalize()
            fault.serve(
                Setting(
                    server=server,
                    chance=chance,
                    title=title,
                    text=text,
                    forbidden_port=world.forbidden.port,
                )
            )
            if not fault.reasons and not fault.waits:
                world.texts[server.url(fault.shown)] = text
        for source in SOURCES:
            source.serve(world.by_source.setdefault(source.name, start()))
        _serve_good_site(world, chance)
        crowd = "".join(f"<item><link>/{number}</link></item>" for number in range(100_000))
        world.crowd.on("/source", _feed(crowd))
        world.tls.on("/a", reply(b"<!doctype html><html><body>secret</body></html>"))
        yield world


def _serve_good_site(world: HostileWorld, chance: random.Random) -> None:
    """Articles, and the feed that announces them among all that is not good."""
    good, items = world.good, []
    for number in range(GOOD_ARTICLES):
        path = f"/good/{number}"
        text = write_text(chance)
        world.texts[good.url(path)] = text
        paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
        page = (
            f"<!doctype html><html><head><title>Good news {number}</title></head>"
            f"<body><article><h1>Good news {number}</h1>{paragraphs}</article></body></html>"
        )
        good.on(path, revalidated(page.encode(), f'"{number}"', "text/html; charset=utf-8"))
        date = _BAD_DATES[number % len(_BAD_DATES)]
        items.append(_item(good.url(path), f"Good news {number}", date))
    first = good.url("/good/0")
    variants = ("?utm_source=feed", "#comments", "/", "/index.html", "?fbclid=1&utm_medium=x")
    items += [_item(first + variant, "Good news 0") for variant in variants]
    items.append(_item(first.replace("http://", "HTTP://").replace("/good", "//good"), "Again"))
    items += [
        _item(server.url(faults.PATH), f"{name} {'x' * 2_000}\x1b[2J")
        for name, server in world.by_fault.items()
    ]
    items.append(_item(world.tls.url("/a", scheme="https"), "Untrusted"))
    items.append(_item(world.forbidden.url("/a"), "Forbidden"))
    items.append(_item("file:///etc/passwd", "File"))
    document = f"<rss version='2.0'><channel><title>Good</title>{''.join(items)}</channel></rss>"
    good.on("/feed.xml", revalidated(document.encode(), '"feed"', "application/rss+xml"))


def _item(url: str, title: str, date: str = "") -> str:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    same = "<guid isPermaLink='false'>the same for all</guid>"
    return f"<item><title>{escape(title)}</title><link>{escape(url)}</link>{same}{dated}</item>"


def _feed(items: str) -> bytes:
    document = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
    return reply(document.encode(), content_type="application/rss+xml")


def revalidated(body: bytes, etag: str, content_type: str) -> Script:
    """The body, or "not modified" to whoever has it."""

    def answer(asked: Asked) -> Iterator[bytes]:
        sent = {name.lower(): value for name, value in asked.headers.items()}
        if sent.get("if-none-match") == etag:
            yield f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
        else:
            yield reply(body, f"ETag: {etag}", content_type=content_type)

    return answer

"""Feeds and sitemaps of hostile servers, and what must come of each: a reason, or None where the
source is odd but can be read.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from scraper.model import Reason, SourceKind
from tests.fetch.loopback import Asked, Loopback, redirect, reply
from tests.hostile.faults import MEGABYTE

PATH = "/source"

Serve: TypeAlias = Callable[[Loopback], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadSource:
    """A hostile source: how it is served at PATH, the reason that must be told, and how many pages
    it announces.
    """

    name: str
    serve: Serve
    reason: Reason | None
    kind: SourceKind
    entries: int = 0


SOURCES: list[BadSource] = []


def source(
    reason: Reason | None, kind: SourceKind = SourceKind.FEED, entries: int = 0
) -> Callable[[Serve], Serve]:
    """Adds a function to the sources, under its name."""

    def add(serve: Serve) -> Serve:
        name = serve.__name__
        SOURCES.append(BadSource(name=name, serve=serve, reason=reason, kind=kind, entries=entries))
        return serve

    return add


def _feed(items: str, prolog: str = "") -> bytes:
    document = f"{prolog}<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
    return reply(document.encode(), content_type="application/rss+xml")


@source(Reason.BAD_FEED)
def entity_bomb(server: Loopback) -> None:
    """A billion laughs."""
    entities = "<!ENTITY a0 'lol'>" + "".join(
        f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
    )
    server.on(PATH, _feed("<item><title>&a9;</title></item>", f"<!DOCTYPE rss [{entities}]>"))


@source(Reason.BAD_FEED)
def external_entity(server: Loopback) -> None:
    """A file of ours, asked for by a feed."""
    prolog = "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    server.on(PATH, _feed("<item><title>&x;</title><link>/x</link></item>", prolog))


@source(None)
def external_document_type(server: Loopback) -> None:
    """A document type that would have to be fetched."""
    prolog = f"<!DOCTYPE rss SYSTEM '{server.url('/evil.dtd')}'>"
    server.on(PATH, _feed("", prolog))


@source(Reason.BAD_FEED)
def page_instead_of_a_feed(server: Loopback) -> None:
    """A page of apology, with the status of success."""
    server.on(PATH, reply(b"<!doctype html><html><body>Sorry</body></html>"))


@source(Reason.BAD_FEED)
def empty_feed_document(server: Loopback) -> None:
    """No byte at all."""
    server.on(PATH, reply(b"", content_type="application/rss+xml"))


@source(Reason.BAD_FEED)
def binary_feed(server: Loopback) -> None:
    """A picture."""
    server.on(PATH, reply(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40))


@source(Reason.TOO_BIG)
def endless_feed(server: Loopback) -> None:
    """Entries without end."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss><channel>"
        while not server.stopping.is_set():
            yield b"<item><title>more</title></item>" * 2_000

    server.on(PATH, pieces)


@source(Reason.TOO_BIG)
def packed_bomb_of_a_feed(server: Loopback) -> None:
    """A gzip file that is a bomb, and no content coding says so."""
    bomb = gzip.compress(bytes(100 * MEGABYTE), compresslevel=9)
    server.on(PATH, reply(bomb, content_type="application/gzip"))


@source(Reason.BAD_FEED)
def two_hundred_thousand_nested_elements(server: Loopback) -> None:
    """Depth."""
    server.on(PATH, _feed("<a>" * 200_000))


@source(Reason.BAD_FEED)
def million_attributes_of_an_element(server: Loopback) -> None:
    """Breadth."""
    attributes = " ".join(f"a{n}='x'" for n in range(300_000))
    server.on(PATH, _feed(f"<item {attributes}><title>x</title></item>"))


@source(Reason.BAD_FEED)
def nested_json(server: Loopback) -> None:
    """Depth, in brackets."""
    body = b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 200_000
    server.on(PATH, reply(body, content_type="application/feed+json"))


@source(None)
def links_to_everything_else(server: Loopback) -> None:
    """javascript:, data:, file: and worse: no entry is left."""
    places = (
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://user:secret@127.0.0.1/x",
        "http://",
        "http:///",
        "http://[::1/x",
        "\x01\x02",
        f"http://127.0.0.1/{'x' * 9_000}",
    )
    server.on(PATH, _feed("".join(f"<item><link>{place}</link></item>" for place in places)))


@source(Reason.HTTP_5XX)
def failing_feed(server: Loopback) -> None:
    """A server's own trouble, for ever."""
    server.on(PATH, reply(b"", status="500 Internal Server Error"))


@source(Reason.REDIRECT)
def circling_feed(server: Loopback) -> None:
    """Round and round."""
    server.on(PATH, redirect(PATH))


@source(Reason.TIMEOUT)
def dripping_feed(server: Loopback) -> None:
    """A byte now and then."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n"
        yield from server.drip(b" ", seconds=0.05)

    server.on(PATH, pieces)


@source(Reason.BAD_FEED, SourceKind.SITEMAP)
def sitemap_with_entities(server: Loopback) -> None:
    """A file of ours, asked for by a sitemap."""
    body = b"<!DOCTYPE urlset [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><urlset>&x;</urlset>"
    server.on(PATH, reply(body, content_type="application/xml"))


@source(None, SourceKind.SITEMAP)
def sitemap_of_itself(server: Loopback) -> None:
    """An index that names itself, and nothing else."""
    body = f"<sitemapindex><sitemap><loc>{server.url(PATH)}</loc></sitemap></sitemapindex>"
    server.on(PATH, reply(body.encode(), content_type="application/xml"))


@source(Reason.BAD_FEED, SourceKind.LISTING)
def nested_listing(server: Loopback) -> None:
    """A front page that costs a parser half a minute."""
    server.on(PATH, reply(b"<html><body>" + b"<div>" * 200_000))


@source(Reason.BAD_FEED, SourceKind.LISTING)
def listing_of_nothing(server: Loopback) -> None:
    """A page that links to no article."""
    server.on(PATH, reply(b"<!doctype html><html><body><a href='/'>Home</a></body></html>"))

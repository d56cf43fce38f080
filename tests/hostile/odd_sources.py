"""More feeds, sitemaps and listings of hostile servers: odd ones that can be read all the same, and
wrong ones. Importing this adds them to ``sources``.
"""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from scraper.model import Reason, SourceKind
from tests.fetch.loopback import redirect, reply
from tests.hostile.faults import MEGABYTE
from tests.hostile.sources import PATH, SOURCES, BadSource, source

if TYPE_CHECKING:
    from tests.fetch.loopback import Loopback

__all__ = ["SOURCES"]

_RSS_TYPE = "application/rss+xml"


def _item(number: int, inside: str = "") -> str:
    return f"<item><title>News {number}</title><link>/n{number}</link>{inside}</item>"


def _rss(items: str, title: str = "T") -> str:
    return f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"


_ITEMS = "".join(map(_item, range(3)))


def _answers(
    name: str,
    answer: bytes,
    *,
    reason: Reason | None = None,
    entries: int = 0,
    kind: SourceKind = SourceKind.FEED,
) -> None:
    """A source that answers so; ``entries`` is how many it announces."""

    def serve(server: Loopback) -> None:
        server.on(PATH, answer)

    SOURCES.append(BadSource(name=name, serve=serve, reason=reason, kind=kind, entries=entries))


# --- feeds that are odd and can be read -----------------------------------------------------------

for _name, _body, _type, *_headers in (
    ("feed_as_plain_text", _rss(_ITEMS), "text/plain"),
    ("feed_as_a_page", _rss(_ITEMS), "text/html"),
    ("feed_as_a_picture", _rss(_ITEMS), "image/png"),
    ("feed_without_a_type", _rss(_ITEMS), None),
    ("feed_with_a_mark", f"\ufeff{_rss(_ITEMS)}", _RSS_TYPE),
    ("feed_after_white_space", f"\n\n  <?xml version='1.0'?>{_rss(_ITEMS)}", _RSS_TYPE),
    ("feed_after_a_warning", f"<b>Warning</b>: x in y.php<br/>\n{_rss(_ITEMS)}", _RSS_TYPE),
    ("feed_before_garbage", f"{_rss(_ITEMS)}\n<!-- cached --></html>garbage", _RSS_TYPE),
    ("feed_cut_in_an_item", _rss(_ITEMS + _item(4))[:-60], _RSS_TYPE),
    ("feed_with_undeclared_entities", _rss(_ITEMS, "A&nbsp;B &eacute; &bogus;"), _RSS_TYPE),
    ("feed_with_bare_ampersands", _rss(_ITEMS, "Q & A & <3"), _RSS_TYPE),
    ("feed_with_controls", _rss(_ITEMS, "a\x00b\x0bc\x1b"), _RSS_TYPE),
    ("feed_with_lone_surrogates", _rss(_ITEMS, "&#xD800;&#0;&#x110000;"), _RSS_TYPE),
    ("feed_with_undeclared_prefixes", _rss(_ITEMS, "<x:y>a</x:y>"), _RSS_TYPE),
    ("feed_with_an_open_cdata", _rss(_ITEMS) + "<![CDATA[", _RSS_TYPE),
    (
        "feed_of_spoiled_dates",
        _rss(
            "".join(
                _item(n, f"<pubDate>{d}</pubDate>")
                for n, d in enumerate(("Mon, 99 Foo 99999 99:99:99 +9999", "-1", "1e400"))
            ),
            "T",
        ),
        _RSS_TYPE,
    ),
    ("feed_of_huge_titles", _rss(_ITEMS, "word " * 500_000), _RSS_TYPE),
    (
        "feed_of_huge_contents",
        _rss(_ITEMS + f"<item><description>{'x' * 3_000_000}</description></item>"),
        _RSS_TYPE,
    ),
    ("feed_with_absurd_pace", _rss(f"<ttl>99999999999999999999</ttl>{_ITEMS}"), _RSS_TYPE),
    ("feed_with_a_pace_below_nothing", _rss(f"<ttl>-5</ttl>{_ITEMS}"), _RSS_TYPE),
    ("feed_fresh_for_ages", _rss(_ITEMS), _RSS_TYPE, "Cache-Control: max-age=99999999999999999999"),
    ("feed_fresh_below_nothing", _rss(_ITEMS), _RSS_TYPE, "Cache-Control: max-age=-1, max-age=x"),
    (
        "feed_changed_in_the_future",
        _rss(_ITEMS),
        _RSS_TYPE,
        "Last-Modified: Fri, 31 Dec 9999 23:59:59 GMT",
    ),
    ("feed_with_a_spoiled_etag", _rss(_ITEMS), _RSS_TYPE, f"ETag: {'x' * 9_000}"),
    (
        "feed_with_its_base_elsewhere",
        _rss(_ITEMS).replace("<rss", "<rss xml:base='http://[::1'"),
        _RSS_TYPE,
    ),
    (
        "feed_with_a_style",
        f"<?xml version='1.0'?><?xml-stylesheet href='file:///x'?>{_rss(_ITEMS)}",
        _RSS_TYPE,
    ),
    (
        "feed_in_rdf",
        (
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
            f"xmlns='http://purl.org/rss/1.0/'>{_ITEMS}</rdf:RDF>"
        ),
        "text/xml",
    ),
    ("feed_in_capitals", _rss(_ITEMS).upper().replace("/N", "/n"), _RSS_TYPE),
    (
        "json_feed",
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": 7,
                "items": [
                    {"id": n, "url": f"/n{n}", "title": [n], "tags": "x", "date_published": n}
                    for n in range(3)
                ],
            }
        ),
        "application/json",
    ),
):
    _answers(
        _name,
        reply(_body.encode("utf-8", "surrogatepass"), *_headers, content_type=_type),
        entries=3,
    )

_answers("feed_in_utf_16", reply(_rss(_ITEMS).encode("utf-16"), content_type=_RSS_TYPE), entries=3)
_answers(
    "feed_that_lies_about_its_letters",
    reply(_rss(_ITEMS, "Новости").encode("cp1251"), content_type=f"{_RSS_TYPE}; charset=utf-8"),
    entries=3,
)
_answers(
    "feed_packed_without_a_word",
    reply(gzip.compress(_rss(_ITEMS).encode()), content_type="application/octet-stream"),
    entries=3,
)
_answers("feed_of_no_entries", reply(_rss("").encode(), content_type=_RSS_TYPE))
_answers("feed_of_itself", reply(_rss(f"<item><link>{PATH}</link></item>").encode()), entries=1)


@source(None, entries=3)
def feed_that_moved(server: Loopback) -> None:
    """Elsewhere now, and for good."""
    server.on(PATH, redirect("/new", "301 Moved Permanently"))
    server.on("/new", reply(_rss(_ITEMS).encode(), content_type=_RSS_TYPE))


# --- feeds that are none --------------------------------------------------------------------------

for _name, _reason, _answer in (
    ("feed_not_modified_unasked", Reason.HTTP_5XX, reply(b"", status="304 Not Modified")),
    ("feed_behind_a_login", Reason.HTTP_4XX, reply(b"", status="401 Unauthorized")),
    ("feed_that_is_forbidden", Reason.HTTP_4XX, reply(b"", status="403 Forbidden")),
    ("feed_not_found", Reason.HTTP_4XX, reply(b"", status="404 Not Found")),
    ("feed_too_often_asked", Reason.HTTP_429, reply(b"", status="429 Too Many Requests")),
    ("feed_cut_on_its_way", Reason.TRUNCATED, reply(_rss(_ITEMS).encode(), length=90_000)),
    ("feed_in_a_private_place", Reason.BLOCKED_ADDRESS, redirect("http://10.0.0.1/feed")),
    ("feed_in_brotli", Reason.BAD_ENCODING, reply(b"x", "Content-Encoding: br")),
    ("feed_in_half_gzip", Reason.TRUNCATED, reply(gzip.compress(_rss(_ITEMS).encode())[:80])),
    ("feed_of_spaces", Reason.BAD_FEED, reply(b" \n" * 90_000)),
    ("feed_of_nuls", Reason.BAD_FEED, reply(bytes(90_000))),
    ("feed_of_words", Reason.BAD_FEED, reply(b"no feed today", content_type=_RSS_TYPE)),
    ("feed_of_other_xml", Reason.BAD_FEED, reply(b"<?xml version='1.0'?><svg/>")),
    ("feed_of_an_opml_list", Reason.BAD_FEED, reply(b"<opml version='2.0'><body/></opml>")),
    (
        "json_that_is_no_feed",
        Reason.BAD_FEED,
        reply(b'{"error": "no"}', content_type="application/json"),
    ),
    ("json_list", Reason.BAD_FEED, reply(b"[1, 2, 3]", content_type="application/json")),
    (
        "json_feed_of_nonsense",
        Reason.BAD_FEED,
        reply(b'{"version": "https://jsonfeed.org/version/1", "items": {"a": NaN}}'),
    ),
    (
        "feed_of_parameter_entities",
        Reason.BAD_FEED,
        reply(
            b"<!DOCTYPE rss [<!ENTITY % x SYSTEM 'http://10.0.0.1/x.dtd'> %x;]>"
            + _rss(_ITEMS).encode()
        ),
    ),
    (
        "feed_of_quadratic_entities",
        Reason.BAD_FEED,
        reply(f"<!DOCTYPE rss [<!ENTITY a '{'x' * 50_000}'>]>{_rss('&a;' * 20_000)}".encode()),
    ),
):
    _answers(_name, _answer, reason=_reason)


# --- sitemaps -------------------------------------------------------------------------------------


def _urls(*places: str, inside: str = "") -> bytes:
    listed = "".join(f"<url><loc>{place}</loc>{inside}</url>" for place in places)
    return reply(f"<urlset>{listed}</urlset>".encode(), content_type="application/xml")


_STORY = "/2026/11/news-of-the-{}-day.html"
_STORIES = [_STORY.format(word) for word in ("first", "second", "third")]
for _name, _answer in (
    ("sitemap_of_relative_places", _urls(*_STORIES)),
    ("sitemap_with_spoiled_dates", _urls(*_STORIES, inside="<lastmod>9999-99-99T99</lastmod>")),
    ("sitemap_with_strangers", _urls(*_STORIES, "javascript:x", "file:///etc/passwd", "")),
    ("sitemap_in_a_gzip_file", reply(gzip.compress(_urls(*_STORIES).partition(b"\r\n\r\n")[2]))),
    ("sitemap_cut_at_its_end", reply(_urls(*_STORIES).partition(b"\r\n\r\n")[2][:-9])),
):
    _answers(_name, _answer, kind=SourceKind.SITEMAP, entries=3)

_answers("sitemap_of_nothing", reply(b"<urlset/>"), kind=SourceKind.SITEMAP)
_answers(
    "sitemap_not_found",
    reply(status="404 Not Found"),
    reason=Reason.HTTP_4XX,
    kind=SourceKind.SITEMAP,
)
_answers("sitemap_of_words", reply(b"words"), reason=Reason.BAD_FEED, kind=SourceKind.SITEMAP)
_answers(
    "sitemap_that_is_a_bomb",
    reply(gzip.compress(bytes(100 * MEGABYTE), 9), content_type="application/x-gzip"),
    reason=Reason.TOO_BIG,
    kind=SourceKind.SITEMAP,
)


@source(None, SourceKind.SITEMAP)
def sitemaps_in_a_circle(server: Loopback) -> None:
    """Three indexes that name each other for ever."""
    for place, following in ((PATH, "/b"), ("/b", "/c"), ("/c", PATH)):
        body = f"<sitemapindex><sitemap><loc>{following}</loc></sitemap></sitemapindex>"
        server.on(place, reply(body.encode()))


@source(None, SourceKind.SITEMAP)
def sitemaps_without_end(server: Loopback) -> None:
    """Each index names another, deeper and deeper."""
    for depth in range(60):
        place = PATH if depth == 0 else f"/{depth}"
        body = f"<sitemapindex><sitemap><loc>/{depth + 1}</loc></sitemap></sitemapindex>"
        server.on(place, reply(body.encode()))


@source(None, SourceKind.SITEMAP, entries=3)
def sitemap_index_of_thousands(server: Loopback) -> None:
    """Ten thousand sitemaps, of which the first can be read."""
    children = "".join(f"<sitemap><loc>/{n}.xml</loc></sitemap>" for n in range(10_000))
    server.on(PATH, reply(f"<sitemapindex>{children}</sitemapindex>".encode()))
    server.on("/0.xml", _urls(*_STORIES))


@source(Reason.BLOCKED_ADDRESS, SourceKind.SITEMAP)
def sitemaps_elsewhere(server: Loopback) -> None:
    """An index of what nobody may reach."""
    body = "<sitemapindex><sitemap><loc>http://10.0.0.1/x.xml</loc></sitemap></sitemapindex>"
    server.on(PATH, reply(body.encode()))


# --- listings -------------------------------------------------------------------------------------


def _list(*places: str, head: str = "") -> bytes:
    links = "".join(
        f"<h2><a href='{place}'>The council of the town met again on day {n}</a></h2>"
        for n, place in enumerate(places)
    )
    return reply(f"<!doctype html><html><head>{head}</head><body>{links}</body></html>".encode())


_answers("listing_of_stories", _list(*_STORIES), kind=SourceKind.LISTING, entries=3)
_answers(
    "listing_among_strangers",
    _list(*_STORIES, "javascript:void(0)", "mailto:a@b.c", "tel:1", "#x", "http://[::1", "//"),
    kind=SourceKind.LISTING,
    entries=3,
)
_answers(
    "listing_with_its_base_elsewhere",
    _list(*_STORIES, head="<base href='http://10.0.0.1/'>"),
    reason=Reason.BAD_FEED,
    kind=SourceKind.LISTING,
)
_answers(
    "listing_of_a_calendar",
    _list(*(f"/calendar/{year}/{month}" for year in range(1990, 2090) for month in range(1, 13))),
    reason=Reason.BAD_FEED,
    kind=SourceKind.LISTING,
)
_answers(
    "listing_as_a_login_page",
    reply(
        b"<html><body><form><input type='password'></form><a href='/help'>Help</a></body></html>"
    ),
    reason=Reason.BAD_FEED,
    kind=SourceKind.LISTING,
)

"""Rules of robots.txt."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from scraper.model import Reason
from tests.fetch.loopback import ResetConnection, redirect, reply
from tests.hostile.faults.setting import FAULTS, Fault, Setting, fault, head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fetch.loopback import Asked


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
        yield head("Content-Length: 100000", kind="text/plain")
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


# --- odd files ------------------------------------------------------------------------------------


def _rules(name: str, reasons: frozenset[Reason], answer: bytes) -> None:
    """A fault that puts this answer before a good page."""

    def serve(at: Setting) -> None:
        _good_with_robots(at, answer)

    FAULTS.append(Fault(name=f"robots_{name}", serve=serve, reasons=reasons))


def _text(rules: str) -> bytes:
    return reply(rules.encode(), content_type="text/plain")


_GOOD: frozenset[Reason] = frozenset()
_NO = frozenset({Reason.ROBOTS})
_FORBIDDING = "User-agent: *\nDisallow: /\n"
for _name, _reasons, _answer in (
    ("empty", _GOOD, _text("")),
    ("of_nothing_but_a_mark", _GOOD, _text("\ufeff")),
    ("with_a_mark", _NO, _text(f"\ufeff{_FORBIDDING}")),
    ("on_old_lines", _NO, _text(_FORBIDDING.replace("\n", "\r"))),
    ("in_capitals", _NO, _text(_FORBIDDING.upper())),
    ("with_comments", _NO, _text("User-agent: * # all\n\n# no\nDisallow: / # nothing\n")),
    ("by_pattern", _NO, _text("User-agent: *\nDisallow: /*a$\n")),
    ("by_encoded_letter", _NO, _text("User-agent: *\nDisallow: /%61\n")),
    ("of_another_page", _GOOD, _text("User-agent: *\nDisallow: /a/\nDisallow: /ab\n")),
    ("by_the_end", _GOOD, _text("User-agent: *\nDisallow: /$\n")),
    ("that_allow_more_closely", _GOOD, _text("User-agent: *\nDisallow: /\nAllow: /a\n")),
    ("for_another_robot", _GOOD, _text("User-agent: otherbot\nDisallow: /\n")),
    ("without_a_group", _GOOD, _text("Disallow: /\n")),
    ("of_a_group_for_many", _NO, _text("User-agent: x\nUser-agent: scraper\nDisallow: /\n")),
    ("of_binary", _GOOD, reply(bytes(range(256)) * 20, content_type="text/plain")),
    ("of_json", _GOOD, reply(b'{"disallow": "/"}', content_type="application/json")),
    ("without_a_type", _NO, reply(_FORBIDDING.encode(), content_type=None)),
    ("not_found_but_there", _GOOD, reply(_FORBIDDING.encode(), status="404 Not Found")),
    ("unauthorised", _GOOD, reply(b"", status="401 Unauthorized")),
    ("forbidden", _GOOD, reply(b"", status="403 Forbidden")),
    ("gone", _GOOD, reply(b"", status="410 Gone")),
    ("of_no_content", _GOOD, reply(b"", status="204 No Content")),
    ("internal_error", frozenset({Reason.HTTP_5XX}), reply(b"", status="500 Internal Error")),
    ("circling", _GOOD, redirect("/robots.txt")),
    ("to_nowhere", _GOOD, reply(b"", status="302 Found")),
    ("to_a_private_place", frozenset({Reason.BLOCKED_ADDRESS}), redirect("http://10.0.0.1/")),
    ("packed", _NO, reply(gzip.compress(_FORBIDDING.encode()), "Content-Encoding: gzip")),
    (
        "cut",
        frozenset({Reason.TRUNCATED, Reason.RESET, Reason.HTTP_5XX}),
        reply(_FORBIDDING.encode(), length=9_000, content_type="text/plain"),
    ),
    ("of_a_bad_coding", frozenset({Reason.HTTP_5XX}), reply(b"x", "Content-Encoding: br")),
    ("of_one_long_line", _GOOD, _text("User-agent: *\nDisallow: /" + "x" * 400_000)),
    (
        "of_many_groups",
        _GOOD,
        _text("".join(f"User-agent: r{n}\nDisallow: /\n" for n in range(9_000))),
    ),
    ("of_stars", _GOOD, _text("User-agent: *\nDisallow: /" + "*" * 5_000 + "b\n")),
):
    _rules(_name, _reasons, _answer)


@fault(waits=True)
def robots_too_many(at: Setting) -> None:
    """Rules that cannot be had for some minutes."""
    _good_with_robots(at, reply(b"", status="429 Too Many Requests"))


@fault(waits=True)
def crawl_delay_of_a_year(at: Setting) -> None:
    """More patience than a run has: the page waits, and is not asked for."""
    _good_with_robots(at, _text("User-agent: *\nCrawl-delay: 31536000\n"))


@fault(Reason.RESET)
def robots_reset(at: Setting) -> None:
    """The connection is reset when rules are asked for."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield b""
        raise ResetConnection

    at.server.on("/robots.txt", pieces)
    at.answer(reply(at.page.encode()))


@fault(Reason.ROBOTS)
def robots_moved(at: Setting) -> None:
    """Rules that are kept elsewhere count for here."""
    at.server.on("/rules.txt", _text(_FORBIDDING))
    _good_with_robots(at, redirect("/rules.txt", "301 Moved Permanently"))


@fault()
def robots_moved_too_often(at: Setting) -> None:
    """More than five redirects are as good as none (RFC 9309, section 2.3.1.2)."""
    for hop in range(1, 8):
        at.server.on(f"/r{hop}", redirect(f"/r{hop + 1}"))
    at.server.on("/r8", _text(_FORBIDDING))
    _good_with_robots(at, redirect("/r1"))

# ruff: noqa: RUF001 - letters that look like others are the point
"""Redirects."""

from __future__ import annotations

import gzip
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.model import Reason
from tests.fetch.loopback import redirect, reply
from tests.hostile.faults.setting import (
    FAULTS,
    MEGABYTE,
    PATH,
    Fault,
    Setting,
    fault,
    head,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fetch.loopback import Asked


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
    ("loopback_with_a_dot", "http://127.0.0.1.:{port}/", Reason.BLOCKED_ADDRESS),
    ("far_loopback", "http://127.255.255.254:{port}/", Reason.BLOCKED_ADDRESS),
    ("encoded_loopback", "http://%31%32%37.0.0.1:{port}/", Reason.BLOCKED_ADDRESS),
    ("backslashes", "http:\\\\127.0.0.1:{port}\\", Reason.BLOCKED_ADDRESS),
    ("three_slashes", "http:///127.0.0.1:{port}/", Reason.BLOCKED_ADDRESS),
    ("line_breaks", "http://127.0.\t0.1:{port}/", Reason.BLOCKED_ADDRESS),
    ("unspecified_ipv6", "http://[::]:{port}/", Reason.BLOCKED_ADDRESS),
    ("compatible_loopback", "http://[::127.0.0.1]:{port}/", Reason.BLOCKED_ADDRESS),
    ("6to4_loopback", "http://[2002:7f00:1::]:{port}/", Reason.BLOCKED_ADDRESS),
    ("teredo", "http://[2001:0:7f00:1::]:{port}/", Reason.BLOCKED_ADDRESS),
    ("unique_local", "http://[fd00::1]/", Reason.BLOCKED_ADDRESS),
    ("link_local", "http://[fe80::1]/", Reason.BLOCKED_ADDRESS),
    ("metadata_by_ipv6", "http://[fd00:ec2::254]/", Reason.BLOCKED_ADDRESS),
    ("metadata_in_decimal", "http://2852039166/", Reason.BLOCKED_ADDRESS),
    ("carrier_nat", "http://100.64.0.1/", Reason.BLOCKED_ADDRESS),
    ("private_c", "http://192.168.1.1/", Reason.BLOCKED_ADDRESS),
    ("private_b", "http://172.31.255.1/", Reason.BLOCKED_ADDRESS),
    ("multicast", "http://224.0.0.1/", Reason.BLOCKED_ADDRESS),
    ("broadcast", "http://255.255.255.255/", Reason.BLOCKED_ADDRESS),
    ("benchmark_network", "http://198.18.0.1/", Reason.BLOCKED_ADDRESS),
    ("secret_port", "http://127.0.0.1:22/", Reason.BLOCKED_ADDRESS),
    ("port_beyond_ports", "http://127.0.0.1:99999/", Reason.REDIRECT),
    ("port_below_ports", "http://127.0.0.1:-1/", Reason.REDIRECT),
    ("no_host", "http://", Reason.REDIRECT),
    ("half_an_ipv6", "http://[::1/", Reason.REDIRECT),
    ("number_beyond_addresses", "http://4294967296/", Reason.REDIRECT),
    ("name_with_spaces", "http://some where/", Reason.REDIRECT),
    ("nothing", "", Reason.REDIRECT),
    ("its_own_fragment", "#top", Reason.REDIRECT),
    ("mail", "mailto:editor@example.org", Reason.REDIRECT),
    ("sockets", "ws://127.0.0.1:{port}/", Reason.REDIRECT),
    ("ftp", "ftp://127.0.0.1:{port}/", Reason.REDIRECT),
    ("blank", "about:blank", Reason.REDIRECT),
    ("source_view", "view-source:http://127.0.0.1:{port}/", Reason.REDIRECT),
    ("a_very_long_address", f"/{'x' * 20_000}", Reason.REDIRECT),
):
    _redirects(_name, _location, _reason)


# --- good pages behind odd redirects --------------------------------------------------------------


def _leads(name: str, status: str, location: str, place: str = "/b") -> None:
    """A fault that leads to a good page at ``place`` by this Location."""

    def serve(at: Setting) -> None:
        at.answer(redirect(location.format(port=at.server.port), status))
        at.server.on(place, reply(at.page.encode()))

    shown = place if status.startswith(("301", "308")) else PATH
    FAULTS.append(Fault(name=name, serve=serve, reasons=frozenset(), shown=shown))


for _name, _status, _location, *_place in (
    ("moved_for_good", "301 Moved Permanently", "/b"),
    ("see_other", "303 See Other", "/b"),
    ("temporarily_elsewhere", "307 Temporary Redirect", "/b"),
    ("permanently_elsewhere", "308 Permanent Redirect", "b"),
    ("redirect_by_question", "302 Found", "?page=1", "/a?page=1"),
    ("redirect_up_and_down", "302 Found", "/x/../../b#part"),
    ("redirect_with_spaces", "302 Found", "  /b c  ", "/b%20c"),
    ("redirect_by_backslash", "302 Found", "\\b"),
    ("redirect_in_letters", "302 Found", "/caf\u00e9", "/caf%C3%A9"),
    ("redirect_in_capitals", "302 Found", "HTTP://127.0.0.1:{port}/b"),
    ("redirect_to_our_port_by_name", "302 Found", "http://0x7f.1:{port}/b"),
):
    _leads(_name, _status, _location, *_place)


@fault()
def two_locations(at: Setting) -> None:
    """Two places; the first is taken."""
    at.answer(
        reply(
            b"",
            "Location: /b",
            f"Location: http://127.0.0.1:{at.forbidden_port}/",
            status="302 Found",
        )
    )
    at.server.on("/b", reply(at.page.encode()))


@fault()
def redirect_with_a_bomb(at: Setting) -> None:
    """A redirect whose body is a bomb, which nobody needs to read."""
    bomb = gzip.compress(bytes(20 * MEGABYTE), 9)
    at.answer(reply(bomb, "Content-Encoding: gzip", "Location: /b", status="302 Found"))
    at.server.on("/b", reply(at.page.encode()))


@fault()
def redirect_with_an_endless_body(at: Setting) -> None:
    """A redirect whose body never ends."""

    def pieces(_asked: Asked) -> Iterator[bytes]:
        yield head("Location: /b", status="302 Found")
        yield from at.server.drip(b"moved " * 100, seconds=0.01)

    at.answer(pieces)
    at.server.on("/b", reply(at.page.encode()))


@fault(Reason.REDIRECT)
def redirects_to_ever_new_places(at: Setting) -> None:
    """A new address each time, without end."""
    places = [PATH, *(f"/?step={number}" for number in range(40))]
    for place, following in pairwise(places):
        at.server.on(place, redirect(following))


@fault(Reason.REDIRECT)
def redirect_that_waits_for_a_cookie(at: Setting) -> None:
    """Sets a cookie and sends us back, until we bring it."""
    at.answer(reply(b"", "Set-Cookie: seen=1; Path=/", f"Location: {PATH}", status="302 Found"))


@fault(Reason.NO_ARTICLE)
def redirect_by_header_of_browsers(at: Setting) -> None:
    """Refresh is no redirect."""
    at.answer(reply(b"<html><body>wait</body></html>", "Refresh: 0; url=/b"))
    at.server.on("/b", reply(at.page.encode()))


@fault(Reason.ROBOTS)
def redirect_to_what_robots_forbid(at: Setting) -> None:
    """The page may be asked for, the place where it leads may not."""
    at.server.on("/robots.txt", reply(b"User-agent: *\nDisallow: /b", content_type="text/plain"))
    at.answer(redirect("/b"))
    at.server.on("/b", reply(at.page.encode()))

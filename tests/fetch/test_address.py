"""Tests of the judgement: may we connect to this address."""

from __future__ import annotations

import subprocess
import sys
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scraper.fetch.address import REFUSED_NETWORKS, parse_allowance, read_address, why_refused

REFUSED = {
    "0.0.0.0": "unspecified",  # noqa: S104 - nothing is bound here
    "0.1.2.3": "this network",
    "10.255.0.1": "private",
    "100.64.0.1": "carrier-grade NAT",
    "100.100.100.200": "carrier-grade NAT",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "cloud platform service",
    "169.254.169.254": "link-local",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.192": "protocol assignments",
    "192.0.2.7": "documentation",
    "192.88.99.1": "6to4 relay",
    "192.168.1.1": "private",
    "198.19.255.255": "benchmarking",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "unspecified",
    "::1": "loopback",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:a9fe:a9fe": "link-local",
    "::10.0.0.1": "private",
    "::ffff:0:192.168.0.1": "private",
    "64:ff9b::7f00:1": "NAT64",
    "64:ff9b::8.8.8.8": "NAT64",
    "64:ff9b:1::1": "NAT64",
    "100::1": "discard",
    "100:0:0:1::1": "discard",
    "2001:0:1::1": "Teredo",
    "2001:2::1": "benchmarking",
    "2001:10::1": "ORCHID",
    "2001:2f::1": "ORCHID",
    "2001:1::1": "protocol assignments",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4",
    "3fff::1": "documentation",
    "5f00::1": "segment routing",
    "fc00::1": "unique local",
    "fd00:ec2::254": "unique local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "1000::1": "reserved",
    "4000::1": "reserved",
    "9000::1": "reserved",
    "fe00::1": "reserved",
}
PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2001:200::1",
    "2003::1",
    "2606:4700::1111",
    "2a00:1450::1",
    "3ffe::1",
)


@pytest.mark.parametrize(("text", "name"), REFUSED.items())
def test_refused_by_name(text: str, name: str) -> None:
    """Each kind of address that is not public is refused, and the refusal names the kind."""
    reason = why_refused(read_address(text), 80)
    assert reason is not None
    assert f"({name})" in reason
    assert "[fetch] allow_addresses" in reason


@pytest.mark.parametrize("text", PUBLIC)
def test_public_is_allowed(text: str) -> None:
    """Public addresses, the neighbours of refused networks among them, may be dialled."""
    assert why_refused(read_address(text), 443) is None


@pytest.mark.parametrize(
    "text",
    ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "", "[::1]", "127.0.0.1:80"],
)
def test_other_spellings_are_no_addresses(text: str) -> None:
    """Spellings that only a resolver understands are not judged here: they are no addresses."""
    with pytest.raises(ValueError, match="address"):
        read_address(text)


@given(st.sampled_from(REFUSED_NETWORKS), st.data())
def test_every_address_of_a_refused_network(entry: tuple[object, str], data: st.DataObject) -> None:
    """Whatever address of a refused network is drawn, it is refused on any port."""
    network = ip_network(str(entry[0]))
    address = data.draw(st.ip_addresses(network=str(network)))
    assume(read_address(str(address)) == address)  # no other spelling: see the next test
    assert why_refused(address, data.draw(st.integers(1, 65_535))) is not None


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:", "::", "::ffff:0:"]))
def test_spellings_of_an_ipv4_address_are_judged_alike(inner: IPv4Address, prefix: str) -> None:
    """An IPv4 address written as IPv6 gets the judgement of the address inside."""
    assume(prefix != "::" or int(inner) > 1)  # "::" and "::1" are addresses of their own
    spelt = IPv6Address(f"{prefix}{inner}")
    assert why_refused(spelt, 80) == why_refused(inner, 80)
    assert read_address(str(spelt)) == inner


@given(st.ip_addresses())
def test_never_laxer_than_python(address: IPv4Address | IPv6Address) -> None:
    """Nothing that Python itself calls private, reserved or local is let through."""
    dialled = read_address(str(address))
    if dialled.is_private or dialled.is_reserved or dialled.is_link_local or dialled.is_multicast:
        assert why_refused(dialled, 80) is not None


@pytest.mark.parametrize(
    ("allowance", "address", "port", "opened"),
    [
        ("127.0.0.1:8400", "127.0.0.1", 8400, True),
        ("127.0.0.1:8400", "127.0.0.1", 8401, False),
        ("127.0.0.1:8400", "127.0.0.2", 8400, False),
        ("127.0.0.1:8400", "::ffff:127.0.0.1", 8400, True),
        ("127.0.0.1:8400", "::1", 8400, False),
        ("127.0.0.1:*", "127.0.0.1", 9, True),
        ("127.0.0.0/8:*", "127.9.9.9", 80, True),
        ("10.0.0.0/8:80", "10.1.2.3", 80, True),
        ("10.0.0.0/8:80", "10.1.2.3", 81, False),
        ("[::1]:8400", "::1", 8400, True),
        ("[fd00::/8]:*", "fd12::1", 443, True),
        ("[fd00::]/8:*", "fd12::1", 443, True),
        (" 127.0.0.1:8400 ", "127.0.0.1", 8400, True),
    ],
)
def test_allowances_open_exactly(allowance: str, address: str, port: int, opened: bool) -> None:  # noqa: FBT001 - a table's column
    """An allowance opens its network on its port and nothing beside."""
    reason = why_refused(read_address(address), port, [parse_allowance(allowance)])
    assert (reason is None) is opened


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("127.0.0.1", "has no port"),
        ("", "has no port"),
        ("::1:8400", "needs brackets"),
        ("fd00::/8:*", "needs brackets"),
        ("[::1:8400", "needs brackets"),
        ("localhost:80", "does not begin with an IP address or network"),
        ("127.0.0.1/8:*", "does not begin with an IP address or network"),
        ("2130706433:80", "does not begin with an IP address or network"),
        ("127.0.0.1:0", "ends in no port"),
        ("127.0.0.1:65536", "ends in no port"),
        ("127.0.0.1:http", "ends in no port"),
        ("127.0.0.1:-1", "ends in no port"),
        ("127.0.0.1:", "ends in no port"),
        ("[::ffff:127.0.0.1]:80", "spells an IPv4 address"),
    ],
)
def test_bad_allowances_say_what_is_wrong(text: str, problem: str) -> None:
    """What cannot be read as an allowance raises ValueError with a sentence for a person."""
    with pytest.raises(ValueError, match=problem):
        parse_allowance(text)


@given(st.text(alphabet="0123456789abcdef:.[]/*% ", max_size=24))
def test_allowances_raise_nothing_but_value_error(text: str) -> None:
    """Whatever is written in the config is an allowance or a ValueError."""
    try:
        parse_allowance(text)
    except ValueError as exc:
        assert repr(text) in str(exc)  # noqa: PT017 - the other branch is as good


def test_pure_files_import_no_http_library() -> None:
    """Judging addresses, robots.txt and politeness costs no import of the HTTP libraries."""
    code = (
        "import sys, scraper.fetch.address, scraper.fetch.robots, scraper.fetch.politeness\n"
        "sys.exit(bool({'httpx', 'httpcore', 'h11', 'anyio'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, check=False).returncode == 0

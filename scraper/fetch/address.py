"""May we connect to this address? Judges the address dialled, never the name that led to it.

Rule 1: refused networks are listed one by one, with the names that refusals bear.
``ipaddress.is_global`` is not enough: it depends on the Python release, calls multicast and
6to4 global, and knows nothing of addresses that carry another address inside.
Rule 2: an IPv6 address that is only a spelling of an IPv4 address is judged as that one.
Rule 3: only ``[fetch] allow_addresses`` opens a refused address, by network and port.

Sources of the list: IANA's special-purpose registries for IPv4 and IPv6 (RFC 6890), IANA's IPv6
address space (everything outside 2000::/3 is not global unicast), and the RFCs beside each line.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

#: The first network that holds an address names the refusal: the narrower stands above the wider.
REFUSED_NETWORKS: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), name)
    for network, name in (
        ("0.0.0.0/32", "unspecified"),
        ("0.0.0.0/8", "this network"),  # RFC 1122
        ("10.0.0.0/8", "private"),  # RFC 1918
        ("100.64.0.0/10", "carrier-grade NAT"),  # RFC 6598
        ("127.0.0.0/8", "loopback"),  # RFC 1122
        ("168.63.129.16/32", "cloud platform service"),  # Azure's host, public in form only
        ("169.254.0.0/16", "link-local"),  # RFC 3927; cloud metadata services are here
        ("172.16.0.0/12", "private"),  # RFC 1918
        ("192.0.0.0/24", "protocol assignments"),  # RFC 6890
        ("192.0.2.0/24", "documentation"),  # RFC 5737
        ("192.88.99.0/24", "6to4 relay"),  # RFC 7526
        ("192.168.0.0/16", "private"),  # RFC 1918
        ("198.18.0.0/15", "benchmarking"),  # RFC 2544
        ("198.51.100.0/24", "documentation"),  # RFC 5737
        ("203.0.113.0/24", "documentation"),  # RFC 5737
        ("224.0.0.0/4", "multicast"),  # RFC 5771
        ("255.255.255.255/32", "broadcast"),  # RFC 919
        ("240.0.0.0/4", "reserved"),  # RFC 1112
        ("::/128", "unspecified"),  # RFC 4291
        ("::1/128", "loopback"),  # RFC 4291
        ("64:ff9b::/96", "NAT64"),  # RFC 6052
        ("64:ff9b:1::/48", "NAT64"),  # RFC 8215
        ("100::/64", "discard"),  # RFC 6666
        ("100:0:0:1::/64", "discard"),  # RFC 9780
        ("2001::/32", "Teredo"),  # RFC 4380
        ("2001:2::/48", "benchmarking"),  # RFC 5180
        ("2001:10::/28", "ORCHID"),  # RFC 4843
        ("2001:20::/28", "ORCHID"),  # RFC 7343
        ("2001::/23", "protocol assignments"),  # RFC 2928
        ("2001:db8::/32", "documentation"),  # RFC 3849
        ("2002::/16", "6to4"),  # RFC 3056
        ("3fff::/20", "documentation"),  # RFC 9637
        ("5f00::/16", "segment routing"),  # RFC 9602
        ("fc00::/7", "unique local"),  # RFC 4193
        ("fe80::/10", "link-local"),  # RFC 4291
        ("fec0::/10", "site-local"),  # RFC 3879
        ("ff00::/8", "multicast"),  # RFC 4291
        # What IANA has not opened to global unicast, however it may be used one day.
        ("::/3", "reserved"),
        ("4000::/2", "reserved"),
        ("8000::/1", "reserved"),
    )
)

#: Prefixes of 96 bits after which an IPv4 address is merely spelt: mapped (::ffff:a.b.c.d) and
#: compatible (::a.b.c.d, deprecated), both RFC 4291; translated (::ffff:0:a.b.c.d), RFC 2765.
_SPELLINGS_OF_IPV4 = tuple(
    IPv6Network(prefix) for prefix in ("::ffff:0:0/96", "::/96", "::ffff:0:0:0/96")
)
_NOT_SPELLINGS = frozenset({IPv6Address("::"), IPv6Address("::1")})

_ANY_PORT = "*"
_MAX_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A network opened by config, on one port, or on every port where that is ``None``."""

    network: Network
    port: int | None

    def covers(self, address: Address, port: int) -> bool:
        """Whether this address and port are opened."""
        return self.port in {None, port} and _holds(self.network, address)


def parse_allowance(text: str) -> Allowance:
    """The Allowance written as "ip:port", "[ipv6]:port", "network:port" or "network:*".

    Raises ValueError with a sentence that says what is wrong, fit to be shown to a person.
    """
    place, colon, port = text.strip().rpartition(":")
    if not colon:
        raise ValueError(f'{text!r} has no port: write "127.0.0.1:8400" or "10.0.0.0/8:*"')
    if (":" in place or "[" in place) and not (place.startswith("[") and "]" in place):
        raise ValueError(f'{text!r} needs brackets: write "[::1]:8400" or "[fd00::/8]:*"')
    # "[fd00::]/8" is as clear as "[fd00::/8]", and both are met in the wild.
    bare = place.replace("[", "", 1).replace("]", "", 1)
    try:
        network = ip_network(bare)
    except ValueError as exc:
        raise ValueError(f"{text!r} does not begin with an IP address or network: {exc}") from exc
    if isinstance(network, IPv6Network) and _inner(network.network_address):
        raise ValueError(f"{text!r} spells an IPv4 address: write that one")
    return Allowance(network=network, port=_parse_port(port, text))


def read_address(text: str) -> Address:
    """The address that would be dialled for this one: an IPv4 address spelt as IPv6 is unwrapped.

    Raises ValueError where ``text`` is no IP address in its usual form; names, and numbers that
    only look like addresses to a resolver ("2130706433", "127.1"), are none.
    """
    address = ip_address(text)
    return (_inner(address) or address) if isinstance(address, IPv6Address) else address


def why_refused(address: Address, port: int, allowances: Iterable[Allowance] = ()) -> str | None:
    """Why we do not connect there, in words for a person; ``None`` where we may."""
    if isinstance(address, IPv6Address):
        address = _inner(address) or address
    name = next((name for network, name in REFUSED_NETWORKS if _holds(network, address)), None)
    if name is None or any(allowance.covers(address, port) for allowance in allowances):
        return None
    shown = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    return (
        f"{shown}:{port} is not a public address ({name}); "
        "[fetch] allow_addresses of the config can open it"
    )


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address in _NOT_SPELLINGS:
        return None
    if any(address in prefix for prefix in _SPELLINGS_OF_IPV4):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def _holds(network: Network, address: Address) -> bool:
    if isinstance(network, IPv4Network):
        return isinstance(address, IPv4Address) and address in network
    return isinstance(address, IPv6Address) and address in network


def _parse_port(port: str, text: str) -> int | None:
    if port == _ANY_PORT:
        return None
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _MAX_PORT):
        raise ValueError(f"{text!r} ends in no port: write a number from 1 to {_MAX_PORT}, or *")
    return int(port)

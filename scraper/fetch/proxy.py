"""A tunnel through a proxy to an address that was judged.

Rule 1: a proxy is told the judged address, never a name: what it cannot look up, it cannot look up
to another answer. So the address guard holds through it as without; names are resolved here.
Rule 2: the proxy itself is not judged: a person named it in the config. The environment's proxies
are nobody's word, and are never read.

HTTP: CONNECT (RFC 9110, section 9.3.6), for plain pages too. SOCKS5: RFC 1928, without a password.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpcore

if TYPE_CHECKING:
    from scraper.fetch.address import Address

#: A proxy's answer to CONNECT is longer only where it is none.
_MAX_ANSWER_BYTES = 16_384
_END = b"\r\n\r\n"

_SOCKS5 = 5
_NO_PASSWORD = b"\x05\x01\x00"
_CONNECT, _IPV4, _NAME, _IPV6 = 1, 1, 3, 4
#: RFC 1928, section 6.
_SOCKS_TROUBLE = {
    1: "general failure",
    2: "forbidden by its rules",
    3: "the network cannot be reached",
    4: "the host cannot be reached",
    5: "the connection was refused",
    6: "it took too long",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy: what it speaks, "http" or "socks5", and where it listens."""

    scheme: str
    host: str
    port: int


def parse_proxy(url: str) -> Proxy:
    """The proxy that the config names: "http://127.0.0.1:3128", "socks5://[::1]:1080".

    Raises ValueError where it is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "socks5"} or not parts.hostname or parts.port is None:
        raise ValueError(f"{url!r} is no proxy")
    return Proxy(scheme=parts.scheme, host=parts.hostname, port=parts.port)


async def open_tunnel(
    stream: httpcore.AsyncNetworkStream,
    proxy: Proxy,
    address: Address,
    port: int,
    timeout: float | None,  # noqa: ASYNC109 - as httpcore hands it on
) -> None:
    """Return when what is written to the proxy's stream goes to this address.

    Raises httpcore's ConnectError where the proxy refuses, and what its streams raise.
    """
    if proxy.scheme == "http":
        await _connect(stream, address, port, timeout)
    else:
        await _connect_by_socks(stream, address, port, timeout)


async def _connect(
    stream: httpcore.AsyncNetworkStream,
    address: Address,
    port: int,
    timeout: float | None,  # noqa: ASYNC109 - likewise
) -> None:
    shown = str(address) if isinstance(address, IPv4Address) else f"[{address}]"
    place = f"{shown}:{port}".encode()
    await stream.write(b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n\r\n" % (place, place), timeout)
    answer = b""
    while not answer.endswith(_END):
        # One byte at a time: what stands behind the head is the other end's.
        answer += await _read(stream, 1, timeout)
        if len(answer) > _MAX_ANSWER_BYTES:
            raise httpcore.ConnectError("the proxy answered CONNECT without an end")
    status, _, rest = answer.partition(b"\r\n")[0].partition(b" ")
    if not (status.startswith(b"HTTP/1.") and rest.startswith(b"2")):
        said = answer.partition(b"\r\n")[0][:100].decode("ascii", "replace")
        raise httpcore.ConnectError(f"the proxy refused: {said}")


async def _connect_by_socks(
    stream: httpcore.AsyncNetworkStream,
    address: Address,
    port: int,
    timeout: float | None,  # noqa: ASYNC109 - likewise
) -> None:
    await stream.write(_NO_PASSWORD, timeout)
    if await _read(stream, 2, timeout) != bytes((_SOCKS5, 0)):
        raise httpcore.ConnectError("the proxy speaks no SOCKS5, or wants a password")
    kind = _IPV4 if isinstance(address, IPv4Address) else _IPV6
    place = address.packed + struct.pack("!H", port)
    await stream.write(bytes((_SOCKS5, _CONNECT, 0, kind)) + place, timeout)
    _, trouble, _, bound = await _read(stream, 4, timeout)
    if trouble:
        said = _SOCKS_TROUBLE.get(trouble, f"trouble {trouble}")
        raise httpcore.ConnectError(f"the proxy refused: {said}")
    lengths = {_IPV4: 4, _IPV6: 16}
    length = (await _read(stream, 1, timeout))[0] if bound == _NAME else lengths.get(bound, 0)
    await _read(stream, length + 2, timeout)


async def _read(
    stream: httpcore.AsyncNetworkStream,
    size: int,
    timeout: float | None,  # noqa: ASYNC109 - likewise
) -> bytes:
    """So many bytes; raises httpcore's ConnectError where the proxy hangs up before."""
    taken = b""
    while len(taken) < size:
        piece = await stream.read(size - len(taken), timeout)
        if not piece:
            raise httpcore.ConnectError("the proxy hung up")
        taken += piece
    return taken

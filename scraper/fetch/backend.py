"""The guarded way to the network: no connection is opened but through here.

Rule 1: a name is resolved once per connection, every address it leads to is judged, and what is
dialled is an address that was judged, never the name. A second look-up with another answer (DNS
rebinding) therefore has nothing to change. TLS still verifies the name, which httpcore keeps.
Rule 2: of several addresses the refused ones are passed over; only where none is left is the
connection refused. Refusing on any would guard no better, for nothing unjudged is ever dialled,
and would lock out every site for users behind DNS64, whose resolvers add a NAT64 address to each
answer.
Rule 3: through a proxy of the config the same holds: it is told the judged address (`proxy.py`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import httpcore

from scraper.fetch.address import read_address, why_refused
from scraper.fetch.proxy import open_tunnel
from scraper.fetch.resolver import resolve_by_system
from scraper.model import Reason

if TYPE_CHECKING:
    from scraper.fetch.address import Address, Allowance
    from scraper.fetch.proxy import Proxy

#: ``await resolve(name, port)`` gives IP addresses as text, the preferred one first. Raises OSError
#: where the name is not known, ValueError where it cannot be one.
Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

#: How many addresses of one name are tried, and how long all but the last may take: enough to get
#: past a broken IPv6 route within the deadline of a request. Guesses.
MAX_DIALLED = 3
TRY_SECONDS = 5.0


class DialError(Exception):
    """A connection that is not even tried: blocked_address, or dns. Never leaves the room."""

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(detail)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to public and explicitly allowed addresses, and to nothing else."""

    def __init__(
        self,
        allowances: Iterable[Allowance] = (),
        *,
        resolve: Resolve | None = None,
        proxy: Proxy | None = None,
    ) -> None:
        self._allowances = tuple(allowances)
        self._proxy = proxy
        self._resolve = resolve or resolve_by_system
        self._dialler: httpcore.AsyncNetworkBackend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A stream to the first address of ``host`` that is allowed and answers.

        Raises DialError, and httpcore's ConnectError and ConnectTimeout.
        """
        addresses = await self._allowed_addresses(host, port)
        *others, last = addresses[:MAX_DIALLED]
        for address in others:
            try:
                return await self._dial(address, port, TRY_SECONDS, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._dial(last, port, timeout, local_address, socket_options)

    async def _dial(
        self,
        address: Address,
        port: int,
        timeout: float | None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        """A stream to this address, through the proxy where there is one."""
        proxy = self._proxy
        host, at = (str(address), port) if proxy is None else (proxy.host, proxy.port)
        stream = await self._dialler.connect_tcp(host, at, timeout, local_address, socket_options)
        if proxy is not None:
            try:
                await open_tunnel(stream, proxy, address, port, timeout)
            except BaseException:
                await stream.aclose()
                raise
        return stream

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Never a stream: a local socket is no public address. Raises DialError."""
        raise DialError(Reason.BLOCKED_ADDRESS, f"{path} is a local socket, no public address")

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds; httpcore waits so between retries, which we never ask."""
        await self._dialler.sleep(seconds)

    async def _allowed_addresses(self, host: str, port: int) -> list[Address]:
        addresses = await self._addresses(host, port)
        refusals = [why_refused(address, port, self._allowances) for address in addresses]
        allowed = [
            address for address, refusal in zip(addresses, refusals, strict=True) if refusal is None
        ]
        if not allowed:
            detail = "; ".join(filter(None, refusals[:MAX_DIALLED]))
            raise DialError(Reason.BLOCKED_ADDRESS, detail)
        return allowed

    async def _addresses(self, host: str, port: int) -> list[Address]:
        try:
            return [read_address(host)]
        except ValueError:
            pass  # a name
        try:
            addresses = [read_address(text) for text in await self._resolve(host, port)]
        except (OSError, ValueError) as exc:  # ValueError: IDNA's, or no address in the answer
            raise DialError(Reason.DNS, f"{host} cannot be resolved: {exc}") from exc
        if not addresses:
            raise DialError(Reason.DNS, f"{host} has no address")
        return addresses

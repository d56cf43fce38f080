"""Tests of the guarded way to the network, below HTTP."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import TYPE_CHECKING

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.fetch.address import parse_allowance, why_refused
from scraper.fetch.backend import MAX_DIALLED, DialError, GuardedBackend, Resolve
from scraper.model import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fetch.loopback import Loopback


class Dialler(httpcore.AsyncNetworkBackend):
    """Notes what would be dialled; addresses in ``dead`` refuse the connection."""

    def __init__(self, dead: Sequence[str] = ()) -> None:
        self.dialled: list[str] = []
        self._dead = dead

    async def connect_tcp(
        self, host: str, *_args: object, **_kwargs: object
    ) -> httpcore.AsyncNetworkStream:
        """A stream of nothing, or ConnectError."""
        self.dialled.append(host)
        if host in self._dead:
            raise httpcore.ConnectError(f"{host} is dead")
        return httpcore.AsyncMockStream([])


def to(*addresses: str) -> Resolve:
    """A resolver that knows these addresses for every name."""

    async def resolve(_name: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


def dial(
    backend: GuardedBackend, name: str, port: int = 80, *, dead: Sequence[str] = ()
) -> list[str]:
    """What was dialled for this name, in order."""
    dialler = Dialler(dead)
    backend._dialler = dialler  # noqa: SLF001 - the one seam below the guard
    asyncio.run(backend.connect_tcp(name, port))
    return dialler.dialled


def test_the_judged_address_is_dialled() -> None:
    """What is dialled is the address that was judged, in plain form, and not the name."""
    assert dial(GuardedBackend(resolve=to("1.1.1.1")), "news.test") == ["1.1.1.1"]
    assert dial(GuardedBackend(resolve=to("::ffff:1.1.1.1")), "news.test") == ["1.1.1.1"]
    assert dial(GuardedBackend(resolve=to("2606:4700::1111")), "news.test") == ["2606:4700::1111"]


def test_refused_addresses_are_passed_over() -> None:
    """Of several addresses only those that are allowed are dialled."""
    backend = GuardedBackend(resolve=to("64:ff9b::101:101", "10.0.0.1", "1.1.1.1", "127.0.0.1"))
    assert dial(backend, "news.test") == ["1.1.1.1"]


def test_all_refused() -> None:
    """Where no address is allowed, nothing is dialled, and each refusal is named."""
    backend = GuardedBackend(resolve=to("10.0.0.1", "::1"))
    with pytest.raises(DialError) as caught:
        dial(backend, "news.test")
    assert caught.value.reason is Reason.BLOCKED_ADDRESS
    assert "10.0.0.1:80" in caught.value.detail
    assert "[::1]:80" in caught.value.detail


def test_literals_are_not_resolved() -> None:
    """An address in place of a name is judged as it is."""
    backend = GuardedBackend([parse_allowance("10.0.0.1:80")], resolve=to("1.1.1.1"))
    assert dial(backend, "10.0.0.1") == ["10.0.0.1"]
    with pytest.raises(DialError, match=r"10\.0\.0\.1:81"):
        dial(backend, "10.0.0.1", 81)


def test_next_address_where_one_is_dead() -> None:
    """Where an address does not answer, the next one is tried, up to the limit."""
    addresses = [f"1.1.1.{n}" for n in range(1, 6)]
    backend = GuardedBackend(resolve=to(*addresses))
    assert dial(backend, "news.test", dead=addresses[:1]) == addresses[:2]
    dialler = Dialler(addresses)
    backend._dialler = dialler  # noqa: SLF001 - the one seam below the guard
    with pytest.raises(httpcore.ConnectError):
        asyncio.run(backend.connect_tcp("news.test", 80))
    assert dialler.dialled == addresses[:MAX_DIALLED]


@given(st.lists(st.ip_addresses(), min_size=1, max_size=4))
def test_nothing_refused_is_ever_dialled(answers: list[object]) -> None:
    """Whatever addresses a name has, only ones that may be dialled are, or none at all."""
    backend = GuardedBackend(resolve=to(*map(str, answers)))
    try:
        dialled = dial(backend, "news.test", dead=[str(answer) for answer in answers])
    except DialError:
        dialled = []
    except httpcore.ConnectError:
        dialled = backend._dialler.dialled  # type: ignore[attr-defined]  # noqa: SLF001 - as in dial
    assert all(why_refused(ip_address(address), 80) is None for address in dialled)


@pytest.mark.parametrize("answer", [(), ("",), ("not an address",), ("127.1",)])
def test_useless_resolvers(answer: Sequence[str]) -> None:
    """No address, or something that is none, is a matter of DNS."""
    with pytest.raises(DialError) as caught:
        dial(GuardedBackend(resolve=to(*answer)), "news.test")
    assert caught.value.reason is Reason.DNS


@pytest.mark.parametrize("name", ["a" * 64 + ".test", "a..test", "\udcff.test"])
def test_names_that_cannot_be_looked_up(name: str) -> None:
    """Names that the system's resolver chokes on are a matter of DNS, before any look-up."""
    with pytest.raises(DialError) as caught:
        asyncio.run(GuardedBackend().connect_tcp(name, 80))
    assert caught.value.reason is Reason.DNS


@pytest.mark.parametrize("name", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1", "localhost"])
def test_the_systems_spellings_of_loopback(server: Loopback, name: str) -> None:
    """Spellings that only the resolver understands end at the same judgement."""
    with pytest.raises(DialError) as caught:
        asyncio.run(GuardedBackend().connect_tcp(name, server.port))
    assert caught.value.reason is Reason.BLOCKED_ADDRESS


def test_unix_sockets_are_refused() -> None:
    """Local sockets are never opened."""
    with pytest.raises(DialError) as caught:
        asyncio.run(GuardedBackend().connect_unix_socket("/run/docker.sock"))
    assert caught.value.reason is Reason.BLOCKED_ADDRESS


def test_dialled_for_real(server: Loopback) -> None:
    """Through an allowance the guard opens a real connection, to the address it judged."""

    async def run() -> object:
        backend = GuardedBackend([parse_allowance("127.0.0.1:*")], resolve=to("127.0.0.1"))
        stream = await backend.connect_tcp("news.test", server.port)
        place = stream.get_extra_info("server_addr")
        await stream.aclose()
        return place

    assert asyncio.run(run()) == ("127.0.0.1", server.port)

"""Tests of looking names up."""

from __future__ import annotations

import asyncio
import socket
import threading
from ipaddress import ip_address

import pytest

from scraper.fetch.resolver import resolve_by_system


def test_addresses_of_a_name() -> None:
    """The system's resolver gives each address of a name once, as text."""
    addresses = asyncio.run(resolve_by_system("localhost", 80))
    assert addresses
    assert len(set(addresses)) == len(addresses)
    assert all(ip_address(address).is_loopback for address in addresses)


@pytest.mark.parametrize("name", ["nobody.invalid", "a" * 64 + ".test", "a..test", "\udcff.test"])
def test_names_without_address(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is unknown or malformed raises OSError or ValueError."""
    if name == "nobody.invalid":  # the one name here that would be asked for beyond this machine

        def unknown(*_args: object, **_kwargs: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises((OSError, ValueError)):
        asyncio.run(resolve_by_system(name, 80))


def test_a_hanging_look_up_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look-ups that hang neither delay another one nor the end of the program's loop."""
    release, hanging = threading.Event(), threading.Semaphore(0)
    system = socket.getaddrinfo

    def getaddrinfo(name: str, port: int, **kwargs: int) -> list[tuple[object, ...]]:
        if name.startswith("dead"):
            hanging.release()
            release.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return list(system(name, port, **kwargs))

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    async def run() -> None:
        dead = [asyncio.create_task(resolve_by_system(f"dead{n}.test", 80)) for n in range(40)]
        await asyncio.sleep(0)
        for _ in dead:
            hanging.acquire(timeout=5)
        assert await resolve_by_system("localhost", 80)
        for task in dead:
            task.cancel()
        assert all(
            isinstance(outcome, asyncio.CancelledError)
            for outcome in await asyncio.gather(*dead, return_exceptions=True)
        )

    asyncio.run(run())
    assert not release.is_set()
    release.set()

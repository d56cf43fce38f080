"""Fixtures of the fetch room: servers that misbehave, a clock that jumps, one way to fetch."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from scraper import clock
from scraper.config import FetchConfig
from scraper.fetch.client import Accept, Fetcher
from tests.fetch.fetch_doubles import CERTIFICATE, FakeClock, Fetch, Memory
from tests.fetch.loopback import Loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scraper.model import Fetched, Validators


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A plain HTTP server on loopback; its robots.txt is a 404 until told otherwise."""
    loopback = Loopback()
    yield loopback
    loopback.stop()


@pytest.fixture
def second_server() -> Iterator[Loopback]:
    """Another one: another port, and so another host."""
    loopback = Loopback()
    yield loopback
    loopback.stop()


@pytest.fixture
def tls_server() -> Iterator[Loopback]:
    """An HTTPS server whose certificate is for news.test and signed by nobody else."""
    loopback = Loopback(str(CERTIFICATE))
    yield loopback
    loopback.stop()


@pytest.fixture
def fake_clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The program's clock, replaced: no test waits, and every wait is on record."""
    fake = FakeClock()
    monkeypatch.setattr(clock, "now", fake.now)
    monkeypatch.setattr(clock, "sleep", fake.sleep)
    return fake


@pytest.fixture
def memory() -> Memory:
    """An empty memory of hosts."""
    return Memory()


@pytest.fixture
def fetch(memory: Memory) -> Fetch:
    """Ask for these URLs one after the other, or at once, with one Fetcher on loopback."""

    def fetch(
        *urls: str,
        accept: Accept = Accept.PAGE,
        validators: Validators | None = None,
        at_once: bool = False,
        names: dict[str, Sequence[str]] | None = None,
        site_delay: Callable[[str], float | None] = lambda _host: None,
        **settings: Any,  # noqa: ANN401 - whatever FetchConfig takes
    ) -> list[Fetched]:
        defaults = {
            "min_delay_seconds": 0.0,
            "timeout_seconds": 10.0,
            "allow_addresses": ("127.0.0.0/8:*",),
        }
        config = FetchConfig(**{**defaults, **settings})

        async def resolve(name: str, _port: int) -> Sequence[str]:
            if names is None or name not in names:
                raise OSError(f"no such name: {name}")
            return names[name]

        async def run() -> list[Fetched]:
            async with Fetcher(config, memory, resolve=resolve, site_delay=site_delay) as fetcher:
                asks = [fetcher.fetch(url, accept=accept, validators=validators) for url in urls]
                if at_once:
                    return await asyncio.gather(*asks)
                return [await ask for ask in asks]

        return asyncio.run(run())

    return fetch

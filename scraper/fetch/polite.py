"""Exchanges in turn: one at a time per host, the due delay apart, and each of them written down."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper import clock
from scraper.body import ACCEPT_ENCODING
from scraper.fetch.exchange import Ask, Failure, Wire
from scraper.fetch.host import Host, HostMemory
from scraper.fetch.politeness import MAX_WAIT_SECONDS, delay_seconds, wait_seconds
from scraper.model import HostState, Reason, Request
from scraper.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scraper.fetch.exchange import Answer


#: A page is put off so long whose host another process asks; half as long as that one's lease, if
#: it died. A guess.
OTHERS_SECONDS = 30.0


class PoliteWire:
    """A Wire that nobody can be impolite with: waiting and remembering are part of asking."""

    def __init__(
        self,
        wire: Wire,
        memory: HostMemory,
        *,
        user_agent: str,
        min_delay: float,
        site_delay: Callable[[str], float | None],
        concurrent_hosts: int,
        until_room: Callable[[], Awaitable[None]],
    ) -> None:
        self._wire = wire
        self._memory = memory
        self._user_agent = user_agent
        self._min_delay = min_delay
        self._site_delay = site_delay
        self._until_room = until_room
        self._slots = asyncio.Semaphore(concurrent_hosts)
        self._hosts: dict[str, Host] = {}
        #: How many hosts wait for their delay now, and so for nothing that we could do.
        self.resting = 0

    def host(self, url: str) -> Host:
        """The host of this normalised URL, the same object each time."""
        key = host_of(url)
        if key not in self._hosts:
            state = self._memory.load(key) or HostState(host=key)
            self._hosts[key] = Host(state=state, memory=self._memory)
        return self._hosts[key]

    async def ask(self, ask: Ask, trail: list[Request]) -> Answer | Failure:
        """The host's answer, once its turn has come; the exchange is added to ``trail``.

        Where the host is left alone in this run, another process asks it, or more than
        MAX_WAIT_SECONDS would have to be waited, a Failure at once; then there is no exchange.
        """
        host = self.host(ask.url)
        async with host.turn:
            if host.closed:
                return host.closed
            # Whether it is ours is asked again after each wait: a machine may have slept meanwhile.
            while True:
                with self._memory.hold(host.state) as state:
                    if state is None:
                        others = _put_off(host, "is asked by another process", OTHERS_SECONDS)
                        return replace(others, is_others=True)
                    host.state = state
                    wait = wait_seconds(state, delay=self._delay_seconds(host), now=clock.now())
                    if wait > MAX_WAIT_SECONDS:
                        return _put_off(host, f"wants a pause of {wait:.0f} seconds more", wait)
                    if wait == 0.0:
                        async with self._slots:
                            await self._until_room()
                            return await self._ask_now(host, ask, trail)
                    await self._rest(wait)

    async def close(self) -> None:
        """Close what is open."""
        await self._wire.close()

    async def _rest(self, seconds: float) -> None:
        self.resting += 1
        try:
            await clock.sleep(seconds)
        finally:
            self.resting -= 1

    async def _ask_now(self, host: Host, ask: Ask, trail: list[Request]) -> Answer | Failure:
        started = clock.now()
        host.begin_request(started)
        try:
            answer = await self._wire.exchange(self._signed(ask, host))
            host.hear(answer, clock.now())
        finally:  # an interrupted request was a request
            self._memory.save(host.state)
        trail.append(
            Request(
                url=ask.url,
                at=started,
                status=answer.status,
                reason=answer.reason if isinstance(answer, Failure) else None,
                detail=answer.detail if isinstance(answer, Failure) else None,
                wire_bytes=answer.wire_bytes,
            )
        )
        return answer

    def _signed(self, ask: Ask, host: Host) -> Ask:
        """The question under our name; the host's gap is counted from when it goes out."""
        ours = {"User-Agent": self._user_agent, "Accept-Encoding": ACCEPT_ENCODING}
        return replace(
            ask,
            headers={**ask.headers, **ours},
            on_send=lambda: host.begin_request(clock.now()),
        )

    def _delay_seconds(self, host: Host) -> float:
        return delay_seconds(
            general=self._min_delay,
            site=self._site_delay(host.state.host),
            crawl_delay=host.crawl_delay,
        )


def _put_off(host: Host, why: str, seconds: float) -> Failure:
    """What is to be asked for later, and not counted as a try."""
    return Failure(
        reason=Reason.HTTP_429,
        detail=f"{host.state.host} {why}",
        retry_at=clock.now() + timedelta(seconds=seconds),
    )

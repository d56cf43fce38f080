"""What politeness remembers of hosts, between the fetcher and the archive; and whose turn it is to
ask them, where several processes work on one archive.

A process leases a host before it asks it, and everything that is due there is its own meanwhile:
its sources, its pages, its delay. So a fleet is as polite as one process, and asks for nothing
twice.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections import Counter
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from scraper import clock
from scraper.errors import ArchiveError
from scraper.model import HostState
from scraper.store import hosts as rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Iterator
    from datetime import timedelta

    import sqlalchemy as sa

    from scraper.store.archive import Archive

#: Leases are renewed so often: one renewal may fail, and one come late, before they end.
_RENEW_SECONDS: Final = rows.LEASE.total_seconds() / 3
#: After finding every host that it wants in others' hands, a process looks again so much later.
_LOOK_SECONDS: Final = 1.0

_NEVER: Final = datetime.min.replace(tzinfo=UTC)

logger = logging.getLogger(__name__)


@asynccontextmanager
async def open_hosts(archive: Archive) -> AsyncIterator[Hosts]:
    """The hosts as a process that asks them has them, while the context lasts."""
    if not archive.location.is_shared:
        yield Hosts(archive)
        return
    hosts = LeasedHosts(archive)
    async with hosts.keeping():
        yield hosts


class Hosts:
    """What politeness remembers, read from the archive as hosts are met, kept until it is saved.

    The one process that runs has every host to itself.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._known: dict[str, HostState | None] = {}
        self._changed: set[str] = set()
        self._new_robots: set[str] = set()

    def load(self, host: str) -> HostState | None:
        """What is remembered of this host."""
        if host not in self._known:
            with self._archive.read() as connection:
                found = rows.load_hosts(connection, [host])
            self._known[host] = found[0] if found else None
        return self._known[host]

    def save(self, state: HostState) -> None:
        """Nothing; the state is written with the next transaction."""
        before = self._known.get(state.host)
        if state.robots_at != (before.robots_at if before else None):
            self._new_robots.add(state.host)
        self._known[state.host] = state
        self._changed.add(state.host)

    @contextmanager
    def hold(self, state: HostState) -> Iterator[HostState | None]:
        """The state as it is; nobody else asks the host."""
        yield state

    def take(self, hosts: Collection[str], *, room: int) -> Collection[str]:  # noqa: ARG002 - see below
        """All of these hosts: none of them waits for anybody else."""
        return hosts

    def let_go(self, host: str) -> None:
        """Nothing: there is nobody to let it go to."""

    def write(self, connection: sa.Connection) -> None:
        """Nothing; what changed is part of this transaction; ``settle`` once it is committed."""
        rows.save_hosts(connection, self._states(self._changed))
        rows.save_robots(connection, self._states(self._new_robots))

    def settle(self) -> None:
        """Nothing; what was written is committed, and need not be written again."""
        self._changed.clear()
        self._new_robots.clear()

    def _states(self, hosts: Iterable[str]) -> list[HostState]:
        return [state for host in sorted(hosts) if (state := self._known[host])]


class LeasedHosts(Hosts):
    """As Hosts, where several processes run: a host is asked under a lease (``store.hosts``).

    A host is leased for as long as there is something to do there (``take``), or for a moment,
    where a redirect leads to it (``hold``).
    """

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._holder = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._entered: set[str] = set()
        #: Until when, by ``clock.ticks``, the host is ours beyond doubt.
        self._ours_until: dict[str, float] = {}
        self._taken: set[str] = set()
        self._in_use: Counter[str] = Counter()
        self._look_again = 0.0

    @contextmanager
    def hold(self, state: HostState) -> Iterator[HostState | None]:
        """The host's state, which nobody else changes while the context lasts; None where another
        process has the host, or had one that we took: it may have done what is to be done here.
        """
        host = state.host
        if not self._is_ours(host):
            leased = self._lease([host], most=1)
            was_others = leased.get(host) is not None
            if not leased or (was_others and host in self._taken):
                yield None
                return
        self._in_use[host] += 1
        try:
            yield _merge(state, self._known.get(host) or state)
        finally:
            self._in_use[host] -= 1

    def take(self, hosts: Collection[str], *, room: int) -> Collection[str]:
        """Those of these hosts that this process has from now on: at most ``room``, so that it does
        not keep from others what it has no time for itself.
        """
        if not hosts or room <= 0 or clock.ticks() < self._look_again:
            return ()
        leased = self._lease(hosts, most=room)
        if not leased:
            self._look_again = clock.ticks() + _LOOK_SECONDS
        self._taken.update(leased)
        return leased

    def let_go(self, host: str) -> None:
        """Nothing; others may have the host, unless a redirect leads there just now."""
        self._taken.discard(host)
        if not self._in_use[host]:
            self._end([host])

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        """Leases are renewed while the context lasts, and end with it."""
        renewing = asyncio.create_task(self._keep_renewing())
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
            try:
                self._end(list(self._ours_until))
            except ArchiveError as exc:
                # Whatever took the archive away is told by what needs it.
                logger.info("leases of hosts end by themselves in a minute: %s", exc)

    async def _keep_renewing(self) -> None:
        while True:
            await clock.sleep(_RENEW_SECONDS)
            idle = [h for h in self._ours_until if h not in self._taken and not self._in_use[h]]
            try:
                self._end(idle)
                self._renew()
            except ArchiveError as exc:
                logger.warning("hosts could not be leased on: %s", exc)

    def _lease(self, hosts: Collection[str], *, most: int) -> dict[str, timedelta | None]:
        """Those of these hosts that are ours from now on; what others left of them is known.

        With each, how long ago another process may have asked it, where one did since we had it.
        """
        new = set(hosts) - self._entered
        until = clock.ticks() + rows.LEASE.total_seconds()
        with self._archive.write_beside() as connection:
            rows.enter_hosts(connection, new)
            leased = rows.lease_hosts(connection, self._holder, hosts, most=most)
        self._entered |= new
        self._ours_until.update(dict.fromkeys(leased, until))
        now = clock.now()
        for host, (remembered, since) in leased.items():
            known = _merge(remembered, self._known.get(host) or remembered)
            if since is not None:  # another may have asked the host until then
                known = _merge(known, HostState(host=host, last_request_at=now - since))
            self._known[host] = known
        return {host: since for host, (_, since) in leased.items()}

    def _renew(self) -> None:
        if not self._ours_until:
            return
        until = clock.ticks() + rows.LEASE.total_seconds()
        with self._archive.write_beside() as connection:
            held = rows.renew_leases(connection, self._holder)
        self._ours_until = dict.fromkeys(held, until)

    def _end(self, hosts: Collection[str]) -> None:
        """Nothing; what became of these hosts is written, and their leases end."""
        if not hosts:
            return
        with self._archive.write_beside() as connection:
            self.write(connection)
            rows.end_leases(connection, self._holder, hosts)
        self.settle()
        for host in hosts:
            self._ours_until.pop(host, None)

    def _is_ours(self, host: str) -> bool:
        return clock.ticks() < self._ours_until.get(host, 0.0)


def _merge(one: HostState, other: HostState) -> HostState:
    """The later of what two know of a host."""
    read = max(one, other, key=lambda state: state.robots_at or _NEVER)
    return HostState(
        host=one.host,
        last_request_at=_latest(one.last_request_at, other.last_request_at),
        not_before=_latest(one.not_before, other.not_before),
        robots=read.robots,
        robots_at=read.robots_at,
    )


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)

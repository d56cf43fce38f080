"""What politeness remembers of hosts, between the fetcher and the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.store import sources

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa

    from scraper.model import HostState
    from scraper.store.archive import Archive


class Hosts:
    """What politeness remembers, read from the archive as hosts are met, kept until it is saved."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._known: dict[str, HostState | None] = {}
        self._changed: set[str] = set()
        self._new_robots: set[str] = set()

    def load(self, host: str) -> HostState | None:
        """What is remembered of this host."""
        if host not in self._known:
            with self._archive.read() as connection:
                found = sources.load_hosts(connection, [host])
            self._known[host] = found[0] if found else None
        return self._known[host]

    def save(self, state: HostState) -> None:
        """Nothing; the state is written with the next transaction."""
        before = self._known.get(state.host)
        if state.robots_at != (before.robots_at if before else None):
            self._new_robots.add(state.host)
        self._known[state.host] = state
        self._changed.add(state.host)

    def write(self, connection: sa.Connection) -> None:
        """Nothing; what changed is part of this transaction; ``settle`` once it is committed."""
        sources.save_hosts(connection, self._states(self._changed))
        sources.save_robots(connection, self._states(self._new_robots))

    def settle(self) -> None:
        """Nothing; what was written is committed, and need not be written again."""
        self._changed.clear()
        self._new_robots.clear()

    def _states(self, hosts: Iterable[str]) -> list[HostState]:
        return [state for host in sorted(hosts) if (state := self._known[host])]

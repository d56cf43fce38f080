"""Hosts: what politeness remembers of them, and which process of several may ask them now.

Rule 1: what is remembered moves forward only, whoever writes it last.
Rule 2: only who holds a host's lease asks it. Leases are counted by the archive's own clock, since
those of several machines differ; one that its process no longer renews ends by itself.
Rule 3: `leased_until` stays when a lease ends: until then its holder may have asked the host, so
that the next one counts the host's gap from there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from scraper import clock
from scraper.model import HostState
from scraper.store.ids import among, pack
from scraper.store.schema import host
from scraper.store.spoken import Upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

#: A lease that is not renewed ends after so long; then others take up what its process left. A
#: guess: three times what a transaction may wait for another's (30 s) would be safer and slower.
LEASE: Final = timedelta(seconds=60)

_STATE = (host.c.host, host.c.last_request_at, host.c.not_before, host.c.robots, host.c.robots_at)
_ENTER = Upsert(lambda insert: insert(host).on_conflict_do_nothing())
#: Whom nobody asks; those that were asked longest ago first. Rows that another process looks at in
#: the same moment are left to it.
_FREE = (
    sa.select(*_STATE, host.c.leased_by, host.c.leased_until)
    .where(
        among(host.c.host),
        sa.or_(
            host.c.leased_until.is_(None),
            host.c.leased_until <= sa.bindparam("now", type_=host.c.leased_until.type),
            host.c.leased_by == sa.bindparam("holder"),
        ),
    )
    .order_by(host.c.leased_until.asc().nulls_first(), host.c.host)
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    host.update()
    .where(among(host.c.host))
    .values(leased_by=sa.bindparam("holder"), leased_until=sa.bindparam("until"))
)
_RENEW = (
    host.update()
    .where(host.c.leased_by == sa.bindparam("holder"))
    .values(leased_until=sa.bindparam("until"))
    .returning(host.c.host)
)
_END = (
    host.update()
    .where(among(host.c.host), host.c.leased_by == sa.bindparam("holder"))
    .values(leased_by=None, leased_until=sa.bindparam("now"))
)


def load_hosts(connection: sa.Connection, hosts: Sequence[str] | None = None) -> list[HostState]:
    """What is remembered of these hosts; of all where None."""
    statement = sa.select(*_STATE)
    if hosts is not None:
        statement = statement.where(host.c.host.in_(hosts))
    rows = connection.execute(statement.order_by(host.c.host))
    return [HostState(**row._mapping) for row in rows]


def save_hosts(connection: sa.Connection, states: Iterable[HostState]) -> None:
    """Nothing; when the hosts were last asked, and until when they want peace, is remembered.

    Both move forward only: another process may have asked meanwhile.
    """
    rows = [
        {
            "host": state.host,
            "last_request_at": state.last_request_at,
            "not_before": state.not_before,
        }
        for state in states
    ]
    if rows:
        connection.execute(_SAVE_HOST.on(connection), rows)


def save_robots(connection: sa.Connection, states: Iterable[HostState]) -> None:
    """Nothing; the hosts' robots.txt are remembered. Apart, because they may be half a megabyte."""
    rows = [
        {"host": state.host, "robots": state.robots, "robots_at": state.robots_at}
        for state in states
    ]
    if rows:
        connection.execute(_SAVE_ROBOTS.on(connection), rows)


def enter_hosts(connection: sa.Connection, hosts: Iterable[str]) -> None:
    """Nothing; each of these hosts has a row, so that it can be leased."""
    rows = [{"host": each} for each in sorted(hosts)]  # in one order: who waits for whom is clear
    if rows:
        connection.execute(_ENTER.on(connection), rows)


def lease_hosts(
    connection: sa.Connection, holder: str, hosts: Iterable[str], *, most: int
) -> dict[str, tuple[HostState, timedelta | None]]:
    """Those of these hosts, ``most`` at most, that this process alone asks from now on.

    With each, what is remembered of it, and how long ago another may have asked it last; None
    where nobody has. Hosts that have no row, or that another process asks, are left out.
    """
    now = _read_clock(connection)
    wanted = {"ids": pack(hosts), "holder": holder, "now": now, "most": most}
    rows = connection.execute(_FREE, wanted).all()
    until = {"holder": holder, "until": now + LEASE}
    connection.execute(_LEASE, {**until, "ids": pack(row.host for row in rows)})
    return {
        row.host: (_read_state(row._mapping), _time_since(row._mapping, holder, now))
        for row in rows
    }


def renew_leases(connection: sa.Connection, holder: str) -> set[str]:
    """The hosts whose leases this process still holds; they are renewed."""
    until = {"holder": holder, "until": _read_clock(connection) + LEASE}
    return set(connection.execute(_RENEW, until).scalars())


def end_leases(connection: sa.Connection, holder: str, hosts: Iterable[str]) -> None:
    """Nothing; others may ask these hosts now."""
    over = {"holder": holder, "now": _read_clock(connection)}
    connection.execute(_END, {**over, "ids": pack(hosts)})


def count_leases(connection: sa.Connection) -> dict[str, int]:
    """How many hosts each process asks now, by the process's name."""
    statement = (
        sa.select(host.c.leased_by, sa.func.count())
        .where(host.c.leased_by.is_not(None), host.c.leased_until > _read_clock(connection))
        .group_by(host.c.leased_by)
        .order_by(host.c.leased_by)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def _read_clock(connection: sa.Connection) -> datetime:
    """The moment by the archive's own clock: a server's, else this machine's."""
    if connection.dialect.name != "postgresql":
        return clock.now()
    moment: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return moment.astimezone(clock.now().tzinfo)


def _read_state(row: sa.RowMapping) -> HostState:
    return HostState(**{column.name: row[column.name] for column in _STATE})


def _time_since(row: sa.RowMapping, holder: str, now: datetime) -> timedelta | None:
    if row["leased_until"] is None or row["leased_by"] == holder:
        return None
    until: datetime = row["leased_until"]
    return now - until


def _later(old: sa.ColumnElement[Any], new: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The later of what is remembered and what is new; the new one where nothing is remembered."""
    return sa.case((sa.or_(old.is_(None), new > old), sa.func.coalesce(new, old)), else_=old)


_SAVE_HOST = Upsert(
    lambda insert: (new := insert(host)).on_conflict_do_update(
        index_elements=["host"],
        set_={
            name: _later(host.c[name], new.excluded[name])
            for name in ("last_request_at", "not_before")
        },
    )
)
_SAVE_ROBOTS = Upsert(
    lambda insert: (new := insert(host)).on_conflict_do_update(
        index_elements=["host"],
        set_={name: new.excluded[name] for name in ("robots", "robots_at")},
    )
)

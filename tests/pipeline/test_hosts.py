"""What politeness remembers of hosts, between the fetcher and the archive."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scraper import clock
from scraper.model import HostState
from scraper.pipeline.hosts import Hosts, LeasedHosts, open_hosts
from scraper.store.hosts import LEASE, count_leases, load_hosts, save_hosts
from tests.store.test_hosts import move_leases

if TYPE_CHECKING:
    from scraper.store.archive import Archive

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
A = HostState(host="https://a.example:443", last_request_at=NOW, robots="", robots_at=NOW)
B = HostState(host="https://b.example:443", not_before=NOW + timedelta(hours=1))


def stored(archive: Archive) -> list[HostState]:
    """What the archive remembers."""
    with archive.read() as connection:
        return load_hosts(connection)


def write(archive: Archive, hosts: Hosts) -> None:
    """Write what changed, in a transaction of its own."""
    with archive.write() as connection:
        hosts.write(connection)
    hosts.settle()


def test_a_host_never_met_is_unknown(archive: Archive) -> None:
    """And stays so: meeting it writes nothing."""
    hosts = Hosts(archive)
    assert hosts.load("https://a.example:443") is None
    write(archive, hosts)
    assert stored(archive) == []


def test_what_one_pass_saved_the_next_one_loads(archive: Archive) -> None:
    """Delays, Retry-After and robots.txt outlive the process."""
    first = Hosts(archive)
    first.save(A)
    first.save(B)
    write(archive, first)
    second = Hosts(archive)
    assert [second.load(state.host) for state in (A, B)] == [A, B]


def test_what_was_saved_is_known_before_it_is_written(archive: Archive) -> None:
    """The newest state is the one that counts, and the one that is written."""
    hosts = Hosts(archive)
    hosts.save(A)
    newer = replace(A, last_request_at=NOW + timedelta(seconds=1))
    hosts.save(newer)
    assert hosts.load(A.host) == newer
    assert stored(archive) == []
    write(archive, hosts)
    assert stored(archive) == [newer]


def test_only_what_changed_since_is_written(archive: Archive) -> None:
    """What another process wrote of a host meanwhile is not overwritten by older news."""
    hosts = Hosts(archive)
    hosts.save(A)
    write(archive, hosts)
    others = replace(A, not_before=NOW + timedelta(hours=5))
    with archive.write() as connection:
        save_hosts(connection, [others])
    hosts.save(B)
    write(archive, hosts)
    assert stored(archive) == [others, B]


def test_a_transaction_that_fails_forgets_nothing(archive: Archive) -> None:
    """A Retry-After that could not be written is written with the next transaction."""
    hosts = Hosts(archive)
    hosts.save(B)

    def write_and_fail() -> None:
        with archive.write() as connection:
            hosts.write(connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert stored(archive) == []
    write(archive, hosts)
    assert stored(archive) == [B]


# --- where several processes run ------------------------------------------------------------------


def hold(hosts: Hosts, state: HostState) -> HostState | None:
    """The state of a host that is held for a moment."""
    with hosts.hold(state) as held:
        return held


def test_one_process_alone_has_every_host(archive: Archive) -> None:
    """Nothing is leased where nobody else could ask."""
    hosts = Hosts(archive)
    assert set(hosts.take([A.host, B.host], room=0)) == {A.host, B.host}
    assert hold(hosts, A) == A
    hosts.let_go(A.host)
    assert stored(archive) == []


def test_each_process_takes_what_no_other_has(archive: Archive) -> None:
    """At most what it has room for; what is let go is anybody's, with all that became of it."""
    one, two = LeasedHosts(archive), LeasedHosts(archive)
    assert set(one.take([A.host], room=5)) == {A.host}
    assert set(two.take([A.host, B.host], room=5)) == {B.host}
    assert set(two.take([A.host], room=0)) == set()
    one.save(A)
    one.let_go(A.host)
    third = LeasedHosts(archive)
    assert set(third.take([A.host], room=1)) == {A.host}
    known = third.load(A.host)
    assert known is not None
    assert known.robots_at == NOW


def test_the_gap_counts_from_when_another_let_go(archive: Archive) -> None:
    """Whatever it wrote down: it may have asked the host until then."""
    one, two = LeasedHosts(archive), LeasedHosts(archive)
    one.take([A.host], room=1)
    before = clock.now() - timedelta(seconds=1)
    one.let_go(A.host)
    two.take([A.host], room=1)
    known = two.load(A.host)
    assert known is not None
    assert known.last_request_at is not None
    assert known.last_request_at > before


def test_a_redirect_into_another_process_s_host_is_refused(archive: Archive) -> None:
    """And one into nobody's host takes it; a lane of ours that needs it then has it already."""
    one, two = LeasedHosts(archive), LeasedHosts(archive)
    state = HostState(host=A.host)
    one.take([A.host], room=1)
    assert hold(two, state) is None
    one.let_go(A.host)
    held = hold(two, state)
    assert held is not None
    assert held.last_request_at is not None
    assert hold(one, state) is None
    assert set(two.take([A.host], room=1)) == {A.host}


def test_what_is_known_of_a_host_that_was_others_meanwhile_is_not_older(archive: Archive) -> None:
    """Whoever met it before it was another's counts its gap from when that one let it go."""
    one, two = LeasedHosts(archive), LeasedHosts(archive)
    met = hold(one, HostState(host=A.host))
    assert met is not None
    one.let_go(A.host)
    two.take([A.host], room=1)
    before = clock.now() - timedelta(seconds=1)
    two.let_go(A.host)
    one.take([A.host], room=1)
    held = hold(one, met)
    assert held is not None
    assert held.last_request_at is not None
    assert held.last_request_at > before


def test_a_host_is_not_let_go_under_a_redirect(archive: Archive) -> None:
    """It stays ours until what asks it has come to its end."""
    one, two = LeasedHosts(archive), LeasedHosts(archive)
    one.take([A.host], room=1)
    with one.hold(A):
        one.let_go(A.host)
        assert hold(two, A) is None


def test_a_process_that_slept_does_not_ask_what_another_took(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once its leases may have ended, it looks who has the host before it asks."""
    one, two = LeasedHosts(archive), LeasedHosts(archive)
    one.take([A.host], room=1)
    move_leases(archive, LEASE + timedelta(seconds=5))
    assert hold(two, A) is not None
    assert hold(one, A) == A  # by its own clock it has the host still
    now = clock.ticks()
    monkeypatch.setattr(clock, "ticks", lambda: now + LEASE.total_seconds())
    assert hold(one, A) is None


def test_a_process_that_slept_does_not_ask_again_what_another_asked(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was about to ask for, another may have asked for; what comes next, it looks at."""
    one, two = LeasedHosts(archive), LeasedHosts(archive)
    one.take([A.host], room=1)
    move_leases(archive, LEASE + timedelta(seconds=5))
    two.take([A.host], room=1)
    two.let_go(A.host)
    now = clock.ticks()
    monkeypatch.setattr(clock, "ticks", lambda: now + LEASE.total_seconds())
    assert hold(one, A) is None
    monkeypatch.undo()
    assert hold(one, A) is not None
    assert hold(two, A) is None


def test_leases_are_renewed_and_end_with_the_pass(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that a redirect took are let go meanwhile; what a pass saved is written at its end."""
    monkeypatch.setattr("scraper.pipeline.hosts._RENEW_SECONDS", 0.01)
    hosts = LeasedHosts(archive)

    async def main() -> None:
        async with hosts.keeping():
            hosts.take([A.host], room=1)
            assert hold(hosts, B) is not None
            move_leases(archive, LEASE - timedelta(seconds=5))
            for _ in range(1_000):
                await asyncio.sleep(0.01)
                if at_work(archive) == [1]:
                    break
            hosts.save(replace(A, robots_at=NOW + timedelta(hours=1)))

    asyncio.run(main())
    assert at_work(archive) == []
    known = {state.host: state for state in stored(archive)}
    assert known[A.host].robots_at == NOW + timedelta(hours=1)


def test_hosts_are_leased_where_the_engine_shares_an_archive(archive: Archive) -> None:
    """On PostgreSQL, and not on SQLite."""

    async def main() -> Hosts:
        async with open_hosts(archive) as hosts:
            return hosts

    assert isinstance(asyncio.run(main()), LeasedHosts) is archive.location.is_shared


def at_work(archive: Archive) -> list[int]:
    """How many hosts each process has."""
    with archive.read() as connection:
        return list(count_leases(connection).values())

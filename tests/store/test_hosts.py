"""Hosts: what is remembered of them, and whose turn it is to ask them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.model import HostState
from scraper.store import hosts, schema
from tests.archive_builder import BEGIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.store.archive import Archive

LATER = BEGIN + timedelta(hours=1)
A, B, C = (f"https://{name}.example:443" for name in "abc")


def test_a_hosts_times_move_forward_only(archive: Archive) -> None:
    """What another process saw meanwhile is not undone by older news, or by none."""
    busy = HostState(host="https://a.example:443", last_request_at=BEGIN, not_before=LATER)
    other = HostState(host="https://b.example:443", last_request_at=BEGIN)
    with archive.write() as connection:
        hosts.save_hosts(connection, [busy, other])
        assert hosts.load_hosts(connection) == [busy, other]
        older = replace(busy, last_request_at=BEGIN - timedelta(hours=1), not_before=None)
        hosts.save_hosts(connection, [older])
        hosts.save_hosts(connection, [])
    with archive.read() as connection:
        assert hosts.load_hosts(connection) == [busy, other]
        assert hosts.load_hosts(connection, ["https://b.example:443"]) == [other]
        assert hosts.load_hosts(connection, []) == []
    newer = replace(busy, last_request_at=LATER, not_before=LATER + timedelta(hours=1))
    with archive.write() as connection:
        hosts.save_hosts(connection, [newer])
        assert hosts.load_hosts(connection, [busy.host]) == [newer]


def test_robots_txt_is_remembered_apart_from_the_times(archive: Archive) -> None:
    """The newest text replaces the one before; the times stay as they were."""
    known = HostState(host="https://a.example:443", last_request_at=BEGIN)
    for text in ("User-agent: *", ""):
        known = replace(known, robots=text, robots_at=LATER)
        with archive.write() as connection:
            hosts.save_hosts(connection, [known])
            hosts.save_robots(connection, [known])
            assert hosts.load_hosts(connection) == [known]


# --- leases ---------------------------------------------------------------------------------------


def lease(
    archive: Archive, holder: str, wanted: Iterable[str] = (A, B, C), *, most: int = 9
) -> dict[str, timedelta | None]:
    """The hosts that this process has now, and how long ago another may have asked each."""
    with archive.write_beside() as connection:
        hosts.enter_hosts(connection, wanted)
        leased = hosts.lease_hosts(connection, holder, wanted, most=most)
    return {name: since for name, (_, since) in leased.items()}


def end(archive: Archive, holder: str, *ended: str) -> None:
    """Let these hosts go."""
    with archive.write_beside() as connection:
        hosts.end_leases(connection, holder, ended)


def move_leases(archive: Archive, by: timedelta) -> None:
    """As if the time had gone by since."""
    with archive.write() as connection:
        rows = connection.execute(sa.select(schema.host.c.host, schema.host.c.leased_until)).all()
        for row in rows:
            connection.execute(
                schema.host.update()
                .where(schema.host.c.host == row.host)
                .values(leased_until=row.leased_until - by)
            )


def test_a_host_is_one_process_s_at_a_time(archive: Archive) -> None:
    """What one has, another does not get, until it is let go."""
    assert lease(archive, "one", [A]) == {A: None}
    assert lease(archive, "two", [A, B]) == {B: None}
    assert lease(archive, "one", [A]) == {A: None}  # it has it still
    end(archive, "two", A)  # which is not its to let go
    assert lease(archive, "two", [A]) == {}
    end(archive, "one", A)
    (since,) = lease(archive, "two", [A]).values()
    assert since is not None
    assert timedelta() <= since < timedelta(minutes=1)


def test_what_is_remembered_comes_with_the_lease(archive: Archive) -> None:
    """The delay, the pause and robots.txt, as whoever had the host before left them."""
    state = HostState(
        host=A, last_request_at=BEGIN, not_before=LATER, robots="User-agent: *", robots_at=BEGIN
    )
    with archive.write() as connection:
        hosts.save_hosts(connection, [state])
        hosts.save_robots(connection, [state])
        assert hosts.lease_hosts(connection, "one", [A], most=1) == {A: (state, None)}


def test_a_host_without_a_row_cannot_be_leased(archive: Archive) -> None:
    """Nothing is leased that nobody entered."""
    with archive.write_beside() as connection:
        assert hosts.lease_hosts(connection, "one", [A], most=9) == {}


def test_no_more_are_leased_than_there_is_room_for(archive: Archive) -> None:
    """Those first that nobody has asked yet, then those that were asked longest ago."""
    assert set(lease(archive, "one", [B])) == {B}
    end(archive, "one", B)
    assert set(lease(archive, "one", most=2)) == {A, C}
    end(archive, "one", C)
    end(archive, "one", A)
    move_leases(archive, timedelta(minutes=1))
    end(archive, "one", C)
    assert set(lease(archive, "two", most=1)) == {B}


def test_the_lease_of_a_process_that_died_ends_by_itself(archive: Archive) -> None:
    """Until its end its holder may have asked the host: the next one's gap counts from there."""
    lease(archive, "dead", [A])
    move_leases(archive, hosts.LEASE - timedelta(seconds=20))
    assert lease(archive, "two", [A]) == {}
    move_leases(archive, timedelta(seconds=30))
    (since,) = lease(archive, "two", [A]).values()
    assert since is not None
    assert timedelta(seconds=9) <= since < timedelta(seconds=70)


def test_a_renewed_lease_lasts(archive: Archive) -> None:
    """Also one that had lapsed and that nobody took; what another took is lost."""
    lease(archive, "one", [A, B])
    move_leases(archive, hosts.LEASE + timedelta(seconds=5))
    lease(archive, "two", [B])
    with archive.write_beside() as connection:
        assert hosts.renew_leases(connection, "one") == {A}
    assert lease(archive, "two", [A, B]) == {B: None}


def test_leases_are_counted_by_process(archive: Archive) -> None:
    """Those that lapsed are nobody's."""
    lease(archive, "dead", [A])
    move_leases(archive, hosts.LEASE + timedelta(seconds=5))
    lease(archive, "one", [B, C])
    with archive.read() as connection:
        assert hosts.count_leases(connection) == {"one": 2}


@pytest.mark.postgresql
def test_two_that_look_at_once_do_not_wait_for_each_other(archive: Archive) -> None:
    """Each gets what the other is not looking at, before either has committed."""
    with archive.write() as connection:
        hosts.enter_hosts(connection, [A, B])
    with archive.write_beside() as first, archive.write_beside() as second:
        assert set(hosts.lease_hosts(first, "one", [A, B], most=1)) == {A}
        assert set(hosts.lease_hosts(second, "two", [A, B], most=2)) == {B}
    assert lease(archive, "one", [A, B]) == {A: None}

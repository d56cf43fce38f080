"""What politeness remembers of hosts, between the fetcher and the archive."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.model import HostState
from scraper.pipeline.hosts import Hosts
from scraper.store.hosts import load_hosts, save_hosts

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

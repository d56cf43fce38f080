"""The sources of config.toml, taken over into the archive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.config import Config, SourceConfig
from scraper.errors import ConfigError
from scraper.model import SourceState
from scraper.pipeline.watchlist import take_over_sources
from scraper.store import sources

if TYPE_CHECKING:
    from scraper.model import Source
    from scraper.store.archive import Archive

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
A, B = "https://a.example/feed", "https://b.example/feed"


def list_in_config(*listed: SourceConfig) -> Config:
    """A config with these sources."""
    return Config(source=listed)


def start(archive: Archive, *listed: SourceConfig, hours: int = 0) -> list[Source]:
    """The archive's sources after a start with this config."""
    take_over_sources(archive, list_in_config(*listed), NOW + timedelta(hours=hours))
    with archive.read() as connection:
        return sources.list_sources(connection)


def count_writes(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """A list that grows by one for every writer's transaction."""
    writes: list[None] = []
    write = archive.write

    def counted() -> object:
        writes.append(None)
        return write()

    monkeypatch.setattr(archive, "write", counted)
    return writes


def test_what_the_config_lists_is_watched(archive: Archive) -> None:
    """Under its name and at its pace; one without a name is called after its site."""
    first, second = start(
        archive, SourceConfig(url=A, name="Aye", every_minutes=15), SourceConfig(url=B)
    )
    assert (first.url, first.name, first.every_minutes) == (A, "Aye", 15)
    assert (second.url, second.name, second.every_minutes) == (B, "b.example", None)
    assert {first.origin, second.origin} == {sources.BY_CONFIG}


def test_a_url_is_read_as_browsers_do(archive: Archive) -> None:
    """Capitals in the name and a default port make no second source."""
    start(archive, SourceConfig(url=A))
    (source,) = start(archive, SourceConfig(url="HTTPS://A.example:443/feed"))
    assert source.url == A


def test_a_start_that_changes_nothing_writes_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where two sources want one name, and where one was dropped or paused before."""
    wanted = (SourceConfig(url=A, name="News"), SourceConfig(url=B, name="News"))
    start(archive, *wanted, SourceConfig(url="https://c.example/"))
    before = start(archive, *wanted)
    assert [source.name for source in before] == ["News", "News (2)", "c.example"]
    writes = count_writes(archive, monkeypatch)
    assert start(archive, *wanted, hours=1) == before
    assert writes == []


def test_a_new_name_and_pace_are_taken_over(archive: Archive) -> None:
    """What the config does not say stays as a person set it."""
    start(archive, SourceConfig(url=A, name="Aye", every_minutes=15))
    (source,) = start(archive, SourceConfig(url=A, name="Bee", every_minutes=30))
    assert (source.name, source.every_minutes) == ("Bee", 30)
    (source,) = start(archive, SourceConfig(url=A))
    assert (source.name, source.every_minutes) == ("Bee", 30)


def test_a_source_that_disappears_is_paused_and_one_that_comes_back_resumed(
    archive: Archive,
) -> None:
    """It is never deleted, and due at once when it is back."""
    start(archive, SourceConfig(url=A), SourceConfig(url=B))
    first, second = start(archive, SourceConfig(url=B))
    assert (first.state, second.state) == (SourceState.PAUSED, SourceState.ACTIVE)
    first, second = start(archive, SourceConfig(url=A), SourceConfig(url=B), hours=1)
    assert (first.state, second.state) == (SourceState.ACTIVE, SourceState.ACTIVE)
    assert first.next_check_at == NOW + timedelta(hours=1)


def test_what_a_person_paused_stays_paused(archive: Archive) -> None:
    """Whether the config keeps listing it, or drops it and lists it again."""
    (source,) = start(archive, SourceConfig(url=A))
    with archive.write() as connection:
        sources.pause_source(connection, source.id)
    for listed in ((SourceConfig(url=A),), (), (SourceConfig(url=A),)):
        (source,) = start(archive, *listed)
        assert source.state is SourceState.PAUSED


def test_what_a_person_resumed_stays_resumed(archive: Archive) -> None:
    """A source that the config dropped may be watched on by command."""
    start(archive, SourceConfig(url=A))
    (source,) = start(archive)
    with archive.write() as connection:
        sources.resume_source(connection, source.id, NOW)
    (source,) = start(archive)
    assert source.state is SourceState.ACTIVE


def test_what_was_added_by_command_is_left_alone(archive: Archive) -> None:
    """Until the config lists it, whose it is from then on."""
    with archive.write() as connection:
        sources.add_source(
            connection,
            url=A,
            name="Mine",
            every_minutes=None,
            origin=sources.BY_COMMAND,
            now=NOW,
        )
    (source,) = start(archive)
    assert (source.state, source.origin) == (SourceState.ACTIVE, sources.BY_COMMAND)
    (source,) = start(archive, SourceConfig(url=A))
    assert (source.name, source.origin) == ("Mine", sources.BY_CONFIG)


@pytest.mark.parametrize("url", ["a.example/feed", "ftp://a.example/feed", "https://", ""])
def test_an_address_that_is_none_is_a_config_error(archive: Archive, url: str) -> None:
    """The key's path is named, and nothing is taken over."""
    with pytest.raises(ConfigError, match=r"source\[1\]\.url") as caught:
        start(archive, SourceConfig(url=B), SourceConfig(url=url))
    assert caught.value.exit_code == 4
    assert start(archive) == []

"""An address that a person names, and the feed that is found for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.config import Config, FetchConfig, SiteConfig
from scraper.fetch.client import Fetcher
from scraper.pipeline import add
from scraper.pipeline.add import NoFeed, find_feed
from scraper.store import schema, sources

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from scraper.store.archive import Archive

#: An address at which nothing listens and nothing may: the guard refuses it without dialling.
GUARDED = "http://127.0.0.1:9/"


def test_an_address_that_may_not_be_dialled_has_no_feed(archive: Archive) -> None:
    """The reason is told, the refusal is in the log, and nothing is watched."""
    found = find_feed(archive, Config(), GUARDED)
    assert isinstance(found, NoFeed)
    assert "blocked_address" in found.detail
    with archive.read() as connection:
        reasons = connection.execute(sa.select(schema.request.c.reason)).scalars().all()
        assert reasons == ["blocked_address"]
        assert sources.list_sources(connection) == []


def test_looking_for_a_feed_keeps_the_sites_delay(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the config says of a site holds for `add` as for `run`."""
    given: list[Callable[[str], float | None]] = []

    def remember(*args: object, **kwargs: object) -> object:
        given.append(kwargs["site_delay"])  # type: ignore[arg-type]  # what is asked for
        return Fetcher(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they are

    monkeypatch.setattr(add, "Fetcher", remember)
    config = Config(
        fetch=FetchConfig(min_delay_seconds=0),
        site={"127.0.0.1:9": SiteConfig(min_delay_seconds=7)},
    )
    find_feed(archive, config, GUARDED)
    assert [delay("http://127.0.0.1:9") for delay in given] == [7]

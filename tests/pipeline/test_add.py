"""An address that a person names, and the feed that is found for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.config import Config, FetchConfig, SiteConfig
from scraper.pipeline import add, site_rules
from scraper.pipeline.add import NoSource, find_source
from scraper.pipeline.site_rules import SiteRules
from scraper.store import schema, sources

if TYPE_CHECKING:
    import pytest

    from scraper.fetch.client import Fetcher
    from scraper.store.archive import Archive

#: An address at which nothing listens and nothing may: the guard refuses it without dialling.
GUARDED = "http://127.0.0.1:9/"


def test_an_address_that_may_not_be_dialled_has_no_feed(archive: Archive) -> None:
    """The reason is told, the refusal is in the log, and nothing is watched."""
    found = find_source(archive, Config(), GUARDED)
    assert isinstance(found, NoSource)
    assert "blocked_address" in found.detail
    with archive.read() as connection:
        reasons = connection.execute(sa.select(schema.request.c.reason)).scalars().all()
        assert reasons == ["blocked_address"]
        assert sources.list_sources(connection) == []


def test_looking_for_a_source_keeps_the_sites_settings(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the config says of a site holds for `add` as for `run`."""
    given: list[SiteRules] = []
    make = site_rules.make_fetcher

    def remember(config: Config, *args: Any) -> Fetcher:  # noqa: ANN401 - handed on as they are
        given.append(SiteRules(config.site))
        return make(config, *args)

    monkeypatch.setattr(add, "make_fetcher", remember)
    config = Config(
        fetch=FetchConfig(min_delay_seconds=0),
        site={"127.0.0.1:9": SiteConfig(min_delay_seconds=7)},
    )
    find_source(archive, config, GUARDED)
    assert [rules.delay("http://127.0.0.1:9") for rules in given] == [7]

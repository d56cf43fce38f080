"""The main job on the demo's world: sources in, stories out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper import clock
from scraper.config import Config, FetchConfig
from scraper.demo.server import serve_world
from scraper.demo.world import (
    CHROME_PHRASES,
    EXPECTED_FEED_OUTCOMES,
    EXPECTED_OUTCOMES,
    EXPECTED_STORIES,
    EXPECTED_STORIES_OF_FAULTS,
)
from scraper.pipeline.run import run_pass
from scraper.pipeline.work import find_work
from scraper.store import schema, sources
from scraper.store.query import load_stories
from scraper.store.story_lines import list_stories
from scraper.urls import page_key

if TYPE_CHECKING:
    from scraper.demo.server import RunningWorld
    from scraper.demo.world import ExpectedStory
    from scraper.pipeline.report import RunReport
    from scraper.store.archive import Archive


def watch(archive: Archive, world: RunningWorld) -> None:
    """Add every feed of the world."""
    with archive.write() as connection:
        for number, url in enumerate(world.feeds):
            sources.add_source(
                connection,
                url=url,
                name=f"Site {number}",
                every_minutes=None,
                origin=sources.BY_COMMAND,
                now=clock.now(),
            )


def run(archive: Archive, world: RunningWorld) -> RunReport:
    """What one pass over everything did."""
    config = Config(fetch=FetchConfig(min_delay_seconds=0, allow_addresses=world.allow_addresses))
    work = find_work(archive, clock.now(), everything=True)
    return run_pass(archive, config, work, resolve=world.resolve)


def told_stories(archive: Archive) -> dict[str, tuple[str, dict[str, str]]]:
    """Canonical's page key -> rule that chose it, and each mirror's page key with its kind."""
    with archive.read() as connection:
        ids = sorted(line.id for line in list_stories(connection, limit=1_000))
        return {
            page_key(story.canonical.content.url or ""): (
                story.canonical_rule,
                {
                    page_key(mirror.article.content.url or ""): mirror.relation
                    for mirror in story.mirrors
                },
            )
            for story in load_stories(connection, ids)
        }


def expected_stories(
    stories: tuple[ExpectedStory, ...], world: RunningWorld
) -> dict[str, tuple[str, dict[str, str]]]:
    """The same of what should be."""
    return {
        page_key(world.page_url(story.canonical)): (
            story.rule,
            {page_key(world.page_url(page)): kind for page, kind in story.mirrors.items()},
        )
        for story in stories
    }


def test_each_edition_of_the_world_becomes_its_stories(archive: Archive) -> None:
    """Copies are folded together under the right canonical, for the right reason; no others are.

    The second edition changes an article, adds one, and leaves every other story alone.
    """
    with serve_world(names=True) as world:
        watch(archive, world)
        run(archive, world)
        assert told_stories(archive) == expected_stories(EXPECTED_STORIES[1], world)
        world.advance()
        run(archive, world)
        assert told_stories(archive) == expected_stories(EXPECTED_STORIES[2], world)


def test_no_stored_text_holds_what_surrounds_an_article(archive: Archive) -> None:
    """Prompts, teasers, the next article and footers stay on the page."""
    with serve_world(names=True, edition=2) as world:
        watch(archive, world)
        run(archive, world)
    with archive.read() as connection:
        texts = list(connection.execute(sa.select(schema.article.c.text)).scalars())
    assert texts
    assert [phrase for phrase in CHROME_PHRASES if any(phrase in text for text in texts)] == []


def test_an_idle_pass_moves_little_and_changes_nothing(archive: Archive) -> None:
    """Everything asked again: under a tenth of the bytes, and no table changes but the log."""
    tables = [
        table
        for table in schema.metadata.sorted_tables
        if table not in {schema.run, schema.request, schema.host, schema.source}
    ]

    def contents() -> list[list[tuple[object, ...]]]:
        with archive.read() as connection:
            return [list(map(tuple, connection.execute(sa.select(table)))) for table in tables]

    with serve_world(names=True) as world:
        watch(archive, world)
        first = run(archive, world)
        before = contents()
        second = run(archive, world)
        assert contents() == before
    assert second.wire_bytes < first.wire_bytes / 10
    assert second.all_well


def test_faults_are_recorded_and_the_run_goes_on(archive: Archive) -> None:
    """What gives no article has its reason; everything else is archived all the same."""
    with serve_world(names=True, faults=True) as world:
        watch(archive, world)
        report = run(archive, world)
        found = told_stories(archive)
        wanted = expected_stories((*EXPECTED_STORIES[1], *EXPECTED_STORIES_OF_FAULTS), world)
        reasons = {
            page_key(world.page_url(page)): reason for page, reason in EXPECTED_OUTCOMES.items()
        }
        failing_feeds = {
            world.url(site, path): reason for (site, path), reason in EXPECTED_FEED_OUTCOMES.items()
        }
    assert found == wanted
    with archive.read() as connection:
        pages = connection.execute(sa.select(schema.page)).all()
    assert {page_key(page.url): page.reason for page in pages if page.reason} == reasons
    assert {failed.source.url: failed.reason for failed in report.failed_sources} == failing_feeds
    assert not report.all_well


def test_the_world_is_asked_politely(archive: Archive) -> None:
    """Nothing that robots.txt forbids is asked for, and robots.txt itself once a host."""
    with serve_world(names=True) as world:
        watch(archive, world)
        run(archive, world)
        asked = [(request.host, request.path) for request in world.requests]
        forbidden = [
            page_key(world.page_url(page))
            for page, reason in EXPECTED_OUTCOMES.items()
            if reason == "robots"
        ]
    assert forbidden
    assert not [path for _, path in asked if any(key.endswith(path) for key in forbidden)]
    robots = [host for host, path in asked if path == "/robots.txt"]
    assert len(robots) == len(set(robots))

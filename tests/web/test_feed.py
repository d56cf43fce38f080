"""The deduplicated feed, as a feed reader sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import feedparser

from scraper.model import RelationKind

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.archive_builder import ArchiveBuilder


def fill(builder: ArchiveBuilder) -> None:
    """Two stories, one of which a second site copied."""
    one = builder.article("Ferry & <more>", "The ferry runs.", url="https://pier.example/ferry")
    copy = builder.article("Ferry", "The ferry runs.", url="https://notes.example/1")
    builder.relate(copy, one, RelationKind.IDENTICAL, coverage=(1, 1))
    builder.tell(one, copy)
    builder.article("Choir \x01\u202e", "A \x1bchoir \ufffesings.", url="https://choir.example/2")


def test_a_story_is_one_entry_with_its_mirrors(client: TestClient, builder: ArchiveBuilder) -> None:
    """The canonical is the entry's link, a mirror a related one; no copy is an entry."""
    fill(builder)
    answer = client.get("/feed.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert [entry.link for entry in feed.entries] == [
        "https://choir.example/2", "https://pier.example/ferry",
    ]  # fmt: skip
    related = [link.href for link in feed.entries[1].links if link.rel == "related"]
    assert related == ["https://notes.example/1"]
    assert feed.entries[1].title_detail.type == "text/plain"


def test_who_copies_a_site_is_a_feed(client: TestClient, builder: ArchiveBuilder) -> None:
    """Only stories with mirrors whose canonical is that site's."""
    fill(builder)
    for asked, links in (
        ("copied-from=pier.example", ["https://pier.example/ferry"]),
        ("copied-from=choir.example", []),
        ("site=choir.example", ["https://choir.example/2"]),
    ):
        feed = feedparser.parse(client.get(f"/feed.atom?{asked}").content)
        assert not feed.bozo
        assert [entry.link for entry in feed.entries] == links


def test_ids_are_the_same_in_every_feed(client: TestClient, builder: ArchiveBuilder) -> None:
    """A reader that takes two feeds of an archive knows a story again; asking twice is equal."""
    fill(builder)
    everything = feedparser.parse(client.get("/feed.atom").content)
    narrowed = feedparser.parse(client.get("/feed.atom?site=pier.example").content)
    assert narrowed.entries[0].id in {entry.id for entry in everything.entries}
    assert narrowed.feed.id != everything.feed.id
    assert client.get("/feed.atom").content == client.get("/feed.atom").content

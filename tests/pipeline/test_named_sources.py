"""Pages that name a source, from their markup to the canonical; and those that would be one."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

import pytest
import sqlalchemy as sa

from scraper import clock
from scraper.model import Article, PageState
from scraper.pipeline.imports import import_lines
from scraper.pipeline.ingest import Ingest, Place, prepare
from scraper.store import pages, schema
from scraper.urls import page_key

if TYPE_CHECKING:
    from scraper.store.archive import Archive

WriteText = Callable[..., str]
ArchivePages = Callable[..., None]


class Marks(TypedDict, total=False):
    """What a page has besides its text; see ``make_page``."""

    head: str
    published: datetime
    closing: str


NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
PAPER = "https://paper.example/ferry"
COPY = "https://copy.example/ferry"
OTHER = "https://other.example/ferry"
THIRD = "https://third.example/ferry"


def make_page(
    text: str, *, head: str = "", published: datetime | None = None, closing: str = ""
) -> str:
    """A page with this article."""
    date = published and f'<meta property="article:published_time" content="{published}">'
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    return (
        f"<html lang='en'><head><title>The ferry is back</title>{head}{date or ''}"
        f"</head><body><article><h1>The ferry is back</h1>{paragraphs}{closing}</article></body>"
    )


@pytest.fixture
def archive_pages(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> ArchivePages:
    """Archives pages, each an hour after the one before."""
    hours = itertools.count()

    def archive_each(*pages_: tuple[str, str]) -> None:
        for url, html in pages_:
            now = NOW + timedelta(hours=next(hours))
            monkeypatch.setattr(clock, "now", lambda now=now: now)
            line = json.dumps({"url": url, "html": html}).encode()
            assert import_lines(archive, [line], collection="set", sites={}).skipped == 0

    return archive_each


def tell(archive: Archive) -> tuple[str, str, str | None]:
    """The newest story's canonical address, the rule that chose it, and its primary source."""
    with archive.read() as connection:
        row = connection.execute(
            sa.select(
                schema.article.c.url,
                schema.story.c.canonical_rule,
                schema.story.c.primary_source_url,
            )
            .join_from(
                schema.story, schema.article, schema.story.c.canonical_id == schema.article.c.id
            )
            .order_by(schema.story.c.id.desc())
        ).first()
    assert row is not None
    return row[0], row[1], row[2]


def link(url: str) -> str:
    """What says that a page is to be known by another address."""
    return f'<link rel="canonical" href="{url}">'


#: How a page names another as its source -> what makes it do so.
NAMINGS: dict[str, Marks] = {
    "rel=canonical": {"head": link(PAPER)},
    "isBasedOn": {
        "head": '<script type="application/ld+json">{"@type": "NewsArticle", "isBasedOn": "'
        + PAPER
        + '"}</script>'
    },
    "original-source": {"head": f'<meta name="original-source" content="{PAPER}">'},
    "syndication-source": {"head": f'<meta name="syndication-source" content="{PAPER}">'},
    "originally published in": {
        "closing": f'<p>This story was originally published in <a href="{PAPER}">Paper</a>.</p>'
    },
    "originally published by": {
        "closing": f'<p>Originally published by <a href="{PAPER}">Paper</a>.</p>'
    },
    "originally published at": {
        "closing": f'<p>Originally published at <a href="{PAPER}">Paper</a>.</p>'
    },
    "first appeared in": {
        "closing": f'<p>This article first appeared in <a href="{PAPER}">Paper</a>.</p>'
    },
    "written in": {
        "closing": '<p>This story was originally written in German, <a href="'
        + PAPER
        + '">here</a>.</p>'
    },
    "bare address": {"closing": f"<p>{PAPER}</p>"},
}


@pytest.mark.parametrize("named", NAMINGS.values(), ids=NAMINGS)
def test_a_named_source_is_the_canonical(
    named: Marks, archive: Archive, archive_pages: ArchivePages, write_text: WriteText
) -> None:
    """However a copy names it, also where the copy was archived first; nothing else would say so.

    Neither has a date, so that without the naming the first seen, the copy, would win.
    """
    text = write_text(1)
    archive_pages((COPY, make_page(text, **named)), (PAPER, make_page(text)))
    assert tell(archive)[:2] == (PAPER, "named_source")


@pytest.mark.parametrize("named", NAMINGS.values(), ids=NAMINGS)
def test_a_named_source_that_is_not_held_is_told(
    named: Marks, archive: Archive, archive_pages: ArchivePages, write_text: WriteText
) -> None:
    """As the story's primary source."""
    archive_pages((COPY, make_page(write_text(1), **named)))
    assert tell(archive) == (COPY, "only_member", PAPER)


#: What a copy tries -> the pages that try it.
HIJACKS: dict[str, list[tuple[str, Marks]]] = {
    "an earlier date and rel=canonical to itself": [
        (COPY, {"head": link(COPY), "published": NOW - timedelta(days=30)}),
    ],
    "a date a little earlier": [(COPY, {"published": NOW - timedelta(hours=26)})],
    "itself as its source": [
        (COPY, {"head": f'<meta name="original-source" content="{COPY}">'}),
    ],
    "another page of its own site as its source": [
        (COPY, {"head": f'<meta name="original-source" content="{COPY}/original">'}),
    ],
    "a claim of another site's article, which is archived": [
        (COPY, {"head": link(OTHER), "published": NOW - timedelta(days=30)}),
    ],
    "two puppet sites that name a third, dated after them": [
        (THIRD, {"published": NOW + timedelta(minutes=30)}),
        ("https://one.example/f", {"head": link(THIRD), "published": NOW}),
        ("https://two.example/f", {"head": link(THIRD), "published": NOW}),
    ],
    "two puppet sites that name a third, dated a year before": [
        (THIRD, {"published": NOW - timedelta(days=365)}),
        ("https://one.example/f", {"head": link(THIRD)}),
        ("https://two.example/f", {"head": link(THIRD)}),
    ],
    "two puppet sites that name each other": [
        ("https://one.example/f", {"head": link("https://two.example/f")}),
        ("https://two.example/f", {"head": link("https://one.example/f")}),
    ],
}


@pytest.mark.parametrize("copies", HIJACKS.values(), ids=HIJACKS)
def test_no_page_makes_itself_the_canonical(
    copies: list[tuple[str, Marks]],
    archive: Archive,
    archive_pages: ArchivePages,
    write_text: WriteText,
) -> None:
    """The report stays the canonical of its story."""
    archive_pages((OTHER, make_page(write_text(2))))
    text = write_text(1)
    archive_pages((PAPER, make_page(text, published=NOW - timedelta(hours=2))))
    archive_pages(*((url, make_page(text, **marks)) for url, marks in copies))
    assert tell(archive)[0] == PAPER


def test_a_page_between_paywalled_and_open_changes_the_canonical_once_at_most(
    archive: Archive, write_text: WriteText
) -> None:
    """Twenty runs over it, each of which finds it in the other state."""
    ingest = Ingest({})
    text = write_text(1)
    cut = "\n\n".join(text.split("\n\n")[:6])

    def file(url: str, shown: str, hours: int, *, is_paywalled: bool) -> None:
        with archive.write() as connection:
            page = pages.find_page(connection, page_key(url))
            page_id = (
                page.id
                if page
                else pages.add_page(
                    connection,
                    url=url,
                    key=page_key(url),
                    site="paper.example" if url == PAPER else "copy.example",
                    state=PageState.ARCHIVED,
                    next_attempt_at=None,
                    now=NOW,
                )
            )
            content = Article(
                url=url, title="The ferry is back", text=shown, is_paywalled=is_paywalled
            )
            place = Place(page_id=page_id, site="paper.example" if url == PAPER else "copy.example")
            ingest.file(connection, prepare(content), place, NOW + timedelta(hours=hours))

    def count_changes() -> int:
        with archive.read() as connection:
            changes = sa.select(sa.func.count()).select_from(schema.canonical_change)
            return connection.execute(changes).scalar_one()

    file(PAPER, cut, 0, is_paywalled=True)
    file(COPY, text, 1, is_paywalled=False)
    before = count_changes()
    for hours in range(2, 22):
        is_paywalled = bool(hours % 2)
        file(PAPER, cut if is_paywalled else text, hours, is_paywalled=is_paywalled)
    assert count_changes() - before <= 1
    assert tell(archive)[0] == PAPER

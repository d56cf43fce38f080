"""Pages that change between fetches: nothing archived is replaced by what is worth less."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from scraper import clock
from scraper.config import Config, FetchConfig
from scraper.model import PageState, Reason
from scraper.pipeline.run import run_pass
from scraper.pipeline.work import find_pages
from scraper.store import schema
from tests.fetch.loopback import Loopback, Script, redirect, reply
from tests.hostile.world import write_text

if TYPE_CHECKING:
    from scraper.store.archive import Archive

CONFIG = Config(fetch=FetchConfig(min_delay_seconds=0, allow_addresses=("127.0.0.0/8:*",)))
TEXT = write_text(random.Random(7))  # noqa: S311 - prose
OTHER = write_text(random.Random(8))  # noqa: S311 - prose

Ask = Callable[..., dict[str, Any]]


def page(text: str, *headers: str, title: str = "The story") -> bytes:
    """An article's page with this text."""
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    return reply(
        f"<!doctype html><html><head><title>{title}</title></head><body><article>"
        f"<h1>{title}</h1>{paragraphs}</article></body></html>".encode(),
        *headers,
    )


@pytest.fixture
def ask(archive: Archive) -> Iterator[Ask]:
    """Ask for a page as often as there are answers; what the archive then says of it."""
    server = Loopback()

    def ask(*answers: Script) -> dict[str, Any]:
        server.on("/a", *answers)
        for _ in answers:
            run_pass(archive, CONFIG, find_pages(archive, [server.url("/a")], clock.now()))
        with archive.read() as connection:
            found = connection.execute(sa.select(schema.page)).one()
            articles = connection.execute(sa.select(schema.article)).all()
            revisions = connection.execute(sa.select(schema.revision)).all()
        return {
            "state": found.state,
            "reason": found.reason,
            "texts": [article.text for article in articles],
            "revisions": len(revisions),
        }

    yield ask
    server.stop()


def test_a_text_that_changes_is_a_revision(ask: Ask) -> None:
    """The newer text is the article's, the older one is kept."""
    longer = f"{TEXT}\n\nA sentence was added in the afternoon, as the council had promised."
    found = ask(page(TEXT), page(longer), page(longer))
    assert found == {
        "state": PageState.ARCHIVED,
        "reason": None,
        "texts": [longer],
        "revisions": 2,
    }


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply(b"oops", status="500 Internal Server Error"), Reason.HTTP_5XX),
        (reply(b"busy", "Retry-After: 3600", status="429 Too Many Requests"), Reason.HTTP_429),
        (reply(b"wall", status="403 Forbidden"), Reason.HTTP_4XX),
        (reply(b""), Reason.NO_ARTICLE),
        (reply(b"<html><body>An error occurred. Please try later.</body></html>"), "no_article"),
        (reply(b"\x00\x01\x02" * 3_000), Reason.BAD_ENCODING),
        (reply(b"%PDF", content_type="application/pdf"), Reason.NOT_HTML),
        (redirect("/a"), Reason.REDIRECT),
        (redirect("http://10.0.0.1/"), Reason.BLOCKED_ADDRESS),
        (reply(page(TEXT)[:400], length=10_000), Reason.TRUNCATED),
        (reply(b"<html><body>" + b"<div>" * 9_000), Reason.TOO_BIG),
        (reply(page(OTHER), "X-Robots-Tag: noarchive"), Reason.NOARCHIVE),
    ],
)
def test_an_article_that_turns_into_something_else_stays(
    ask: Ask, answer: bytes, reason: str
) -> None:
    """The page tells what is wrong with it now; the article is as it was."""
    assert ask(page(TEXT), answer) == {
        "state": PageState.ARCHIVED,
        "reason": reason,
        "texts": [TEXT],
        "revisions": 1,
    }


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_an_article_that_is_gone_stays(ask: Ask, status: str) -> None:
    """The page is gone, its article is not."""
    found = ask(page(TEXT), reply(b"no", status=status))
    assert (found["state"], found["texts"]) == (PageState.GONE, [TEXT])


def test_a_text_that_shrinks_to_a_part_of_itself_stays_whole(ask: Ask) -> None:
    """A wall that lets the first paragraphs through takes nothing from what was archived."""
    cut = "\n\n".join(TEXT.split("\n\n")[:2])
    found = ask(page(TEXT), page(cut))
    assert found["texts"] == [TEXT]


def test_a_page_with_another_story_opens_another_article(ask: Ask) -> None:
    """Topic pages change their story; neither is lost."""
    found = ask(page(TEXT), page(OTHER, title="Another story"))
    assert found["texts"] == [TEXT, OTHER]


@pytest.mark.parametrize(
    "headers",
    [
        [f'ETag: "{number}"' for number in range(3)],
        ['ETag: W/"1"', 'ETag: "1"', "ETag: 1"],
        ["Last-Modified: Fri, 31 Dec 9999 23:59:59 GMT", "Last-Modified: x", "X-None: 1"],
        ["ETag: \u00e9\u00e8", f'ETag: "{"x" * 9_000}"', 'ETag: ""'],
    ],
)
def test_validators_that_say_nothing(ask: Ask, headers: list[str]) -> None:
    """Whatever a server says of versions, the same text is one revision."""
    found = ask(*(page(TEXT, header) for header in headers))
    assert (found["texts"], found["revisions"]) == ([TEXT], 1)


def test_a_server_that_denies_every_change(ask: Ask) -> None:
    """What it never sends again stays as it was."""
    not_modified = reply(b"", 'ETag: "1"', status="304 Not Modified")
    found = ask(page(TEXT, 'ETag: "1"'), not_modified, not_modified)
    assert found == {
        "state": PageState.ARCHIVED,
        "reason": None,
        "texts": [TEXT],
        "revisions": 1,
    }

"""Boilerplate of a site is found as its articles come and go, and left out of every comparison."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.model import Article, PageState
from scraper.pipeline.checking import find_matches
from scraper.pipeline.ingest import Filed, Ingest, Place, prepare
from scraper.pipeline.matching import Matcher
from scraper.store import pages, schema
from scraper.urls import page_key, site_of

if TYPE_CHECKING:
    from scraper.store.archive import Archive

WriteText = Callable[..., str]

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
MENU = "Home | News | Harbour Weather | Sport Results | Arts"
DISCLAIMER = (
    "The Merrow Courier is published by Kestrel Penhale Holdings of Northam, which takes no "
    "responsibility for the letters, advertisements and tide tables that are printed in it.\n"
    "Readers of the paper may write to Ormsby Quill at Lighthouse Lane 14 in Northam, or leave "
    "a note with the ferryman, who brings it over on Mondays and on Thursdays at noon.\n"
    "All pictures belong to the Selwyn Thorne Agency and may be bought, framed or plain, at its "
    "shop behind the Corrigan theatre, which opens at nine and closes when Arden goes home."
)


def file_text(archive: Archive, url: str, text: str, title: str = "What happened here") -> Filed:
    """What became of a text that was read from this page."""
    with archive.write() as connection:
        found = pages.find_page(connection, page_key(url))
        page = (
            found.id
            if found
            else pages.add_page(
                connection,
                url=url,
                key=page_key(url),
                site=site_of(url),
                state=PageState.ARCHIVED,
                next_attempt_at=None,
                now=NOW,
            )
        )
        content = Article(url=url, title=title, text=text)
        place = Place(page_id=page, site=site_of(url))
        return Ingest({}).file(connection, prepare(content), place, NOW)


def masked_texts(archive: Archive) -> dict[str, list[str]]:
    """For each masked article's address the pieces of its text that are left out."""
    with archive.read() as connection:
        rows = connection.execute(
            sa.select(schema.article).where(schema.article.c.masked.is_not(None))
        )
        return {row.url: [row.text[start:end].strip() for start, end in row.masked] for row in rows}


def kinds(archive: Archive) -> list[str]:
    """The kinds of all relations, sorted."""
    with archive.read() as connection:
        return sorted(connection.execute(sa.select(schema.relation.c.kind)).scalars())


def keys_by_url(archive: Archive) -> dict[str, set[int]]:
    """The keys that each article holds."""
    with archive.read() as connection:
        rows = connection.execute(
            sa.select(schema.article.c.url, schema.match_key.c.key).join(schema.match_key)
        ).all()
    return {url: {row.key for row in rows if row.url == url} for url, _ in rows}


def test_a_line_on_three_unrelated_pages_is_left_out_of_all_three(
    archive: Archive, write_text: WriteText
) -> None:
    """The third page convicts it; the two that came before are masked with it."""
    for number in (1, 2):
        file_text(archive, f"https://a.example/{number}", f"{MENU}\n\n{write_text(number)}")
    assert masked_texts(archive) == {}
    file_text(archive, "https://a.example/3", f"{MENU}\n\n{write_text(3)}")
    assert masked_texts(archive) == {f"https://a.example/{n}": [MENU] for n in (1, 2, 3)}
    file_text(archive, "https://a.example/4", f"{MENU}\n\n{write_text(4)}")
    assert masked_texts(archive)["https://a.example/4"] == [MENU]


def test_keys_are_those_of_what_is_left(archive: Archive, write_text: WriteText) -> None:
    """After the mask changed, an article holds the keys of its text without the line, no others."""
    for number in (1, 2, 3):
        url = f"https://a.example/{number}"
        file_text(archive, url, f"{MENU}\n\n{write_text(number)}", title=f"Report number {number}")
    for number in (1, 2, 3):
        bare = Article(url=None, title=f"Report number {number}", text=write_text(number))
        assert keys_by_url(archive)[f"https://a.example/{number}"] == set(prepare(bare).keys)


def test_what_only_boilerplate_relates_is_related_no_more(
    archive: Archive, write_text: WriteText
) -> None:
    """Two short items with one long disclaimer looked alike until a third site page came."""
    for number in (1, 2):
        text = f"{write_text(number, sentences=3)}\n\n{DISCLAIMER}"
        file_text(archive, f"https://a.example/{number}", text)
    assert kinds(archive) != []
    text = f"{write_text(3, sentences=3)}\n\n{DISCLAIMER}"
    file_text(archive, "https://a.example/3", text, title="Another headline")
    assert kinds(archive) == []


def test_a_standing_title_is_no_title(archive: Archive, write_text: WriteText) -> None:
    """A title that a site gives to everything proposes nothing and is not compared."""
    for number in (1, 2, 3):
        file_text(archive, f"https://a.example/{number}", write_text(number), "The Merrow Courier")
    with archive.read() as connection:
        hidden = connection.execute(sa.select(schema.article.c.is_title_masked)).scalars().all()
    assert hidden == [True] * 3
    assert not set.intersection(*keys_by_url(archive).values())


def test_lines_of_one_story_are_the_storys(archive: Archive, write_text: WriteText) -> None:
    """Five versions of a report share its lines under five titles; none of them is masked."""
    paragraphs = write_text(1, sentences=60).split("\n\n")
    for number in range(5):
        text = "\n\n".join(paragraphs[: 12 + 2 * number])
        file_text(archive, f"https://a.example/{number}", text, title=f"Version {number}")
    assert masked_texts(archive) == {}


def test_a_line_is_boilerplate_where_it_is(archive: Archive, write_text: WriteText) -> None:
    """Another site with the same line has its own verdict."""
    for number in (1, 2, 3):
        file_text(archive, f"https://a.example/{number}", f"{MENU}\n\n{write_text(number)}")
    file_text(archive, "https://b.example/1", f"{MENU}\n\n{write_text(9)}")
    assert "https://b.example/1" not in masked_texts(archive)


def test_a_revision_takes_its_line_with_it(archive: Archive, write_text: WriteText) -> None:
    """A line that is left on two pages is freed, and these are compared with it again."""
    for number in (1, 2, 3):
        url = f"https://a.example/{number}"
        file_text(archive, url, f"{MENU}\n\n{write_text(number)}", title=f"Report number {number}")
    url = "https://a.example/2"
    assert file_text(archive, url, write_text(2), title="Report number 2") is Filed.REVISED
    assert masked_texts(archive) == {}
    for number in (1, 3):
        text = f"{MENU}\n\n{write_text(number)}"
        whole = Article(url=None, title=f"Report number {number}", text=text)
        assert keys_by_url(archive)[f"https://a.example/{number}"] == set(prepare(whole).keys)


@pytest.mark.parametrize("copies", [1, 2])
def test_equal_texts_of_a_site_are_one(
    archive: Archive, write_text: WriteText, copies: int
) -> None:
    """A text under several addresses bears its lines once, and until the last of them is gone."""
    for number in range(copies):
        file_text(archive, f"https://a.example/copy-{number}", f"{MENU}\n\n{write_text(1)}")
    file_text(archive, "https://a.example/2", f"{MENU}\n\n{write_text(2)}")
    assert masked_texts(archive) == {}
    file_text(archive, "https://a.example/3", f"{MENU}\n\n{write_text(3)}")
    file_text(archive, "https://a.example/copy-0", write_text(1))
    assert len(masked_texts(archive)) == (3 if copies == 2 else 0)


def test_a_caption_said_twice_counts_once_without_a_site(
    archive: Archive, write_text: WriteText
) -> None:
    """What a text repeats is left out wherever the text comes from."""
    caption = "Traders on the northern quay wait for the herring boats to come in at last."
    text = f"{caption}\n\n{write_text(1)}\n\n{caption}"
    with archive.write() as connection:
        place = Place(page_id=None, site=None, collection="wire", external_id="1")
        content = Article(url=None, title="Herring", text=text)
        Ingest({}).file(connection, prepare(content), place, NOW)
        (masked,) = connection.execute(sa.select(schema.article.c.masked)).scalars()
        bearers = connection.execute(sa.select(schema.site_line)).all()
    assert [text[start:end] for start, end in masked] == [caption]
    assert bearers == []


def test_a_verdict_for_very_many_texts_stays(
    archive: Archive, write_text: WriteText, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a line is on more texts than a transaction may touch, none of them is masked again."""
    monkeypatch.setattr("scraper.pipeline.masking._SETTLED_TEXTS", 2)
    for number in (1, 2, 3):
        file_text(archive, f"https://a.example/{number}", f"{MENU}\n\n{write_text(number)}")
    assert masked_texts(archive) == {}


def test_what_is_only_asked_about_is_masked_as_well(
    archive: Archive, write_text: WriteText
) -> None:
    """A text from a site is compared without the site's lines, and none of it is kept."""
    for number in (1, 2, 3):
        text = f"{write_text(number, sentences=6)}\n\n{DISCLAIMER}"
        file_text(archive, f"https://a.example/{number}", text)
    other = f"{write_text(4, sentences=3)}\n\n{DISCLAIMER}"
    file_text(archive, "https://b.example/1", other)
    text = f"{write_text(5, sentences=6)}\n\n{DISCLAIMER}"
    with archive.read() as connection:
        for site, expected in (("a", 0), ("c", 1)):
            content = Article(url=f"https://{site}.example/9", title="Asked", text=text)
            assert len(find_matches(connection, Matcher({}), content)) == expected
        bearers = connection.execute(sa.select(schema.site_line.c.text)).scalars()
        assert len(set(bearers)) == 4

"""Files of articles into the archive."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper import clock
from scraper.model import Article, PageState
from scraper.pipeline.import_line import MAX_LINE_BYTES
from scraper.pipeline.imports import Import, import_lines
from scraper.pipeline.ingest import Filed, Ingest, Place, prepare
from scraper.store import pages, schema
from scraper.store.archive import open_archive
from scraper.store.check import check_archive
from scraper.urls import page_key, site_of
from scraper.worker.parser import Parser

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from scraper.store.archive import Archive
    from tests.archive_builder import NewArchive

WriteText = Callable[..., str]


def make_line(**fields: object) -> bytes:
    """One line of a JSON Lines file."""
    return json.dumps(fields).encode() + b"\n"


def count(archive: Archive, table: sa.Table) -> int:
    """How many rows a table has."""
    with archive.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_copies_in_a_file_become_one_story(archive: Archive, write_text: WriteText) -> None:
    """Three lines, two of them copies, are two stories; ids and addresses are kept."""
    lines = [
        make_line(id="x1", url="https://a.example/1", title="One", text=write_text(1)),
        make_line(id="x2", url="https://b.example/1", title="One", text=write_text(1)),
        make_line(id=3, url="https://c.example/1", title="Two", text=write_text(2)),
    ]
    report = import_lines(archive, lines, collection="set", sites={})
    assert report.counts[Filed.NEW] == 3
    with archive.read() as connection:
        rows = connection.execute(
            sa.select(
                schema.article.c.collection, schema.article.c.external_id, schema.article.c.story_id
            ).order_by(schema.article.c.id)
        ).all()
    assert [tuple(row) for row in rows] == [("set", "x1", 1), ("set", "x2", 1), ("set", "3", 3)]


def test_importing_twice_changes_nothing(archive: Archive, write_text: WriteText) -> None:
    """With ids, with addresses alone, and with nothing but texts."""
    lines = [
        make_line(id="x1", text=write_text(1)),
        make_line(url="https://b.example/1?utm_source=feed", text=write_text(2)),
        make_line(text=write_text(3)),
    ]
    import_lines(archive, lines, collection="set", sites={})
    before = [count(archive, table) for table in schema.metadata.sorted_tables]
    report = import_lines(archive, lines, collection="set", sites={})
    assert report.counts == {Filed.NEW: 0, Filed.REVISED: 0, Filed.UNCHANGED: 3, Filed.EARLIER: 0}
    assert [count(archive, table) for table in schema.metadata.sorted_tables] == before


def test_a_file_that_gives_one_address_two_texts_is_imported_twice_without_change(
    archive: Archive, write_text: WriteText
) -> None:
    """The later line is a revision of the earlier, the first time and never again."""
    lines = [
        make_line(url="https://b.example/1", text=write_text(2)),
        make_line(url="https://b.example/1", text=write_text(2) + " Later more was known."),
    ]
    first = import_lines(archive, lines, collection="set", sites={})
    assert first.counts == {Filed.NEW: 1, Filed.REVISED: 1, Filed.UNCHANGED: 0, Filed.EARLIER: 0}
    second = import_lines(archive, lines, collection="set", sites={})
    assert second.counts == {Filed.NEW: 0, Filed.REVISED: 0, Filed.UNCHANGED: 2, Filed.EARLIER: 0}


def tell(archive: Archive) -> tuple[str, int, int]:
    """The only article's text, how many it had, and how many changes were told."""
    with archive.read() as connection:
        text = connection.execute(sa.select(schema.article.c.text)).scalar_one()
    return text, count(archive, schema.revision), count(archive, schema.change)


def test_an_import_goes_back_to_a_text_of_before(archive: Archive, write_text: WriteText) -> None:
    """A later file with the older text is a revision, told as one; imported again it is nothing."""
    older, newer = write_text(2), write_text(2) + " Later more was known."
    for text in (older, newer):
        import_lines(archive, [make_line(id="x", text=text)], collection="set", sites={})
    report = import_lines(archive, [make_line(id="x", text=older)], collection="set", sites={})
    assert report.counts[Filed.REVISED] == 1
    told = tell(archive)
    assert told[:2] == (older, 3)
    report = import_lines(archive, [make_line(id="x", text=older)], collection="set", sites={})
    assert (report.counts[Filed.UNCHANGED], report.counts[Filed.EARLIER]) == (1, 0)
    assert tell(archive) == told


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=6), min_size=1, max_size=4),
    killed_after=st.integers(0, 5),
)
def test_the_last_line_of_an_id_counts(
    new_archive: NewArchive,
    tmp_path: Path,
    write_text: WriteText,
    files: list[list[int]],
    killed_after: int,
) -> None:
    """After each import the article is its last line; twice changes nothing, also after a kill."""
    texts = [f"{write_text(2)} What was known on day {day} was more." for day in range(3)]
    with open_archive(new_archive(tmp_path / "example.db")) as archive:
        for file in files:
            lines = [
                make_line(id="x", text=texts[number // 2], authors=[f"Author {number % 2}"])
                for number in file
            ]
            with Parser() as parser, Import(archive, "set", Ingest({}), parser) as killed:
                killed.read(lines[:killed_after])
            import_lines(archive, lines, collection="set", sites={})
            told = tell(archive)
            assert told[0] == texts[file[-1] // 2]
            report = import_lines(archive, lines, collection="set", sites={})
            assert report.counts[Filed.UNCHANGED] == len(lines)
            assert tell(archive) == told


def test_held_lines_are_settled_in_batches(archive: Archive, write_text: WriteText) -> None:
    """Many articles return to their first texts, each counted once."""
    texts = {number: write_text(number, sentences=3) for number in range(250)}
    older = [make_line(id=number, text=text) for number, text in texts.items()]
    newer = [make_line(id=number, text=f"{text} More.") for number, text in texts.items()]
    for lines in (older, newer):
        import_lines(archive, lines, collection="set", sites={})
    assert import_lines(archive, older, collection="set", sites={}).counts == {
        Filed.NEW: 0,
        Filed.REVISED: 250,
        Filed.UNCHANGED: 0,
        Filed.EARLIER: 0,
    }


def test_a_known_id_under_another_address_stays_on_its_page(
    archive: Archive, write_text: WriteText
) -> None:
    """No page is made that has no article."""
    for path in ("1", "2"):
        line = make_line(id="x", url=f"https://b.example/{path}", text=write_text(2))
        import_lines(archive, [line], collection="set", sites={})
    assert (count(archive, schema.page), count(archive, schema.article)) == (1, 1)
    assert check_archive(archive) == ()


def test_what_was_fetched_before_it_is_imported_is_one_article(
    archive: Archive, write_text: WriteText
) -> None:
    """The article gets the importer's id; a second importer's is an article of its own."""
    url = "https://b.example/1"
    content = Article(url=url, title="Head", text=write_text(2))
    with archive.write() as connection:
        page_id = pages.add_page(
            connection,
            url=url,
            key=page_key(url),
            site=site_of(url),
            state=PageState.ARCHIVED,
            next_attempt_at=None,
            now=clock.now(),
        )
        place = Place(page_id=page_id, site=site_of(url))
        Ingest({}).file(connection, prepare(content), place, clock.now())
    line = make_line(id="x", url=url, title="Head", text=write_text(2))
    for _ in range(2):
        import_lines(archive, [line], collection="set", sites={})
        assert count(archive, schema.article) == 1
    import_lines(archive, [line], collection="other", sites={})
    assert count(archive, schema.article) == 2


def test_a_byte_order_mark_is_no_part_of_the_first_line(
    archive: Archive, write_text: WriteText
) -> None:
    """Files from editors on Windows are read from their first line on."""
    lines = [b"\xef\xbb\xbf" + make_line(text=write_text(1))]
    assert import_lines(archive, lines, collection="set", sites={}).counts[Filed.NEW] == 1


def test_a_line_that_is_too_long_is_skipped(archive: Archive) -> None:
    """A dump in one line costs no gigabytes."""
    report = import_lines(
        archive, [make_line(text="word " * (MAX_LINE_BYTES // 4))], collection="set", sites={}
    )
    assert report.problems == ["line 1: is over 10 MB"]


def test_an_imported_page_is_never_asked_for(archive: Archive, write_text: WriteText) -> None:
    """Importing addresses makes no work for the next run."""
    line = make_line(url="https://b.example/1", text=write_text(2))
    import_lines(archive, [line], collection="set", sites={})
    with archive.read() as connection:
        (page,) = connection.execute(sa.select(schema.page)).all()
    assert (page.state, page.next_attempt_at) == ("archived", None)


def test_a_page_as_crawled_is_extracted(archive: Archive, write_text: WriteText) -> None:
    """A line with html gives the page's article."""
    paragraphs = "".join(f"<p>{part}</p>" for part in write_text(4).split("\n\n"))
    body = f"<article><h1>Head</h1>{paragraphs}</article>"
    html = f"<html><head><title>Head</title></head><body>{body}</body></html>"
    line = make_line(url="https://b.example/1", html=html)
    report = import_lines(archive, [line], collection="set", sites={})
    assert report.counts[Filed.NEW] == 1
    with archive.read() as connection:
        (article,) = connection.execute(sa.select(schema.article)).all()
    assert article.title == "Head"
    assert article.text == write_text(4)


def test_lines_that_cannot_be_read_are_counted_with_their_reasons(
    archive: Archive, write_text: WriteText
) -> None:
    """Bad lines never stop an import, and each says its number and what is wrong."""
    lines = [
        b"{not json\n",
        make_line(id="x", title="no text"),
        b'{"text": 5}\n',
        b"\n",
        b'{"text": "\xff"}\n',
        make_line(html="<p>x</p>"),
        make_line(text=write_text(1)),
        b'{"text": ' + b"[" * 100_000,
        b'{"text": "a \\ud800 half", "more": ' + b"[" * 100_000,
        b'{"text": "cut \\ud800',
    ]
    report = import_lines(archive, lines, collection="set", sites={})
    assert (report.counts[Filed.NEW], report.skipped) == (1, 8)
    numbers = [problem.split(":")[0] for problem in report.problems]
    assert numbers == [f"line {number}" for number in (1, 2, 3, 5, 6, 8, 9, 10)]


def test_nothing_that_sql_cannot_hold_is_stored(archive: Archive) -> None:
    """NUL, and halves of characters as a program writes them that cuts a text anywhere."""
    strange = "a \0 b \ud83d c \ude00 d \U0001f600 e"
    line = make_line(
        url="https://b.example/\ud83d",
        text=strange,
        title=strange,
        authors=[strange],
        language="e\0n",
        published=strange,
        id=strange,
    )
    html = make_line(url="https://b.example/2", html=f"<p>{strange * 40}</p>" * 9)
    report = import_lines(archive, [line, html], collection="set", sites={})
    assert report.counts[Filed.NEW] + report.skipped == 2
    with archive.read() as connection:
        row = connection.execute(sa.select(schema.article).order_by(schema.article.c.id)).first()
    assert row is not None
    assert (row.text, row.language) == ("a  b  c  d \U0001f600 e", "en")
    assert (row.title, row.external_id, row.authors) == (row.text, row.text, [row.text])


def test_more_lines_than_a_batch_are_all_stored(
    archive: Archive, write_text: WriteText, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches follow one another, and each reports the bytes that it read."""
    monkeypatch.setattr("scraper.pipeline.imports.BATCH_ARTICLES", 200)
    lines = [make_line(id=number, text=write_text(number, sentences=3)) for number in range(450)]
    sizes: list[int] = []
    import_lines(archive, lines, collection="set", sites={}, on_batch=sizes.append)
    assert count(archive, schema.article) == 450
    assert sum(sizes) == sum(map(len, lines))
    assert len(sizes) >= 3


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    line=st.dictionaries(
        st.sampled_from(["id", "url", "title", "text", "published", "authors", "html"]),
        st.one_of(st.text(), st.none(), st.integers(), st.lists(st.text(), max_size=2)),
    )
)
def test_no_line_stops_an_import(archive: Archive, line: dict[str, object]) -> None:
    """Whatever a line says, it is stored or skipped; NUL and lone surrogates reach no table."""
    report = import_lines(archive, [json.dumps(line).encode()], collection="set", sites={})
    assert sum(report.counts.values()) + report.skipped == 1

"""Articles that are filed in one transaction are filed as each in one of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.model import Article
from scraper.pipeline.ingest import Ingest, Place, prepare
from scraper.store import pages, schema
from scraper.store.archive import open_archive
from scraper.store.check import check_archive
from scraper.urls import page_key, site_of
from tests.pipeline.test_ingest import add_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.store.archive import Archive, Where
    from tests.archive_builder import NewArchive

WriteText = Callable[..., str]
#: A page's address, which of the texts it has now, and whether the site's menu stands above it.
Filing = tuple[str, int, bool]

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
MENU = "Home | News | Harbour Weather | Sport Results | Arts"
#: All but what counts the changes, which may come in another order.
TABLES = (
    *(schema.page, schema.page_key, schema.article, schema.revision, schema.relation),
    *(schema.match_key, schema.site_line, schema.boilerplate, schema.story),
)


def file_all(
    where: Where, filings: Sequence[Filing], write_text: WriteText, *, batch: int
) -> object:
    """What is in an archive after these were filed, so many in a transaction."""
    ingest = Ingest({})
    with open_archive(where) as archive:
        for start in range(0, len(filings), batch):
            with (
                archive.write() as connection,
                ingest.gathering(connection, NOW) if batch > 1 else nullcontext(),
            ):
                for filing in filings[start : start + batch]:
                    file_one(connection, ingest, filing, write_text)
        assert check_archive(archive) == ()
        with archive.read() as connection:
            rows = {
                table.name: connection.execute(
                    sa.select(table).order_by(*table.primary_key.columns)
                ).all()
                for table in TABLES
            }
            changed = connection.execute(sa.select(schema.change.c.story_id).distinct()).scalars()
            return rows, sorted(changed)


def file_one(
    connection: sa.Connection, ingest: Ingest, filing: Filing, write_text: WriteText
) -> None:
    """File a page's text."""
    url, number, has_menu = filing
    text = write_text(number // 2, sentences=9)
    if number % 2:  # a copy that was cut
        text = text[: len(text) * 2 // 3]
    if has_menu:
        text = f"{MENU}\n\n{text}"
    content = Article(url=url, title=f"Headline {number}", text=text)
    page = pages.find_page(connection, page_key(url))
    page_id = page.id if page else add_page(connection, url)
    ingest.file(connection, prepare(content), Place(page_id=page_id, site=site_of(url)), NOW)


def fail_with(archive: Archive, ingest: Ingest, filing: Filing, write_text: WriteText) -> None:
    """File a page's text in a batch that fails."""
    with archive.write() as connection, ingest.gathering(connection, NOW):
        file_one(connection, ingest, filing, write_text)
        raise ZeroDivisionError


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    filings=st.lists(
        st.tuples(
            st.builds("https://{}.example/{}".format, st.sampled_from("ab"), st.integers(1, 4)),
            st.integers(0, 7),
            st.booleans(),
        ),
        min_size=2,
        max_size=12,
    ),
    batch=st.integers(2, 12),
)
def test_a_batch_comes_to_what_its_articles_come_to(
    new_archive: NewArchive,
    tmp_path_factory: pytest.TempPathFactory,
    write_text: WriteText,
    filings: list[Filing],
    batch: int,
) -> None:
    """New articles, copies, revisions and lines that turn out to be the site's, in any order."""
    folder = tmp_path_factory.mktemp("gathering")
    each = file_all(new_archive(folder / "singly.db"), filings, write_text, batch=1)
    assert file_all(new_archive(folder / "together.db"), filings, write_text, batch=batch) == each


def test_nothing_of_a_batch_that_fails_is_kept(archive: Archive, write_text: WriteText) -> None:
    """Neither in the archive nor by what files the next batch."""
    ingest = Ingest({})
    doomed = ("https://a.example/1", 2, True)
    with pytest.raises(ZeroDivisionError):
        fail_with(archive, ingest, doomed, write_text)
    with archive.write() as connection, ingest.gathering(connection, NOW):
        file_one(connection, ingest, ("https://b.example/1", 3, False), write_text)
    assert check_archive(archive) == ()
    with archive.read() as connection:
        kept = connection.execute(sa.select(schema.article.c.url)).scalars().all()
        stories = connection.execute(sa.select(schema.story.c.id)).scalars().all()
    assert (kept, len(stories)) == (["https://b.example/1"], 1)

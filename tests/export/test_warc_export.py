"""The pages behind stories in one WARC file, as other programs read it."""

from __future__ import annotations

import hashlib
from argparse import Namespace
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from scraper.errors import SnapshotError
from scraper.export.wish import Wish
from scraper.export.writing import export_to_path
from scraper.model import RunId
from scraper.store import schema
from scraper.store.changes import load_cursor
from scraper.store.pages import find_page
from scraper.store.snapshots import SnapshotKeeper, add_snapshot
from scraper.store.warc import list_files
from scraper.urls import page_key
from tests.archive_builder import BEGIN
from tests.cli.test_forget import archive_page, page_of
from tests.store.test_warc import fetched

if TYPE_CHECKING:
    from pathlib import Path

    from tests.archive_builder import ArchiveBuilder

STORIES = Wish(what="stories", file_format="warc")
ARTICLES = Wish(what="articles", file_format="warc")


@pytest.fixture
def kept(builder: ArchiveBuilder) -> dict[str, bytes]:
    """The bodies of three pages by address: two of one story, the first of which was fetched again
    unchanged and was last read from then; another story's; and one was imported without a page.
    """
    archive = builder.archive
    pages = {
        "https://paper.example/a": page_of("Ferryhill"),
        "https://copy.example/a": page_of("Ferryhill") + b"<!-- as we found it -->",
        "https://paper.example/b": page_of("Brackenby"),
    }
    for run, (url, body) in enumerate(pages.items(), start=1):
        archive_page(archive, url, body, BEGIN + timedelta(hours=run), run)
    builder.article("Imported", "Nothing was fetched.", external_id="d1")
    first = "https://paper.example/a"
    with archive.read() as connection:
        page = find_page(connection, page_key(first))
    assert page is not None
    again = SnapshotKeeper(archive, RunId(9)).append(page.id, fetched(pages[first]))
    assert again.revisit_of == 1
    with archive.write() as connection:
        revisit = add_snapshot(connection, page.id, again)
        connection.execute(
            schema.article.update()
            .values(snapshot_id=revisit)
            .where(schema.article.c.page_id == page.id)
        )
    return pages


def read(path: Path) -> list[tuple[str, str | None, str | None]]:
    """The type of each record, and the SHA-256 that it has and that it should have."""
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            body = record.content_stream().read()
            said = record.rec_headers.get_header("WARC-Payload-Digest")
            has = f"sha256:{hashlib.sha256(body).hexdigest()}"
            found.append((record.rec_type, has if record.rec_type == "response" else said, said))
    return found


def test_pages_behind_stories(
    builder: ArchiveBuilder, kept: dict[str, bytes], tmp_path: Path
) -> None:
    """The canonicals' pages, a revisit with the record that has its body; `warcio check` is fine
    with them, and every digest is of the body behind it.
    """
    path = tmp_path / "out.warc.gz"
    outcome = export_to_path(builder.archive, STORIES, path)
    assert outcome.counts == {"pages": 2, "without_page": 1}
    records = read(path)
    assert [kind for kind, *_ in records] == ["warcinfo", "response", "response", "revisit"]
    digests = [f"sha256:{hashlib.sha256(kept[url]).hexdigest()}" for url in list(kept)[::2]]
    assert [has for _, has, _ in records[1:]] == [*digests, digests[0]]
    assert all(has == said for _, has, said in records[1:])
    assert Checker(Namespace(inputs=[str(path)], verbose=False)).process_all() == 0
    assert export_to_path(builder.archive, ARTICLES, path).counts["pages"] == 3
    assert len(read(path)) == 5


def test_only_the_pages_of_what_changed(
    builder: ArchiveBuilder, kept: dict[str, bytes], tmp_path: Path
) -> None:
    """With a cursor it is the pages of the stories that changed; without any, no page."""
    path = tmp_path / "out.warc.gz"
    with builder.archive.read() as connection:
        cursor = load_cursor(connection)
    archive_page(builder.archive, "https://new.example/", page_of("Newbridge"), BEGIN, 10)
    export_to_path(builder.archive, replace(STORIES, since=cursor), path)
    assert [kind for kind, *_ in read(path)] == ["warcinfo", "response"]
    with builder.archive.read() as connection:
        cursor = load_cursor(connection)
    export_to_path(builder.archive, replace(STORIES, since=cursor), path)
    assert [kind for kind, *_ in read(path)] == ["warcinfo"]


def test_a_damaged_record_ends_the_export(
    builder: ArchiveBuilder, kept: dict[str, bytes], tmp_path: Path
) -> None:
    """A page that is not what was fetched is told by its file and offset; the old export stays."""
    path = tmp_path / "out.warc.gz"
    path.write_bytes(b"old")
    folder = builder.archive.snapshots
    damaged = folder / list_files(folder)[-2]
    damaged.write_bytes(damaged.read_bytes()[:-9])
    with pytest.raises(SnapshotError, match=f"{damaged.name}, offset [0-9]+: is cut"):
        export_to_path(builder.archive, STORIES, path)
    assert path.read_bytes() == b"old"

"""An export from the archive to a file, a folder or a stream, by what is wanted of it.

    stories, articles ...  --(store.stream, store.changes)-->  values
    values  --shapes, and one module for each format-->  bytes
    bytes   --target, folder-->  files, with a manifest

Everything is read in one transaction: the files are of one moment, that of the cursor.
"""

from __future__ import annotations

from collections import Counter
from typing import IO, TYPE_CHECKING, TypeVar

from scraper.errors import UsageError
from scraper.export import shapes
from scraper.export.atom import FeedHead, title_feed, write_feed
from scraper.export.csv_table import write_table
from scraper.export.folder import write_folder
from scraper.export.jsonl import encode_json, write_lines
from scraper.export.manifest import write_manifest
from scraper.export.markdown import name_file, write_story
from scraper.export.opml import write_opml
from scraper.export.parquet import write_parquet
from scraper.export.target import write_file, write_stream
from scraper.export.warc import write_warc
from scraper.export.wish import Outcome, Wish, describe_filters
from scraper.store.archive import load_uuid
from scraper.store.changes import Tombstone, check_cursor, each_change, load_cursor
from scraper.store.sources import list_sources
from scraper.store.stream import (
    Chosen,
    canonicals,
    count_pages,
    each_article,
    each_link,
    each_story,
    find_last_update,
    members,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import sqlalchemy as sa

    from scraper.export.shapes import Shape
    from scraper.store.archive import Archive
    from scraper.store.query import FullStory

_T = TypeVar("_T")

_COLUMNS = {
    "stories": shapes.STORY_COLUMNS,
    "articles": shapes.MEMBER_COLUMNS,
    "relations": shapes.RELATION_COLUMNS,
    "sources": shapes.SOURCE_COLUMNS,
}


def export_to_path(archive: Archive, wish: Wish, path: Path) -> Outcome:
    """What was written to the file or folder, which is replaced, with a manifest of it.

    A pipe or device, which cannot be replaced, gets none. Raises FileError, UsageError,
    ArchiveError, MissingLibraryError; then the old file is as it was.
    """
    if archive.is_file(path):
        raise UsageError(f"{path} is the archive itself: name another file")
    with archive.read() as connection:
        export = _Export(connection, archive, wish)
        if wish.is_folder:
            listing = write_folder(path, export.files(), whole=wish.since is None)
            write_manifest(path / "manifest.json", wish, export.outcome(), listing)
        elif written := write_file(path, export.chunks()):
            real = path.resolve()
            beside = real.with_name(f"{real.name}.manifest.json")
            write_manifest(beside, wish, export.outcome(), written)
        return export.outcome()


def export_to_stream(archive: Archive, wish: Wish, stream: IO[bytes]) -> Outcome:
    """What was written to the stream. Raises as ``export_to_path`` does."""
    if wish.is_folder:
        raise UsageError("markdown is a folder of files: name it with -o")
    with archive.read() as connection:
        export = _Export(connection, archive, wish)
        write_stream(stream, export.chunks())
        return export.outcome()


class _Export:
    """One export under way: what it reads is counted as it passes by."""

    def __init__(self, connection: sa.Connection, archive: Archive, wish: Wish) -> None:
        self._connection = connection
        self._archive = archive
        self._wish = wish
        self._cursor = load_cursor(connection)
        if wish.since is not None:
            check_cursor(wish.since, self._cursor)
        self._chosen = Chosen(
            wanted=wish.wanted,
            newest=wish.newest,
            changed_after=None if wish.since is None else wish.since.seq,
        )
        self._counts: Counter[str] = Counter()

    def outcome(self) -> Outcome:
        """What was exported, once it was read to its end."""
        kinds = [self._wish.what]
        if self._wish.file_format == "warc":
            kinds = ["pages", "without_page"]
        elif self._wish.what == "stories":
            kinds += ["articles", "tombstones"]
        return Outcome(cursor=self._cursor, counts={kind: self._counts[kind] for kind in kinds})

    def chunks(self) -> Iterator[bytes]:
        """The file in pieces."""
        match self._wish.file_format:
            case "jsonl":
                return write_lines(self._shapes())
            case "csv":
                return write_table(_COLUMNS[self._wish.what], self._rows())
            case "parquet":
                return write_parquet(self._wish.what, self._shapes())
            case "atom":
                return write_feed(self._make_head(), self._stories(descending=True))
            case "opml":
                return write_opml(self._count("sources", list_sources(self._connection)))
            case _:
                return self._write_warc()

    def files(self) -> Iterator[tuple[str, bytes | None]]:
        """The names of the files below the folder and their contents; None is to go."""
        for story in self._stories():
            if isinstance(story, Tombstone):
                yield name_file(story.story), None
            else:
                yield name_file(story.id), write_story(story)

    def _rows(self) -> Iterator[Shape]:
        if self._wish.what == "stories":
            return map(shapes.shape_row, self._stories())
        return self._shapes()

    def _shapes(self) -> Iterator[Shape]:
        connection, chosen = self._connection, self._chosen
        match self._wish.what:
            case "stories":
                return map(shapes.shape_change, self._stories())
            case "articles":
                found = self._count("articles", each_article(connection, chosen))
                return map(shapes.shape_member, found)
            case "relations":
                links = self._count("relations", each_link(connection, chosen))
                return map(shapes.shape_relation, links)
            case _:
                sources = self._count("sources", list_sources(connection))
                return map(shapes.shape_source, sources)

    def _stories(self, *, descending: bool = False) -> Iterator[FullStory | Tombstone]:
        """The stories by id, and tombstones among them where changes are told."""
        wish, counts = self._wish, self._counts
        found: Iterable[FullStory | Tombstone]
        if wish.since is None:
            found = each_story(self._connection, self._chosen, descending=descending)
        else:
            found = each_change(self._connection, wish.since, wish.wanted)
        for story in found:
            if isinstance(story, Tombstone):
                counts["tombstones"] += 1
            else:
                counts["stories"] += 1
                counts["articles"] += 1 + len(story.mirrors)
            yield story

    def _write_warc(self) -> Iterator[bytes]:
        choose = canonicals if self._wish.what == "stories" else members
        articles = choose(self._chosen)
        kept, without = count_pages(self._connection, articles)
        self._counts.update(pages=kept, without_page=without)
        return write_warc(self._connection, self._archive, articles)

    def _make_head(self) -> FeedHead:
        archive, made_at = load_uuid(self._connection)
        return FeedHead(
            archive=archive,
            of=encode_json(describe_filters(self._wish)),
            title=title_feed(self._wish.wanted),
            url=None,
            updated=find_last_update(self._connection, self._chosen) or made_at,
        )

    def _count(self, kind: str, found: Iterable[_T]) -> Iterator[_T]:
        for each in found:
            self._counts[kind] += 1
            yield each

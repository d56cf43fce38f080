"""Each format read by a program that others use for it, with the worst that a site may write."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from typing import TYPE_CHECKING, Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pyarrow import parquet

from scraper.discover.opml import parse_opml
from scraper.errors import MissingLibraryError
from scraper.export.csv_table import write_cell
from scraper.export.harmless import clean, clean_line
from scraper.export.markdown import escape, name_file
from scraper.export.wish import FORMATS, Wish
from scraper.export.writing import export_to_path, export_to_stream
from scraper.model import Article, ArticleId, RelationKind, SourceKind, StoryId
from scraper.store.changes import load_cursor
from scraper.store.filters import Wanted
from scraper.store.sources import BY_COMMAND, add_source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.archive_builder import ArchiveBuilder

NASTY = (
    '=HYPERLINK("http://evil.example")\x01\x1b[2J\u202e"><script>alert(1)</script>&amp; ../../etc'
)
#: As a feed, a page or a spreadsheet may show it: nothing of the controls is left.
SHOWN = '=HYPERLINK("http://evil.example")[2J"><script>alert(1)</script>&amp; ../../etc'
TEXT = f"# {NASTY}\n\n- a *list* of _one_ `thing` [x](javascript:alert(1))\n    code\n---\n1. two"


@pytest.fixture
def told(builder: ArchiveBuilder) -> tuple[ArticleId, ArticleId]:
    """A story whose every text is hostile, with one mirror; and one with nothing in it."""
    content = Article(
        url=None, title=None, text="", authors=("+Ida", "Jo <b>Fell</b>"), language="en"
    )
    whole = builder.article(NASTY, TEXT, url="https://paper.example/a?b=1&c=2", content=content)
    mirror = builder.article(f"@{NASTY}", TEXT, url="https://copy.example/<x>")
    builder.relate(mirror, whole, RelationKind.IDENTICAL, coverage=(1.0, 1.0))
    builder.tell(whole, mirror)
    builder.article(None, "", external_id="-2+3")
    return whole, mirror


def export(builder: ArchiveBuilder, what: str, file_format: str, **rest: Any) -> bytes:  # noqa: ANN401  # a Wish's
    """The export's bytes."""
    stream = io.BytesIO()
    wish = Wish(what=what, file_format=file_format, **rest)
    export_to_stream(builder.archive, wish, stream)
    return stream.getvalue()


def test_csv_is_a_table_without_formulas(
    builder: ArchiveBuilder, told: tuple[ArticleId, ArticleId]
) -> None:
    """Each story is a row with every column, and no cell begins like a formula."""
    for what, count in (("stories", 2), ("articles", 3), ("relations", 1), ("sources", 0)):
        text = export(builder, what, "csv").decode()
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        assert len(rows) == count
        for row in rows:
            assert None not in row
            assert all(cell[:1] not in {"=", "+", "-", "@", "\t", "\r"} for cell in row.values())
    first, second = csv.DictReader(io.StringIO(export(builder, "stories", "csv").decode()))
    assert first["title"] == f"'{SHOWN}"
    assert first["authors"] == "'+Ida; Jo <b>Fell</b>"
    assert (first["mirrors"], first["mirror_urls"]) == ("1", "https://copy.example/<x>")
    assert (second["title"], second["external_id"]) == ("", "'-2+3")


@given(st.text())
def test_no_cell_is_a_formula(text: str) -> None:
    """Whatever a text begins with, also behind white space or in full width."""
    cell = write_cell(text)
    assert not cell.lstrip().startswith(
        ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    )
    assert not cell.startswith(("\t", "\r", "\n"))
    assert cell.removeprefix("'") == clean(text).removeprefix("'")


@given(st.text(st.sampled_from("#*_`[]()<>&\\!-+=|~:.1 \n\tab{}^$\"'") | st.characters()))
def test_markdown_shows_the_text(text: str) -> None:
    """Rendered by another program, a paragraph shows what the archive holds, and no mark of it."""
    line = clean_line(text)
    paragraph = MarkdownIt("gfm-like", {"linkify": False}).parse(escape(line))
    if not line:
        return
    assert [token.type for token in paragraph] == ["paragraph_open", "inline", "paragraph_close"]
    children = paragraph[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == line


def test_markdown_is_a_file_a_story(
    builder: ArchiveBuilder, told: tuple[ArticleId, ArticleId], tmp_path: Path
) -> None:
    """Named by its number; front matter of JSON values; mirrors listed; nothing runs."""
    folder = tmp_path / "notes"
    export_to_path(builder.archive, Wish(what="stories", file_format="markdown"), folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "0000", "SHA256SUMS", "manifest.json",
    ]  # fmt: skip
    content = (folder / "0000/1.md").read_text(encoding="utf-8")
    _, front, body = content.split("---\n", 2)
    fields = dict(
        line.split(": ", 1) for line in front.splitlines() if line[0] != " " and ": " in line
    )
    assert json.loads(fields["title"]) == NASTY
    (mirror,) = (line for line in front.splitlines() if line.startswith("  - "))
    assert json.loads(mirror.removeprefix("  - "))["relation"] == "identical"
    assert front.isprintable() or all(line.isprintable() for line in front.splitlines())
    html = MarkdownIt("gfm-like", {"linkify": False}).render(body)
    assert "<script" not in html
    assert "javascript:alert" not in "".join(
        part for part in html.split('"') if part.startswith("java")
    )
    assert html.count("<h1>") == html.count("<h2>") == html.count("<ul>") == 1
    assert "<ol" not in html
    assert "<code" not in html
    assert "<hr" not in html
    assert html.count("<a ") == 2
    assert 'href="https://copy.example/%3Cx%3E"' in html


def test_names_of_files_come_from_numbers() -> None:
    """A thousand to a folder."""
    assert name_file(StoryId(7)) == "0000/7.md"
    assert name_file(StoryId(12_345_678)) == "12345/12345678.md"


def test_atom_has_an_entry_a_story(
    builder: ArchiveBuilder, told: tuple[ArticleId, ArticleId]
) -> None:
    """Newest first, the mirror as a related link; a story that is no more is a deleted entry."""
    with builder.archive.read() as connection:
        before = load_cursor(connection)
    feed = feedparser.parse(export(builder, "stories", "atom"))
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["(no title)", SHOWN]
    links = {(link.rel, link.href) for link in feed.entries[1].links}
    assert links == {
        ("alternate", "https://paper.example/a?b=1&c=2"),
        ("related", "https://copy.example/<x>"),
    }
    assert feed.entries[1].content[0].type == "text/plain"
    builder.tell(told[0], told[1], ArticleId(3), joined_by={})
    builder.relate(ArticleId(3), told[0])
    changed = export(builder, "stories", "atom", since=before).decode()
    assert changed.count("<at:deleted-entry ") == 1
    gone = changed.partition('<at:deleted-entry ref="')[2].partition('"')[0]
    assert gone == feed.entries[0].id
    assert len(feedparser.parse(changed).entries) == 1


def test_parquet_holds_what_lines_hold(
    builder: ArchiveBuilder, told: tuple[ArticleId, ArticleId]
) -> None:
    """The same shapes, nested, for everything there is."""
    add(builder, "Feed", SourceKind.FEED)
    for what in FORMATS:
        lines = [json.loads(line) for line in export(builder, what, "jsonl").splitlines()]
        table = parquet.read_table(io.BytesIO(export(builder, what, "parquet")))
        rows = table.to_pylist()
        assert lines
        if what == "stories":
            lines = [line | {"tombstone": None, "into": None} for line in lines]
        assert rows == lines


def test_parquet_without_its_library(
    builder: ArchiveBuilder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One line that says what to install, and no file."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    wish = Wish(what="stories", file_format="parquet")
    with pytest.raises(MissingLibraryError, match="pip install pyarrow"):
        export_to_path(builder.archive, wish, tmp_path / "out.parquet")
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def add(builder: ArchiveBuilder, name: str, kind: SourceKind) -> None:
    """Nothing; the archive watches a source of this name."""
    with builder.archive.write() as connection:
        add_source(
            connection,
            url=f"https://{kind}.example/a?b=1&c=<2>",
            name=name,
            kind=kind,
            every_minutes=None,
            origin=BY_COMMAND,
            now=builder.now,
        )


def test_opml_is_read_by_our_own_import(builder: ArchiveBuilder) -> None:
    """Feeds come back with their names and addresses; what is no feed is a mere link."""
    add(builder, 'The "Paper" & <more>', SourceKind.FEED)
    add(builder, "Map", SourceKind.SITEMAP)
    written = export(builder, "sources", "opml")
    (feed,) = parse_opml(written) or ()
    assert (feed.title, feed.url) == (
        'The "Paper" & <more>',
        "https://feed.example/a?b=1&c=%3C2%3E",
    )
    assert b'type="link" text="Map"' in written


def test_same_bytes_again_in_every_format(
    builder: ArchiveBuilder, told: tuple[ArticleId, ArticleId], tmp_path: Path
) -> None:
    """While nothing changed, every file and manifest is the same to the byte."""
    add(builder, "Feed", SourceKind.FEED)
    for what, formats in FORMATS.items():
        for file_format in formats:
            name = tmp_path / f"{what}.{file_format}"
            seen = []
            for _ in range(2):
                export_to_path(builder.archive, Wish(what=what, file_format=file_format), name)
                paths = sorted([name, *name.rglob("*"), *tmp_path.glob(f"{name.name}.*")])
                seen.append({path: path.read_bytes() for path in paths if path.is_file()})
            assert seen[0] == seen[1]
            (manifest,) = (path for path in seen[0] if path.name.endswith("manifest.json"))
            said = json.loads(seen[0][manifest])["file"]
            digest = hashlib.sha256((manifest.parent / said["name"]).read_bytes()).hexdigest()
            assert said["sha256"] == digest


def test_filters_choose_stories(builder: ArchiveBuilder, told: tuple[ArticleId, ArticleId]) -> None:
    """Of articles and relations it is those of the chosen stories; a limit takes the newest."""
    mirrored = {"wanted": Wanted(mirrors_min=1)}
    for what, count in (("stories", 1), ("articles", 2), ("relations", 1)):
        assert export(builder, what, "jsonl", **mirrored).count(b"\n") == count
    other = {"wanted": Wanted(site="nowhere.example")}
    for what in ("stories", "articles", "relations"):
        assert export(builder, what, "jsonl", **other) == b""
    (line,) = export(builder, "stories", "jsonl", newest=1).splitlines()
    assert json.loads(line)["story"] == 3
    assert [
        json.loads(line)["id"]
        for line in export(builder, "articles", "jsonl", newest=1).splitlines()
    ] == [3]

"""docs/schema.md describes the archive that the program makes: all of it, and nothing else."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import pytest

from scraper.model import (
    CanonicalRule,
    DecisionKind,
    Evidence,
    PageKind,
    PageState,
    Precision,
    Reason,
    RelationKind,
    SourceKind,
    SourceState,
)
from scraper.store import sources
from tests.docs.doc_pages import code_spans, fenced_blocks, read_page, section, table_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PAGE = read_page("schema.md")
QUERIES = fenced_blocks(PAGE, "sql")
UNDECLARED = {
    *("stories", "mirrors", "canonical_articles", "revision"),
    *("article_fts", "article_trigram"),
}
NAMES = re.findall(r"^### `(\w+)`$", PAGE, re.MULTILINE)


class Column(NamedTuple):
    """A column as the page describes it: its declared type, and when it is NULL, in words."""

    type: str
    holds: str
    null: str


def described(name: str) -> dict[str, Column]:
    """The columns that the page gives this table or view."""
    text = section(PAGE, f"### `{name}`")
    if same := re.search(r"^Its columns are those of `(\w+)`\.$", text, re.MULTILINE):
        return described(same[1])
    return {row[0].strip("`"): Column(*row[1:]) for row in table_rows(text)}


@pytest.fixture
def connection(demo_archive: Path) -> Iterable[sqlite3.Connection]:
    """The demo's archive, read only."""
    with closing(sqlite3.connect(f"file:{demo_archive}?mode=ro", uri=True)) as opened:
        yield opened


def objects(connection: sqlite3.Connection, *types: str) -> set[str]:
    """The names of the archive's tables or views of these types, SQLite's own left out."""
    rows = connection.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'")
    return {name for name, type_ in rows if type_ in types and not name.startswith("sqlite_")}


def test_every_table_and_view_is_described(connection: sqlite3.Connection) -> None:
    """The page has a section for each, and for nothing else."""
    assert sorted(NAMES) == sorted(objects(connection, "table", "view", "virtual"))


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_described(connection: sqlite3.Connection, name: str) -> None:
    """A section names the columns of its table, all of them, in their order."""
    rows = connection.execute("SELECT name FROM pragma_table_info(?) ORDER BY cid", [name])
    assert list(described(name)) == [column for (column,) in rows]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in UNDECLARED])
def test_types_and_absence_are_as_declared(connection: sqlite3.Connection, name: str) -> None:
    """The page gives each column its declared type, and says "never" where NULL cannot be.

    Views and search indexes declare neither.
    """
    rows = connection.execute('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', [name])
    declared = {
        column: (type_.partition("(")[0].lower(), bool(is_required or key))
        for column, type_, is_required, key in rows
    }
    told = described(name)
    assert {
        column: (one.type, one.null.startswith("never")) for column, one in told.items()
    } == declared


def test_never_means_never(connection: sqlite3.Connection) -> None:
    """No column of which the page says that it is never NULL is NULL in the demo's archive."""
    wrong = [
        f"{name}.{column}"
        for name in NAMES
        for column, told in described(name).items()
        if re.match(r"never(?:;|$)", told.null)
        and connection.execute(
            f'SELECT 1 FROM "{name}" WHERE "{column}" IS NULL LIMIT 1'  # noqa: S608  # the archive's own names
        ).fetchone()
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("story", CanonicalRule),
        ("article", Precision),
        ("article", PageKind),
        ("attribution", Evidence),
        ("relation", set(RelationKind) - {RelationKind.CONTAINS, RelationKind.MERGED}),
        ("decision", DecisionKind),
        ("mirrors", set(RelationKind) - {RelationKind.PART}),
        ("source", SourceState),
        ("source", SourceKind),
        ("source", (sources.BY_COMMAND, sources.BY_CONFIG, sources.DROPPED)),
        ("page", PageState),
        ("page", Reason),
    ],
)
def test_fixed_words_are_listed(table: str, words: Iterable[str]) -> None:
    """Each word that a column can hold is named in its table's section."""
    assert {str(word) for word in words} - set(code_spans(section(PAGE, f"### `{table}`"))) == set()


def test_there_are_ten_queries() -> None:
    """The page works out ten questions."""
    assert len(QUERIES) == 10


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_finds_something(connection: sqlite3.Connection, query: str) -> None:
    """Each query of the page runs as it stands and returns rows."""
    assert connection.execute(query).fetchall()


def test_queries_run_without_the_sqlite_shell(demo_archive: Path, tmp_path: Path) -> None:
    """The page's Python program answers the page's first query with the same rows."""
    (program,) = fenced_blocks(PAGE, "python")
    script = tmp_path / "ask.py"
    script.write_text(program, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, str(script)],
        input=QUERIES[0],
        cwd=demo_archive.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    with closing(sqlite3.connect(demo_archive)) as connection:
        rows = connection.execute(QUERIES[0]).fetchall()
    assert ran.stdout.splitlines() == [" | ".join(map(str, row)) for row in rows]


def test_the_shells_query_finds_something(connection: sqlite3.Connection) -> None:
    """The query given to SQLite's own shell runs too."""
    (query,) = (
        found[1] for block in fenced_blocks(PAGE, "sh") if (found := re.search('"(.+)"', block))
    )
    assert connection.execute(query).fetchall()

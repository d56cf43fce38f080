"""`scraper cluster` says in one line what is wrong with its files and its engine."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

pa = pytest.importorskip("pyarrow", reason="install the extra: pip install '.[bulk]'")
from pyarrow import parquet  # noqa: E402 - after what may be missing

from tests.prose import write_text  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


def write(path: Path, *rows: dict[str, Any]) -> None:
    """A Parquet file of these rows."""
    parquet.write_table(pa.Table.from_pylist(list(rows)), path)


def failed(result: Result, code: int) -> str:
    """The one line that a failed command prints."""
    assert result.exit_code == code, result.output
    (line,) = result.stderr.splitlines()
    return line


def test_stories_and_relations_come_out(run: Callable[..., Result], home: Path) -> None:
    """An id and a text are enough; a copy and its original are one story."""
    pytest.importorskip("duckdb", reason="install the extra: pip install '.[bulk]'")
    report = write_text(1)
    write(
        home / "in.parquet",
        {"id": 1, "text": report},
        {"id": 2, "text": write_text(2)},
        {"id": 7, "text": report[:900]},
    )
    result = run("cluster", "--input", "in.parquet", "--output", "out", "--workers", "1")
    assert (result.exit_code, result.stdout) == (0, "3 articles, 2 stories, 1 relations\n")
    stories = parquet.read_table(home / "out" / "stories.parquet").to_pylist()
    assert [(row["story"], row["article"], row["relation"]) for row in stories] == [
        (1, 1, None),
        (1, 7, "excerpt_of"),
        (2, 2, None),
    ]
    assert sorted(path.name for path in (home / "out").iterdir()) == [
        "relations.parquet",
        "stories.parquet",
    ]


def test_article_given_twice_is_refused(run: Callable[..., Result], home: Path) -> None:
    """Two articles of one id cannot be told apart, and leave what was there as it was."""
    pytest.importorskip("duckdb", reason="install the extra: pip install '.[bulk]'")
    write(home / "a.parquet", {"id": 3, "text": "one"}, {"id": 3, "text": "two"})
    (home / "out").mkdir()
    (home / "out" / "stories.parquet").write_text("as it was")
    result = run("cluster", "--input", "a.parquet", "--output", "out", "--workers", "1")
    assert "two articles have the id 3" in failed(result, 2)
    assert (home / "out" / "stories.parquet").read_text() == "as it was"


@pytest.mark.parametrize(
    ("row", "trouble"),
    [
        ({"id": 1}, 'has no column "text"'),
        ({"text": "words"}, 'has no column "id" of whole numbers'),
        ({"id": "one", "text": "words"}, 'has no column "id" of whole numbers'),
    ],
)
def test_files_without_the_columns_are_refused(
    run: Callable[..., Result], home: Path, row: dict[str, Any], trouble: str
) -> None:
    """A file that holds no articles is named, with what it lacks."""
    write(home / "in.parquet", row)
    result = run("cluster", "--input", "in.parquet", "--output", "out")
    line = failed(result, 2)
    assert "in.parquet" in line
    assert trouble in line
    assert not (home / "out").exists()


def test_what_is_no_parquet_is_refused(run: Callable[..., Result], home: Path) -> None:
    """Text in a file called .parquet, and a pattern that means no file."""
    (home / "in.parquet").write_text("{}")
    assert "no Parquet file" in failed(run("cluster", "--input", "in.parquet", "--output", "o"), 2)
    assert "no file is called" in failed(run("cluster", "--input", "x*", "--output", "o"), 2)


def test_spark_that_does_not_answer_is_said(run: Callable[..., Result], home: Path) -> None:
    """A master at whose port nobody listens ends the command in one line, not in a minute."""
    write(home / "in.parquet", {"id": 1, "text": "words"})
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        master = f"spark://127.0.0.1:{closed.getsockname()[1]}"
    options = ("--engine", "spark", "--master", master)
    result = run("cluster", "--input", "in.parquet", "--output", "out", *options)
    assert "no Spark master answers" in failed(result, 1)
    assert "--engine spark" in failed(
        run("cluster", "--input", "in.parquet", "--output", "out", "--master", master), 2
    )

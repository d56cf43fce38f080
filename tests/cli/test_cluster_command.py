"""`scraper cluster` says in one line what is wrong with its files and its engine."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

pa = pytest.importorskip("pyarrow", reason="install the extra: pip install '.[bulk]'")
from pyarrow import parquet  # noqa: E402 - after what may be missing

from tests.prose import write_text  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


#: A moment that does not say of where.
NAIVE = datetime.fromisoformat("2026-03-01T08:00:00")


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
        ({"id": 1}, 'has no column "text" of texts'),
        ({"text": "words"}, 'has no column "id" of whole numbers'),
        ({"id": "one", "text": "words"}, 'a column "id" of string, not of whole numbers'),
        ({"id": None, "text": "words"}, 'a column "id" of null, not of whole numbers'),
        ({"id": 1, "text": 5}, 'a column "text" of int64, not of texts'),
        ({"id": 1, "text": b"\xff"}, 'a column "text" of binary, not of texts'),
        ({"id": 1, "text": "x", "url": 5}, 'a column "url" of int64, not of texts'),
        ({"id": 1, "text": "x", "site": True}, 'a column "site" of bool, not of texts'),
        ({"id": 1, "text": "x", "published": 2026}, 'a column "published" of int64, not of dates'),
        (
            {"id": 1, "text": "x", "word_count": "9"},
            "not of whole numbers",
        ),
        ({"id": 1, "text": "x", "is_paywalled": "no"}, 'a column "is_paywalled" of string, not of'),
        ({"id": 1, "text": "x", "attributions": "["}, "article 1 has attributions that nobody can"),
        ({"id": 1, "text": "x", "attributions": '["Reuters"]'}, "article 1 has attributions that"),
    ],
)
def test_files_without_the_columns_are_refused(
    run: Callable[..., Result], home: Path, row: dict[str, Any], trouble: str
) -> None:
    """A file that holds no articles is named, with what it lacks."""
    write(home / "in.parquet", row)
    result = run("cluster", "--input", "in.parquet", "--output", "out")
    assert trouble in failed(result, 2)
    assert not (home / "out").exists()


def test_an_article_without_an_id_is_refused(run: Callable[..., Result], home: Path) -> None:
    """Among others that have one."""
    write(home / "in.parquet", {"id": 1, "text": "words"}, {"id": None, "text": "words"})
    result = run("cluster", "--input", "in.parquet", "--output", "out", "--workers", "1")
    assert "an article has no id" in failed(result, 2)
    assert not (home / "out").exists()


@pytest.mark.parametrize(
    "more",
    [
        {"published": date(2026, 3, 1)},
        {"published": NAIVE, "first_seen": NAIVE.replace(tzinfo=UTC)},
        {"published": "2026-03-01T08:00:00Z", "first_seen": "nonsense"},
        {"published": "soon", "url": "nonsense", "site": ""},
        {"attributions": [{"evidence": "credit_line", "name": "The Post"}]},
        {"language": "?", "title": "", "word_count": 0},
    ],
    ids=str,
)
def test_columns_of_another_make_are_read(
    run: Callable[..., Result], home: Path, more: dict[str, Any]
) -> None:
    """Moments and lists as well as texts; nulls, and what says nothing, as if it were not there."""
    report = write_text(1)
    write(home / "in.parquet", {"id": 1, "text": report, **more}, {"id": 2, "text": report})
    write(home / "more.parquet", {"id": 3, "text": None}, {"id": 4, "text": ""})
    files = ("--input", "*.parquet", "--output", "out", "--workers", "1")
    result = run("cluster", *files)
    assert (result.exit_code, result.stdout) == (0, "4 articles, 3 stories, 1 relations\n")


def test_a_corpus_of_no_articles_is_none(run: Callable[..., Result], home: Path) -> None:
    """Both files are there all the same, and have no row."""
    parquet.write_table(
        pa.table({"id": pa.array([], pa.int64()), "text": pa.array([], pa.string())}),
        home / "in.parquet",
    )
    result = run("cluster", "--input", "in.parquet", "--output", "out", "--workers", "1")
    assert (result.exit_code, result.stdout) == (0, "0 articles, 0 stories, 0 relations\n")
    assert parquet.read_table(home / "out" / "stories.parquet").num_rows == 0


def test_a_file_that_is_damaged_is_one_line(run: Callable[..., Result], home: Path) -> None:
    """Cut, or with a hole where its rows were: exit 2 and 1, and no folder is left."""
    write(home / "in.parquet", {"id": 1, "text": write_text(1)})
    whole = (home / "in.parquet").read_bytes()
    command = ("cluster", "--input", "in.parquet", "--output", "out", "--workers", "1")
    (home / "in.parquet").write_bytes(whole[: len(whole) // 2])
    assert "or only a part of one" in failed(run(*command), 2)
    (home / "in.parquet").write_bytes(whole[:4] + bytes(200) + whole[204:])
    assert "check that the Parquet files are whole" in failed(run(*command), 1)
    assert not (home / "out").exists()


@pytest.mark.parametrize("output", ["file/out", "/proc/out"])
def test_an_output_that_cannot_be_is_told_before_any_work(
    run: Callable[..., Result], home: Path, output: str
) -> None:
    """One line, exit code 1, and no article was read."""
    (home / "file").touch()
    (home / "in.parquet").touch()
    write(home / "in.parquet", {"id": 1, "text": "words"}, {"id": 1, "text": "twice, but not seen"})
    result = run("cluster", "--input", "in.parquet", "--output", output, "--workers", "1")
    assert f"{output} cannot be written" in failed(result, 1)


def test_ctrl_c_leaves_nothing(home: Path) -> None:
    """Exit code 130 and one line, whatever the other processes are at; no folder is left."""
    rows = ({"id": number, "text": write_text(number)} for number in range(6_000))
    write(home / "in.parquet", *rows)
    command = [sys.executable, "-m", "scraper", "cluster", "--input", "in.parquet"]
    with subprocess.Popen(
        [*command, "--output", "out", "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        while len(children_of(process.pid)) < 3:  # two that work and one that counts them
            assert process.poll() is None
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "scraper: interrupted; what was finished is kept\n")
    assert [path.name for path in home.iterdir()] == ["in.parquet"]


def children_of(pid: int) -> list[int]:
    """The processes that it started."""
    done = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)],  # noqa: S607 - wherever it is
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(found) for found in done.stdout.split()]


def test_what_is_no_parquet_is_refused(run: Callable[..., Result], home: Path) -> None:
    """Text in a file called .parquet, and a pattern that means no file."""
    (home / "in.parquet").write_text("{}")
    assert "no Parquet file" in failed(run("cluster", "--input", "in.parquet", "--output", "o"), 2)
    (home / "folder").mkdir()
    assert "like 'folder/*.parquet'" in failed(
        run("cluster", "--input", "folder", "--output", "o"), 2
    )
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


def test_spark_without_java_is_said(
    run: Callable[..., Result], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is started."""
    pytest.importorskip("pyspark", reason="install the extra: pip install '.[spark]'")
    write(home / "in.parquet", {"id": 1, "text": "words"})
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    result = run("cluster", "--input", "in.parquet", "--output", "out", "--engine", "spark")
    assert "Spark needs Java 17" in failed(result, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("master", "said"),
    [
        ("spark://127.0.0.1:{port}", "All masters are unresponsive"),
        ("nonsense://127.0.0.1", "Master must either be yarn or start with spark"),
    ],
)
def test_a_master_that_says_nothing_is_said(home: Path, master: str, said: str) -> None:
    """Spark gives up in a minute or so: one line, none of its log, and no folder is left."""
    pytest.importorskip("pyspark", reason="install the extra: pip install '.[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17")
    write(home / "in.parquet", {"id": 1, "text": "words"})
    command = [sys.executable, "-m", "scraper", "cluster", "--input", "in.parquet"]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        named = master.format(port=silent.getsockname()[1])
        done = subprocess.run(
            [*command, "--output", "out", "--engine", "spark", "--master", named],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert said in done.stderr
    assert not (home / "out").exists()

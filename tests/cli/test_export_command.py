"""`scraper export`: what is typed, what is said, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scraper.export.wish import FORMATS
from tests.cli.cli_texts import import_articles, write_prose

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result


@pytest.fixture
def told(run: Callable[..., Result]) -> None:
    """Two stories, one of which a second site copied."""
    assert run("init").exit_code == 0
    import_articles(
        run,
        {"url": "https://paper.example/1", "title": "One", "text": write_prose(1)},
        {"url": "https://copy.example/1", "title": "One", "text": write_prose(1)},
        {"url": "https://paper.example/2", "title": "Two", "text": write_prose(2)},
    )


@pytest.mark.parametrize(
    ("output", "begins"),
    [
        ("out.jsonl", b'{"story"'),
        ("out", b'{"story"'),
        ("OUT.CSV", b"story,"),
        ("out.parquet", b"PAR1"),
        ("out.atom", b"<?xml"),
        ("out.warc.gz", b"\x1f\x8b"),
    ],
)
def test_the_ending_says_the_format(
    told: None, run: Callable[..., Result], output: str, begins: bytes
) -> None:
    """Where no format is given; JSON Lines without an ending."""
    result = run("export", "stories", "-o", output)
    assert (result.exit_code, result.stderr) == (0, "")
    assert Path(output).read_bytes().startswith(begins)


@pytest.mark.parametrize("output", ["notes.md", "feed.xml", "book.xlsx"])
def test_an_ending_that_says_nothing(told: None, run: Callable[..., Result], output: str) -> None:
    """It is asked for, rather than a file of another kind written."""
    result = run("export", "stories", "-o", output)
    assert result.exit_code == 2
    assert result.stderr == (
        f"scraper: {output}: its ending does not say what to write: give a --format\n"
    )
    assert not Path(output).exists()


@pytest.mark.parametrize("what", FORMATS)
@pytest.mark.parametrize(
    "file_format", ["jsonl", "csv", "parquet", "markdown", "atom", "warc", "opml"]
)
def test_what_cannot_be_is_one_line(
    told: None, run: Callable[..., Result], what: str, file_format: str
) -> None:
    """Each thing is written in its formats, and refused in the others."""
    result = run("export", what, "--format", file_format, "-o", "out")
    able = file_format in FORMATS[what]
    assert result.exit_code == (0 if able else 2)
    if not able:
        assert result.stderr.startswith(
            f"scraper: {what} cannot be written as {file_format}: choose"
        )
        assert not Path("out").exists()


@pytest.mark.parametrize(
    ("args", "exit_code", "said"),
    [
        (("stories", "--format", "markdown"), 2, "markdown is a folder of files: name it with -o"),
        (("sources", "--site", "paper.example"), 2, "filters choose stories"),
        (("sources", "--limit", "3"), 2, "filters choose stories"),
        (("stories", "-o", "folder"), 1, "folder cannot be written: Is a directory"),
        (("stories", "--format", "markdown", "-o", "articles.jsonl"), 1, "it is a file"),
        (("stories", "--format", "markdown", "-o", "."), 1, "holds something else"),
        (("stories", "-o", "none/out"), 1, "none/out cannot be written: No such file"),
        (("stories", "-o", "/dev/full"), 1, "/dev/full cannot be written: No space left"),
        (("stories", "--cursor-file", "folder"), 2, "is a directory"),
        (("stories", "--from", "soon"), 2, "'soon' is no date"),
        pytest.param(
            *(("stories", "--format", "jsonl", "-o", "archive.db"), 2, "is the archive itself"),
            marks=pytest.mark.sqlite,
        ),
        (("stories", "--format", "jsonl", "-o", "config.toml"), 2, "is the config itself"),
        pytest.param(
            *(("stories", "--cursor-file", "archive.db"), 2, "is no cursor"),
            marks=pytest.mark.sqlite,
        ),
        (("stories", "--cursor-file", "x", "-o", "./x"), 2, "both the export and the cursor"),
    ],
)
def test_failures_are_one_line(
    told: None, run: Callable[..., Result], args: tuple[str, ...], exit_code: int, said: str
) -> None:
    """And end with the code that says whose fault it is."""
    Path("folder").mkdir()
    result = run("export", *args)
    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["one.jsonl", "one.warc"])
def test_one_is_told_as_one(told: None, run: Callable[..., Result], name: str) -> None:
    """Not as "1 stories"; nor is an imported article, which has no page, "1 articles"."""
    said = {
        "one.jsonl": "1 story",
        "one.warc": "0 pages (1 article has none)",
    }
    result = run("export", "stories", "--limit", "1", "-o", name)
    assert result.stdout == f"wrote {said[name]} to {name}\n"


def test_the_manifest_says_what_was_written(told: None, run: Callable[..., Result]) -> None:
    """Filters, counts and the cursor, by which one goes on."""
    args = ("--from", "2026-01-01T00:00:00Z", "--mirrored", "--limit", "9")
    run("export", "stories", *args, "-o", "out.jsonl")
    manifest = json.loads(Path("out.jsonl.manifest.json").read_text(encoding="utf-8"))
    assert manifest["filters"] == {"since": "2026-01-01T00:00:00Z", "mirrors_min": 1, "limit": 9}
    assert manifest["counts"] == {"stories": 1, "articles": 2, "tombstones": 0}
    assert manifest["cursor"].startswith(manifest["archive"])
    result = run("export", "stories", "--since", manifest["cursor"], "-o", "changes.jsonl")
    assert result.stdout == "wrote 0 stories to changes.jsonl\n"


def test_what_is_no_more_is_told(told: None, run: Callable[..., Result]) -> None:
    """A person reads how many tombstones a file has; a folder loses the file."""
    run("export", "stories", "--cursor-file", "cursor", "--format", "markdown", "-o", "notes")
    assert sorted(path.name for path in Path("notes/0000").iterdir()) == ["1.md", "3.md"]
    cursor = Path("cursor").read_text(encoding="ascii").strip()
    run("forget", "https://paper.example/2", "--yes")
    result = run("export", "stories", "--since", cursor, "-o", "out.csv")
    assert result.stdout == "wrote 0 stories and 1 that is no more to out.csv\n"
    assert Path("out.csv").read_text(encoding="utf-8").splitlines()[1].endswith("forgotten,")
    run("export", "stories", "--cursor-file", "cursor", "--format", "markdown", "-o", "notes")
    assert sorted(path.name for path in Path("notes/0000").iterdir()) == ["1.md"]
    run("export", "stories", "--format", "markdown", "-o", "whole")
    listed = [Path(folder, "SHA256SUMS").read_bytes() for folder in ("notes", "whole")]
    assert listed[0] == listed[1]

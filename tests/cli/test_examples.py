"""The examples in the help do what they say: they are run as they stand."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scraper.clock import now
from scraper.model import Article, ArticleId, RelationKind
from scraper.store.articles import update_article
from scraper.store.copying import copy_into_new
from scraper.store.sources import BY_COMMAND, add_source
from tests.cli.test_commands import EVERY, each_example

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from scraper.store.archive import Location
    from tests.archive_builder import ArchiveBuilder

#: What is not run here, and where it is.
ELSEWHERE = {
    "add": "asks example.org; run on loopback in test_gathering.py",
    "fetch": "likewise",
    "watch": "never ends; run in test_watch.py",
    "web": "never ends; run in test_web_command.py",
    "demo": "serves a world; run in the docs' tests",
    "cluster": "wants the extra; run in test_cluster_command.py and in the docs' tests",
    "init": "makes an archive where there is one here; run in test_init.py",
}
ELSEWHERE_ARGS = {
    "check https://example.org/a --exit-code": "asks example.org; run in test_check_command.py",
    "import CC-NEWS-20260101.warc.gz": "a large file; run in test_import_warc.py",
    "run --all": "likewise; run in test_gathering.py",
    "db backup /mnt/backup/archive.db": "another machine's folder; run in test_db_command.py",
    "db copy archive.db postgresql://me@db/news": "asks a server; run in test_db_command.py",
    "db copy postgresql://me@db/news news.db": "likewise",
}
#: What says first what it would take away, and ends with 2 until it is told --yes.
ASKING = ("forget https://example.org/story", "prune --older-than 2y")

#: A database is backed up by its server's own means.
OF_FILES = "db backup copy.db --without-snapshots"

EXAMPLES = [
    (name, args)
    for name, args in each_example()
    if name not in ELSEWHERE and " ".join(args) not in ELSEWHERE_ARGS
]
PARAGRAPHS = "\n\n".join(
    f"The old ferry sailed from pier {number} to the far harbour, past {number + 3} boats."
    for number in range(20)
)


@pytest.fixture
def furnished(builder: ArchiveBuilder, home: Path) -> None:
    """An archive and a folder in which there is whatever the examples name."""
    for number in range(1, 25):
        urls = {18: "https://example.org/tides", 19: "https://example.org/story"}
        urls |= {20: "https://example.org/ferry", 23: "https://example.com/ferry"}
        builder.article(f"Ferry {number}", f"Part {number}. {PARAGRAPHS}", url=urls.get(number))
    first, second = (builder.article("Ferry", PARAGRAPHS) for _ in range(2))
    builder.relate(first, second, RelationKind.IDENTICAL)
    builder.tell(first, second)
    with builder.archive.write() as connection:
        for revised in (ArticleId(17), ArticleId(20)):
            update_article(
                connection,
                revised,
                Article(url=None, title="Ferry", text=f"Corrected. {PARAGRAPHS}"),
                word_count=9,
                is_unspaced=False,
                containment_key_count=0,
                now=builder.now + timedelta(minutes=1),
            )
        add_source(
            connection,
            url="https://example.org/feed.xml",
            name="Example News",
            every_minutes=None,
            origin=BY_COMMAND,
            now=now() + timedelta(days=1),
        )
    page = f"<html><head><title>Ferry</title></head><body><article><h1>Ferry</h1><p>{PARAGRAPHS}"
    (home / "page.html").write_text(page)
    (home / "draft.txt").write_text(PARAGRAPHS)
    (home / "new.toml").write_text('[archive]\npath = "archive.db"\n')
    (home / "articles.jsonl").write_text(json.dumps({"title": "Tides", "text": PARAGRAPHS}) + "\n")
    (home / "feeds.opml").write_text(
        '<opml version="2.0"><body><outline type="rss" xmlUrl="https://example.net/feed.xml"/>'
        "</body></opml>"
    )


@pytest.mark.parametrize(
    ("name", "args"),
    [
        pytest.param(
            *(name, args),
            id=" ".join(args),
            marks=[pytest.mark.sqlite] if " ".join(args) == OF_FILES else [],
        )
        for name, args in EXAMPLES
    ],
)
def test_an_example_does_what_it_says(
    *,
    name: str,
    args: list[str],
    furnished: None,
    run: Callable[..., Result],
    home: Path,
    here: Location,
) -> None:
    """It ends with 0, or asks for --yes, and says nothing on stderr but in that case."""
    typed = [word for word in args if word not in {">>", "~/.bashrc"}]
    typed = [str(home / "articles.jsonl") if word == "*.jsonl" else word for word in typed]
    if name == "undo":
        for number in (17, 18, 19):
            assert run("prefer", str(number)).exit_code == 0
    if "old.db" in args:
        copy_into_new(here, home / "old.db", snapshots=False)
    result = run(*typed, input=Path("page.html").read_bytes())
    if " ".join(args) in ASKING:
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    else:
        assert (result.exit_code, result.stderr) == (0, "")
    listed = (EVERY[name].epilog or "").partition("Exit codes:")[2]
    assert f" {result.exit_code}  " in listed


def test_reading_examples_find_something(furnished: None, run: Callable[..., Result]) -> None:
    """What the help shows of reading is not an empty answer."""
    for name, args in EXAMPLES:
        if name in {"show", "why", "diff", "status"} or args == ["search", "ferry", "pier"]:
            assert len(run(*args).stdout) > 100, args

"""docs/datasette.md: a real Datasette serves the archive as the page says."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from tests.docs.doc_pages import fenced_blocks, read_page

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = read_page("datasette.md")
COMMANDS = fenced_blocks(PAGE, "sh")
HOME = "http://127.0.0.1:8001"
ADDRESSES = sorted(set(re.findall(rf"{HOME}(/[\w/.?&=]+\w)", PAGE)))
#: A server that does not answer by then never will.
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def served(demo_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address at which Datasette serves the demo's archive, started as the page says."""
    (metadata,) = fenced_blocks(PAGE, "yaml")
    folder = tmp_path_factory.mktemp("datasette")
    (folder / "metadata.yml").write_text(metadata, encoding="utf-8")
    (typed,) = {line for line in COMMANDS if line.endswith("--metadata metadata.yml\n")}
    program, archive, *options = shlex.split(typed)
    assert (program, archive) == ("datasette", "archive.db")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name(program)), str(demo_archive), *options]
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/-/versions.json", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_SECONDS)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            ask(address)
        except URLError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


def ask(address: str) -> bytes:
    """What is at the address. Raises HTTPError for what is not."""
    with urlopen(address, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310  # loopback
        body: bytes = answer.read()
    return body


def rows(served: str, path: str) -> list[dict[str, Any]]:
    """The rows at the path, as JSON."""
    found: list[dict[str, Any]] = json.loads(ask(f"{served}{path}"))
    return found


@pytest.mark.parametrize("view", ["stories", "mirrors", "canonical_articles"])
def test_the_views_are_served(served: str, demo_archive: Path, view: str) -> None:
    """Each view is a page, and its rows are those that SQLite gives."""
    assert b"<table" in ask(f"{served}/archive/{view}")
    found = rows(served, f"/archive/{view}.json?_shape=array&_size=max")
    with closing(sqlite3.connect(demo_archive)) as connection:
        connection.row_factory = sqlite3.Row
        expected = [dict(row) for row in connection.execute(f"SELECT * FROM {view}")]  # noqa: S608
    assert found
    assert sorted(map(str, found)) == sorted(map(str, expected))


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_address_of_the_page_is_there(served: str, path: str) -> None:
    """What the page says to open or to ask for answers."""
    assert ask(f"{served}{path}")


def test_the_views_can_be_searched(served: str) -> None:
    """By the words of the canonical articles, or of the mirrors; a word of none finds nothing."""
    for view in ("stories", "mirrors", "canonical_articles"):
        found = rows(served, f"/archive/{view}.json?_search=bridge&_shape=array")
        everything = rows(served, f"/archive/{view}.json?_shape=array")
        assert 0 < len(found) < len(everything)
        assert rows(served, f"/archive/{view}.json?_search=zeppelin&_shape=array") == []


def test_the_newest_come_first(served: str) -> None:
    """As metadata.yml says."""
    seen = [row["first_seen"] for row in rows(served, "/archive/stories.json?_shape=array")]
    assert seen == sorted(seen, reverse=True)


def test_the_questions_of_the_schema_can_be_asked(served: str) -> None:
    """Each query of docs/schema.md is answered within the time that Datasette allows."""
    from urllib.parse import quote

    for query in fenced_blocks(read_page("schema.md"), "sql"):
        asked = quote(query.rstrip().rstrip(";"))
        assert rows(served, f"/archive.json?sql={asked}&_shape=array")


def test_nothing_can_be_written(served: str) -> None:
    """The archive is open for reading alone."""
    with pytest.raises(HTTPError) as refused:
        ask(f"{served}/archive.json?sql=DELETE+FROM+story")
    refused.value.close()
    assert refused.value.code == 400


def test_the_other_commands_of_the_page_are_known(demo_archive: Path) -> None:
    """Datasette takes their options; `--get` answers once and ends."""
    started = [line for line in COMMANDS if line.startswith("datasette ")]
    assert len(started) == 3
    for line in started:
        _, _, *options = shlex.split(line)
        if "--metadata" in options:
            place = options.index("--metadata")
            del options[place : place + 2]
        datasette = str(Path(sys.executable).with_name("datasette"))
        once = [datasette, str(demo_archive), *options, "--get", "/archive/stories.json?_size=1"]
        assert json.loads(subprocess.check_output(once))["rows"]

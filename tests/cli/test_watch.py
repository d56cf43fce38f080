"""`watch` and `run` as real processes that are told to stop, to read again, and to wait."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from click.testing import Result

from scraper.store.archive import hold_lock, open_archive
from tests.cli.conftest import archive_here
from tests.pipeline.test_run import serve_paper

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipeline.test_run import Paper

Run = Callable[..., Result]

TEXT = "\n\n".join(
    f"The harbour master counted {number} boats on the morning of the fair, more than in any year "
    "since the bridge was opened, and wrote it down in the book that nobody else may touch."
    for number in range(12, 18)
)
SETTINGS = """
[fetch]
min_delay_seconds = 0
allow_addresses = ["127.0.0.0/8:*"]
"""


@pytest.fixture
def paper() -> Iterator[Paper]:
    """A Paper on loopback with one article in its feed."""
    with serve_paper() as served:
        served.write_article("/a", TEXT)
        served.write_feed("/a")
        yield served


@pytest.fixture
def folder(run: Run, home: Path, paper: Paper) -> Path:
    """A folder with a config that watches the paper, and an empty archive."""
    assert run("init").exit_code == 0
    (home / "config.toml").write_text(f'{SETTINGS}[[source]]\nurl = "{paper.url("/feed.xml")}"\n')
    return home


class Gate:
    """Where a server's answer waits for the test."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.may_answer = threading.Event()

    def hold(self) -> None:
        """Return when the test says so, a minute later at most."""
        self.asked.set()
        self.may_answer.wait(60)


class Running:
    """A scraper at work in a folder."""

    def __init__(self, folder: Path, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scraper", *words],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Its exit code and what it said on stderr, after this signal."""
        self.send(number)
        return self.wait()

    def wait(self) -> tuple[int, str]:
        """Its exit code and what it said on stderr, once it has ended by itself."""
        _, said = self._process.communicate(timeout=60)
        return self._process.returncode, said

    def read_until(self, words: str) -> list[str]:
        """What it said on stderr until it said these words, with their line."""
        assert self._process.stderr is not None
        lines = [self._process.stderr.readline()]
        while words not in lines[-1]:
            assert lines[-1], f"it ended without saying {words!r}"
            lines.append(self._process.stderr.readline())
        return lines

    def close(self) -> None:
        """It is gone, also where a test failed."""
        self._process.kill()
        self._process.communicate()

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Rows of its archive."""
        with open_archive(archive_here()) as archive, archive.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

    def wait_for(self, statement: str, expected: list[tuple[object, ...]]) -> None:
        """Return when the rows are these."""
        wait_until(lambda: self.query(statement) == expected)

    def children(self) -> list[int]:
        """The processes that it started."""
        done = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.pid)],  # noqa: S607 - wherever it is
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(pid) for pid in done.stdout.split()]


def wait_until(is_so: Callable[[], bool]) -> None:
    """Return when it is so; fail where it never is."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


@contextlib.contextmanager
def running(folder: Path, *words: str) -> Iterator[Running]:
    """A scraper at work, gone afterwards."""
    process = Running(folder, *words)
    try:
        yield process
    finally:
        process.close()


def is_gone(pid: int) -> bool:
    """Whether there is no such process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_watch_archives_what_is_due_and_ends_when_told(folder: Path) -> None:
    """It holds the lock only during a pass, is silent, and leaves no process behind."""
    with running(folder, "watch") as watch:
        watch.wait_for("SELECT count(*) FROM run WHERE finished_at IS NOT NULL", [(1,)])
        wait_until(lambda: not watch.children())
        with hold_lock(archive_here()):
            pass
        assert watch.query("SELECT count(*) FROM article") == [(1,)]
        assert watch.query("SELECT command FROM run") == [("watch",)]
        assert watch.end(signal.SIGTERM) == (0, "")


def test_ctrl_c_ends_watch_as_it_ends_a_run(folder: Path) -> None:
    """With 130 and one line."""
    with running(folder, "watch") as watch:
        watch.wait_for("SELECT count(*) FROM article", [(1,)])
        code, said = watch.end(signal.SIGINT)
    assert (code, said) == (130, "scraper: interrupted; what was finished is kept\n")


def test_what_watch_is_asking_for_is_recorded_when_it_ends(folder: Path, paper: Paper) -> None:
    """The page whose answer comes soon is archived; nothing more is asked for."""
    gate = Gate()
    paper.write_article("/b", TEXT.replace("boats", "barges"))
    paper.write_feed("/a", "/b")
    paper.meanwhile["/a"] = gate.hold
    with running(folder, "watch") as watch:
        assert gate.asked.wait(60)
        watch.send(signal.SIGTERM)
        gate.may_answer.set()
        assert watch.end(signal.SIGTERM) == (0, "")
        assert watch.query("SELECT url FROM article") == [(paper.url("/a"),)]
        assert watch.query("SELECT state, attempts FROM page ORDER BY id")[1] == ("announced", 0)
        assert watch.query("SELECT pages_fetched FROM run WHERE finished_at IS NOT NULL") == [(1,)]
    assert "/b" not in paper.asked


def test_watch_does_not_wait_for_an_answer_that_does_not_come(folder: Path, paper: Paper) -> None:
    """The page is cut off before its own deadline and is due still; the run has its end."""
    gate = Gate()
    paper.meanwhile["/a"] = gate.hold
    with running(folder, "watch") as watch:
        assert gate.asked.wait(60)
        assert watch.end(signal.SIGTERM) == (0, "")
        gate.may_answer.set()
        state = "SELECT state, reason, attempts, next_attempt_at IS NOT NULL FROM page"
        assert watch.query(state) == [("announced", None, 0, 1)]
        assert watch.query("SELECT count(*) FROM run WHERE finished_at IS NOT NULL") == [(1,)]


def test_watch_reads_its_config_again_when_told(folder: Path, paper: Paper) -> None:
    """A new source is asked at once; with a broken config it goes on as before."""
    config = folder / "config.toml"
    good = config.read_text()
    paper.pages["/other.xml"] = paper.pages["/feed.xml"]
    with running(folder, "--log-format", "json", "-v", "watch") as watch:
        watch.wait_for("SELECT count(*) FROM article", [(1,)])
        config.write_text(good + f'[[source]]\nurl = "{paper.url("/other.xml")}"\n')
        watch.send(signal.SIGHUP)
        wait_until(lambda: "/other.xml" in paper.asked)
        config.write_text("[fetch]\ntimeout = 3\n")
        watch.send(signal.SIGHUP)
        watch.wait_for("SELECT count(*) FROM run WHERE finished_at IS NULL", [(0,)])
        code, said = watch.end(signal.SIGTERM)
    assert code == 0
    lines = [json.loads(line) for line in said.splitlines()]
    assert "the config was read again" in [line["message"] for line in lines]
    (kept,) = [line for line in lines if line["level"] == "error"]
    assert kept["message"].startswith("the config stays as it was: ")
    assert "fetch.timeout" in kept["message"]


def test_watch_waits_for_another_run_and_goes_on(folder: Path) -> None:
    """While another holds the lock it asks for nothing; then it does, and said so once."""
    with running(folder, "-v", "watch") as watch:
        with hold_lock(archive_here()):
            watch.read_until("another run holds the archive's lock")
            assert watch.query("SELECT count(*) FROM run") == [(0,)]
        watch.send(signal.SIGHUP)
        watch.wait_for("SELECT count(*) FROM article", [(1,)])
        code, said = watch.end(signal.SIGTERM)
    assert code == 0
    assert "Traceback" not in said


def test_watch_says_at_once_what_is_wrong(run: Run, home: Path) -> None:
    """No archive, a broken config, an address that is taken: one line and the documented code."""
    missing = run("watch")
    assert missing.exit_code == 10
    assert run("init").exit_code == 0
    (home / "config.toml").write_text('[metrics]\nlisten = "nowhere"\n')
    broken = run("watch")
    assert broken.exit_code == 4
    assert "metrics.listen: must be an address and a port" in broken.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_that_is_told_to_stop_keeps_what_it_has(
    folder: Path, paper: Paper, number: signal.Signals
) -> None:
    """SIGTERM is Ctrl-C: 130, one line, the first article archived, the second due."""
    gate = Gate()
    paper.write_article("/b", TEXT.replace("boats", "barges"))
    paper.write_feed("/a", "/b")
    paper.meanwhile["/b"] = gate.hold
    with running(folder, "run") as process:
        assert gate.asked.wait(60)
        workers = process.children()
        code, said = process.end(number)
        gate.may_answer.set()
        assert (code, said) == (130, "scraper: interrupted; what was finished is kept\n")
        assert process.query("SELECT url FROM article") == [(paper.url("/a"),)]
        assert process.query("SELECT state FROM page ORDER BY id") == [
            ("archived",),
            ("announced",),
        ]
        assert process.query("SELECT count(*) FROM run WHERE finished_at IS NULL") == [(0,)]
    assert workers
    assert all(is_gone(pid) for pid in workers)


def test_watch_serves_measures(folder: Path) -> None:
    """Over HTTP, as the config says, read from the archive when they are asked for."""
    with (folder / "config.toml").open("a") as config:
        config.write(f'[metrics]\nlisten = "127.0.0.1:{free_port()}"\ntextfile = "scraper.prom"\n')
    listen = re.search(r'listen = "(.+)"', (folder / "config.toml").read_text())
    assert listen is not None
    with running(folder, "watch") as watch:
        watch.wait_for("SELECT count(*) FROM run WHERE finished_at IS NOT NULL", [(1,)])
        with urllib.request.urlopen(f"http://{listen[1]}/metrics") as answer:
            served = answer.read().decode()
        wait_until((folder / "scraper.prom").exists)
        taken = subprocess.run(
            [sys.executable, "-m", "scraper", "watch"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert watch.end(signal.SIGTERM) == (0, "")
    assert "scraper_articles 1.0\n" in served
    assert "scraper_archive_readable 1.0\n" in served
    assert taken.returncode == 1
    assert taken.stderr.startswith(f"scraper: metrics.listen: {listen[1]} cannot be listened on: ")
    assert taken.stderr.count("\n") == 1


def free_port() -> int:
    """A port on which nobody listens at the moment."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

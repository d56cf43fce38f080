"""What commands say of a server that is away, or does not let them in; and that nothing is lost."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scraper.store import schema
from scraper.store.archive import open_archive
from tests.cli.cli_texts import write_prose
from tests.cli.test_watch import SETTINGS, TEXT, Gate, running, wait_until
from tests.pipeline.test_run import serve_paper
from tests.postgres_server import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    from scraper.store.postgresql import PostgresDatabase
    from tests.cli.test_watch import Running
    from tests.pipeline.test_run import Paper

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def server(postgres_server: PostgresServer | None) -> Iterator[PostgresServer]:
    """A server beside that of the other tests, to be stopped and started."""
    assert postgres_server is not None
    with tempfile.TemporaryDirectory(prefix="scraper-postgresql-") as folder:
        own = PostgresServer(Path(folder), may_crash=True)
        yield own
        own.stop()


@pytest.fixture
def database(
    server: PostgresServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> PostgresDatabase:
    """An empty archive on that server, which commands work with."""
    server.start()  # where a test failed while it was away
    location = server.archive(home)
    monkeypatch.setenv("SCRAPER_ARCHIVE", location.address)
    return location


@pytest.fixture
def paper() -> Iterator[Paper]:
    """A Paper on loopback with two articles in its feed."""
    with serve_paper() as served:
        served.write_article("/a", TEXT)
        served.write_article("/b", TEXT.replace("boats", "barges"))
        served.write_feed("/a", "/b")
        yield served


@pytest.fixture
def folder(home: Path, paper: Paper, database: PostgresDatabase) -> Path:
    """A folder with a config that watches the paper."""
    listed = f'[[source]]\nurl = "{paper.url("/feed.xml")}"\n'
    (home / "config.toml").write_text(SETTINGS + listed)
    return home


def write_lines(path: Path, count: int) -> None:
    """Nothing; the file has so many different articles."""
    lines = ({"id": n, "title": f"T{n}", "text": write_prose(n)} for n in range(count))
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def count(location: PostgresDatabase) -> int:
    """How many articles there are."""
    with open_archive(location) as archive, archive.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM article").scalar_one())


def let_leases_end(location: PostgresDatabase) -> None:
    """Nothing; a minute has passed for the hosts that somebody could not give back."""
    with open_archive(location) as archive, archive.write() as connection:
        connection.execute(schema.host.update().values(leased_by=None, leased_until=None))


def told(process: Running) -> tuple[int, list[str]]:
    """The exit code of a process that ends by itself, and its lines on stderr."""
    code, said = process.wait()
    return code, said.splitlines()


def refused(run: Callable[..., Result], *words: str, code: int = 1) -> str:
    """The one line of a command that ends so and prints nothing else."""
    result = run(*words)
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    (line,) = result.stderr.splitlines()
    return line


# --- a server that goes away ----------------------------------------------------------------------


def test_a_run_whose_server_goes_away_is_one_line(
    run: Callable[..., Result],
    server: PostgresServer,
    database: PostgresDatabase,
    folder: Path,
    paper: Paper,
) -> None:
    """What was archived is kept, what was not is due still; the next run does it."""
    gate = Gate()
    paper.meanwhile["/b"] = gate.hold
    with running(folder, "run") as process:
        assert gate.asked.wait(60)
        server.crash()
        gate.may_answer.set()
        code, lines = told(process)
    assert (code, len(lines)) == (1, 1), lines
    assert lines[0].endswith("that the server runs; nothing is lost")
    assert "that the server runs" in refused(run, "status")
    server.start()
    assert "is fine" in run("db", "check").stdout
    let_leases_end(database)
    again = run("run", "--all")
    assert (again.exit_code, again.output) == (0, "")
    assert count(database) == 2
    assert run("db", "check").exit_code == 0


def test_a_watch_says_it_once_and_goes_on(
    server: PostgresServer, database: PostgresDatabase, folder: Path, paper: Paper
) -> None:
    """While the server is away each look fails; the first is told. Then it is as before."""
    import signal

    gate = Gate()
    paper.meanwhile["/b"] = gate.hold
    with running(folder, "-v", "watch") as watch:
        assert gate.asked.wait(60)
        server.crash()
        gate.may_answer.set()
        lines = watch.read_until("that the server runs")
        for _ in range(3):
            watch.send(signal.SIGHUP)  # it looks at once
            lines += watch.read_until("that the server runs")
        server.start()
        let_leases_end(database)
        watch.send(signal.SIGHUP)
        wait_until(lambda: count(database) == 2)
        code, said = watch.end(signal.SIGTERM)
    lines += said.splitlines(keepends=True)
    assert code == 0
    assert sum(" ERROR " in line for line in lines) == 1, lines
    assert not any("Traceback" in line for line in lines)


def test_an_import_whose_server_goes_away_goes_on(
    run: Callable[..., Result], server: PostgresServer, database: PostgresDatabase, home: Path
) -> None:
    """Whole batches are there; called again, each article is there once."""
    write_lines(home / "articles.jsonl", 1500)
    with running(home, "import", "articles.jsonl") as process:
        wait_until(lambda: count(database) > 0)
        server.crash()
        code, lines = told(process)
    server.start()
    assert (code, len(lines)) == (1, 1), lines
    assert lines[0].endswith("nothing is lost")
    before = count(database)
    assert 0 < before < 1500
    done = run("import", "articles.jsonl")
    assert done.stdout == (
        f"articles.jsonl: {1500 - before} new, 0 revised, {before} unchanged, 0 skipped\n"
    )
    assert run("db", "check").exit_code == 0


def test_a_rebuild_whose_server_goes_away_goes_on(
    run: Callable[..., Result], server: PostgresServer, database: PostgresDatabase, home: Path
) -> None:
    """Nothing that matches runs before it is finished; called again, it is."""
    write_lines(home / "articles.jsonl", 300)
    assert run("import", "articles.jsonl").exit_code == 0
    begun = "SELECT count(*) FROM rebuild"
    with running(home, "rebuild", "fingerprints") as process:
        process.wait_for(begun, [(1,)])
        server.crash()
        code, lines = told(process)
    server.start()
    assert (code, len(lines)) == (1, 1), lines
    assert lines[0].endswith("nothing is lost")
    assert "rebuild fingerprints" in refused(run, "run", code=10)
    assert run("rebuild", "fingerprints").exit_code == 0
    assert run("db", "check").exit_code == 0
    assert count(database) == 300


# --- a server that does not let in ----------------------------------------------------------------


WORDS = [("status",), ("stories",), ("run",), ("import", "a.jsonl"), ("rebuild", "stories")]


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
@pytest.mark.parametrize(
    ("user", "how", "said"),
    [
        ("guest", "LOGIN", "permission denied for table"),
        ("many", "LOGIN CONNECTION LIMIT 0", "no more room, memory or connections"),
        ("shut", "LOGIN PASSWORD 'right'", "check the user and the password"),
        ("closed", "NOLOGIN", "check the user and the password"),
    ],
)
def test_who_is_not_let_in_is_told_why(  # noqa: PLR0917  # pytest's
    run: Callable[..., Result],
    server: PostgresServer,
    database: PostgresDatabase,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    user: str,
    how: str,
    said: str,
) -> None:
    """One line, exit code 1, no password in it, and nothing is written."""
    write_lines(home / "a.jsonl", 1)
    location = server.allow("archive", user, how)
    if user == "shut":
        server.ask_password(user)
    named = location.url.set(password="wr0ng")  # noqa: S106  # it is wrong
    monkeypatch.setenv("SCRAPER_ARCHIVE", named.render_as_string(hide_password=False))
    line = refused(run, *words)
    assert said in line
    assert "wr0ng" not in line
    assert count(database) == 0


def test_a_server_that_only_reads_can_be_read(
    run: Callable[..., Result],
    server: PostgresServer,
    database: PostgresDatabase,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A standby answers those who read, and is told from the server that writes."""
    write_lines(home / "a.jsonl", 1)
    assert run("import", "a.jsonl").exit_code == 0
    (home / "config.toml").write_text('[[source]]\nurl = "http://127.0.0.1:1/feed.xml"\n')
    with server.standby("archive") as standby:
        monkeypatch.setenv("SCRAPER_ARCHIVE", standby.address)
        for words in (("status",), ("stories",), ("show", "1"), ("search", "the"), ("db", "check")):
            result = run(*words)
            assert (result.exit_code, result.stderr) == (0, ""), words
        write_lines(home / "b.jsonl", 2)
        for words in (("import", "b.jsonl"), ("rebuild", "stories"), ("prefer", "1"), ("run",)):
            assert "name the one that writes" in refused(run, *words)


@pytest.mark.parametrize(
    "query", ["sslmode=odd", "bogus=1", "password=wr0ng&port=99999", "connect_timeout=x"]
)
def test_an_address_with_odd_parameters_is_one_line(run: Callable[..., Result], query: str) -> None:
    """None of them ends in a traceback, and a password among them is not shown."""
    named = f"postgresql://me@127.0.0.1:1/news?{query}"
    line = refused(run, "--archive", named, "status")
    assert "check the address" in line
    assert "wr0ng" not in line

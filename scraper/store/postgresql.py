"""PostgreSQL, the engine of an archive that many machines share.

Rule 1: a writer's transaction takes an advisory lock before its first look, and each of its
statements sees what was committed before it: so it is alone from there to its end, as on SQLite
(without the lock, two workers made two stories of one in 30 of 30 races).
Rule 2: a reader's transaction is one snapshot, REPEATABLE READ.
Rule 3: the lock of a run is a session's: it ends with the connection, and so with the process.
Rule 4: any number of runs share it; what changes the archive as a whole has it alone, and waits
until they have let go. Whoever waits for it alone keeps new runs from joining.
Rule 5: whose session is gone writes no more, though other connections may be made anew: since a
server was started again, say, others may have tidied up as if nobody were at work.
"""

from __future__ import annotations

import logging
import select
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from scraper.errors import ArchiveError, ArchiveMissingError, LockedError, MissingLibraryError
from scraper.store import schema
from scraper.store.failures_postgresql import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: A writer waits so long for another's transaction before it gives up.
LOCK_TIMEOUT_SECONDS: Final = 30
#: Of runs that share an archive, one that does nothing for so long in the middle of a transaction
#: (its machine sleeps, or a signal stopped it) loses it, before the others give up waiting.
_STILL_SECONDS: Final = 20
#: How libpq finds out that a server is gone, unless the address says otherwise: in seconds, but for
#: tcp_user_timeout (ms), at most a minute. Guesses; systems take hours.
_LIVELINESS: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
#: And how the server finds out that we are: until then what we had locked would stay locked.
_SESSION: Final = (
    f"SET lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'; SET tcp_keepalives_idle = 30;"
    " SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
)

#: A connection that was not used for so long is asked whether it is alive: the server may have been
#: started anew since. Asking each time made every short look take half as long again.
_TRUSTED_SECONDS: Final = 1.0

#: Advisory locks are numbers that all programs of a database share: ours begin with "scra".
_LOCKS: Final = int.from_bytes(b"scra")
_WRITER, _RUN = 1, 2
#: Who wants the lock of runs alone waits so long for those that share it: longer than a pass of
#: `watch` (two minutes for a host's sources, two for its pages, the last requests).
_RUNS_TIMEOUT_SECONDS: Final = 300
#: Who wants a part of it, or all, waits so long for one that tidies up before the first run: that
#: one lets others in by itself. A guess; a watch that is told to end must do so in five seconds.
_JOIN_TIMEOUT_SECONDS: Final = 3
_LOST: Final = "the server ended this: run the command again, nothing is lost"
_LOCK_NOT_AVAILABLE: Final = "55P03"
#: Parameters of libpq that are secrets.
_SECRETS: Final = ("password", "sslpassword")
_DRIVER: Final = "psycopg"
#: How many processes have a part in the lock of runs: none where one has all of it.
_SHARING: Final = sa.text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND mode = 'ShareLock'"
    " AND classid = :locks AND objid = :run"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
).bindparams(locks=_LOCKS, run=_RUN)
#: What a database has that is an archive; another program may have one of them.
_OURS: Final = frozenset(("alembic_version", "archive"))

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PostgresDatabase:
    """An archive that is a database of a server: a ``Location``."""

    url: sa.URL
    snapshots: Path
    #: By which this process holds the lock of runs; whether it shares it.
    _sessions: dict[sa.Connection, bool] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __str__(self) -> str:
        url = self.url.difference_update_query(_SECRETS)
        return url.set(drivername="postgresql").render_as_string(hide_password=True)

    @property
    def address(self) -> str:
        """How a config names it: without its password."""
        url = self.url.difference_update_query(_SECRETS)
        return sa.URL.create(
            "postgresql", url.username, None, url.host, url.port, url.database, url.query
        ).render_as_string()

    @property
    def title(self) -> str:
        """The database's name."""
        return self.url.database or self.url.username or "postgresql"

    @property
    def is_read_only(self) -> bool:
        """No: what a standby refuses is told when it is tried."""
        return False

    def find(self) -> None:
        """Nothing: that there is a database is seen when it is asked something."""

    def exists(self) -> bool:
        """Whether the database has an archive already. Raises ArchiveError, also where there is no
        such database, or it cannot hold texts.
        """
        engine = self.make_engine()
        try:
            with self.as_archive_errors(), engine.connect() as connection:
                encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
                if encoding != "UTF8":
                    raise ArchiveError(
                        f"{self} is encoded in {encoding}: create a database with ENCODING 'UTF8'"
                    )
                return set(sa.inspect(connection).get_table_names()) >= _OURS
        finally:
            engine.dispose()

    @contextmanager
    def making(self) -> Iterator[None]:
        """A database without an archive; it is filled in one transaction, or stays as it is.

        Raises ArchiveError where it has one already.
        """
        if self.exists():
            raise ArchiveError(f"{self} holds an archive already: name another database")
        if taken := self._find_taken():
            raise self._taken(taken)
        yield

    def no_archive(self) -> ArchiveError:
        """What is wrong with a database that has not the tables of an archive."""
        taken = self._find_taken()
        return self._taken(taken) if taken else ArchiveMissingError(str(self))

    def _find_taken(self) -> str | None:
        """A table of another program that has the name of one of an archive's."""
        engine = self.make_engine()
        try:
            with self.as_archive_errors(), engine.connect() as connection:
                found = sa.inspect(connection).get_table_names()
        finally:
            engine.dispose()
        return min(set(found) & {*_OURS, *schema.metadata.tables}, default=None)

    def _taken(self, table: str) -> ArchiveError:
        return ArchiveError(
            f"{self} is no archive, and has another program's table {table}: name another database"
        )

    def make_engine(self) -> sa.Engine:
        """What gives connections; none is made yet. Raises MissingLibraryError."""
        try:
            engine = sa.create_engine(
                self.url,
                connect_args={
                    name: value for name, value in _LIVELINESS.items() if name not in self.url.query
                },
            )
        except ModuleNotFoundError as exc:
            raise MissingLibraryError("psycopg[binary]", extra="postgresql") from exc

        @sa.event.listens_for(engine, "connect")
        def configure(connection: Any, _record: object) -> None:  # noqa: ANN401  # psycopg's
            connection.execute(_SESSION)
            connection.commit()

        @sa.event.listens_for(engine, "checkin")
        def leave(_connection: Any, record: sa.pool.ConnectionPoolEntry) -> None:  # noqa: ANN401
            record.info["left_at"] = monotonic()

        @sa.event.listens_for(engine, "checkout")
        def look(connection: Any, record: sa.pool.ConnectionPoolEntry, _proxy: object) -> None:  # noqa: ANN401
            if monotonic() - record.info.get("left_at", monotonic()) < _TRUSTED_SECONDS:
                return
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as exc:
                raise sa.exc.DisconnectionError from exc

        @sa.event.listens_for(engine, "begin")
        def begin(connection: sa.Connection) -> None:
            if connection.get_execution_options().get("writes", False):
                self._check_sessions()
                begun = f"SELECT pg_advisory_xact_lock({_LOCKS}, {_WRITER})"
                if any(self._sessions.values()):
                    limit = f"'idle_in_transaction_session_timeout', '{_STILL_SECONDS}s'"
                    begun += f", set_config({limit}, true)"  # until the transaction ends
                connection.exec_driver_sql(begun)

        return engine

    def renew(self, engine: sa.Engine) -> sa.Engine:
        """The engine: it makes its own connections anew."""
        return engine

    @property
    def is_shared(self) -> bool:
        """Yes: runs lease the hosts that they ask."""
        return True

    def options(self, *, writes: bool, alone: bool = True) -> dict[str, Any]:
        """The options of a connection that reads or writes (Rules 1 and 2)."""
        if writes:
            return {"writes": alone, "isolation_level": "READ COMMITTED"}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def end_look(self, connection: sa.Connection) -> None:
        """Nothing; a transaction that reads is over: committed, as it could write nothing.

        At a rollback psycopg forgets the statements that it has prepared.
        """
        connection.commit()

    def prepare(self, engine: sa.Engine) -> None:
        """Nothing: a PostgreSQL database needs none of it."""

    @contextmanager
    def as_archive_errors(self) -> Iterator[None]:
        """The server's own failures as ArchiveError: down, gone, full, locked, forbidden.

        A broken constraint or wrong SQL is a bug of ours and passes through.
        """
        try:
            yield
        except sa.exc.DBAPIError as exc:
            failure = explain(exc, self)
            if failure is None:
                raise
            raise failure from exc

    @contextmanager
    def hold_lock(self) -> Iterator[None]:
        """The archive's lock, held by a session of its own while the context lasts.

        Raises LockedError after three seconds where another process holds it alone, and where runs
        that share it have not let go of it after five minutes.
        """
        with self._open_session(shares=False) as session:
            with self.as_archive_errors():
                if not _ask(session, "pg_try_advisory_lock"):
                    self._wait_alone(session)
            yield

    def _wait_alone(self, session: sa.Connection) -> None:
        """Nothing; the session has the lock of runs alone. One that tidies up is waited for, and
        then its run, as all that share the lock are.
        """
        if not (sharing := session.execute(_SHARING).scalar_one()):
            try:
                return self._wait(session, "pg_advisory_lock", _JOIN_TIMEOUT_SECONDS)
            except LockedError:
                if not (sharing := session.execute(_SHARING).scalar_one()):
                    raise
        logger.warning("waiting for other runs to end their pass: %d now", sharing)
        return self._wait(session, "pg_advisory_lock", _RUNS_TIMEOUT_SECONDS)

    @contextmanager
    def join_runs(self, when_alone: Callable[[], None]) -> Iterator[None]:
        """A part in the archive's lock, held by a session of its own while the context lasts.

        Raises LockedError where another process holds it alone, or waits to.
        """
        with self._open_session(shares=True) as session:
            with self.as_archive_errors():
                is_alone = _ask(session, "pg_try_advisory_lock")
            if is_alone:
                when_alone()
            with self.as_archive_errors():
                self._wait(session, "pg_advisory_lock_shared", _JOIN_TIMEOUT_SECONDS)
                if is_alone:
                    _ask(session, "pg_advisory_unlock")
            yield

    @contextmanager
    def _open_session(self, *, shares: bool) -> Iterator[sa.Connection]:
        engine = self.make_engine()
        try:
            with self.as_archive_errors():
                connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            with connection:
                self._sessions[connection] = shares
                try:
                    yield connection
                finally:
                    del self._sessions[connection]
        finally:
            engine.dispose()  # the session ends, and its locks with it

    def _check_sessions(self) -> None:
        """Nothing; every session that holds a lock for us is there still (Rule 5).

        The server says nothing to one that asks nothing, but that it is over: only then it is
        asked, which raises.
        """
        for session in self._sessions:
            if session.invalidated:  # it was asked before; asking again would make it anew
                raise ArchiveError(f"{self}: {_LOST}")
            driver: Any = session.connection.driver_connection
            told, _, _ = select.select([driver], [], [], 0)
            if told:
                session.exec_driver_sql("SELECT 1")

    def _wait(self, session: sa.Connection, lock: str, seconds: float) -> None:
        """Nothing; the session has the lock of runs in this way."""
        session.exec_driver_sql(f"SET lock_timeout = '{seconds}s'")
        try:
            _ask(session, lock)
        except sa.exc.OperationalError as exc:
            if getattr(exc.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                raise LockedError(f"the lock of {self}") from exc
            raise


def _ask(session: sa.Connection, function: str) -> bool:
    """What the function says of the lock of runs."""
    return bool(session.exec_driver_sql(f"SELECT {function}({_LOCKS}, {_RUN})").scalar_one())


def read_url(text: str) -> sa.URL | None:
    """The address of a database that psycopg speaks to; None where it is no such address."""
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        return None
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        return None
    if "+" in url.drivername and not url.drivername.endswith(f"+{_DRIVER}"):
        return None
    return url.set(drivername=f"postgresql+{_DRIVER}")

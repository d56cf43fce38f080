"""What is wrong where PostgreSQL refuses, and what to do about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from scraper.errors import ArchiveError, ArchiveMissingError

if TYPE_CHECKING:
    from scraper.store.archive import Location

_ONLY_READS: Final = "this server only reads, as a standby does: name the one that writes"
#: What to do about the failures that are not ours, by the beginning of their SQLSTATE; the longest
#: that fits: https://www.postgresql.org/docs/current/errcodes-appendix.html
_REMEDIES: Final = {
    # Of what the server cannot do we ask one thing: a transaction that writes, of a standby.
    "0A000": _ONLY_READS,
    "08": "check the address and the user, and that the server runs; nothing is lost",
    "25006": _ONLY_READS,
    "25P03": "this process stood still too long; run the command again, nothing is lost",
    "28": "check the user and the password",
    "40": "another program was in the way; run the command again, nothing is lost",
    "42501": "give this user the right to it",
    "42P07": "it exists already",
    "55000": "the server is not ready: nothing is lost, try again later",
    "53": "the server has no more room, memory or connections: nothing is lost, try again later",
    "53100": "make room and run the command again; nothing is lost",
    "55P03": "another program is writing; try again when it has ended",
    "57": "the server stopped this: run the command again when it is back, nothing is lost",
    "58": "check the server and its disk",
    "XX001": "the database is damaged: restore a backup",
    "XX002": "the database is damaged: restore a backup",
}
#: What a connection fails by that was never made has no SQLSTATE; nor has one that broke. So it is
#: told by the server's words, in English; another language's leave what holds of all.
_NO_CONNECTION: Final = "08"
_NO_DATABASE: Final = "3D000"
_REFUSALS: Final = {
    _NO_DATABASE: r'database ".*" does not exist',
    "42501": r"permission denied for database",
    "28": (
        r"authentication failed|no password supplied|no pg_hba\.conf entry|"
        r'role ".*" (does not exist|is not permitted)'
    ),
    "53": r"too many (clients|connections)|remaining connection slots",
    "55000": r"the database system is|not currently accepting connections",
}


def explain(failure: sa.exc.DBAPIError, where: Location) -> ArchiveError | None:
    """The failure of this archive's server as one of ours; None for a bug: a broken constraint,
    wrong SQL.
    """
    said = " ".join(str(failure.orig).split())
    sqlstate = getattr(failure.orig, "sqlstate", None)
    if sqlstate is None and _is_of_connection(failure, said):
        sqlstate = _read_refusal(said)
    if sqlstate == _NO_DATABASE:
        return ArchiveMissingError(str(where), f"make the database first: createdb {where.title}")
    remedy = _find_remedy(sqlstate or "")
    return None if remedy is None else ArchiveError(f"{where}: {said}: {remedy}")


def _is_of_connection(failure: sa.exc.DBAPIError, said: str) -> bool:
    """Whether the server was not reached, or a parameter of the address makes no sense."""
    no_sense = ("invalid connection", "bad value for")  # libpq's words, and psycopg's
    return isinstance(failure, sa.exc.OperationalError) or said.startswith(no_sense)


def _read_refusal(said: str) -> str:
    """The beginning of the SQLSTATE that a refused connection would have."""
    for sqlstate, words in _REFUSALS.items():
        if re.search(words, said):
            return sqlstate
    return _NO_CONNECTION


def _find_remedy(sqlstate: str) -> str | None:
    for length in (5, 2):
        if remedy := _REMEDIES.get(sqlstate[:length]):
            return remedy
    return None

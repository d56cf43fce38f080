"""Everything that can go wrong, with the exit code a command ends with.

    ScraperError                    1  failed
    ├── UsageError                  2  the command line asks for something that cannot be
    ├── ConfigError                 4  config.toml has an unknown key or a wrong value
    ├── FileError                   1  a file named on the command line cannot be read or written
    ├── ArchiveError                1  the archive cannot be read or written
    │   ├── ArchiveMissingError    10  there is none
    │   ├── ArchiveVersionError    10  it is of another version
    │   ├── FingerprintsError      10  its fingerprints are
    │   └── SnapshotError           1  a WARC file cannot be read or written
    ├── ClusterError                1  a machine for tables does not answer, or gave up
    ├── ListenError                 1  the browser's address cannot be listened on
    ├── LockedError                11  another run holds the lock
    ├── MetricsError                1  nobody can listen where the config says
    ├── MissingLibraryError         1  a library that few need is not installed
    └── WorkerError                 1  the process that parses pages does not start

Outcomes are not errors: a 304, a robots.txt that says no, a page without an article are values
(see ``model``). A library's exception stops at its room and becomes one of these. The message is
one line that says what to do; facts travel as attributes.
"""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pathlib import Path


#: Failures to listen of a name that nobody knows, or of an address of another machine.
_OF_HOST = frozenset((errno.EADDRNOTAVAIL, socket.EAI_NONAME, socket.EAI_AGAIN, socket.EAI_FAIL))


class ScraperError(Exception):
    """Anything the program expects can fail; the message is one line saying what to do."""

    exit_code: ClassVar[int] = 1


class UsageError(ScraperError):
    """The command line asks for something that cannot be."""

    exit_code = 2


class ConfigError(ScraperError):
    """A setting is unknown or has the wrong type or value."""

    exit_code = 4

    def __init__(self, path: Path, key: str | None, problem: str) -> None:
        self.path = path
        self.key = key
        self.problem = problem
        super().__init__(f"{path}: {key}: {problem}" if key else f"{path}: {problem}")


class FileError(ScraperError):
    """A file named on the command line cannot be read or written."""

    def __init__(self, path: str, deed: str, cause: OSError) -> None:
        self.path = path
        self.cause = cause
        super().__init__(f"{path} cannot be {deed}: {cause.strerror or cause}")


class ArchiveError(ScraperError):
    """The archive cannot be read or written."""


class ArchiveMissingError(ArchiveError):
    """There is no archive where one was looked for."""

    exit_code = 10

    def __init__(self, archive: str, remedy: str = "run `scraper init` to make one") -> None:
        self.archive = archive
        super().__init__(f"no archive at {archive}: {remedy}")


class ArchiveVersionError(ArchiveError):
    """The archive was written by another version of the program."""

    exit_code = 10

    def __init__(self, archive: str, found: str | None, expected: str, remedy: str) -> None:
        self.archive = archive
        self.found = found
        self.expected = expected
        super().__init__(
            f"{archive} has schema revision {found or 'none'}, "
            f"this program knows {expected}: {remedy}"
        )


class FingerprintsError(ArchiveError):
    """The archive's fingerprints were made by another version of the program, or only in part."""

    exit_code = 10

    def __init__(self, archive: str, found: int, expected: int) -> None:
        self.archive = archive
        self.found = found
        self.expected = expected
        if found > expected:
            problem = "a newer scraper made its fingerprints; upgrade the program"
        else:
            problem = "its fingerprints must be made anew: run `scraper rebuild fingerprints`"
        super().__init__(f"{archive}: {problem}")


class SnapshotError(ArchiveError):
    """A WARC file cannot be written, or does not hold the page that it should."""

    def __init__(self, warc_file: str, offset: int | None, problem: str) -> None:
        self.warc_file = warc_file
        self.offset = offset
        self.problem = problem
        place = "" if offset is None else f", offset {offset}"
        super().__init__(f"{warc_file}{place}: {problem}")


class ClusterError(ScraperError):
    """A machine for tables does not answer, or gave up."""


class ListenError(ScraperError):
    """Nothing can listen on this address."""

    def __init__(self, address: str, cause: OSError) -> None:
        self.address = address
        self.cause = cause
        # asyncio says the address again: "Address already in use (while attempting to ...)".
        problem = (cause.strerror or str(cause)).partition(" (while")[0]
        is_of_host = cause.errno in _OF_HOST
        remedy = "give a --host of this machine" if is_of_host else "choose another --port"
        super().__init__(f"cannot listen on {address}: {problem}: {remedy}")


class LockedError(ScraperError):
    """Another run holds the archive's lock."""

    exit_code = 11

    def __init__(self, lock: str) -> None:
        self.lock = lock
        super().__init__(f"another run holds {lock}: try again when it has ended")


class MissingLibraryError(ScraperError):
    """A library is not installed that only what was asked for needs."""

    def __init__(self, library: str, *, extra: str) -> None:
        self.library = library
        super().__init__(
            f"{extra} needs the library {library}: "
            f"run `pip install {library}`, or install scraper with its extra [{extra}]"
        )


class WorkerError(ScraperError):
    """The process that parses what was fetched does not start."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(f"the process that parses pages does not start: {cause}")


class MetricsError(ScraperError):
    """The measures cannot be served where the config says."""

    def __init__(self, listen: str, cause: OSError) -> None:
        self.listen = listen
        self.cause = cause
        super().__init__(
            f"metrics.listen: {listen} cannot be listened on: {cause.strerror or cause}"
        )

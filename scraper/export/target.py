"""Where an export goes: to a file that is replaced whole, or to a stream.

A reader of the file sees the old export or the new one, never half of one: what is written goes to
a temporary name beside the target, is forced to the disk, and takes the target's name in one step.
A process that is killed leaves the old file, and that temporary name for the next to take over.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from scraper.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


_BUSY = "another export is writing it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file as it was written: its name, its length in bytes, its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


def write_file(path: Path, chunks: Iterable[bytes]) -> Written | None:
    """The file at ``path``, which holds the chunks now; whatever it held before is replaced.

    Where anything fails the old file is as it was, and nothing is left beside it. A symbolic link
    is followed; a pipe or device, which cannot be replaced, is written to, and None comes back.
    Raises FileError where the folder or disk does not allow it.
    """
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as stream:
                write_stream(stream, chunks)
            return None
        return _replace(target, chunks)
    except OSError as exc:
        raise FileError(str(path), "written", exc) from exc


def write_stream(stream: IO[bytes], chunks: Iterable[bytes]) -> None:
    """Nothing; the chunks are written to the stream."""
    for chunk in chunks:
        stream.write(chunk)


def _replace(target: Path, chunks: Iterable[bytes]) -> Written:
    temporary = target.with_name(f".{target.name}.part")
    digest, size = hashlib.sha256(), 0
    with _claim(temporary) as file:
        try:
            for chunk in chunks:
                digest.update(chunk)
                size += file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
            if target.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    sync_folder(target.parent)
    return Written(name=target.name, size=size, sha256=digest.hexdigest())


@contextmanager
def _claim(temporary: Path) -> Iterator[IO[bytes]]:
    """The temporary file, empty, open and locked by this process alone.

    Raises BlockingIOError where another process is writing it.
    """
    with temporary.open("ab") as file:
        lock(file)
        # Between open and lock another process may have given it its final name.
        if not temporary.exists() or not os.path.samestat(
            temporary.stat(), os.fstat(file.fileno())
        ):
            raise BlockingIOError(errno.EAGAIN, _BUSY)
        file.truncate(0)
        yield file


def lock(file: IO[bytes] | int) -> None:
    """Nothing; this process alone holds the file's or folder's lock, until it closes it.

    Raises BlockingIOError where another does.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        raise BlockingIOError(exc.errno, _BUSY) from exc


def sync_folder(folder: Path) -> None:
    """Nothing; the folder's entries survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

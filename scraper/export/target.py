"""Where an export goes: to a file that is replaced whole, or to a stream.

A reader of the file sees the old export or the new one, never half of one: lines go to a temporary
name beside the target, are forced to the disk, and take the target's name in one step.
"""

from __future__ import annotations

import os
import stat
from typing import IO, TYPE_CHECKING

from scraper.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write_file(path: Path, lines: Iterable[bytes]) -> int:
    """How many lines the file at ``path`` holds now; whatever it held before is replaced.

    Where anything fails the old file is as it was, and nothing is left beside it. A symbolic link
    is followed; a pipe or device, which cannot be replaced, is written to. Raises FileError where
    the folder or disk does not allow it.
    """
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as stream:
                return write_stream(stream, lines)
        return _replace(target, lines)
    except OSError as exc:
        raise FileError(str(path), "written", exc) from exc


def write_stream(stream: IO[bytes], lines: Iterable[bytes]) -> int:
    """How many lines were written to the stream."""
    count = 0
    for line in lines:
        stream.write(line)
        count += 1
    return count


def _replace(target: Path, lines: Iterable[bytes]) -> int:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with temporary.open("xb") as file:
            count = write_stream(file, lines)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    return count


def _sync_folder(folder: Path) -> None:
    """Nothing; the folder's new entry survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

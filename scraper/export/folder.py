"""An export of many files: a folder in which only what changed is written.

Rule 1: all new content is written below ``.part`` first; a failure until then changes nothing.
Then file after file takes its name. A process killed among these leaves each file old or new, and
the next export makes it whole.
Rule 2: ``SHA256SUMS`` names every file, as `sha256sum --check` reads it. Only files named as ours
are, "0012/12345.md", are ever removed; others that people keep there stay.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
from itertools import groupby
from typing import TYPE_CHECKING, TextIO, TypeAlias

from scraper.errors import FileError
from scraper.export.target import Written, lock, sync_folder, write_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SUMS = "SHA256SUMS"
_STAGE = ".part"
_SHARD = re.compile(r"[0-9]{4,}")
_FILE = re.compile(r"[0-9]+\.md")

#: A file's name below the folder and its content; None where it is to go.
Named: TypeAlias = tuple[str, bytes | None]


def write_folder(folder: Path, files: Iterable[Named], *, whole: bool) -> Written:
    """The list of the folder's files, which are what was given.

    ``files`` are ordered by the numbers in their names. With ``whole`` they are all, and what else
    of ours lies in the folder goes; otherwise they replace or remove some, and the others stay.
    Raises FileError where it cannot be written, or is a folder of something else.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "it is a file, and a folder is needed")
        folder.mkdir(exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            lock(handle)
            return _fill(folder, files, whole=whole)
        finally:
            os.close(handle)
    except OSError as exc:
        raise FileError(str(folder), "written", exc) from exc


def _fill(folder: Path, files: Iterable[Named], *, whole: bool) -> Written:
    listing = folder / SUMS
    if not listing.exists():
        if any(found.name != _STAGE for found in folder.iterdir()):
            raise OSError("it holds something else: name a new folder")
        if not whole:
            raise OSError("it holds no export yet: write a whole one first, without a cursor")
    stage = folder / _STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    try:
        with (stage / SUMS).open("w", encoding="ascii") as sums:
            fill = _stage_all if whole else _stage_some
            gone = fill(folder, files, sums)
        for shard in sorted(found for found in stage.iterdir() if found.is_dir()):
            (folder / shard.name).mkdir(exist_ok=True)
            for file in shard.iterdir():
                file.replace(folder / shard.name / file.name)
        for name in gone:
            (folder / name).unlink(missing_ok=True)
        written = write_file(listing, _read_chunks(stage / SUMS))
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    sync_folder(folder)
    if written is None:
        raise OSError(f"{SUMS} in it is no file")
    return written


def _stage_all(folder: Path, files: Iterable[Named], sums: TextIO) -> list[str]:
    """The names of our files that are no more; the others are staged and listed."""
    gone, shards = [], set()
    for shard, group in groupby(files, key=lambda named: named[0].partition("/")[0]):
        shards.add(shard)
        kept = set()
        for name, content in group:
            if content is not None:
                kept.add(name)
                sums.write(_stage_file(folder, name, content))
        gone += [name for name in _list_ours(folder, shard) if name not in kept]
    others = {path.name for path in folder.iterdir() if _SHARD.fullmatch(path.name)} - shards
    return gone + [name for shard in sorted(others) for name in _list_ours(folder, shard)]


def _stage_some(folder: Path, files: Iterable[Named], sums: TextIO) -> list[str]:
    """The names of the files that are to go; the others are staged, and listed among the old."""
    gone = []
    with (folder / SUMS).open(encoding="ascii") as listed:
        waiting = next(listed, "")
        for name, content in files:
            while waiting and _number(waiting) < _number(name):
                sums.write(waiting)
                waiting = next(listed, "")
            if waiting and _number(waiting) == _number(name):
                waiting = next(listed, "")
            if content is None:
                gone.append(name)
            else:
                sums.write(_stage_file(folder, name, content))
        sums.write(waiting)
        sums.writelines(listed)
    return gone


def _stage_file(folder: Path, name: str, content: bytes) -> str:
    """The file's line in the listing; it is staged unless it lies in the folder just so."""
    target = folder / name
    if not target.is_file() or target.read_bytes() != content:
        staged = folder / _STAGE / name
        staged.parent.mkdir(exist_ok=True)
        staged.write_bytes(content)
    return f"{hashlib.sha256(content).hexdigest()}  {name}\n"


def _list_ours(folder: Path, shard: str) -> list[str]:
    """The names of the files in this part of the folder that are named as ours are."""
    try:
        names = sorted(path.name for path in (folder / shard).iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [f"{shard}/{name}" for name in names if _FILE.fullmatch(name)]


def _number(name: str) -> int:
    """The number that ends a file's name, or a line of the listing."""
    return int(name.strip().rpartition("/")[2].removesuffix(".md"))


def _read_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk

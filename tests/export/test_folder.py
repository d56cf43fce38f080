"""A folder of files: what changed is written, what is ours and gone goes, the rest stays."""

from __future__ import annotations

import fcntl
import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from scraper.errors import FileError
from scraper.export.folder import write_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = [("0000/1.md", b"one"), ("0000/20.md", b"twenty"), ("0001/1003.md", b"more")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an export in it."""
    path = tmp_path / "notes"
    write_folder(path, FILES, whole=True)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """All files below the folder but the list of them, which is compared with them."""
    found = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    lines = [line.split("  ") for line in found.pop("SHA256SUMS").decode().splitlines()]
    listed = {name: digest for digest, name in lines}
    ours = {name: content for name, content in found.items() if name.endswith(".md")}
    assert list(listed) == sorted(ours, key=lambda name: int(name[5:-3]))
    assert listed == {name: hashlib.sha256(held).hexdigest() for name, held in ours.items()}
    return found


def test_whole(folder: Path) -> None:
    """Every file is there, listed with its digest, and nothing else."""
    assert contents(folder) == dict(FILES)
    assert sorted(path.name for path in folder.iterdir()) == ["0000", "0001", "SHA256SUMS"]


def test_only_what_changed_is_written(folder: Path) -> None:
    """A file that is the same is not touched; what is no more goes, also a whole part of it."""
    before = (folder / "0000/1.md").stat()
    write_folder(folder, [FILES[0], ("0000/20.md", b"again")], whole=True)
    assert contents(folder) == {"0000/1.md": b"one", "0000/20.md": b"again"}
    after = (folder / "0000/1.md").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_what_others_put_there_stays(folder: Path) -> None:
    """Files of other names are not ours, wherever they lie."""
    for name in ("mine.txt", "0000/mine.txt", "0000/1.md.bak"):
        (folder / name).write_bytes(b"mine")
    write_folder(folder, [], whole=True)
    assert contents(folder) == dict.fromkeys(
        ("mine.txt", "0000/mine.txt", "0000/1.md.bak"), b"mine"
    )


def test_changes_leave_the_others(folder: Path) -> None:
    """Given changes alone, what is not named stays, in the folder and in the list."""
    changes = [
        ("0000/1.md", None),
        ("0000/7.md", b"seven"),
        ("0000/20.md", b"new"),
        ("0002/2000.md", b"last"),
    ]
    write_folder(folder, changes, whole=False)
    assert contents(folder) == {
        "0000/7.md": b"seven",
        "0000/20.md": b"new",
        "0001/1003.md": b"more",
        "0002/2000.md": b"last",
    }
    write_folder(folder, [], whole=False)
    write_folder(folder, [("0005/5000.md", None)], whole=False)
    assert len(contents(folder)) == 4


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    """Nothing is written among files that are no export, nor changes where there is none."""
    (tmp_path / "thesis.md").write_bytes(b"mine")
    with pytest.raises(FileError, match="holds something else: name a new folder"):
        write_folder(tmp_path, FILES, whole=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.md"]
    with pytest.raises(FileError, match="no export yet"):
        write_folder(tmp_path / "new", FILES, whole=False)
    with pytest.raises(FileError, match="it is a file"):
        write_folder(tmp_path / "thesis.md", FILES, whole=True)
    with pytest.raises(FileError, match="No such file"):
        write_folder(tmp_path / "none" / "deep", FILES, whole=True)


def test_failure_leaves_the_old_folder(folder: Path) -> None:
    """Where reading the archive ends in an error, nothing has changed."""

    def failing() -> Iterator[tuple[str, bytes | None]]:
        yield "0000/1.md", b"new"
        raise KeyError("damaged")

    with pytest.raises(KeyError):
        write_folder(folder, failing(), whole=True)
    assert contents(folder) == dict(FILES)


def test_what_a_killed_export_left_is_made_good(folder: Path) -> None:
    """Half of the files new, the list old, and staged ones left: the next export is whole."""
    (folder / "0000/1.md").write_bytes(b"newer")
    (folder / "0001/1004.md").write_bytes(b"not listed yet")
    (folder / ".part/0000").mkdir(parents=True)
    (folder / ".part/0000/1.md").write_bytes(b"half")
    write_folder(folder, FILES, whole=True)
    assert contents(folder) == dict(FILES)
    assert not (folder / ".part").exists()


def test_two_exports_do_not_mix(folder: Path) -> None:
    """While one fills a folder another is told so."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(FileError, match="another export is writing it"):
            write_folder(folder, [], whole=True)
    finally:
        os.close(handle)
    assert contents(folder) == dict(FILES)

"""Files are replaced whole, or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
from typing import TYPE_CHECKING

import pytest

from scraper.errors import FileError
from scraper.export.target import Written, write_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def failing_lines() -> Iterator[bytes]:
    """One line, and then what a damaged archive may do."""
    yield b"new\n"
    raise KeyError("damaged")


def test_file_holds_the_lines_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    """The file is written, its digest is told, no temporary name stays."""
    path = tmp_path / "stories.jsonl"
    assert write_file(path, [b"1\n", b"2\n"]) == Written(
        name="stories.jsonl", size=4, sha256=hashlib.sha256(b"1\n2\n").hexdigest()
    )
    assert path.read_bytes() == b"1\n2\n"
    assert list(tmp_path.iterdir()) == [path]


def test_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """Where the lines end in an error the old file is untouched, and nothing lies beside it."""
    path = tmp_path / "stories.jsonl"
    path.write_bytes(b"old\n")
    with pytest.raises(KeyError):
        write_file(path, failing_lines())
    assert path.read_bytes() == b"old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_reader_of_the_old_file_is_not_disturbed(tmp_path: Path) -> None:
    """A program that reads while the file is replaced reads the old one to its end."""
    path = tmp_path / "stories.jsonl"
    path.write_bytes(b"old\n")
    with path.open("rb") as reader:
        write_file(path, [b"new\n"])
        assert reader.read() == b"old\n"
    assert path.read_bytes() == b"new\n"


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    """What is replaced keeps its permissions; a link goes on leading to the file."""
    path, link = tmp_path / "real.jsonl", tmp_path / "link.jsonl"
    path.write_bytes(b"old\n")
    path.chmod(0o640)
    link.symlink_to(path)
    write_file(link, [b"new\n"])
    assert link.is_symlink()
    assert path.read_bytes() == b"new\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_pipe_is_written_to_not_replaced(tmp_path: Path) -> None:
    """A named pipe, or a device such as /dev/null, stays what it is."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert write_file(pipe, [b"new\n"]) is None
        assert os.read(reader, 10) == b"new\n"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_missing_folder_is_one_line(tmp_path: Path) -> None:
    """A folder that does not exist is an error that names the file."""
    path = tmp_path / "none" / "stories.jsonl"
    with pytest.raises(FileError, match=r"stories\.jsonl cannot be written: No such file"):
        write_file(path, [b"new\n"])


def test_folder_is_no_target(tmp_path: Path) -> None:
    """A folder cannot be written as a file."""
    with pytest.raises(FileError, match="Is a directory"):
        write_file(tmp_path, [b"new\n"])


def test_what_a_killed_export_left_is_taken_over(tmp_path: Path) -> None:
    """A temporary name that nobody writes to any more is no hindrance, and does not stay."""
    path = tmp_path / "stories.jsonl"
    path.with_name(".stories.jsonl.part").write_bytes(b"a half, longer than the new one")
    write_file(path, [b"new\n"])
    assert path.read_bytes() == b"new\n"
    assert list(tmp_path.iterdir()) == [path]


def test_two_exports_do_not_mix(tmp_path: Path) -> None:
    """While one writes a file another is told so, and the first is not disturbed."""
    path = tmp_path / "stories.jsonl"
    with path.with_name(".stories.jsonl.part").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(b"its half")
        other.flush()
        with pytest.raises(FileError, match="another export is writing it"):
            write_file(path, [b"new\n"])
        assert path.with_name(".stories.jsonl.part").read_bytes() == b"its half"
    assert not path.exists()

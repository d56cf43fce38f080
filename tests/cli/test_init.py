"""`scraper init`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.config import Config, example_text, load_config
from scraper.store.archive import open_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


def test_writes_config_and_archive(run: Callable[..., Result], home: Path) -> None:
    """An empty folder gets the example as its config and an archive that every command opens."""
    result = run("init")
    assert result.exit_code == 0
    assert "scraper add" in result.stdout
    assert (home / "config.toml").read_text() == example_text()
    assert load_config(home / "config.toml") == Config()
    open_archive(home / "archive.db").close()
    assert run("status").exit_code == 0


@pytest.mark.parametrize("taken", ["config.toml", "archive.db"])
def test_never_overwrites(taken: str, run: Callable[..., Result], home: Path) -> None:
    """Where either exists nothing is written at all, and the line names it."""
    (home / taken).write_bytes(b"mine")
    result = run("init")
    assert result.exit_code == 1
    assert result.stderr == f"scraper: {taken} cannot be written: it exists already\n"
    assert [path.name for path in home.iterdir()] == [taken]
    assert (home / taken).read_bytes() == b"mine"


def test_named_places(run: Callable[..., Result], home: Path) -> None:
    """--config and --archive say where; an archive that is not named lies beside its config."""
    (home / "conf").mkdir()
    assert run("--config", "conf/news.toml", "init").exit_code == 0
    assert sorted(path.name for path in (home / "conf").iterdir()) == ["archive.db", "news.toml"]
    assert run("--config", "conf/news.toml", "status").exit_code == 0
    assert run("--archive", "elsewhere.db", "init").exit_code == 0
    assert (home / "elsewhere.db").is_file()


def test_failing_archive_takes_the_config_with_it(run: Callable[..., Result], home: Path) -> None:
    """Where the archive cannot be made there is no config either, so that init can be repeated."""
    result = run("--archive", "no/such/folder.db", "init")
    assert result.exit_code == 1
    assert "no/such" in result.stderr
    assert list(home.iterdir()) == []

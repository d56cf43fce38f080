"""Which config and archive a command works with."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scraper.cli.logs import configure_logging
from scraper.cli.workspace import Workspace
from scraper.errors import ConfigError, UsageError
from scraper.store.postgresql import PostgresDatabase

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result


def test_archive_is_beside_its_config(home: Path) -> None:
    """A relative path in the config starts at the config's folder, one that is typed here."""
    (home / "conf").mkdir()
    (home / "conf" / "news.toml").write_text('[archive]\npath = "data/news.db"')
    there = Workspace(config_file="conf/news.toml")
    assert there.archive_path == Path("conf/data/news.db")
    assert Workspace(config_file="conf/news.toml", archive="x.db").archive_path == Path("x.db")
    assert Workspace(archive="/srv/x.db").archive_path == Path("/srv/x.db")
    assert Workspace(archive="sqlite:///y.db").archive_path == Path("y.db")
    assert Workspace().archive_path == Path("archive.db")


@pytest.mark.sqlite  # of which the file is given another name
def test_environment_names_both(
    run: Callable[..., Result], home: Path, archive_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SCRAPER_CONFIG and SCRAPER_ARCHIVE stand for the options, which win over them."""
    (home / "conf.toml").write_text("[discover]\nmax_entries = 5")
    archive_path.rename(home / "mine.db")
    monkeypatch.setenv("SCRAPER_CONFIG", "conf.toml")
    monkeypatch.setenv("SCRAPER_ARCHIVE", "mine.db")
    assert run("config", "check").stdout.startswith("conf.toml is fine")
    assert "mine.db" in run("status").stdout
    assert run("--archive", "other.db", "status").exit_code == 10
    assert run("--config", "other.toml", "config", "check").exit_code == 4


def test_archive_can_be_read_beside_a_missing_config(home: Path) -> None:
    """A named config that is not there is an error only where it is needed."""
    workspace = Workspace(config_file="none.toml", archive="x.db")
    assert workspace.archive_path == Path("x.db")
    with pytest.raises(ConfigError):
        _ = workspace.config


def test_other_databases_are_refused() -> None:
    """A URL of another database says what this version speaks."""
    with pytest.raises(UsageError, match="SQLite or PostgreSQL"):
        _ = Workspace(archive="mysql://db/news").archive_path


def test_a_databases_snapshots_lie_where_the_config_says(home: Path) -> None:
    """They do too where an option names the database; without a word in a folder of its name."""
    (home / "conf").mkdir()
    (home / "conf" / "news.toml").write_text(
        '[archive]\npath = "postgresql://me:secret@db/news"\nsnapshots_dir = "kept"'
    )
    for archive in (None, "postgresql+psycopg://other/x"):
        there = Workspace(config_file="conf/news.toml", archive=archive).archive_path
        assert isinstance(there, PostgresDatabase)
        assert there.snapshots == Path("conf/kept")
    alone = Workspace(archive="postgresql://me:secret@db/news").archive_path
    assert isinstance(alone, PostgresDatabase)
    assert alone.snapshots == Path("news.warc")
    assert (str(alone), alone.address) == (
        "postgresql://me:***@db/news",
        "postgresql://me@db/news",
    )


@pytest.mark.parametrize(("verbosity", "lines"), [(0, 1), (1, 2), (2, 3), (9, 3)])
def test_log_is_as_loud_as_asked(
    verbosity: int, lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Warnings always, -v what is done, -vv every detail; each one harmless line on stderr."""
    configure_logging(verbosity)
    log = logging.getLogger("scraper.test")
    log.warning("odd title: %s", "a\x1b[2J\nb")
    log.info("fetched")
    log.debug("waited")
    written = capsys.readouterr()
    assert written.out == ""
    assert len(written.err.splitlines()) == lines
    assert "odd title: a b" in written.err
    assert "\x1b" not in written.err

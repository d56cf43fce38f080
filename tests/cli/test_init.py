"""`scraper init`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.config import Config, example_text, load_config
from scraper.store.archive import Archive, open_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from scraper.store.archive import Location


#: About the file that is made; of a database below.
FILES = pytest.mark.sqlite


@FILES
def test_writes_config_and_archive(run: Callable[..., Result], home: Path) -> None:
    """An empty folder gets the example as its config and an archive that every command opens."""
    result = run("init")
    assert result.exit_code == 0
    assert "scraper add" in result.stdout
    assert (home / "config.toml").read_text() == example_text()
    assert load_config(home / "config.toml") == Config()
    open_archive(home / "archive.db").close()
    assert run("status").exit_code == 0


@FILES
def test_never_overwrites(run: Callable[..., Result], home: Path) -> None:
    """Where both exist nothing is written at all, and the line names them."""
    assert run("init").exit_code == 0
    with (home / "config.toml").open("a") as config:
        config.write("# mine\n")
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    result = run("init")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "scraper: config.toml and archive.db exist already: nothing was written\n"
    )
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


@FILES
def test_makes_the_archive_that_an_existing_config_names(
    run: Callable[..., Result], home: Path
) -> None:
    """The way out of "no archive at ...: run `scraper init`"; the config stays as it is."""
    (home / "config.toml").write_text('[archive]\npath = "news.db"\n')
    assert "`scraper init`" in run("status").stderr
    result = run("init")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == (
        "made an empty archive, news.db; config.toml exists already and stays as it is"
    )
    assert (home / "config.toml").read_text() == '[archive]\npath = "news.db"\n'
    assert run("status").exit_code == 0


@FILES
def test_writes_the_config_beside_an_archive(run: Callable[..., Result], home: Path) -> None:
    """A lost config comes back; the archive is the one that it names."""
    run("--archive", "news.db", "init")
    (home / "config.toml").unlink()
    before = (home / "news.db").read_bytes()
    result = run("--archive", "news.db", "init")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == (
        "wrote config.toml; news.db exists already and stays as it is"
    )
    assert (home / "news.db").read_bytes() == before
    assert run("status").exit_code == 0


@FILES
@pytest.mark.parametrize(
    ("name", "text", "code"),
    [("config.toml", "[archive\n", 4), ("archive.db", "not an archive", 1)],
)
def test_what_is_there_and_wrong_is_told(
    name: str, text: str, code: int, run: Callable[..., Result], home: Path
) -> None:
    """Nothing is written beside a config that cannot be read, or a file that is no archive."""
    (home / name).write_text(text)
    result = run("init")
    assert (result.exit_code, result.stdout) == (code, "")
    assert name in result.stderr
    assert [path.name for path in home.iterdir()] == [name]
    assert (home / name).read_text() == text


@FILES
def test_named_places(run: Callable[..., Result], home: Path) -> None:
    """--config and --archive say where; an archive that is not named lies beside its config."""
    (home / "conf").mkdir()
    assert run("--config", "conf/news.toml", "init").exit_code == 0
    assert sorted(path.name for path in (home / "conf").iterdir()) == ["archive.db", "news.toml"]
    assert run("--config", "conf/news.toml", "status").exit_code == 0
    assert run("--archive", "elsewhere.db", "init").exit_code == 0
    assert (home / "elsewhere.db").is_file()


@FILES
def test_failing_archive_takes_the_config_with_it(run: Callable[..., Result], home: Path) -> None:
    """Where the archive cannot be made there is no config either, so that init can be repeated."""
    result = run("--archive", "no/such/folder.db", "init")
    assert result.exit_code == 1
    assert "no/such" in result.stderr
    assert list(home.iterdir()) == []


@pytest.mark.postgresql
def test_a_database_is_named_in_the_config_without_its_password(
    run: Callable[..., Result], home: Path, here: Location
) -> None:
    """Every command finds the archive by that config; a second time nothing is written."""
    url = sa.make_url(here.address).set(password="secret")  # noqa: S106  # asked of nobody
    named = url.render_as_string(hide_password=False)
    result = run("--archive", named, "init")
    assert result.exit_code == 0
    config = home / "config.toml"
    assert "secret" not in result.output + config.read_text()
    assert load_config(config).archive.path == here.address
    assert run("status", env={"SCRAPER_ARCHIVE": None}).exit_code == 0
    again = run("init")
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == f"scraper: config.toml and {here} exist already: nothing was written\n"
    assert [path.name for path in home.iterdir()] == ["config.toml"]


@pytest.mark.postgresql
def test_a_database_that_is_not_ours_is_left_alone(
    run: Callable[..., Result], home: Path, here: Location
) -> None:
    """Another program's tables are named as such; what it keeps stays, and no config is written."""
    with Archive(here) as other, other.write() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num text)")
        connection.exec_driver_sql("CREATE TABLE story (title text)")
    for words in (("init",), ("status",), ("run",), ("db", "upgrade"), ("watch",)):
        result = run(*words)
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
        assert "another program's table alembic_version" in result.stderr
    assert list(home.iterdir()) == []

"""`scraper init`: a config file and an empty archive to begin with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.cli.help_text import end_help
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.config import example_text
from scraper.errors import FileError, ScraperError
from scraper.store.archive import create_archive, locate, open_archive

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.store.archive import Location


@click.command(
    "init",
    epilog=end_help(
        ("scraper init", "writes ./config.toml and ./archive.db"),
        ("scraper --archive /srv/news.db init", "writes ./config.toml, and the archive there"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@pass_workspace
def command(workspace: Workspace) -> None:
    """Write ./config.toml and an empty archive.

    --config and --archive name other places. What exists already is never overwritten: beside a
    config that exists the archive is made that it names, and beside an archive the config.
    """
    config, where = workspace.places_for_new()
    archive = locate(where)
    has_config, has_archive = config.exists(), archive.exists()
    if has_config and has_archive:
        raise ScraperError(f"{config} and {archive} exist already: nothing was written")
    if has_archive:
        open_archive(archive).close()  # that it is one: a config beside anything else is no use
    if not has_config:
        _write_new(config, _config_text(config, archive))
    if not has_archive:
        try:
            _make_archive(archive)
        except BaseException:
            if not has_config:
                config.unlink()
            raise
    _tell(config, archive, has_config=has_config, has_archive=has_archive)


def _make_archive(archive: Location) -> None:
    from scraper.match.version import FINGERPRINT_VERSION

    create_archive(archive, fingerprint_version=FINGERPRINT_VERSION, now=clock.now()).close()


def _tell(config: Path, archive: Location, *, has_config: bool, has_archive: bool) -> None:
    if has_archive:
        said = f"wrote {config}; {archive} exists already and stays as it is"
    elif has_config:
        said = f"made an empty archive, {archive}; {config} exists already and stays as it is"
    else:
        said = f"wrote {config} and an empty archive, {archive}"
    click.echo(make_line(said))
    if not has_archive:
        click.echo("now type: scraper add https://example.org/   (any news site, or a feed)")
    click.echo("and then: scraper run" if not has_archive else "now type: scraper status")


def _config_text(config: Path, archive: Location) -> str:
    """The example config, naming the archive where it does not lie at its usual place.

    A password is not written down.
    """
    text = example_text()
    if archive.address == str(config.resolve().with_name("archive.db")):
        return text
    named = json.dumps(archive.address, ensure_ascii=False)  # a TOML string as well
    return text.replace('path = "archive.db"', f"path = {named}")


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as exc:
        raise FileError(str(path), "written", exc) from exc

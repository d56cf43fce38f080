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
from scraper.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    "init",
    epilog=end_help(
        ("scraper init", "writes ./config.toml and ./archive.db"),
        ("scraper --archive /srv/news.db init", "writes ./config.toml, and the archive there"),
        exits=(0, 1, 2),
    ),
)
@pass_workspace
def command(workspace: Workspace) -> None:
    """Write ./config.toml and an empty archive.

    --config and --archive name other places. What exists already is never overwritten: then
    nothing is written at all.
    """
    from scraper.match.version import FINGERPRINT_VERSION
    from scraper.store.archive import create_archive

    config, archive = workspace.places_for_new()
    for path in (config, archive):
        if path.exists():
            raise FileError(str(path), "written", FileExistsError(0, "it exists already"))
    _write_new(config, _config_text(config, archive))
    try:
        create_archive(archive, fingerprint_version=FINGERPRINT_VERSION, now=clock.now()).close()
    except BaseException:
        config.unlink()
        raise
    click.echo(make_line(f"wrote {config} and an empty archive, {archive}"))
    click.echo("now type: scraper add https://example.org/   (any news site, or a feed)")
    click.echo("and then: scraper run")


def _config_text(config: Path, archive: Path) -> str:
    """The example config, naming the archive where it does not lie at its usual place."""
    text = example_text()
    if archive.resolve() == config.resolve().with_name("archive.db"):
        return text
    named = json.dumps(str(archive.resolve()), ensure_ascii=False)  # a TOML string as well
    return text.replace('path = "archive.db"', f"path = {named}")


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as exc:
        raise FileError(str(path), "written", exc) from exc

"""`scraper config`: whether config.toml is as it should be."""

from __future__ import annotations

import click

from scraper.cli.help_text import end_help
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace


@click.group("config")
def command() -> None:
    """Check config.toml."""


@command.command(
    epilog=end_help(
        ("scraper config check", "reads the config that every command would use"),
        ("scraper --config new.toml config check", "reads another before you put it in place"),
        exits=(0, 4),
    )
)
@pass_workspace
def check(workspace: Workspace) -> None:
    """Read the whole config and say what is wrong with it, or that all is well."""
    config = workspace.config
    if workspace.config_path is None:
        click.echo("no config file: every setting has its default")
        return
    sources, sites = len(config.source), len(config.site)
    counts = f"{sources} [[source]] and {sites} [site] tables"
    click.echo(make_line(f"{workspace.config_path} is fine: {counts}"))

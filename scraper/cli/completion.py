"""`scraper completion`: what makes a shell complete our commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from scraper.cli.help_text import end_help

#: Where click looks for what a shell asks; its name is that of the program.
_VARIABLE = "_SCRAPER_COMPLETE"


@click.command(
    "completion",
    epilog=end_help(
        ("scraper completion bash >> ~/.bashrc", "bash completes our commands from its next start"),
        ("scraper completion fish | source", "fish completes them in this session"),
        exits=(0, 2),
    ),
)
@click.argument("shell", metavar="SHELL", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print what makes bash, zsh or fish complete commands and options.

    Let the shell read it at its start: for bash that is a line in ~/.bashrc, for zsh one in
    ~/.zshrc, that says eval "$(scraper completion SHELL)".
    """
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"this version of click completes nothing in {shell}")
    click.echo(found(ctx.find_root().command, {}, "scraper", _VARIABLE).source())

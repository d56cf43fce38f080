"""The `scraper` command itself: global options, commands loaded when called, and how it ends.

Exit codes: what a command returns (None is 0); a ScraperError's own; 2 for wrong usage; 130 when
interrupted; 141 when the reader of our output went away, as a shell reports SIGPIPE.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import click

from scraper.cli.commands import COMMANDS
from scraper.errors import ScraperError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType
    from typing import NoReturn

    from click.shell_completion import CompletionItem

    from scraper.cli.commands import Entry

INTERRUPTED = 130
READER_GONE = 141


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, not when they are listed."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  # handed on to click as they are
        headings: Mapping[str, Mapping[str, Entry]],
        **rest: Any,  # noqa: ANN401  # likewise
    ) -> None:
        super().__init__(*args, **rest)
        self.headings = headings
        self.entries = {
            name: entry for listed in headings.values() for name, entry in listed.items()
        }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The names of all commands, in the order of the help."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """The command of this name, its module imported now."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = import_module(f"scraper.cli.{entry.module}").command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and options that begin so; no command is imported for its help."""
        from click.shell_completion import CompletionItem  # only where a shell asks

        commands = [
            CompletionItem(name, help=entry.help)
            for name, entry in self.entries.items()
            if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name where there is none of this one."""
        name = args[0]
        if name not in self.entries and not name.startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches  # only for a slip of the pen

            near = get_close_matches(name, self.entries, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"No such command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's signature
        """Nothing; the commands stand in the help under their headings."""
        for heading, listed in self.headings.items():
            if listed:
                with formatter.section(heading):
                    formatter.write_dl([(name, entry.help) for name, entry in listed.items()])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's signature
        """What the command returns; ends quietly where nobody reads our output any more.

        Raises ScraperError where the disk that it goes to is full.
        """
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt as exc:
            if sys.stderr.isatty():
                click.echo(err=True)  # the terminal shows ^C there
            raise click.Abort from exc
        except BrokenPipeError:
            _drop_output()
            ctx.exit(READER_GONE)
        except OSError as exc:
            if exc.errno != errno.ENOSPC:
                raise
            _drop_output()
            raise ScraperError(f"{exc.strerror}: make room and run the command again") from exc
        return result

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002, FBT001, FBT002  # click's signature
        **extra: Any,  # noqa: ANN401  # handed on to click as they are
    ) -> NoReturn:
        """Nothing; runs the command and ends the process with its exit code."""
        try:
            result = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as exc:
            _ask_for_command(exc)
            sys.exit(exc.exit_code)
        except click.ClickException as exc:
            _complain(_explain(exc))
            sys.exit(exc.exit_code)
        except (click.Abort, KeyboardInterrupt):  # the latter from a second Ctrl-C
            _complain("interrupted; what was finished is kept")
            sys.exit(INTERRUPTED)
        except ScraperError as exc:
            _complain(str(exc))
            sys.exit(exc.exit_code)
        sys.exit(result if isinstance(result, int) else 0)


def _drop_output() -> None:
    """Nothing; what is left of stdout goes nowhere: Python flushes it once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _explain(exc: click.ClickException) -> str:
    """Click's complaint in one line, with the help that answers it."""
    message = exc.format_message().rstrip(".") + "."
    context = exc.ctx if isinstance(exc, click.UsageError) else None
    return f"{message} See `{context.command_path} --help`." if context else message


def _ask_for_command(exc: click.exceptions.NoArgsIsHelpError) -> None:
    """Nothing; the help is on stderr, or which command a group of few is asked for."""
    context = exc.ctx
    if context is None or context.parent is None or not isinstance(context.command, click.Group):
        exc.show()
        return
    *others, last = context.command.list_commands(context)
    choice = f"{', '.join(others)} or {last}" if others else last
    _complain(f"Missing command: {choice}. See `{context.command_path} --help`.")


def _complain(message: str) -> None:
    from scraper.cli.terminal import make_line  # not needed where all goes well

    click.echo(f"scraper: {make_line(message)}", err=True)


def _print_version(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:  # noqa: FBT001  # click's signature
    if not asked or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version  # slow, and rarely asked for

    try:
        click.echo(f"scraper {version('syndication-scraper')}")
    except PackageNotFoundError:
        click.echo("scraper, a working copy that is not installed")
    ctx.exit()


@click.group(
    cls=LazyGroup,
    headings=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    "config_file",
    metavar="FILE",
    envvar="SCRAPER_CONFIG",
    help="The config file; otherwise $SCRAPER_CONFIG, ./config.toml, the XDG config folder's.",
)
@click.option(
    "--archive",
    metavar="PATH",
    envvar="SCRAPER_ARCHIVE",
    help="The archive; otherwise $SCRAPER_ARCHIVE, or what the config says.",
)
@click.option("--no-pager", is_flag=True, help="Show what is long without a pager.")
@click.option("-v", "--verbose", count=True, help="Log to stderr what is done; twice for more.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    help="What log lines look like; otherwise as the config says, or text.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def cli(
    ctx: click.Context,
    config_file: str | None,
    archive: str | None,
    *,
    no_pager: bool,
    verbose: int,
    log_format: str | None,
) -> None:
    """Archive news once: one canonical article per story, beside all its mirrors."""
    from scraper.cli.workspace import Workspace  # not needed for the help

    ctx.obj = Workspace(
        config_file=config_file,
        archive=archive,
        verbosity=verbose,
        log_format=log_format,
        pages=not no_pager,
    )


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Nothing; does what Ctrl-C would at this moment, also where that itself is ignored."""
    handle = signal.getsignal(signal.SIGINT)
    if not callable(handle):
        raise KeyboardInterrupt
    handle(number, frame)


def main() -> NoReturn:
    """Nothing; the installed command `scraper`.

    A terminal that has no such character gets a question mark instead of a traceback. SIGTERM, with
    which services and shells end a program, is Ctrl-C.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    cli.main(prog_name="scraper")

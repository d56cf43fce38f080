"""The table of commands, their help, and how the command as a whole ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from scraper.cli.app import LazyGroup, cli
from scraper.cli.commands import COMMANDS
from scraper.cli.help_text import EXIT_CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    from scraper.store.archive import Location
    from tests.archive_builder import ArchiveBuilder

ENTRIES = {name: entry for listed in COMMANDS.values() for name, entry in listed.items()}


def each_command(group: click.Group = cli, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command and command of a group with its full name: ("db check", ...)."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from each_command(command, f"{above}{name} ")
        else:
            yield f"{above}{name}", command


EVERY = dict(each_command())


@pytest.mark.parametrize("name", ENTRIES)
def test_help_line_is_the_commands_own(name: str) -> None:
    """The line in `scraper --help` is the first line of the command's help."""
    command = LazyGroup(headings=COMMANDS).get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name
    assert command.get_short_help_str(limit=1000) == ENTRIES[name].help


@pytest.mark.parametrize("name", EVERY)
def test_numbers_in_the_help_are_for_people(name: str, run: Callable[..., Result]) -> None:
    """An option takes N, not an "INTEGER RANGE"; nobody reads the digits of a sixtieth."""
    assert not re.search(r"\.\d{4}|(INTEGER|FLOAT)\b", run(*name.split(), "--help").stdout)


@pytest.mark.parametrize("name", EVERY)
def test_every_help_has_examples_and_exit_codes(name: str, run: Callable[..., Result]) -> None:
    """Each command's help explains every option, works two examples and lists its exit codes."""
    shown = run(*name.split(), "--help")
    assert shown.exit_code == 0
    assert shown.stdout.count("\n    $ ") >= 2
    exits = shown.stdout.split("Exit codes:\n")[1].splitlines()
    assert all(EXIT_CODES[int(line.split()[0])] for line in exits)
    for parameter in EVERY[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def each_example() -> Iterator[tuple[str, list[str]]]:
    """Every command's name with the words that follow `scraper` in each of its examples."""
    for name, command in EVERY.items():
        for line in (command.epilog or "").splitlines():
            if line.lstrip().startswith("$ "):
                words = shlex.split(line)
                after = words[words.index("scraper") + 1 :]
                yield name, after[: after.index("|")] if "|" in after else after


@pytest.mark.parametrize(("name", "args"), tuple(each_example()))
def test_every_example_can_be_typed(name: str, args: list[str], run: Callable[..., Result]) -> None:
    """Each example is a call of its own command, with options that exist."""
    result = run(*args, "--help")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"Usage: scraper {name} ")


def test_help_lists_every_command_under_its_heading(run: Callable[..., Result]) -> None:
    """`scraper --help` names all commands, none without its line."""
    shown = run("--help").stdout
    for heading, listed in COMMANDS.items():
        assert f"{heading}:\n" in shown
        for name, entry in listed.items():
            assert f"  {name} " in shown
            assert entry.help.split()[0] in shown


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("stauts",), "scraper: No such command 'stauts'. Did you mean 'status'?"),
        (("db", "chek"), "scraper: No such command 'chek'. Did you mean 'check'?"),
        (("stories", "--limt", "3"), "scraper: No such option '--limt'"),
        (("stories", "--limit", "0"), "scraper: Invalid value for '--limit'"),
        (("show",), "scraper: Missing argument 'ID|URL'. See `scraper show --help`."),
        (("export", "pages"), "scraper: Invalid value for '{stories|articles|relations|sources}'"),
        (("--archive", "mysql://x/y", "status"), "scraper: archives are kept in"),
    ],
)
def test_wrong_usage_is_one_line(
    args: tuple[str, ...], said: str, run: Callable[..., Result]
) -> None:
    """What cannot be run is told in one line on stderr, with exit code 2."""
    result = run(*args)
    assert result.exit_code == 2
    assert result.stderr.startswith(said)
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


@pytest.mark.parametrize(
    "args",
    [
        ("status",),
        ("stories",),
        ("show", "1"),
        ("search", "x"),
        ("export", "stories"),
        ("db", "check"),
        ("db", "upgrade"),
    ],
)
def test_no_archive_says_how_to_make_one(
    args: tuple[str, ...], run: Callable[..., Result], home: Path, here: Location
) -> None:
    """Without an archive every command ends with 10, names `scraper init`, and makes nothing."""
    result = run(*args)
    assert result.exit_code == 10
    assert result.stderr == f"scraper: no archive at {here}: run `scraper init` to make one\n"
    assert list(home.iterdir()) == []


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "args", ["stories", "show 1", "search x", "status", "why 1 2", "diff 1 2", "source list"]
)
def test_a_damaged_archive_ends_as_the_help_says(
    args: str, run: Callable[..., Result], home: Path
) -> None:
    """One line, and an exit code that is listed."""
    assert run("init").exit_code == 0
    (home / "archive.db").write_bytes(b"no archive at all" * 500)
    result = run(*args.split())
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    name = args if args == "source list" else args.split(maxsplit=1)[0]
    assert "  1  failed" in (EVERY[name].epilog or "")


def test_bad_config_is_told_by_every_command(run: Callable[..., Result], home: Path) -> None:
    """A wrong setting ends with 4 and names file and key."""
    (home / "config.toml").write_text("[fetch]\nspeed = 9")
    for args in (("config", "check"), ("status",), ("db", "check")):
        result = run(*args)
        assert result.exit_code == 4
        assert result.stderr.startswith("scraper: config.toml: fetch.speed: unknown setting")


def scraper(*args: str, **options: object) -> subprocess.CompletedProcess[str]:
    """The command run in a process of its own."""
    return subprocess.run(  # type: ignore[call-overload,no-any-return]  # options as the test says
        [sys.executable, "-m", "scraper", *args],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


def test_process_of_its_own_ends_alike(archive_path: Path) -> None:
    """`python -m scraper` has the same exit codes and streams as the command."""
    done = scraper("status")
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 in 0 stories" in done.stdout
    missing = scraper("--archive", "none.db", "status")
    assert (missing.returncode, missing.stdout) == (10, "")
    assert missing.stderr.count("\n") == 1
    assert scraper().returncode == 2
    assert "Usage: scraper" in scraper("--help").stdout
    assert scraper("--version").stdout.startswith("scraper")


def test_reader_that_went_away_is_no_noise(home: Path) -> None:
    """A closed pipe ends the command as it ends others, without a word on stderr."""
    (home / "page.html").write_text(
        "<html><head><title>Tides</title></head><body><article><h1>Tides</h1>"
        + "<p>The tide came in over the flats and the boats rose with it, one by one.</p>" * 9_000
        + "</article></body></html>"
    )
    command = [sys.executable, "-m", "scraper", "extract", "page.html"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_full_disk_is_one_line(archive_path: Path) -> None:
    """Where stdout is a file on a full disk, the command fails in one line."""
    command = [sys.executable, "-m", "scraper", "status"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert done.returncode == 1
    assert done.stderr == (
        "scraper: No space left on device: make room and run the command again\n"
    )


def test_interrupt_ends_with_130(home: Path) -> None:
    """Ctrl-C while a command waits ends it with 130 and no traceback."""
    command = [sys.executable, "-m", "scraper", "extract", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        process.stdin.write("x" * 1_000_000)  # more than a pipe holds: once gone, it is being read
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stderr.strip() == "scraper: interrupted; what was finished is kept"


def test_terminal_without_the_characters(builder: ArchiveBuilder) -> None:
    """Where stdout is Latin-1, other characters become question marks, and JSON stays UTF-8."""
    builder.article("新桥 bridge", "The bridge.")
    western = os.environ | {"PYTHONIOENCODING": "latin-1"}
    assert "?? bridge" in scraper("stories", env=western).stdout
    shown = scraper("stories", "--json", env=western, encoding="utf-8").stdout
    assert json.loads(shown)[0]["title"] == "新桥 bridge"


def test_verbose_logs_to_stderr(archive_path: Path) -> None:
    """With -v the log goes to stderr, and stdout stays what it is."""
    assert scraper("-v", "stories", "--json").stdout.strip() == "[]"

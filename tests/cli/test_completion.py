"""Completion in real shells, and what they ask the program for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal_double import on_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

#: Where the installed command lies: shells find it by its name.
COMMANDS = str(Path(sys.executable).parent)
PATH = COMMANDS + os.pathsep + os.environ["PATH"]


def need(shell: str) -> str:
    """The shell's file; the test is skipped where there is none, and fails where CI wants it."""
    found = shutil.which(shell)
    if found is None and not os.environ.get("SCRAPER_REQUIRE_SHELLS"):
        pytest.skip(f"there is no {shell} on this machine")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("shell", "options", "setup"),
    [
        ("bash", ("--norc", "--noprofile", "-i"), 'eval "$(scraper completion bash)"'),
        (
            "zsh",
            ("-f", "-i"),
            'autoload -Uz compinit; compinit -u -D; eval "$(scraper completion zsh)"',
        ),
    ],
)
def test_a_shell_completes_commands_and_options(
    shell: str, options: tuple[str, ...], setup: str, home: Path
) -> None:
    """A tab after the beginning of a command, option or value types the rest of it."""
    variables = {"PATH": PATH, "HOME": str(home), "PS1": "ready> "}
    with on_terminal([need(shell), *options], env=variables) as terminal:
        terminal.wait_for("ready> ")
        terminal.type(f"{setup}; echo now $((1+1))\n")
        terminal.wait_for("now 2")
        terminal.type("scraper stori\t")
        terminal.wait_for("stories")
        terminal.type("--rela\t")
        terminal.wait_for("relation")
        terminal.type("excer\t")
        terminal.wait_for("excerpt_of")


def test_fish_completes_commands_and_options(home: Path) -> None:
    """Fish offers commands with their help, options, and their values."""
    script = (
        "scraper completion fish | source;"
        ' complete -C "scraper stor"; complete -C "scraper stories --rel";'
        ' complete -C "scraper stories --relation ex"'
    )
    done = subprocess.run(
        [need("fish"), "--no-config", "-c", script],
        env=os.environ | {"PATH": PATH, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told = [line.split("\t")[0] for line in done.stdout.splitlines()]
    assert told == ["stories", "--relation", "excerpt_of"]


def complete(*words: str) -> list[str]:
    """What the program answers to a bash that completes the last of these words."""
    asked = {"_SCRAPER_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words)}
    done = subprocess.run(
        [f"{COMMANDS}/scraper"],
        env=os.environ | asked | {"COMP_CWORD": str(len(words) - 1)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_commands_are_completed_without_their_modules(home: Path) -> None:
    """Commands of groups are found as well, and what begins nothing finds nothing."""
    assert complete("scraper", "st") == ["status", "stories"]
    assert complete("scraper", "db", "") == ["backup", "check", "copy", "stats", "upgrade"]
    assert complete("scraper", "zz") == [""]
    program = "import sys, scraper.cli.app as app, click;"
    program += "app.cli.shell_complete(click.Context(app.cli), 's');"
    program += "print('scraper.cli.stories' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_another_shell_is_wrong_usage(run: Callable[..., Result]) -> None:
    """One line names the shells."""
    result = run("completion", "tcsh")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "'bash', 'zsh', 'fish'" in result.stderr

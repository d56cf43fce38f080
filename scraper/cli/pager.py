"""What is longer than the screen goes through a pager, on a terminal and nowhere else.

$PAGER names it, or else it is `less`, with colours and leaving what it showed on the screen; an
empty $PAGER is none, as is `scraper --no-pager`.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, redirect_stdout
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click
from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator

#: As git gives them to `less`: end on one screen, keep colours, leave the screen as it is.
_LESS = "-FRX"


class _Screen(io.StringIO):
    """What will be on the terminal: commands lay it out for one."""

    def isatty(self) -> bool:
        return True


@contextmanager
def paged(*, wanted: bool) -> Iterator[None]:
    """Nothing; what is printed inside is shown at the end, through a pager where it is long.

    Elsewhere than on a terminal it is printed as it comes.
    """
    if not (wanted and _has_pager() and sys.stdout.isatty() and sys.stdin.isatty()):
        yield
        return
    screen = _Screen()
    try:
        with redirect_stdout(screen):
            yield
    finally:
        text = screen.getvalue()
        if _fits(text):
            click.echo(text, nl=False)
        else:
            os.environ.setdefault("LESS", _LESS)
            click.echo_via_pager(text.removesuffix("\n"))


def _has_pager() -> bool:
    return os.environ.get("PAGER", "less").strip() not in {"", "cat"}


def _fits(text: str) -> bool:
    """Whether the text and the prompt after it fit the screen; long lines take several of its."""
    size = get_terminal_size()
    lines = 1
    for line in text.split("\n"):
        lines += max(1, -(-cell_len(click.unstyle(line)) // size.columns))
        if lines > size.lines:
            return False
    return True

"""A terminal of our own: what a program shows on it, and answers to what is typed there."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: A program that has not shown by then what is waited for never will.
PATIENCE_SECONDS = 30


class Terminal:
    """One end of a terminal; the program has the other."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.shown = ""

    def type(self, keys: str) -> None:
        """Nothing; the program is sent these keys."""
        os.write(self._descriptor, keys.encode())

    def wait_for(self, text: str) -> str:
        """What was shown since the last wait, this text included."""
        return self._read(text)

    def wait_for_end(self) -> str:
        """What was shown since the last wait, until the program went away."""
        return self._read(None)

    def _read(self, until: str | None) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while until is None or until not in self.shown:
            ready, _, _ = select.select([self._descriptor], [], [], deadline - time.monotonic())
            assert ready, f"{until!r} was not shown, but {self.shown!r}"
            try:
                more = os.read(self._descriptor, 65_536)
            except OSError:  # how Linux tells that nobody holds the other end
                more = b""
            if not more:
                assert until is None, f"{until!r} was not shown, but {self.shown!r}"
                break
            self.shown += more.decode(errors="replace")
        end = len(self.shown) if until is None else self.shown.index(until) + len(until)
        found, self.shown = self.shown[:end], self.shown[end:]
        return found.replace("\r\n", "\n")


@contextmanager
def on_terminal(
    command: Sequence[str], *, lines: int = 24, columns: int = 80, env: Mapping[str, str]
) -> Iterator[Terminal]:
    """The terminal on which the command runs, of this size; the command is ended at the end."""
    ours, theirs = pty.openpty()
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "LINES": str(lines),
        "COLUMNS": str(columns),
        **env,
    }
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    with closing(os.fdopen(ours, "rb", buffering=0)) as end:
        try:
            yield Terminal(end.fileno())
        finally:
            process.kill()
            process.wait()

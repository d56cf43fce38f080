"""One worker, as its parent sees it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import suppress
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from scraper.errors import WorkerError
from scraper.worker.wire import ClosedError, Frame, receive, send

if TYPE_CHECKING:
    from scraper.worker.limits import Limits

#: So long may a worker take to start. A guess: it takes a tenth of a second, but on a machine that
#: swaps, much longer.
_START_SECONDS = 60.0

#: A worker's last words, of which the last line is told.
_LAST_WORDS_BYTES = 4_096


class EndedError(Exception):
    """The worker has ended; says why."""


class Worker:
    """A process that parses one document at a time. Raises WorkerError where it does not start."""

    def __init__(self, limits: Limits) -> None:
        self.documents = 0
        self._limits = limits
        # A file, not a pipe: nobody reads along, and a full pipe would make the worker wait.
        self._words = TemporaryFile()  # noqa: SIM115 - closed by close()
        self._link, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = self._start(theirs)
        except OSError as exc:
            self._link.close()
            self._words.close()
            raise WorkerError(exc.strerror or str(exc)) from exc
        try:
            receive(self._link, _START_SECONDS)
        except (ClosedError, TimeoutError) as exc:
            self._wait()
            said = self._last_words()
            self.close()
            raise WorkerError(said or "it ended without a word") from exc

    def _start(self, theirs: socket.socket) -> subprocess.Popen[bytes]:
        limits = self._limits
        numbers = (str(limits.memory_bytes), str(limits.cpu_seconds))
        return subprocess.Popen(  # noqa: S603 - ourselves
            # -P: the folder in which somebody runs us is no place to import from, unless we do too.
            [sys.executable, "-P", "-m", "scraper.worker", *numbers],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=self._words,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it could be asked a moment ago."""
        return self._process.poll() is None

    def give(self, content: bytes) -> None:
        """Nothing; the worker has taken the call, and begins.

        Raises ClosedError where it had ended, or was stopped, before; WorkerError where it finds no
        such parser.
        """
        self.documents += 1
        self._link.settimeout(self._limits.wall_seconds)
        try:
            send(self._link, Frame.CALL, content)
            kind, said = receive(self._link, self._limits.wall_seconds)
        except TimeoutError as exc:
            raise ClosedError from exc
        if kind is Frame.UNKNOWN:
            raise WorkerError(said.decode())

    def wait_for_answer(self) -> tuple[Frame, bytes]:
        """What the worker made of the call. Raises EndedError where that took too much."""
        try:
            return receive(self._link, self._limits.wall_seconds)
        except TimeoutError as exc:
            raise EndedError(self._limits.overdue) from exc
        except ClosedError as exc:
            raise EndedError(self._limits.explain(self._wait())) from exc

    def kill(self) -> None:
        """Nothing; whoever waits for an answer learns that there will be none."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def close(self) -> None:
        """Nothing; the process is gone and leaves no zombie."""
        self.kill()
        self._wait()
        self._link.close()
        self._words.close()

    def _wait(self) -> int:
        """How the process ended; killed where it closed its socket and lives on."""
        try:
            return self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.wait()

    def _last_words(self) -> str:
        self._words.seek(0, os.SEEK_END)
        self._words.seek(max(0, self._words.tell() - _LAST_WORDS_BYTES))
        lines = self._words.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

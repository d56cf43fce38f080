"""Parsers of strangers' bytes, run in workers: some at a time, each worker one document."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

from scraper.errors import WorkerError
from scraper.worker.limits import MIN_WORKERS, Limits
from scraper.worker.process import EndedError, Worker
from scraper.worker.wire import ClosedError, Frame, pack_call, unpack

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

P = ParamSpec("P")
T = TypeVar("T")

#: So many workers are tried, of which somebody ended all but the last: an out-of-memory killer may
#: take more than one. A guess.
_TRIES = 5

#: So many documents, of 5 MB at most, may wait before no more are brought. A guess: enough that no
#: worker is ever without.
MAX_WAITING = 8

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """No answer: the document ended its worker, and in ``detail`` how, in words for a person."""

    detail: str


class Parser:
    """Runs functions of modules in at most so many workers; a context manager that ends them.

    No worker is started before there is something to parse, nor more than have work at once.
    """

    def __init__(self, workers: int = MIN_WORKERS, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        # A thread for each worker waits for its answers; so there are never more workers.
        self._threads = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="parser")
        self._idle: deque[Worker] = deque()
        self._workers: set[Worker] = set()
        self._lock = Lock()
        self._is_closed = False
        self._waiting = 0
        self._has_room = asyncio.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing; every worker has ended, also one that was at work."""
        with self._lock:
            self._is_closed = True
            for worker in self._workers:
                worker.kill()
        self._threads.shutdown(cancel_futures=True)
        while self._workers:
            self._workers.pop().close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of the processes that there are at the moment."""
        with self._lock:
            return tuple(worker.pid for worker in self._workers)

    async def run(self, parse: Callable[P, T], *args: P.args, **named: P.kwargs) -> T | Killed:
        """As ``submit``, awaited."""
        self._waiting += 1
        if self._waiting >= MAX_WAITING:
            self._has_room.clear()
        try:
            return await asyncio.wrap_future(self.submit(parse, *args, **named))
        finally:
            self._waiting -= 1
            if self._waiting < MAX_WAITING:
                self._has_room.set()

    async def until_room(self) -> None:
        """Return when few documents wait to be parsed: whoever brings more asks first, so that they
        do not pile up in memory.
        """
        while self._waiting >= MAX_WAITING:
            await self._has_room.wait()

    def submit(self, parse: Callable[P, T], *args: P.args, **named: P.kwargs) -> Future[T | Killed]:
        """What ``parse`` gives, called in a worker: a function at the top of a module.

        Arguments and answer are plain values or the model's. A parser that raises is a bug of
        ours: it is logged, and costs its document only. The future raises WorkerError where no
        worker starts.
        """
        place = f"{parse.__module__}:{parse.__qualname__}"
        return self._threads.submit(self._call, place, args, named)

    def _call(self, place: str, args: tuple[Any, ...], named: dict[str, Any]) -> Any:  # noqa: ANN401 - what the parser gives
        worker = self._give(pack_call(place, args, named))
        try:
            kind, content = worker.wait_for_answer()
        except EndedError as exc:
            self._end(worker)
            logger.info("a worker ended over its document: %s", exc)
            return Killed(detail=str(exc))
        if worker.documents >= self._limits.documents:
            self._end(worker)
        else:
            self._idle.append(worker)
        if kind is Frame.BUG:
            trace = content.decode()
            logger.error("a parser failed, which is a bug of ours: %s\n%s", place, trace)
            return Killed(detail=f"a bug of ours: {trace.strip().splitlines()[-1]}")
        try:
            return unpack(content)
        except ClosedError:
            return Killed(detail="its worker answered nonsense")

    def _give(self, call: bytes) -> Worker:
        """The worker that has the call now; those that somebody ended meanwhile are replaced."""
        for _ in range(_TRIES):
            worker = self._take()
            try:
                worker.give(call)
            except ClosedError:
                self._end(worker)
            except WorkerError:
                self._end(worker)
                raise
            else:
                return worker
        raise WorkerError("it ended before it took anything")

    def _take(self) -> Worker:
        """An idle worker, else a new one."""
        while self._idle:
            worker = self._idle.pop()  # there are no more threads than workers: it is still there
            if worker.is_alive:
                return worker
            self._end(worker)
        return self._start()

    def _start(self) -> Worker:
        worker = Worker(self._limits)
        with self._lock:
            if not self._is_closed:
                self._workers.add(worker)
                return worker
        worker.close()
        raise WorkerError("the program is ending")

    def _end(self, worker: Worker) -> None:
        with self._lock:
            self._workers.discard(worker)
        worker.close()

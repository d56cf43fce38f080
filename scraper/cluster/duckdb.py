"""Tables in DuckDB, in this process; steps in as many others as there are to be."""

from __future__ import annotations

import multiprocessing
import signal
import tempfile
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from scraper.cluster.engine import first_line
from scraper.errors import ClusterError, MissingLibraryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    import duckdb

    from scraper.cluster.engine import Step

#: Rows that go to a process at a time, and come from a query: of articles about 8 MB. A guess.
_CHUNK: Final = 2_000
#: Chunks on their way for each process: one at work, one waiting.
_AHEAD: Final = 2


@contextmanager
def open_duckdb(*, workers: int) -> Iterator[DuckEngine]:
    """An engine that keeps its tables in a temporary file, and runs steps in so many processes.

    One worker is this process itself.

    Raises MissingLibraryError where DuckDB is not installed, ClusterError where it gives up or a
    process is killed.
    """
    try:
        import duckdb
    except ImportError as absent:
        raise MissingLibraryError("duckdb", extra="bulk") from absent
    try:
        with (
            tempfile.TemporaryDirectory(prefix="scraper-cluster-") as folder,
            duckdb.connect(f"{folder}/tables.duckdb") as connection,
            nullcontext() if workers == 1 else _start(workers) as pool,
        ):
            connection.execute("SET temp_directory = ?", [f"{folder}/spill"])
            yield DuckEngine(connection, pool, most_ahead=_AHEAD * workers)
    except duckdb.Error as error:
        raise ClusterError(
            f"DuckDB gave up: {first_line(error)}: check that the Parquet files are whole, and that"
            f" there is room in {tempfile.gettempdir()}, or in what TMPDIR names"
        ) from error
    except BrokenProcessPool as error:
        raise ClusterError(
            "a process that compares texts was killed, as for want of memory: give fewer --workers"
        ) from error


@contextmanager
def _start(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that run steps; where they are not waited for they end at once.

    Spawned, as a process forked from one with DuckDB's threads may hang.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise


class DuckEngine:
    """See ``engine.Engine``."""

    unnest = "unnest"

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        pool: ProcessPoolExecutor | None,
        *,
        most_ahead: int,
    ) -> None:
        self._connection = connection
        self._pool = pool
        self._most_ahead = most_ahead

    def read(self, name: str, paths: Sequence[Path]) -> None:
        """Nothing; the rows of these Parquet files are the table ``name``."""
        found = self._connection.read_parquet([str(path) for path in paths], union_by_name=True)
        found.create_view(name)

    def query(self, name: str, sql: str) -> None:
        """Nothing; what the query gives is the table ``name``."""
        self._connection.execute(f"CREATE TABLE {name} AS {sql}")

    def map(
        self,
        name: str,
        step: Step,
        sql: str,
        schema: pa.Schema,
        *,
        by: Sequence[str] = (),
        order: Sequence[str] = (),
    ) -> None:
        """Nothing; what the step makes of the query's rows is the table ``name``."""
        self._take(f"CREATE TABLE {name} AS", schema.empty_table())
        ordered = f"{sql} ORDER BY {', '.join((*by, *order))}" if by else sql
        for made in self._run(step, _chunks(self.fetch(ordered), by)):
            self._take(f"INSERT INTO {name}", pa.Table.from_batches(made, schema))

    def fetch(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows that a query gives, in its order, a batch at a time."""
        with self._connection.cursor() as cursor:
            yield from cursor.sql(sql).to_arrow_reader(_CHUNK)

    def _run(
        self, step: Step, chunks: Iterator[list[pa.RecordBatch]]
    ) -> Iterator[list[pa.RecordBatch]]:
        """What the step makes of each chunk, in their order."""
        if self._pool is None:
            yield from (_apply(step, chunk) for chunk in chunks)
            return
        running: deque[Future[list[pa.RecordBatch]]] = deque()
        for chunk in chunks:
            with _without_interrupts():
                running.append(self._pool.submit(_apply, step, chunk))
            if len(running) > self._most_ahead:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()

    def _take(self, deed: str, rows: pa.Table) -> None:
        """Nothing; these rows make a table, or are added to one."""
        self._connection.register("made", rows)
        self._connection.execute(f"{deed} SELECT * FROM made")  # noqa: S608 - names of our own
        self._connection.unregister("made")


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Nothing; what is started meanwhile never sees a Ctrl-C.

    That is everybody's at a terminal, but ours to say something of. A call may start a process,
    which takes our mask over. Another thread of ours may take the signal nevertheless; then it is
    raised after the call, since a process that is half started would print a traceback.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _frame: caught.append(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, handler)
        if caught:
            signal.raise_signal(signal.SIGINT)


def _apply(step: Step, batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    return list(step(iter(batches)))


def _chunks(batches: Iterator[pa.RecordBatch], by: Sequence[str]) -> Iterator[list[pa.RecordBatch]]:
    """The batches, cut where the columns ``by`` change, so that no chunk breaks such a group."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        cut = _last_group(batch, by) if by else batch.num_rows
        if cut:
            yield [*waiting, batch.slice(0, cut)]
            waiting = []
        elif waiting and by and _key(batch, 0, by) != _key(waiting[-1], -1, by):
            yield waiting
            waiting = []
        if cut < batch.num_rows:
            waiting.append(batch.slice(cut))
    if waiting:
        yield waiting


def _last_group(batch: pa.RecordBatch, by: Sequence[str]) -> int:
    """The row at which the last group of a batch begins."""
    at: int = batch.num_rows - 1
    last = _key(batch, at, by)
    while at > 0 and _key(batch, at - 1, by) == last:
        at -= 1
    return at


def _key(batch: pa.RecordBatch, at: int, by: Sequence[str]) -> tuple[object, ...]:
    at = at % batch.num_rows
    return tuple(batch.column(name)[at].as_py() for name in by)

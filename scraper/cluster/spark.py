"""Tables on a Spark cluster, and steps on its executors, which need this package installed."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import islice
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pyarrow as pa

from scraper.cluster.engine import first_line
from scraper.errors import ClusterError, MissingLibraryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pyspark import SparkContext
    from pyspark.sql import DataFrame, SparkSession

    from scraper.cluster.engine import Step

#: Rows of one batch; as in DuckDB.
_CHUNK: Final = 2_000
#: Spark itself asks three times, twenty seconds each; who does not answer a connect is not there.
_PATIENCE_SECONDS: Final = 5.0
_MASTER_PORT: Final = 7077
#: So long a cluster may take to give us a machine: it may be busy. A guess.
_GRANT_SECONDS: Final = 120.0
_SETTINGS: Final = (
    ("spark.ui.enabled", "false"),
    ("spark.ui.showConsoleProgress", "false"),
    ("spark.sql.execution.arrow.maxRecordsPerBatch", str(_CHUNK)),
    ("spark.sql.session.timeZone", "UTC"),
)
#: A line of Spark's log that tells of an error, or of Java's.
_COMPLAINT: Final = re.compile(
    r"^(?:\S+ \S+ ERROR [\w.$]+:|Error:|Exception in thread .*?:|.*/java:) *(.+)", re.MULTILINE
)
#: Shares of each table for every core: enough that a large one holds up nobody, few enough that
#: starting them costs little (200, as Spark has it, took ten times as long on two cores). A guess.
_SHARES: Final = 3
_TYPES: Final = {
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.string(): "string",
    pa.list_(pa.int64()): "array<bigint>",
}


@contextmanager
def open_spark(master: str) -> Iterator[SparkEngine]:
    """An engine on the cluster of this master: "local[2]", "spark://host:7077", "yarn".

    Raises MissingLibraryError where pyspark is not installed, ClusterError where there is no Java,
    nobody answers, nobody takes the work, or it fails.
    """
    _knock(master)
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
    except ImportError as absent:
        raise MissingLibraryError("pyspark", extra="spark") from absent
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise ClusterError("Spark needs Java 17: install it, or say in JAVA_HOME where it is")
    # The workers run the interpreter that has this package, not the first on the path.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with tempfile.TemporaryFile() as said:
        try:
            session = _start(master, said)
        except (PySparkException, Py4JError, OSError) as error:
            reason = _first_complaint(said) or _reason(error)
            raise ClusterError(f"Spark does not start: {reason}: check --master, Java") from error
        try:
            yield SparkEngine(session)
        except (PySparkException, Py4JError) as error:
            raise ClusterError(f"Spark gave up: {_reason(error)}") from error
        finally:
            session.stop()


def _start(master: str, said: IO[bytes]) -> SparkSession:
    """A session on which some machine takes the work; Spark's own words go to ``said``."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf().setAppName("scraper cluster").setMaster(master).setAll(_SETTINGS)
    running = SparkContext._gateway  # noqa: SLF001 - Java stays for as long as this process
    gateway = running or launch_gateway(conf, popen_kwargs={"stderr": said})
    context = SparkContext(gateway=gateway, conf=conf)
    try:
        _await_workers(context, master)
    except BaseException:
        context.stop()
        raise
    session = SparkSession.builder.getOrCreate()
    session.conf.set("spark.sql.shuffle.partitions", _SHARES * context.defaultParallelism)
    return session


def _await_workers(context: SparkContext, master: str) -> None:
    """Nothing; raises ClusterError where no machine of the cluster takes the work.

    Spark itself would wait for ever.
    """
    if master.startswith("local"):
        return
    deadline = time.monotonic() + _GRANT_SECONDS
    known = context._jsc.sc().getExecutorMemoryStatus  # noqa: SLF001 - Python has no word for it
    while known().size() == 1:  # which is ourselves
        if time.monotonic() > deadline:
            raise ClusterError(
                f"no machine of {master} took the work in {_GRANT_SECONDS:.0f} s: start workers,"
                " or wait until others have done theirs"
            )
        time.sleep(0.2)


def _first_complaint(said: IO[bytes]) -> str | None:
    """What Spark or Java first called an error."""
    said.seek(0)
    found = _COMPLAINT.search(said.read().decode(errors="replace"))
    return found[1].strip() if found else None


def _reason(error: Exception) -> str:
    """What went wrong, and not which call of Java it was."""
    lines = str(error).splitlines()
    if lines[1:] and lines[0].startswith("An error occurred while calling"):
        return lines[1].lstrip(": ")
    return first_line(error)


class SparkEngine:
    """See ``engine.Engine``."""

    unnest = "explode"

    def __init__(self, session: SparkSession) -> None:
        self._session = session

    def read(self, name: str, paths: Sequence[Path]) -> None:
        """Nothing; the rows of these Parquet files are the table ``name``."""
        reader = self._session.read.option("mergeSchema", "true")
        reader.parquet(*map(str, paths)).createOrReplaceTempView(name)

    def query(self, name: str, sql: str) -> None:
        """Nothing; what the query gives is the table ``name``."""
        self._keep(name, self._session.sql(sql))

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
        rows = self._session.sql(sql)
        if by:
            rows = rows.repartition(*by).sortWithinPartitions(*by, *order)
        columns = ", ".join(f"{field.name} {_TYPES[field.type]}" for field in schema)
        self._keep(name, rows.mapInArrow(step, columns))

    def fetch(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows that a query gives, in its order, a batch at a time."""
        rows = (row.asDict() for row in self._session.sql(sql).toLocalIterator())
        while some := list(islice(rows, _CHUNK)):
            yield pa.RecordBatch.from_pylist(some)

    def _keep(self, name: str, rows: DataFrame) -> None:
        """What has been computed is kept: each table is read by several others."""
        rows.persist().createOrReplaceTempView(name)


def _knock(master: str) -> None:
    """Nothing; raises ClusterError where a master named by its address does not answer."""
    if not master.startswith("spark://"):
        return
    refusals = []
    for address in master.removeprefix("spark://").split(","):
        named = urlsplit(f"//{address}")
        try:
            host, port = named.hostname or "", named.port or _MASTER_PORT
            socket.create_connection((host, port), timeout=_PATIENCE_SECONDS).close()
        except (OSError, ValueError) as error:
            refusals.append(str(error))
        else:
            return
    raise ClusterError(f"no Spark master answers at {master}: {refusals[0]}; check --master")

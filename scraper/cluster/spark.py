"""Tables on a Spark cluster, and steps on its executors, which need this package installed."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pyarrow as pa

from scraper.cluster.engine import first_line
from scraper.errors import ClusterError, MissingLibraryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from scraper.cluster.engine import Step

#: Rows of one batch; as in DuckDB.
_CHUNK: Final = 2_000
#: Spark itself asks three times, twenty seconds each; who does not answer a connect is not there.
_PATIENCE_SECONDS: Final = 5.0
_MASTER_PORT: Final = 7077
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

    Raises MissingLibraryError where pyspark is not installed, ClusterError where nobody answers.
    """
    _knock(master)
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as absent:
        raise MissingLibraryError("pyspark", extra="spark") from absent
    # The workers run the interpreter that has this package, not the first on the path.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        session = (
            SparkSession.builder.appName("scraper cluster")
            .master(master)
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.log.level", "ERROR")
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", _CHUNK)
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate()
        )
    except (PySparkException, RuntimeError, OSError) as error:
        raise ClusterError(f"Spark does not start: {first_line(error)}") from error
    parallel = session.sparkContext.defaultParallelism
    session.conf.set("spark.sql.shuffle.partitions", _SHARES * parallel)
    try:
        yield SparkEngine(session)
    except PySparkException as error:
        raise ClusterError(f"Spark gave up: {first_line(error)}") from error
    finally:
        session.stop()


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

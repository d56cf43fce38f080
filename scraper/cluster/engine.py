"""What clustering asks of a machine for tables, be it in this process or a cluster of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

import pyarrow as pa

if TYPE_CHECKING:
    from pathlib import Path

#: A step of clustering: Arrow batches in, Arrow batches out.
Step: TypeAlias = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


class Engine(Protocol):
    """Named tables, SQL over them, and steps that give new ones.

    The SQL is what DuckDB and Spark both understand; ``unnest`` is the function by which a list
    becomes rows.
    """

    unnest: str

    def read(self, name: str, paths: Sequence[Path]) -> None:
        """Nothing; the rows of these Parquet files are the table ``name``."""

    def query(self, name: str, sql: str) -> None:
        """Nothing; what the query gives is the table ``name``."""

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
        """Nothing; what the step makes of the query's rows is the table ``name``.

        Rows that agree in the columns ``by`` come to one call of the step, one after another, in
        the order of the columns ``order``.
        """

    def fetch(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows that a query gives, in its order, a batch at a time."""


def first_line(error: Exception) -> str:
    """What a machine says of its failure, without where in its inside that was."""
    return str(error).strip().partition("\n")[0] or type(error).__name__

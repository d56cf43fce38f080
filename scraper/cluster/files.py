"""Which Parquet files are read, what can be wrong with them, and how results come to be files."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from glob import glob
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from scraper.cluster.tables import GIVEN
from scraper.errors import FileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: Rows of one row group.
_ROWS = 10_000


def find_inputs(patterns: Sequence[str]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The Parquet files that these names and patterns mean, and which of GIVEN's columns they have.

    Raises UsageError where a pattern means no file, or a file lacks what every article must have.
    """
    paths: dict[Path, None] = {}
    for pattern in patterns:
        found = sorted(glob(pattern, recursive=True))  # noqa: PTH207 - a pattern may be absolute
        if not found:
            raise UsageError(f"no file is called {pattern}")
        paths.update(dict.fromkeys(map(Path, found)))
    schemas = {path: _schema_of(path) for path in paths}
    for path, schema in schemas.items():
        _check(path, schema)
    there = set(chain.from_iterable(schema.names for schema in schemas.values()))
    return tuple(paths), tuple(name for name in GIVEN if name in there)


def _schema_of(path: Path) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except OSError as error:
        raise FileError(str(path), "read", error) from error
    except pa.ArrowInvalid as error:
        raise UsageError(f"{path} is no Parquet file") from error


def _check(path: Path, schema: pa.Schema) -> None:
    if "id" not in schema.names or not pa.types.is_integer(schema.field("id").type):
        trouble = 'no column "id" of whole numbers'
    elif "text" not in schema.names:
        trouble = 'no column "text"'
    else:
        return
    raise UsageError(
        f"{path} has {trouble}: write it with `scraper export articles --format parquet`"
    )


@contextmanager
def fill_folder(output: Path) -> Iterator[Path]:
    """An empty folder whose files, at the end, stand in ``output``: all of them, or none.

    Files of the same names are replaced. Raises FileError where ``output`` cannot be written.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=output))
    except OSError as error:
        raise FileError(str(output), "written", error) from error
    try:
        yield partial
        for made in sorted(partial.iterdir()):
            made.replace(output / made.name)
    except OSError as error:
        raise FileError(str(output), "written", error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_rows(path: Path, rows: Iterable[dict[str, Any]], schema: pa.Schema) -> int:
    """How many rows were written to this Parquet file."""
    written = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        group: list[dict[str, Any]] = []
        for row in rows:
            group.append(row)
            written += 1
            if len(group) == _ROWS:
                writer.write_table(pa.Table.from_pylist(group, schema))
                group = []
        writer.write_table(pa.Table.from_pylist(group, schema))
    return written

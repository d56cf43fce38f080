"""Which Parquet files are read, what can be wrong with them, and how results come to be files."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager, suppress
from glob import glob
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from scraper.cluster.tables import GIVEN, REQUIRED
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
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name the files in it, like '{path}/*.parquet'")
    try:
        return pq.read_schema(path)
    except OSError as error:
        raise FileError(str(path), "read", error) from error
    except pa.ArrowException as error:
        raise UsageError(f"{path} is no Parquet file, or only a part of one") from error


def _check(path: Path, schema: pa.Schema) -> None:
    """Nothing; raises UsageError for a file in which not every column is of its kind."""
    for name, kind in GIVEN.items():
        if name not in schema.names:
            if name in REQUIRED:
                raise _unfit(path, f'no column "{name}" of {kind.words}')
            continue
        found = schema.field(name).type
        found = found.value_type if pa.types.is_dictionary(found) else found
        if not (kind.holds(found) or (name not in REQUIRED and pa.types.is_null(found))):
            raise _unfit(path, f'a column "{name}" of {found}, not of {kind.words}')


def _unfit(path: Path, trouble: str) -> UsageError:
    return UsageError(
        f"{path} has {trouble}: write it as `scraper export articles --format parquet` does"
    )


@contextmanager
def fill_folder(output: Path) -> Iterator[Path]:
    """An empty folder whose files, at the end, stand in ``output``: all of them, or none.

    Files of the same names are replaced; where it fails, a folder that was not there is not.
    Raises FileError where ``output`` cannot be written.
    """
    is_new = not output.exists()
    try:
        output.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=output))
    except OSError as error:
        raise FileError(str(output), "written", error) from error
    is_filled = False
    try:
        yield partial
        for made in sorted(partial.iterdir()):
            made.replace(output / made.name)
        is_filled = True
    except OSError as error:
        raise FileError(str(output), "written", error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if is_new and not is_filled:
            with suppress(OSError):  # somebody else put something into it
                output.rmdir()


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

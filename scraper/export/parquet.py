"""Parquet, with the shapes of JSON Lines as nested columns; needs the library pyarrow.

Rows are written in groups of some megabytes, so that memory is bounded whatever is written.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from scraper.errors import MissingLibraryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: A row group ends after so many characters, or so many rows: a guess between what readers take at
#: a time and what is held to make it, some ten times as much.
_GROUP_CHARACTERS, _GROUP_ROWS = 8_000_000, 10_000


def write_parquet(what: str, rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """The file in pieces, one as each group of rows is full.

    A column that a row lacks is null there. Raises MissingLibraryError without pyarrow.
    """
    try:
        from pyarrow import Table, parquet
    except ImportError as exc:
        raise MissingLibraryError("pyarrow", extra="parquet") from exc
    schema = _make_schema(what)
    pieces = _Pieces()
    with parquet.ParquetWriter(pieces, schema, compression="zstd") as writer:
        for group in _group(rows):
            writer.write_table(Table.from_pylist(group, schema=schema))
            yield pieces.take()
    yield pieces.take()


def _group(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    characters = 0
    for row in rows:
        group.append(row)
        characters += _weigh(row)
        if characters >= _GROUP_CHARACTERS or len(group) >= _GROUP_ROWS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _weigh(value: object) -> int:
    """The characters of all texts in it."""
    match value:
        case str():
            return len(value)
        case dict():
            return sum(map(_weigh, value.values()))
        case list():
            return sum(map(_weigh, value))
        case _:
            return 0


class _Pieces(io.RawIOBase):
    """A file of which what was written can be taken away; pyarrow asks for no more than this."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        """Whether it can be written to."""
        return True

    def write(self, piece: Any, /) -> int:  # noqa: ANN401  # any buffer
        """How many bytes of the piece are held from now on: all."""
        self._held.append(bytes(piece))
        self._position += len(self._held[-1])
        return len(self._held[-1])

    def tell(self) -> int:
        """How much was written in all."""
        return self._position

    def take(self) -> bytes:
        """What was written since it was last asked."""
        taken = b"".join(self._held)
        self._held.clear()
        return taken


def _make_schema(what: str) -> Any:  # noqa: ANN401  # pyarrow has no types
    """The columns of stories, articles, relations or sources, as ``shapes`` makes them."""
    import pyarrow as pa

    text, number, share, flag = pa.string(), pa.int64(), pa.float64(), pa.bool_()

    def several(fields: list[tuple[str, Any]]) -> Any:  # noqa: ANN401  # likewise
        return pa.list_(pa.struct(fields))

    article = [
        ("id", number),
        ("external_id", text),
        ("url", text),
        ("site", text),
        ("title", text),
        ("authors", pa.list_(text)),
        ("published", text),
        ("language", text),
        ("text", text),
        ("word_count", number),
        ("is_paywalled", flag),
        (
            "attributions",
            several([("evidence", text), ("url", text), ("name", text), ("quote", text)]),
        ),
    ]
    mirror = [
        *article,
        ("relation", text),
        ("joined_by", number),
        ("coverage", share),
        ("similarity", share),
        ("passages", several([("start", number), ("end", number), ("text", text)])),
    ]
    spans = [("a_start", number), ("a_end", number), ("b_start", number), ("b_end", number)]
    tables = {
        "stories": [
            ("story", number),
            ("title", text),
            ("canonical", pa.struct(article)),
            ("canonical_reason", text),
            ("primary_source_url", text),
            ("mirrors", several(mirror)),
            ("first_seen", text),
            ("updated", text),
            ("tombstone", text),
            ("into", number),
        ],
        "articles": [("story", number), ("joined_by", number), ("first_seen", text), *article],
        "relations": [
            *((name, text) for name in ("a_url", "b_url", "a_external_id", "b_external_id")),
            ("relation", text),
            ("coverage_a", share),
            ("coverage_b", share),
            ("similarity", share),
            ("passages", several(spans)),
        ],
        "sources": [
            *((name, text) for name in ("name", "url", "kind", "origin", "state")),
            ("every_minutes", share),
            ("last_check_at", text),
            ("next_check_at", text),
            ("failures", number),
            ("reason", text),
            ("detail", text),
        ],
    }
    return pa.schema(tables[what])

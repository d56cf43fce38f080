"""Statements that each engine is told in words of its own.

All other SQL is SQLAlchemy's Core, or text that every engine understands.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.dialects.sqlite import Insert
    from sqlalchemy.sql.compiler import SQLCompiler

#: Engine -> what it says for these: ``numbers`` and ``texts`` are the rows, of one column `value`,
#: of a JSON list; ``joined`` is a column of numbers of all rows as one text with commas;
#: ``any_case`` a text to be compared with small letters; ``place_in`` where in a text another
#: stands in any case, from 1, or 0.
_SPELLINGS: Final[Mapping[str, Mapping[str, Callable[..., str]]]] = {
    "sqlite": {
        "numbers": "json_each({})".format,
        "texts": "json_each({})".format,
        "joined": "group_concat({})".format,
        "any_case": "{} COLLATE NOCASE".format,
        "place_in": "instr(casefold({}), casefold({}))".format,
    },
    "postgresql": {
        "numbers": (
            "(SELECT CAST(value AS bigint) AS value"
            " FROM jsonb_array_elements_text(CAST({} AS jsonb)))"
        ).format,
        "texts": "jsonb_array_elements_text(CAST({} AS jsonb))".format,
        "joined": "string_agg(CAST({0} AS text), ',' ORDER BY {0})".format,
        "any_case": "lower({})".format,
        "place_in": "strpos(fold_letters({}), fold_letters({}))".format,
    },
}
_MACRO: Final = re.compile(r"\b(numbers|texts|joined)\((:?\w+)\)")


class _Said(sa.sql.functions.FunctionElement[Any]):
    """A part of a statement of Core that engines say differently."""

    inherit_cache = True
    spelling = ""


class _Numbers(_Said):
    inherit_cache = True
    spelling = "numbers"


class _Texts(_Said):
    inherit_cache = True
    spelling = "texts"


class _AnyCase(_Said):
    inherit_cache = True
    spelling = "any_case"
    type = sa.Text()


class _PlaceIn(_Said):
    inherit_cache = True
    spelling = "place_in"
    type = sa.Integer()


@compiles(_Said)
def _spell(element: _Said, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  # SQLAlchemy's
    spell = _SPELLINGS[compiler.dialect.name][element.spelling]
    return spell(*(compiler.process(part, **options) for part in element.clauses))


def numbers_of(json: sa.ColumnElement[Any]) -> sa.TableValuedAlias:
    """The rows, of one column `value`, that a JSON list of whole numbers is."""
    return _Numbers(json).table_valued("value")


def texts_of(json: sa.ColumnElement[Any]) -> sa.TableValuedAlias:
    """The rows, of one column `value`, that a JSON list of strings is."""
    return _Texts(json).table_valued("value")


def any_case(text: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """The text, to be compared with one in small letters of English."""
    return _AnyCase(text)


def place_in(text: sa.ColumnElement[Any], sought: str) -> sa.ColumnElement[int]:
    """Where in the text the other stands, in any case: from 1, or 0."""
    return _PlaceIn(text, sa.literal(sought))


class Spoken:
    """A statement as text, in which macros stand for what engines say differently."""

    def __init__(self, text: str) -> None:
        self._by_engine = {
            engine: sa.text(_MACRO.sub(lambda macro, says=says: says[macro[1]](macro[2]), text))  # type: ignore[misc]  # mypy loses the default
            for engine, says in _SPELLINGS.items()
        }

    def on(self, connection: sa.Connection) -> sa.TextClause:
        """The statement for the engine of this connection."""
        return self._by_engine[connection.dialect.name]


class Upsert:
    """An insert that knows what to do about a row that is there: Core has one for each engine."""

    def __init__(self, build: Callable[[Callable[[sa.Table], Insert]], Insert]) -> None:
        self._build = build
        self._by_engine: dict[str, Insert] = {}

    def on(self, connection: sa.Connection) -> Insert:
        """The statement for the engine of this connection, built once."""
        name = connection.dialect.name
        if name not in self._by_engine:
            self._by_engine[name] = self._build(_find_insert(name))
        return self._by_engine[name]


class AddPairs:
    """An insert of many rows of two numbers into a table of these columns; what is there stays.

    SQLite takes them one by one from its driver, at a microsecond each; PostgreSQL as two arrays.
    """

    def __init__(self, table: sa.Table) -> None:
        names = [column.name for column in table.columns]
        start, end = f"INSERT INTO {table.name} ({', '.join(names)})", "ON CONFLICT DO NOTHING"
        self._one_by_one = f"{start} VALUES (?, ?) {end}"
        arrays = ", ".join(f"CAST(:{name} AS bigint[])" for name in names)
        self._at_once = sa.text(f"{start} SELECT * FROM unnest({arrays}) {end}")  # noqa: S608 - names of the schema
        self._names = names

    def run(self, connection: sa.Connection, rows: list[tuple[int, int]]) -> None:
        """Nothing; these rows are in the table."""
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(self._one_by_one, rows)
        else:
            columns = map(list, zip(*rows, strict=True))
            connection.execute(self._at_once, dict(zip(self._names, columns, strict=True)))


@lru_cache
def _find_insert(engine: str) -> Callable[..., Any]:
    """The engine's own ``insert``; that of one that is not used is never imported."""
    found: Callable[..., Any] = import_module(f"sqlalchemy.dialects.{engine}").insert
    return found

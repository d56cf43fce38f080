"""Statements that each engine is told in words of its own.

All other SQL is SQLAlchemy's Core, or text that every engine understands.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.dialects.sqlite import Insert

#: Engine -> what stands for a macro of ``Spoken``, or what ``ids.among`` compiles to:
#: ``numbers`` and ``texts`` are the rows, of one column `value`, of a JSON list; ``joined`` is a
#: column of numbers of all rows as one text with commas.
SPELLINGS: Final[Mapping[str, Mapping[str, Callable[[str], str]]]] = {
    "sqlite": {
        "numbers": "json_each({})".format,
        "texts": "json_each({})".format,
        "joined": "group_concat({})".format,
    },
    "postgresql": {
        "numbers": (
            "(SELECT CAST(value AS bigint) AS value"
            " FROM jsonb_array_elements_text(CAST({} AS jsonb)))"
        ).format,
        "texts": "jsonb_array_elements_text(CAST({} AS jsonb))".format,
        "joined": "string_agg(CAST({0} AS text), ',' ORDER BY {0})".format,
    },
}
_MACRO: Final = re.compile(r"\b(numbers|texts|joined)\((:?\w+)\)")


class Spoken:
    """A statement as text, in which macros stand for what engines say differently."""

    def __init__(self, text: str) -> None:
        self._by_engine = {
            engine: sa.text(_MACRO.sub(lambda macro, says=says: says[macro[1]](macro[2]), text))  # type: ignore[misc]  # mypy loses the default
            for engine, says in SPELLINGS.items()
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


@lru_cache
def _find_insert(engine: str) -> Callable[..., Any]:
    """The engine's own ``insert``; that of one that is not used is never imported."""
    found: Callable[..., Any] = import_module(f"sqlalchemy.dialects.{engine}").insert
    return found

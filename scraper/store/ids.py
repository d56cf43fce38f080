"""A set of ids as one parameter of a statement.

A statement that is built once is neither built nor looked up by its shape again, which cost more
than running it; and SQLite bounds the number of parameters, not the length of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from scraper.store.spoken import SPELLINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.sql.compiler import SQLCompiler


class _Each(sa.sql.functions.FunctionElement[Any]):
    """The rows, of one column `value`, that a JSON list of whole numbers is."""

    inherit_cache = True
    macro = "numbers"


class _EachText(_Each):
    """The same for a list of strings."""

    inherit_cache = True
    macro = "texts"


@compiles(_Each)
def _spell_each(element: _Each, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  # SQLAlchemy's
    spell = SPELLINGS[compiler.dialect.name][element.macro]
    return spell(compiler.process(element.clauses, **options))


def each_of(column: sa.ColumnElement[Any], name: str) -> sa.TableValuedAlias:
    """The values of the parameter ``name``, to be compared with this column: see ``pack``."""
    values = sa.bindparam(name, type_=sa.Text)
    is_number = isinstance(column.type, sa.Integer)
    return (_Each if is_number else _EachText)(values).table_valued("value")


def among(column: sa.ColumnElement[Any], name: str = "ids") -> sa.ColumnElement[bool]:
    """Whether the column is one of the ids (or keys) of the parameter ``name``: see ``pack``."""
    return column.in_(sa.select(each_of(column, name).c.value))


def pack(ids: Iterable[int | str]) -> str:
    """The ids as the value of such a parameter."""
    return msgspec.json.encode(list(ids)).decode()

"""A set of ids as one parameter of a statement.

A statement that is built once is neither built nor looked up by its shape again, which cost more
than running it; and SQLite bounds the number of parameters, not the length of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from scraper.store.spoken import numbers_of, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable


def each_of(column: sa.ColumnElement[Any], name: str) -> sa.TableValuedAlias:
    """The values of the parameter ``name``, to be compared with this column: see ``pack``."""
    values = sa.bindparam(name, type_=sa.Text)
    is_number = isinstance(column.type, sa.Integer)
    return numbers_of(values) if is_number else texts_of(values)


def among(column: sa.ColumnElement[Any], name: str = "ids") -> sa.ColumnElement[bool]:
    """Whether the column is one of the ids (or keys) of the parameter ``name``: see ``pack``."""
    return column.in_(sa.select(each_of(column, name).c.value))


def pack(ids: Iterable[int | str]) -> str:
    """The ids as the value of such a parameter."""
    return msgspec.json.encode(list(ids)).decode()

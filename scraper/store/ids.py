"""A set of ids as one parameter of a statement.

A statement that is built once is neither built nor looked up by its shape again, which cost more
than running it; and SQLite bounds the number of parameters, not the length of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterable


def among(column: sa.ColumnElement[Any], name: str = "ids") -> sa.ColumnElement[bool]:
    """Whether the column is one of the ids (or keys) of the parameter ``name``: see ``pack``."""
    each = sa.func.json_each(sa.bindparam(name, type_=sa.Text)).table_valued("value")
    return column.in_(sa.select(each.c.value))


def pack(ids: Iterable[int | str]) -> str:
    """The ids as the value of such a parameter."""
    return msgspec.json.encode(list(ids)).decode()

"""What people decided: which article is preferred, which are one story and which never are.

Rule 1: a decision is a row and stays one: stories are judged under those that stand, so that they
survive every rebuild. To undo one is to say when it was undone. To make it again is to give it
another note.
Rule 2: where two articles turn out to be one, what was decided about the one that goes is decided
about the one that stays. What was decided about an article that is forgotten goes with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.model import ArticleId, Decision, DecisionId, DecisionKind
from scraper.store.ids import among, pack
from scraper.store.schema import decision

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

#: Asked at every change of a story, and nearly always in vain: built once.
_TOUCHING = (
    sa.select(decision)
    .where(decision.c.undone_at.is_(None), sa.or_(among(decision.c.a), among(decision.c.b)))
    .order_by(decision.c.id)
)


def add_decision(
    connection: sa.Connection,
    kind: DecisionKind,
    a: ArticleId,
    b: ArticleId | None,
    *,
    note: str | None,
    now: datetime,
) -> Decision:
    """A new decision; the caller judges the stories of its articles anew."""
    values = {"at": now, "kind": kind, "a": a, "b": b, "note": note}
    result = connection.execute(decision.insert().values(values))
    made = DecisionId(result.inserted_primary_key[0])  # type: ignore[index]  # an insert has one
    return Decision(id=made, at=now, kind=kind, a=a, b=b, note=note)


def replace_note(connection: sa.Connection, wanted: DecisionId, note: str) -> None:
    """Nothing; the decision is made for this reason; the caller judges its stories anew."""
    connection.execute(decision.update().where(decision.c.id == wanted).values(note=note))


def undo_decision(connection: sa.Connection, wanted: DecisionId, now: datetime) -> None:
    """Nothing; the decision holds no more; the caller judges the stories of its articles anew."""
    connection.execute(decision.update().where(decision.c.id == wanted).values(undone_at=now))


def find_decision(connection: sa.Connection, wanted: int) -> Decision | None:
    """The decision with this number, undone or not; None where there is none."""
    row = connection.execute(sa.select(decision).where(decision.c.id == wanted)).one_or_none()
    return None if row is None else read_decision(row)


def find_last_standing(connection: sa.Connection) -> Decision | None:
    """The newest decision that is not undone; None where there is none."""
    standing = sa.select(decision).where(decision.c.undone_at.is_(None))
    row = connection.execute(standing.order_by(decision.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else read_decision(row)


def load_touching(connection: sa.Connection, ids: Collection[ArticleId]) -> list[Decision]:
    """The standing decisions about one of these articles at least, oldest first."""
    return [read_decision(row) for row in connection.execute(_TOUCHING, {"ids": pack(ids)})]


def carry_over(connection: sa.Connection, gone: ArticleId, stays: ArticleId) -> None:
    """Nothing; what was decided about the one article is decided about the other."""
    for column in (decision.c.a, decision.c.b):
        connection.execute(
            decision.update().where(column == gone).values({column.name: int(stays)})
        )


def read_decision(row: sa.Row[Any]) -> Decision:
    """A row of `decision` as the domain's type."""
    return Decision(
        id=DecisionId(row.id),
        at=row.at,
        kind=DecisionKind(row.kind),
        a=ArticleId(row.a),
        b=None if row.b is None else ArticleId(row.b),
        note=row.note,
        undone_at=row.undone_at,
    )

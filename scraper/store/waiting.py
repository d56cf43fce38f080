"""Rows of an index that a transaction adds, held back until it has added all of them.

A B-tree takes rows fastest in its own order. The keys of articles are random: in an archive that
the cache does not hold, each article's would have pages read and written that the next one's have
read and written anew. Sorted, a batch's touch each page once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.store.spoken import AddPairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import sqlalchemy as sa


class Waiting:
    """Pairs of a key and who holds it that are no rows yet; whoever reads the table reads them too.

    ``table`` has but these two columns.
    """

    def __init__(self, table: sa.Table) -> None:
        self._add = AddPairs(table)
        self._holders: dict[int, list[int]] = {}

    def add(self, keys: Iterable[int], holder: int) -> None:
        """Nothing; the holder has these keys."""
        for key in keys:
            held = self._holders.setdefault(key, [])
            if holder not in held:
                held.append(holder)

    def remove(self, keys: Iterable[int], holder: int) -> None:
        """Nothing; of these keys the holder has none any more but those that are rows."""
        for key in keys:
            held = self._holders.get(key, ())
            if holder in held:
                self._holders[key].remove(holder)

    def of(self, key: int) -> Sequence[int]:
        """Who has this key, in no order."""
        return self._holders.get(key, ())

    def write(self, connection: sa.Connection) -> None:
        """Nothing; all pairs are rows, and none waits."""
        rows = [(key, holder) for key in sorted(self._holders) for holder in self._holders[key]]
        self._holders.clear()
        if rows:
            self._add.run(connection, rows)

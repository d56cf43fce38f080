"""Rows of an index that a transaction adds, held back until it has added all of them.

A B-tree takes rows fastest in its own order. The keys of articles are random: in an archive that
the cache does not hold, each article's would have pages read and written that the next one's have
read and written anew. Sorted, a batch's touch each page once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scraper.store.spoken import AddPairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    import sqlalchemy as sa


class Waiting:
    """Pairs of a key and who holds it that are no rows yet; whoever reads the table reads them too.

    ``table`` has but these two columns.
    """

    def __init__(self, table: sa.Table) -> None:
        self._add = AddPairs(table)
        #: Each key with who had it first, as nearly all have but one, and the further ones.
        self._first: dict[int, int] = {}
        self._further: dict[int, list[int]] = {}

    def add(self, keys: Iterable[int], holder: int) -> None:
        """Nothing; the holder has these keys."""
        wanted = set(keys)
        held = wanted & self._first.keys()
        self._first.update(dict.fromkeys(wanted - held, holder))
        for key in held:
            if holder not in self.of(key):
                self._further.setdefault(key, []).append(holder)

    def remove(self, keys: Iterable[int], holder: int) -> None:
        """Nothing; of these keys the holder has none any more but those that are rows."""
        for key in self._first.keys() & keys:
            left = [other for other in self.of(key) if other != holder]
            self._further.pop(key, None)
            if left:
                self._first[key] = left[0]
            else:
                del self._first[key]
            if left[1:]:
                self._further[key] = left[1:]

    def among(self, keys: Iterable[int]) -> AbstractSet[int]:
        """Those of the keys that anybody has."""
        return self._first.keys() & keys

    def of(self, key: int) -> Sequence[int]:
        """Who has this key, in no order."""
        return (self._first[key], *self._further.get(key, ())) if key in self._first else ()

    def write(self, connection: sa.Connection) -> None:
        """Nothing; all pairs are rows, and none waits."""
        keys, holders = [*self._first], [*self._first.values()]
        for key, further in self._further.items():
            keys += [key] * len(further)
            holders += further
        in_order = np.argsort(np.array(keys, np.int64))  # in a third of the time of sorted()
        rows = [(keys[at], holders[at]) for at in in_order.tolist()]
        self._first.clear()
        self._further.clear()
        if rows:
            self._add.run(connection, rows)

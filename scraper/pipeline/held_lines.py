"""Lines of an import that wait until all are read, the last of each id."""

from __future__ import annotations

from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Final, Generic, TypeVar

Report = TypeVar("Report")

#: More than this goes to a temporary file: some 10,000 articles. A guess at what nobody misses.
_IN_MEMORY_BYTES: Final = 32_000_000


class HeldLines(Generic[Report]):
    """The lines, each with the report that counts it; an id has one at most."""

    def __init__(self) -> None:
        self._bytes = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115  # see close
        self._places: dict[str, tuple[int, int, Report]] = {}

    def hold(self, external_id: str, line: bytes, report: Report) -> None:
        """Nothing; the line waits under this id."""
        start = self._bytes.seek(0, 2)
        self._bytes.write(line)
        self._places[external_id] = (start, len(line), report)

    def drop(self, external_id: str) -> Report | None:
        """The report of the line that waited under this id and does no more; None for none."""
        found = self._places.pop(external_id, None)
        return None if found is None else found[2]

    def take(self, most: int) -> list[tuple[bytes, Report]]:
        """The next lines in the order in which they came, so many at most; they wait no more."""
        taken = []
        for external_id in list(islice(self._places, most)):
            start, length, report = self._places.pop(external_id)
            self._bytes.seek(start)
            taken.append((self._bytes.read(length), report))
        return taken

    def close(self) -> None:
        """Nothing; the temporary file is gone."""
        self._bytes.close()

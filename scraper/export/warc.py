"""The pages from which articles were read, as one WARC 1.1 file.

Records are gzip members of their own, so they are copied as they lie in the archive's files, after
their digests were compared. Only the first is new: it says of which archive the file is, and
depends on nothing else, so that the same pages give the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid5

from scraper.export.shapes import print_utc
from scraper.store.archive import load_uuid
from scraper.store.snapshots import each_record
from scraper.store.warc import make_opening

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from scraper.store.archive import Archive


def write_warc(
    connection: sa.Connection, archive: Archive, articles: sa.Select[tuple[int]]
) -> Iterator[bytes]:
    """The file record by record: its own, then those of the pages in the order of fetching.

    A page that was fetched again unchanged comes with the record that has its body.
    """
    own, made_at = load_uuid(connection)
    headers = {
        "WARC-Record-ID": f"<{uuid5(own, 'export').urn}>",
        "WARC-Date": print_utc(made_at) or "",
    }
    yield make_opening(headers)
    yield from each_record(connection, archive, articles)

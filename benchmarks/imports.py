"""How fast JSON Lines are imported: texts read, matched, judged and stored.

usage: python benchmarks/imports.py [ARTICLES]

ARTICLES (2,000) texts as ``synthetic`` deals them, one in twenty a copy of an earlier one. Prints
articles a second of CPU time, and how many of the copies were found.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from synthetic import make_line

from scraper.match.version import FINGERPRINT_VERSION
from scraper.pipeline.imports import import_lines
from scraper.store.archive import Archive, create_archive
from scraper.store.schema import article


def found_copies(archive: Archive, copies: dict[int, int]) -> int:
    """How many of the copies are in their original's story."""
    with archive.read() as connection:
        rows = connection.execute(sa.select(article.c.external_id, article.c.story_id))
        story = {int(row.external_id): row.story_id for row in rows}
    return sum(story[copied] == story[original] for copied, original in copies.items())


def main() -> None:
    """Print the figures."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    dealt = [make_line(number) for number in range(articles)]
    lines = [line for line, _ in dealt]
    copies = {number: of for number, (_, of) in enumerate(dealt) if of is not None}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "archive.db"
        now = datetime.now(UTC)
        with create_archive(path, fingerprint_version=FINGERPRINT_VERSION, now=now) as archive:
            import_lines(archive, lines[:20], collection="warm-up", sites={})
            begun = time.process_time()
            import_lines(archive, lines, collection="bench", sites={})
            seconds = time.process_time() - begun
            found = found_copies(archive, copies)
        size = path.stat().st_size
    text_bytes = sum(map(len, lines))
    print(
        f"{articles} articles, {text_bytes / 1e6:.1f} MB: {articles / seconds:.0f} a second of CPU"
    )
    print(f"archive {size / text_bytes:.1f} times the texts")
    print(f"copies found: {found} of {len(copies)}")


main()

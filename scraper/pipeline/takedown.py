"""Many pages or articles taken out at once, until nothing of them is left in any file.

    choose      which pages and articles are meant?                   store.takedown
    forget      each in a transaction of its own                       pipeline.forgetting
    wipe        WARC records are overwritten, the file is made anew    store.snapshots, store.wiping

The caller holds the archive's lock. A process that is killed has forgotten what it has forgotten;
the same command goes on, and wipes. The last step runs also where nothing was left to forget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.pipeline.forgetting import forget_article, forget_page
from scraper.store import snapshots, takedown
from scraper.store.wiping import wipe_free_space

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.pipeline.matching import Matcher
    from scraper.store.archive import Archive
    from scraper.store.takedown import Doomed


def take_down(archive: Archive, matcher: Matcher, doomed: Doomed, now: datetime) -> None:
    """Nothing; none of these is left in the archive's file or its WARC files.

    Raises ArchiveError where the files cannot be written anew; what is forgotten stays so.
    """
    for page_id in doomed.pages:
        with archive.write() as connection:
            forget_page(connection, matcher, page_id, now)
    for article_id in doomed.articles:
        with archive.write() as connection:
            of_page = takedown.page_of(connection, article_id)
            forget_article(connection, matcher, article_id, now)
            if of_page is not None and takedown.is_empty(connection, of_page):
                forget_page(connection, matcher, of_page, now)
    with archive.write() as connection:
        snapshots.delete_snapshots(connection, doomed.snapshots)
    snapshots.tidy(archive)
    wipe_free_space(archive)

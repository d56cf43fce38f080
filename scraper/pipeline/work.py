"""What a pass is to do: the sources and pages that are due, or that a person named.

Imports nothing that fetches or matches, so that a run with nothing due ends at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper.model import PageState, Reason, SourceState
from scraper.store import pages, sources
from scraper.urls import page_key, site_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scraper.model import Page, Source
    from scraper.store.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a pass is to do."""

    sources: tuple[Source, ...] = ()
    pages: tuple[Page, ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.sources or self.pages)


def find_work(
    archive: Archive,
    now: datetime,
    *,
    everything: bool = False,
    source_name: str | None = None,
) -> Work:
    """What is due now; with ``everything``, every source and every page that awaits a try.

    With ``source_name``, that source, due or not, and the pages it announced; nothing where there
    is no such source.
    """
    with archive.read() as connection:
        # The longest due first: where a host has more sources than its share of a pass, all of them
        # have their turn in some pass.
        known = sorted(sources.list_sources(connection), key=lambda known: known.next_check_at)
        chosen = tuple(
            source
            for source in known
            if (
                _is_due(source, now, everything)
                if source_name is None
                else source.name == source_name
            )
        )
        if source_name is not None and not chosen:
            return Work()
        waiting = pages.due_pages(
            connection,
            now=now,
            retries_early=everything or source_name is not None,
            source_id=None if source_name is None else chosen[0].id,
        )
    return Work(sources=chosen, pages=tuple(waiting))


def _is_due(source: Source, now: datetime, everything: bool) -> bool:  # noqa: FBT001 - private
    if source.state is SourceState.PAUSED:
        return everything and source.gave_up and source.reason is not Reason.HTTP_410
    return everything or source.next_check_at <= now


def find_pages(archive: Archive, urls: Sequence[str], now: datetime) -> Work:
    """The pages of these URLs, to be asked for now whatever became of them before."""
    found = []
    with archive.write() as connection:
        for url in urls:
            page = pages.find_page(connection, page_key(url))
            if page is None:
                page_id = pages.add_page(
                    connection,
                    url=url,
                    key=page_key(url),
                    site=site_of(url),
                    state=PageState.ANNOUNCED,
                    next_attempt_at=now,
                    now=now,
                )
                page = pages.load_page(connection, page_id)
            found.append(replace(page, attempts=0))
    return Work(pages=tuple(found))


def find_left(archive: Archive, work: Work) -> list[Page]:
    """The pages of this work that nobody has asked for since: their host wanted a pause first, or
    another process had it.
    """
    with archive.read() as connection:
        found = [pages.find_page(connection, page_key(page.url)) for page in work.pages]
    return [
        page
        for page, known in zip(work.pages, found, strict=True)
        if known is not None
        and (known.id, known.fetched_at) == (page.id, page.fetched_at)
        and known.state is not PageState.FORGOTTEN
    ]

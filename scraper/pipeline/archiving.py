"""A page is asked for, and what came of it is archived.

What was fetched is on the disk first. Then each page's outcome is one transaction: requests, page,
snapshot, article, relations, stories and the hosts' state are written together or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from scraper import clock
from scraper.extract import extract_article
from scraper.extract.reservations import Reservation
from scraper.fetch.client import Accept
from scraper.model import NoArticle, NotModified, PageState, Reason, Refused, Snapshot
from scraper.pipeline.ingest import Filed, Place, prepare
from scraper.pipeline.pace import judge_refusal, next_revisit
from scraper.pipeline.reading import read_page
from scraper.pipeline.report import PageOutcome
from scraper.store import pages, takedown
from scraper.store.snapshots import add_snapshot
from scraper.urls import page_key, site_of
from scraper.worker.parser import Killed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.config import FetchConfig
    from scraper.fetch.client import Fetcher
    from scraper.model import Article, FeedEntry, Page, PageId, Request, SnapshotId
    from scraper.pipeline.ingest import Ingest
    from scraper.pipeline.ledger import Ledger
    from scraper.pipeline.site_rules import SiteRules
    from scraper.store.snapshots import Appended, SnapshotKeeper
    from scraper.worker.parser import Parser

#: A page dated further ahead than this is misdated: no time zone is more than 14 hours from UTC.
_AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archivist:
    """Asks for pages and archives them."""

    fetcher: Fetcher
    parser: Parser
    ledger: Ledger
    ingest: Ingest
    config: FetchConfig
    rules: SiteRules
    #: None where pages are not kept as they were fetched.
    keeper: SnapshotKeeper | None = None

    async def archive(self, queued: Page) -> PageOutcome | None:
        """What became of the page; None where it was joined to another that is asked for anyway,
        where another process asked for it since, and where its host wants a pause first.
        """
        with self.ledger.archive.read() as connection:
            page = pages.find_page(connection, page_key(queued.url))
            if page is None or page.id != queued.id or page.fetched_at != queued.fetched_at:
                return None
            if _is_forgotten(connection, [page.url]):
                return PageOutcome(url=page.url, state=PageState.FORGOTTEN)
        fetched = await self.fetcher.fetch(page.url, accept=Accept.PAGE, validators=page.validators)
        if isinstance(fetched, Refused):
            # A person who named the page gave it its tries back.
            return await self._settle(replace(page, attempts=queued.attempts), fetched)
        if isinstance(fetched, NotModified):
            return self._record_unchanged(page, fetched)
        extracted = await self._read(fetched)
        if isinstance(extracted, Killed):
            refused = _refuse(fetched, extracted)
            return self._record_refusal(replace(page, attempts=queued.attempts), refused)
        return self._record_snapshot(page, fetched, extracted)

    def _record_snapshot(
        self, page: Page, snapshot: Snapshot, extracted: Article | NoArticle
    ) -> PageOutcome | None:
        """The outcome of what was fetched: an article, none, or what is not to be kept."""
        addresses = [snapshot.final_url, address := _own_address(snapshot)]
        if not isinstance(extracted, NoArticle):
            addresses.append(claimed_address(extracted, address) or address)
        with self.ledger.archive.read() as connection:
            is_forgotten = _is_forgotten(connection, addresses)
            found = pages.find_page(connection, page_key(page.url))
            announced = pages.load_announcement(connection, page.id)
        if is_forgotten:
            return self._record_forgotten(page, snapshot)
        # A page that was joined to another meanwhile is not kept: it is none of its own any more.
        keeper = self.keeper if found is not None and found.id == page.id else None
        if isinstance(extracted, NoArticle):
            return self._record_no_article(page, snapshot, extracted, keeper)
        article = complete(extracted, announced, snapshot.fetched_at)
        return self._record_article(page, snapshot, article, keeper)

    async def _read(self, snapshot: Snapshot) -> Article | NoArticle | Killed:
        respected = {
            Reservation.NOARCHIVE: self.config.respect_noarchive,
            Reservation.TDM: self.config.respect_tdm_reservation,
        }
        settings = self.rules.of(snapshot.final_url)
        return await self.parser.run(
            read_page,
            snapshot,
            respected=tuple(str(name) for name, is_so in respected.items() if is_so),
            text_css=settings.text_css,
            title_css=settings.title_css,
        )

    async def _read_given(self, page: Page, now: datetime) -> Article | None:
        """The article that the source itself gave of the page, where it gave one, and the config
        wants it of the site.
        """
        if not self.rules.of(page.url).use_feed_text:
            return None
        with self.ledger.archive.read() as connection:
            content = pages.load_content(connection, page.id)
            announced = pages.load_announcement(connection, page.id)
        if content is None:
            return None
        title = announced.title if announced else None
        html = f"<article><h1>{escape(title or '')}</h1>{content}</article>"
        found = await self.parser.run(
            extract_article,
            html.encode(errors="replace"),
            url=page.url,
            content_type="text/html;charset=utf-8",
        )
        if isinstance(found, (NoArticle, Killed)):
            return None
        return complete(replace(found, title=title or found.title), announced, now)

    async def _settle(self, page: Page, refused: Refused) -> PageOutcome | None:
        """The outcome of a page that was not to be had: its text by other ways, or the refusal.

        None where its host wants a pause and was not asked for it at all: it waits for that.
        """
        if refused.reason is Reason.HTTP_429 and refused.status is None and refused.retry_at:
            with self.ledger.write() as connection:
                if not self._is_overtaken(connection, page, refused.requests):
                    pages.postpone(connection, page, refused.retry_at)
                    self.ledger.record(connection, refused.requests, page_id=page.id)
            return None
        if not refused.reason.may_pass:
            given = await self._read_given(page, refused.fetched_at)
            if given is not None:
                # What its source gave in the page's stead is no page to keep.
                return self._record_article(page, _stand_in(page, refused), given, None)
        return self._record_refusal(page, refused)

    def _record_refusal(self, page: Page, refused: Refused) -> PageOutcome | None:
        now = clock.now()
        verdict = judge_refusal(page, refused, max_tries=self.config.max_tries, now=now)
        again = verdict.next_attempt_at
        if again is None and verdict.state is PageState.ARCHIVED and refused.reason.may_pass:
            again = self._next_revisit(page, now)
        with self.ledger.write() as connection:
            if self._is_overtaken(connection, page, refused.requests):
                return None
            pages.record_outcome(
                connection,
                page.id,
                state=verdict.state,
                reason=refused.reason,
                detail=refused.detail,
                attempts=verdict.attempts,
                next_attempt_at=again,
                fetched_at=now,
            )
            self.ledger.record(connection, refused.requests, page_id=page.id)
        return PageOutcome(
            url=page.url, state=verdict.state, reason=refused.reason, detail=refused.detail
        )

    def _record_unchanged(self, page: Page, fetched: NotModified) -> PageOutcome | None:
        now = clock.now()
        with self.ledger.write() as connection:
            if self._is_overtaken(connection, page, fetched.requests):
                return None
            pages.record_outcome(
                connection,
                page.id,
                state=page.state,
                next_attempt_at=self._next_revisit(page, now),
                fetched_at=now,
            )
            self.ledger.record(connection, fetched.requests, page_id=page.id)
        return PageOutcome(url=page.url, state=page.state, filed=Filed.UNCHANGED)

    def _record_no_article(
        self, page: Page, snapshot: Snapshot, found: NoArticle, keeper: SnapshotKeeper | None
    ) -> PageOutcome | None:
        """The outcome; a page that once carried an article keeps it."""
        now = clock.now()
        was_archived = page.state is PageState.ARCHIVED
        is_refused = found.reason is Reason.NOARCHIVE
        state = PageState.REFUSED if is_refused else PageState.NO_ARTICLE
        if was_archived:
            state = PageState.ARCHIVED
        kept = None if is_refused else _keep(keeper, page, snapshot)
        with self.ledger.write() as connection:
            if self._is_overtaken(connection, page, snapshot.requests):
                return None
            _name_kept(connection, page.id, kept)
            pages.record_outcome(
                connection,
                page.id,
                state=state,
                reason=found.reason,
                detail=found.detail,
                next_attempt_at=self._next_revisit(page, now) if was_archived else None,
                fetched_at=now,
                validators=snapshot.validators,
            )
            self.ledger.record(connection, snapshot.requests, page_id=page.id)
        return PageOutcome(url=page.url, state=state, reason=found.reason, detail=found.detail)

    def _record_forgotten(self, page: Page, snapshot: Snapshot) -> PageOutcome:
        """The outcome; the page is left alone from now on, and nothing of what it has become is
        kept. What it was before stays.
        """
        is_awaited = page.state in {PageState.ANNOUNCED, PageState.FAILING}
        state = PageState.FORGOTTEN if is_awaited else page.state
        with self.ledger.write() as connection:
            pages.record_outcome(
                connection,
                page.id,
                state=state,
                next_attempt_at=None,
                fetched_at=snapshot.fetched_at,
            )
            self.ledger.record(connection, snapshot.requests, page_id=page.id)
        return PageOutcome(url=page.url, state=PageState.FORGOTTEN)

    def _record_article(
        self, page: Page, snapshot: Snapshot, article: Article, keeper: SnapshotKeeper | None
    ) -> PageOutcome:
        now = snapshot.fetched_at
        address = _own_address(snapshot)
        claimed = claimed_address(article, address)
        prepared = prepare(article)
        kept = _keep(keeper, page, snapshot)
        with self.ledger.write() as connection:
            keys = [page_key(snapshot.url), page_key(address)]
            page_id = self.ingest.joiner.join_pages(connection, page.id, keys, now)
            if claimed is not None:
                held = self.ingest.joiner.join_claimed(
                    connection,
                    page_id,
                    page_key(claimed),
                    now,
                    text=prepared.words,
                    title=prepared.content.title,
                )
                page_id, address = (page_id, address) if held is None else (held, claimed)
            shown = replace(prepared, content=replace(prepared.content, url=address))
            place = Place(
                page_id=page_id,
                site=site_of(snapshot.final_url),
                snapshot=_name_kept(connection, page_id, kept),
            )
            filed = self.ingest.file(connection, shown, place, now)
            pages.record_outcome(
                connection,
                page_id,
                state=PageState.ARCHIVED,
                next_attempt_at=self._next_revisit(page, now),
                fetched_at=now,
                validators=snapshot.validators,
            )
            self.ledger.record(connection, snapshot.requests, page_id=page_id)
        return PageOutcome(url=page.url, state=PageState.ARCHIVED, filed=filed)

    def _is_overtaken(
        self, connection: sa.Connection, page: Page, requests: tuple[Request, ...]
    ) -> bool:
        """Whether the page was joined to another while it was asked for, or asked for by another
        process, as happens where this one stood still.

        Then what came of it here says nothing of that one, or is older than what is known of it;
        the requests are logged all the same.
        """
        found = pages.find_page(connection, page_key(page.url))
        is_overtaken = found is None or found.id != page.id or found.fetched_at != page.fetched_at
        if is_overtaken:
            self.ledger.record(connection, requests)
        return is_overtaken

    def _next_revisit(self, page: Page, now: datetime) -> datetime | None:
        return next_revisit(page.announced_at, self.config.revisit, now)


def _is_forgotten(connection: sa.Connection, addresses: Iterable[str]) -> bool:
    """Whether one of these leads to a page or site that somebody wanted gone."""
    sites = takedown.forgotten_sites(connection)
    for address in dict.fromkeys(addresses):
        page = pages.find_page(connection, page_key(address))
        if page is not None and page.state is PageState.FORGOTTEN:
            return True
        if sites and site_of(address) in sites:
            return True
    return False


def _keep(keeper: SnapshotKeeper | None, page: Page, snapshot: Snapshot) -> Appended | None:
    """The snapshot on the disk, where pages are kept."""
    return keeper.append(page.id, snapshot) if keeper is not None and snapshot.body else None


def _refuse(snapshot: Snapshot, killed: Killed) -> Refused:
    """The page that ended its worker, as one that was not to be had: its tries are counted."""
    return Refused(
        url=snapshot.url,
        reason=Reason.WORKER_KILLED,
        detail=killed.detail,
        fetched_at=snapshot.fetched_at,
        status=snapshot.status,
        requests=snapshot.requests,
    )


def _name_kept(
    connection: sa.Connection, page_id: PageId, kept: Appended | None
) -> SnapshotId | None:
    """The number of a snapshot that is on the disk."""
    return None if kept is None else add_snapshot(connection, page_id, kept)


def _stand_in(page: Page, refused: Refused) -> Snapshot:
    """What stands for the snapshot of a page whose text came from elsewhere."""
    return Snapshot(
        url=page.url,
        final_url=page.url,
        address=page.url,
        fetched_at=refused.fetched_at,
        status=refused.status or 0,
        content_type=None,
        robots_tag=None,
        body=b"",
        validators=page.validators,
        requests=refused.requests,
    )


def _own_address(snapshot: Snapshot) -> str:
    """The address that is shown: where the page lives, in the spelling that the site prefers."""
    same_page = page_key(snapshot.final_url) == page_key(snapshot.address)
    return snapshot.final_url if same_page else snapshot.address


def claimed_address(article: Article, address: str) -> str | None:
    """The address that the page says is its own within its site, where that can be true.

    Sites name their front page on every page by mistake; an article is not the front page.
    """
    claimed = article.canonical_url
    if claimed is None or page_key(claimed) == page_key(address):
        return claimed
    _, _, path = page_key(claimed).partition("/")
    return claimed if path else None


def complete(article: Article, announced: FeedEntry | None, now: datetime) -> Article:
    """The article with a title or date that it does not give itself taken from its announcement.

    A date that lies ahead is a mistake and left out.
    """
    published, precision = article.published, article.published_precision
    if published is None and announced is not None and announced.published is not None:
        published, precision = announced.published, announced.published_precision
    if published is not None and published > now + _AHEAD:
        published, precision = None, None
    return replace(
        article,
        title=article.title or (announced.title if announced else None),
        published=published,
        published_precision=precision,
    )

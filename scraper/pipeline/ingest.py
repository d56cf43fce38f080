"""One Article into the archive: new, a revision, or there already; then its relations and story.

    prepare   words and lines, before any transaction
    file      is it new, a revision, or what was there?            store.articles
    mask      what is left of it on its site?                      pipeline.masking
    match     its keys, relations and stories, where its text changed    pipeline.matching

All but the first happens inside the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from scraper.match.fingerprint import make_keys
from scraper.match.masks import mask_ranges, read_lines, text_number
from scraper.match.naming import NO_AGENCIES
from scraper.match.revision import RevisionVerdict, is_minor, judge_revision
from scraper.match.words import leave_out, read_words
from scraper.model import NO_MASK, Mask
from scraper.pipeline.following import queue_named_source
from scraper.pipeline.joined_pages import ON_PAGE_MOST, PageJoiner
from scraper.pipeline.matching import Matcher
from scraper.store import articles, relations, stored_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.config import SiteConfig
    from scraper.match.fingerprint import Keys
    from scraper.match.masks import Lines
    from scraper.match.words import Words
    from scraper.model import Article, ArticleId, PageId, SnapshotId
    from scraper.pipeline.masking import Admission
    from scraper.store.stored_text import StoredText


class Filed(StrEnum):
    """What became of an Article that was handed in."""

    NEW = "new"
    REVISED = "revised"
    #: The archive holds it already, or a longer text of it.
    UNCHANGED = "unchanged"
    #: Nothing yet: the article had this text before, and now has another or other metadata.
    EARLIER = "earlier"
    #: Nothing: its page was forgotten, and stays so.
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An Article, ready to be filed: all its words and lines, and a mask."""

    content: Article
    whole: Words
    lines: Lines
    mask: Mask

    @cached_property
    def words(self) -> Words:
        """What is left of it under the mask."""
        return leave_out(self.whole, self.mask.ranges)

    @cached_property
    def keys(self) -> Keys:
        """The keys of what is left, made when they are first asked for: the mask may change."""
        return make_keys(self.words, self.mask.title(self.content.title))

    def under(self, mask: Mask) -> Prepared:
        """The same under another mask."""
        return self if mask == self.mask else replace(self, mask=mask)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an Article belongs: on a page, or in a collection under somebody else's id."""

    page_id: PageId | None
    site: str | None
    collection: str | None = None
    external_id: str | None = None
    #: Nothing is archived there, on this page or under this id.
    is_new: bool = False
    #: What the article was read from.
    snapshot: SnapshotId | None = None
    #: When it was there, where that is not now: somebody recorded it then.
    seen_at: datetime | None = None
    #: The page was fetched later as well: what was read then is its present text.
    is_outdated: bool = False


def prepare(content: Article) -> Prepared:
    """The Article with its words, under the mask that it has on any site."""
    whole = read_words(content.text, content.language)
    lines = read_lines(content.text, whole)
    return Prepared(content=content, whole=whole, lines=lines, mask=Mask(ranges=mask_ranges(lines)))


class Ingest:
    """Files articles into an archive; ``sites`` are the config's settings for single sites,
    ``agencies`` the sites of news agencies by their names. With ``follow_sources`` what a story
    names as its source is queued, where it is not known.
    """

    def __init__(
        self,
        sites: Mapping[str, SiteConfig],
        agencies: Mapping[str, str] = NO_AGENCIES,
        *,
        follow_sources: bool = False,
    ) -> None:
        self._matcher = Matcher(sites, agencies)
        #: For pages that turn out to be one.
        self.joiner = PageJoiner(self._matcher)
        self._follow_sources = follow_sources

    def gathering(self, connection: sa.Connection, now: datetime) -> AbstractContextManager[None]:
        """A context in which many articles are filed at once: see ``Matcher.gathering``."""
        return self._matcher.gathering(connection, now)

    def file(
        self,
        connection: sa.Connection,
        prepared: Prepared,
        place: Place,
        now: datetime,
        *,
        may_return: bool = True,
    ) -> Filed:
        """What became of the Article; its relations and stories are judged anew.

        Unless it ``may_return`` to a text that it had before, such a text is not filed.
        """
        if place.is_new or _is_empty(connection, place):
            return self._add(connection, prepared, place, now)
        title = prepared.content.title
        mask = self._matcher.masking.mask(connection, place.site, prepared.lines, title)
        prepared = prepared.under(mask)
        known = self._find_known(connection, prepared, place)
        if known is None:
            return self._add(connection, prepared, place, now)
        if place.is_outdated:
            return self._note_earlier(connection, known, place.seen_at or now, now)
        content = prepared.content
        if known.text != content.text and self._is_shrunk(known, prepared):
            return Filed.UNCHANGED
        if not may_return and articles.has_revision(connection, known.id, content):
            is_current = articles.is_current(connection, known.id, content)
            return Filed.UNCHANGED if is_current else Filed.EARLIER
        return self._update(
            connection, known, prepared, now, snapshot=place.snapshot, seen_at=place.seen_at
        )

    def reread(
        self,
        connection: sa.Connection,
        article_id: ArticleId,
        prepared: Prepared,
        snapshot: SnapshotId,
        now: datetime,
    ) -> Filed:
        """What became of an archived article, which was read anew from its own snapshot.

        It takes the place of what was read there before, also where it is shorter.
        """
        (known,) = stored_text.load_texts(connection, {article_id})
        title = prepared.content.title
        mask = self._matcher.masking.mask(connection, known.site, prepared.lines, title)
        return self._update(
            connection, known, prepared.under(mask), now, snapshot=snapshot, is_reread=True
        )

    def _add(
        self, connection: sa.Connection, prepared: Prepared, place: Place, now: datetime
    ) -> Filed:
        admission = self._admit(connection, prepared, place.site)
        masked_again = self._matcher.mask_again(connection, admission.touched)
        prepared = prepared.under(admission.mask)
        article_id = articles.add_article(
            connection,
            prepared.content,
            page_id=place.page_id,
            site=place.site,
            collection=place.collection,
            external_id=place.external_id,
            word_count=len(prepared.whole),
            is_unspaced=prepared.whole.is_unspaced,
            containment_key_count=prepared.keys.containment_count,
            mask=prepared.mask,
            now=place.seen_at or now,
            snapshot_id=place.snapshot,
        )
        is_related = self._relate(connection, article_id, prepared, is_new=True)
        if is_related or masked_again:
            self._matcher.judge_around(connection, {article_id, *masked_again}, now)
        else:
            self._matcher.judge_lone(connection, article_id, now)
        self._follow(connection, article_id, now)
        return Filed.NEW

    def _update(
        self,
        connection: sa.Connection,
        known: StoredText,
        prepared: Prepared,
        now: datetime,
        *,
        snapshot: SnapshotId | None,
        seen_at: datetime | None = None,
        is_reread: bool = False,
    ) -> Filed:
        content = prepared.content
        seeds = {known.id, *relations.load_neighbours(connection, {known.id})}
        is_same_text = (known.text, known.title) == (content.text, content.title)
        touched = set() if is_same_text else self._matcher.masking.dismiss(connection, known)
        changed = articles.update_article(
            connection,
            known.id,
            content,
            word_count=len(prepared.whole),
            is_unspaced=prepared.whole.is_unspaced,
            containment_key_count=prepared.keys.containment_count,
            now=seen_at or now,
            snapshot_id=snapshot,
            is_minor=is_minor(self._matcher.read(known), prepared.words),
            is_reread=is_reread,
        )
        if not changed:
            return Filed.UNCHANGED
        if not is_same_text:
            admission = self._admit(connection, prepared, known.site)
            touched |= admission.touched
            seeds |= self._matcher.mask_again(connection, touched - {known.id})
            prepared = prepared.under(admission.mask)
        # Words, and so keys, depend on the language as well.
        if not is_same_text or known.language != content.language:
            self._matcher.forget_keys(connection, known)
            articles.save_fingerprint(
                connection, known.id, prepared.mask, prepared.keys.containment_count
            )
            self._relate(connection, known.id, prepared)
        self._matcher.judge_around(connection, seeds, now, touched=known.id)
        self._follow(connection, known.id, now)
        return Filed.REVISED

    def _note_earlier(
        self, connection: sa.Connection, known: StoredText, moment: datetime, now: datetime
    ) -> Filed:
        """Unchanged, but that the article may have been there earlier than was known."""
        if articles.see_earlier(connection, known.id, moment):
            self._matcher.judge_around(connection, {known.id}, now, touched=known.id)
        return Filed.UNCHANGED

    def _admit(self, connection: sa.Connection, prepared: Prepared, site: str | None) -> Admission:
        """What follows from it that the site has this Article's text now."""
        content = prepared.content
        number = text_number(stored_text.hash_text(content.text))
        return self._matcher.masking.admit(connection, site, number, prepared.lines, content.title)

    def _follow(self, connection: sa.Connection, article_id: ArticleId, now: datetime) -> None:
        if self._follow_sources:
            queue_named_source(connection, article_id, now)

    def _find_known(
        self, connection: sa.Connection, prepared: Prepared, place: Place
    ) -> StoredText | None:
        """The archived article of which this is a text; None where it is another or the first."""
        if place.collection is None or place.external_id is None:
            return self._find_on_page(connection, prepared, place)
        known = stored_text.find_by_external_id(connection, place.collection, place.external_id)
        if known is not None:
            return known
        # It may have been fetched before somebody imported it.
        fetched = self._find_on_page(connection, prepared, place)
        if fetched is None or fetched.external_id is not None:
            return None
        articles.give_id(connection, fetched.id, place.collection, place.external_id)
        return fetched

    def _find_on_page(
        self, connection: sa.Connection, prepared: Prepared, place: Place
    ) -> StoredText | None:
        """The page's article of which this is a text."""
        if place.page_id is None:
            return None
        same = stored_text.find_same_text(connection, place.page_id, prepared.content.text)
        return same or next(
            (
                text
                for text in stored_text.find_by_page(connection, place.page_id, most=ON_PAGE_MOST)
                if judge_revision(self._matcher.read(text), prepared.words)
                is not RevisionVerdict.OTHER_ARTICLE
            ),
            None,
        )

    def _is_shrunk(self, known: StoredText, prepared: Prepared) -> bool:
        return judge_revision(self._matcher.read(known), prepared.words) is RevisionVerdict.SHRUNK

    def _relate(
        self,
        connection: sa.Connection,
        article_id: ArticleId,
        prepared: Prepared,
        *,
        is_new: bool = False,
    ) -> bool:
        """Whether the article, which holds its keys from now on, is related to any other."""
        content = prepared.content
        mask, words = prepared.mask, prepared.words
        self._matcher.remember(content.text, content.language, NO_MASK, prepared.whole)
        self._matcher.remember(content.text, content.language, mask, words)
        title = mask.title(content.title)
        return self._matcher.relate(
            connection, article_id, title, words, prepared.keys, is_new=is_new
        )


def _is_empty(connection: sa.Connection, place: Place) -> bool:
    """Whether nothing is archived on a page: so it is with most that are fetched."""
    return (
        place.collection is None
        and place.page_id is not None
        and not articles.is_any_on_page(connection, place.page_id)
    )

"""Pages that turn out to be one, and what becomes of their articles.

    join      keys that lead to one page from now on            store.pages
    judge     which articles of the page are one?               match.revision
    merge     two articles into the one with the lower id       store.article_ends

All of it happens inside the caller's transaction.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.match.compare import compare_words
from scraper.match.masks import text_number
from scraper.match.revision import RevisionVerdict, judge_revision
from scraper.store import article_ends, pages, relations, stored_text, stories

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.match.words import Words
    from scraper.model import PageId
    from scraper.pipeline.matching import Matcher
    from scraper.store.stored_text import StoredText

#: A text newly read from a page is compared with so many of the page's articles, the newest ones: a
#: topic page gets a new one every day. A guess at how many a page returns to.
ON_PAGE_MOST = 5


class PageJoiner:
    """Joins pages of an archive."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def join_pages(
        self, connection: sa.Connection, page_id: PageId, keys: Sequence[str], now: datetime
    ) -> PageId:
        """The page to which all these keys and this page's own now lead.

        Where that joined pages, articles of theirs that are one article become one as well.
        """
        stays, gone = pages.join_keys(connection, page_id, keys)
        if gone:
            self._merge_articles(connection, stays, now)
        return stays

    def join_claimed(
        self,
        connection: sa.Connection,
        page_id: PageId,
        key: str,
        now: datetime,
        *,
        text: Words,
        title: str | None,
    ) -> PageId | None:
        """The page that this one claims to be, joined with it; None where the claim is not true.

        ``text`` and ``title`` are this page's. The claim is believed where nothing else is archived
        there, or a version of the same text is.
        """
        claimed = pages.find_page(connection, key)
        if claimed is not None and claimed.id != page_id:
            there = stored_text.find_by_page(connection, claimed.id, most=ON_PAGE_MOST)
            if there and not any(self._is_version(text, title, other) for other in there):
                return None
        return self.join_pages(connection, page_id, [key], now)

    def _is_version(self, text: Words, title: str | None, other: StoredText) -> bool:
        """Whether an archived text is a version of this one."""
        relation = compare_words(
            text, self._matcher.read(other), title_a=title, title_b=other.title
        )
        return relation is not None and relation.links

    def _merge_articles(self, connection: sa.Connection, page_id: PageId, now: datetime) -> None:
        """Nothing; those of the page's articles that are one are merged into the lowest id."""
        found = sorted(stored_text.find_by_page(connection, page_id), key=lambda text: text.id)
        kept: list[StoredText] = []
        for text in found:
            for at, other in enumerate(kept):
                if self._is_same_article(other, text):
                    kept[at] = self._merge(connection, other, text, now)
                    break
            else:
                kept.append(text)

    def _is_same_article(self, one: StoredText, other: StoredText) -> bool:
        """Whether two texts of a page are one article's; two of somebody's own numbering never."""
        if one.external_id is not None and other.external_id is not None:
            return False
        verdict = judge_revision(self._matcher.read(one), self._matcher.read(other))
        return one.text == other.text or verdict is not RevisionVerdict.OTHER_ARTICLE

    def _merge(
        self, connection: sa.Connection, stays: StoredText, gone: StoredText, now: datetime
    ) -> StoredText:
        """What stays of two articles that are one: the newer text, unless it lost most of it."""
        earlier, later = sorted((stays, gone), key=lambda text: text.revision)
        is_shrunk = (
            judge_revision(self._matcher.read(earlier), self._matcher.read(later))
            is RevisionVerdict.SHRUNK
        )
        self._matcher.settle(connection, now)
        ended = stories.stories_of(connection, {gone.id})
        seeds = relations.load_neighbours(connection, {stays.id, gone.id}) | {stays.id}
        touched = set()
        for text in (stays, gone):
            self._matcher.forget_keys(connection, text)
            touched |= self._matcher.masking.dismiss(connection, text)
        relations.replace_relations(connection, gone.id, (), {})
        article_ends.merge_article(
            connection, gone.id, stays.id, text_of=(earlier if is_shrunk else later).id
        )
        (merged,) = stored_text.load_texts(connection, {stays.id})
        masking = self._matcher.masking
        touched |= masking.admit(
            connection,
            merged.site,
            text_number(merged.text_sha256),
            masking.read(merged),
            merged.title,
        ).touched
        seeds |= self._matcher.mask_again(connection, touched - {stays.id, gone.id})
        masks = masking.masks(connection, [merged])
        merged = replace(merged, mask=masks[merged.id])
        self._matcher.fingerprint(connection, merged)
        self._matcher.judge_around(
            connection, seeds - {gone.id}, now, touched=stays.id, ended=ended
        )
        return merged

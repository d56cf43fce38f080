"""One Article into the archive: its revision, its keys, its relations, its story.

    prepare   words and keys, before any transaction
    file      is it new, a revision, or what was there?        store.articles
    look up   who else holds its keys?                         store.index
    compare   which of them share text with it?                match.compare
    judge     which stories follow, and which is canonical?    match.story, match.canonical

All but the first happens inside the caller's transaction, so that what was looked up is still true
when the verdict is written.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scraper.match.candidates import choose_candidates
from scraper.match.canonical import choose_canonical
from scraper.match.compare import compare_words, oriented
from scraper.match.fingerprint import make_keys
from scraper.match.mirrors import trace_mirrors
from scraper.match.revision import RevisionVerdict, judge_revision
from scraper.match.story import judge_stories
from scraper.match.words import read_words
from scraper.model import Link, Story
from scraper.store import articles, index, pages, stories
from scraper.urls import page_key

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.config import SiteConfig
    from scraper.match.fingerprint import Keys
    from scraper.match.words import Words
    from scraper.model import Article, ArticleId, PageId, StoryId
    from scraper.store.articles import StoredText

#: So many texts' words are kept at hand; the copies of a story arrive close together.
#: At 40 bytes a word and 600 words a text, about 12 MB.
_WORDS_AT_HAND = 500
#: A text newly read from a page is compared with so many of the page's articles, the newest ones: a
#: topic page gets a new one every day. A guess at how many a page returns to.
_ON_PAGE_MOST = 5


class Filed(StrEnum):
    """What became of an Article that was handed in."""

    NEW = "new"
    REVISED = "revised"
    #: The archive holds it already, or a longer text of it.
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An Article with its words and keys, ready to be filed."""

    content: Article
    words: Words
    keys: Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an Article belongs: on a page, or in a collection under somebody else's id."""

    page_id: PageId | None
    site: str | None
    collection: str | None = None
    external_id: str | None = None


def prepare(content: Article) -> Prepared:
    """The Article with its words and keys."""
    words = read_words(content.text, content.language)
    return Prepared(content=content, words=words, keys=make_keys(words, content.title))


class Ingest:
    """Files articles into an archive; ``sites`` are the config's settings for single sites."""

    def __init__(self, sites: Mapping[str, SiteConfig]) -> None:
        self._sites = sites
        self._words: OrderedDict[tuple[str, str | None], Words] = OrderedDict()

    def file(
        self, connection: sa.Connection, prepared: Prepared, place: Place, now: datetime
    ) -> Filed:
        """What became of the Article; its relations and stories are judged anew."""
        known = self._find_known(connection, prepared, place)
        content = prepared.content
        if known is None:
            article_id = articles.add_article(
                connection,
                content,
                page_id=place.page_id,
                site=place.site,
                collection=place.collection,
                external_id=place.external_id,
                word_count=len(prepared.words),
                is_unspaced=prepared.words.is_unspaced,
                containment_key_count=prepared.keys.containment_count,
                now=now,
            )
            self._match(connection, article_id, prepared)
            self._judge(connection, {article_id}, now)
            return Filed.NEW
        if known.text != content.text and self._is_shrunk(known, prepared):
            return Filed.UNCHANGED
        changed = articles.update_article(
            connection,
            known.id,
            content,
            word_count=len(prepared.words),
            is_unspaced=prepared.words.is_unspaced,
            containment_key_count=prepared.keys.containment_count,
            now=now,
        )
        if not changed:
            return Filed.UNCHANGED
        before = stories.load_neighbours(connection, {known.id})
        # Words, and so keys, depend on the language as well.
        is_same = (known.text, known.title, known.language) == (
            content.text,
            content.title,
            content.language,
        )
        if not is_same:
            index.remove_keys(connection, known.id, make_keys(self._read(known), known.title))
            self._match(connection, known.id, prepared)
        self._judge(connection, {known.id, *before}, now, touched=known.id)
        return Filed.REVISED

    def join_pages(
        self, connection: sa.Connection, page_id: PageId, keys: Sequence[str], now: datetime
    ) -> PageId:
        """The page to which all these keys and this page's own now lead.

        Where that joined pages, articles of theirs that are one article become one as well.
        """
        joined = pages.pages_of(connection, keys) | {page_id}
        stays = pages.join_keys(connection, page_id, keys)
        if len(joined) > 1:
            self._merge_articles(connection, stays, now)
        return stays

    def _merge_articles(self, connection: sa.Connection, page_id: PageId, now: datetime) -> None:
        """Nothing; those of the page's articles that are one are merged into the lowest id."""
        found = sorted(articles.find_by_page(connection, page_id), key=lambda text: text.id)
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
        verdict = judge_revision(self._read(one), self._read(other))
        return one.text == other.text or verdict is not RevisionVerdict.OTHER_ARTICLE

    def _merge(
        self, connection: sa.Connection, stays: StoredText, gone: StoredText, now: datetime
    ) -> StoredText:
        """What stays of two articles that are one: the newer text, unless it lost most of it."""
        earlier, later = sorted((stays, gone), key=lambda text: text.revision)
        is_shrunk = judge_revision(self._read(earlier), self._read(later)) is RevisionVerdict.SHRUNK
        ended = stories.stories_of(connection, {gone.id})
        seeds = stories.load_neighbours(connection, {stays.id, gone.id}) | {stays.id}
        for text in (stays, gone):
            index.remove_keys(connection, text.id, make_keys(self._read(text), text.title))
        stories.replace_relations(connection, gone.id, (), {})
        articles.merge_article(
            connection, gone.id, stays.id, text_of=(earlier if is_shrunk else later).id
        )
        (merged,) = articles.load_texts(connection, {stays.id})
        words = self._read(merged)
        keys = make_keys(words, merged.title)
        self._relate(connection, merged.id, merged.title, words, keys)
        self._judge(connection, seeds - {gone.id}, now, touched=stays.id, ended=ended)
        return merged

    def _find_known(
        self, connection: sa.Connection, prepared: Prepared, place: Place
    ) -> StoredText | None:
        """The archived article of which this is a text; None where it is another or the first."""
        if place.collection is not None and place.external_id is not None:
            return articles.find_by_external_id(connection, place.collection, place.external_id)
        if place.page_id is None:
            return None
        same = articles.find_same_text(connection, place.page_id, prepared.content.text)
        return same or next(
            (
                text
                for text in articles.find_by_page(connection, place.page_id, most=_ON_PAGE_MOST)
                if judge_revision(self._read(text), prepared.words)
                is not RevisionVerdict.OTHER_ARTICLE
            ),
            None,
        )

    def _is_shrunk(self, known: StoredText, prepared: Prepared) -> bool:
        return judge_revision(self._read(known), prepared.words) is RevisionVerdict.SHRUNK

    def _match(self, connection: sa.Connection, article_id: ArticleId, prepared: Prepared) -> None:
        content = prepared.content
        self._remember(content.text, content.language, prepared.words)
        self._relate(connection, article_id, content.title, prepared.words, prepared.keys)

    def _relate(
        self,
        connection: sa.Connection,
        article_id: ArticleId,
        title: str | None,
        words: Words,
        keys: Keys,
    ) -> None:
        """Nothing; the article holds its keys, and its relations are those of its text."""
        found = index.look_up(connection, keys, excluding=article_id)
        holders = {holder for ids in found.values() for holder in ids}
        counts = articles.containment_key_counts(connection, holders)
        candidates = choose_candidates(keys, found, counts)
        texts = articles.load_texts(connection, (article_id, *candidates))
        revisions = {text.id: text.revision for text in texts}
        links = [
            oriented(Link(a=article_id, b=other.id, relation=relation))
            for other in texts
            if other.id != article_id
            and (
                relation := compare_words(
                    words, self._read(other), title_a=title, title_b=other.title
                )
            )
        ]
        stories.replace_relations(connection, article_id, links, revisions)
        index.add_keys(connection, article_id, keys, found)

    def _judge(
        self,
        connection: sa.Connection,
        seeds: Collection[ArticleId],
        now: datetime,
        touched: ArticleId | None = None,
        ended: Collection[StoryId] = (),
    ) -> None:
        """Nothing; every story that the seeds' relations can change is judged anew.

        An article's relations decide whether it is a round-up, which decides which of its
        neighbours' relations count: so the stories of its neighbours' neighbours are in question.
        ``ended`` are further ones, such as a story whose only article is no more.
        """
        near = stories.load_neighbours(connection, seeds)
        far = near and near | stories.load_neighbours(connection, near)
        before = stories.stories_of(connection, far | set(seeds)) | set(ended)
        self.judge_members(
            connection,
            before,
            stories.members_of(connection, before) | set(seeds),
            now,
            touched={touched} if touched else (),
        )

    def judge_members(
        self,
        connection: sa.Connection,
        before: Collection[StoryId],
        members: Collection[ArticleId],
        now: datetime,
        *,
        touched: Collection[ArticleId] = (),
    ) -> None:
        """Nothing; these articles, until now the stories ``before``, are in the stories they make.

        Whether a relation counts depends on the neighbours of its two ends, so these and theirs are
        looked at as well (see ``match.story``, Rule 3); but only the members' stories are written.
        """
        near = stories.load_neighbours(connection, members) | set(members)
        far = near | stories.load_neighbours(connection, near)
        links = stories.load_links_among(connection, far)
        judged = judge_stories(far, links)
        joined_members = [story for story in judged.stories if not set(story).isdisjoint(members)]
        if drawn_in := set().union(*joined_members) - set(members):
            # Stories stored under other rules than today's: they are in question as well.
            wider = {*before, *stories.stories_of(connection, drawn_in)}
            widened = stories.members_of(connection, wider) | set(members) | drawn_in
            self.judge_members(connection, wider, widened, now, touched=touched)
            return
        facts = stories.load_members(connection, members, url_key=page_key, priority=self._priority)
        after = []
        for joined in joined_members:
            inside = _links_within(links, joined)
            canonical = choose_canonical([facts[member] for member in joined], inside)
            after.append(
                Story(
                    members=joined,
                    canonical=canonical,
                    joined_by=trace_mirrors(canonical.article, joined, inside),
                )
            )
        stories.save_stories(
            connection,
            before=before,
            after=after,
            roundups=judged.roundups & set(members),
            touched=touched,
            now=now,
        )

    def _priority(self, site: str) -> int:
        settings = self._sites.get(site)
        return settings.priority if settings else 0

    def _read(self, text: StoredText) -> Words:
        """The words of an archived text, kept at hand for the next comparison."""
        words = self._words.get((text.text, text.language))
        if words is None:
            words = read_words(text.text, text.language)
        self._remember(text.text, text.language, words)
        return words

    def _remember(self, text: str, language: str | None, words: Words) -> None:
        self._words[text, language] = words
        self._words.move_to_end((text, language))
        while len(self._words) > _WORDS_AT_HAND:
            self._words.popitem(last=False)


def _links_within(links: Sequence[Link], members: Collection[ArticleId]) -> list[Link]:
    inside = set(members)
    return [link for link in links if link.a in inside and link.b in inside]

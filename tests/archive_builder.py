"""Fills an archive through the store's own functions, one article, relation and story at a time."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from scraper.model import (
    Article,
    ArticleId,
    Canonical,
    CanonicalRule,
    Link,
    PageState,
    Passage,
    Relation,
    RelationKind,
    Story,
)
from scraper.store.articles import add_article
from scraper.store.pages import add_page, record_outcome
from scraper.store.relations import load_links_among, load_neighbours, replace_relations
from scraper.store.stored_text import load_texts
from scraper.store.stories import save_stories, stories_of
from scraper.urls import page_key, site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import sqlalchemy as sa

    from scraper.model import Attribution, PageId, Reason
    from scraper.store.archive import Archive, Where

#: The fixture that makes empty archives.
NewArchive: TypeAlias = "Callable[[Path], Where]"

#: When the first article of every built archive was seen; each further one a minute later.
BEGIN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@contextmanager
def scratch(archive: Archive) -> Iterator[sa.Connection]:
    """A connection that may write, and whose changes nobody keeps."""
    with archive.write() as connection:
        transaction = connection.get_transaction()
        assert transaction is not None
        yield connection
        transaction.rollback()


class ArchiveBuilder:
    """Adds to one archive; every article is a story of its own until ``tell`` joins it."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.now = BEGIN - timedelta(minutes=1)

    def page(
        self,
        url: str,
        state: PageState = PageState.ARCHIVED,
        *,
        reason: Reason | None = None,
        detail: str | None = None,
        next_attempt_at: datetime | None = None,
    ) -> PageId:
        """The id of a new page that was asked for and ended so."""
        with self.archive.write() as connection:
            page_id = add_page(
                connection,
                url=url,
                key=page_key(url),
                site=site_of(url),
                state=PageState.ANNOUNCED,
                next_attempt_at=next_attempt_at,
                now=self.now,
            )
            record_outcome(
                connection,
                page_id,
                state=state,
                reason=reason,
                detail=detail,
                next_attempt_at=next_attempt_at,
                fetched_at=self.now,
            )
        return page_id

    def article(
        self,
        title: str | None,
        text: str,
        *,
        url: str | None = None,
        external_id: str | None = None,
        is_unspaced: bool = False,
        content: Article | None = None,
        attributions: tuple[Attribution, ...] = (),
    ) -> ArticleId:
        """The id of a new article, alone in its story.

        With ``external_id`` it was imported, otherwise it was read from the page at ``url``, which
        either has where an address is given.
        ``content`` gives what the other arguments do not say.
        """
        self.now += timedelta(minutes=1)
        imported = external_id is not None
        page_id = self.page(url) if url else None
        bare = content or Article(url=None, title=None, text="")
        with self.archive.write() as connection:
            added = add_article(
                connection,
                replace(bare, url=url, title=title, text=text, attributions=attributions),
                page_id=page_id,
                site=url and site_of(url),
                collection="import" if imported else None,
                external_id=external_id,
                word_count=len(text.split()),
                is_unspaced=is_unspaced,
                containment_key_count=0,
                now=self.now,
            )
        self.tell(added)
        return added

    def relate(
        self,
        a: ArticleId,
        b: ArticleId,
        kind: RelationKind = RelationKind.NEAR_DUPLICATE,
        *,
        coverage: tuple[float, float] = (0.9, 0.8),
        passages: tuple[Passage, ...] = (),
    ) -> None:
        """Nothing; the archive holds "a kind b" beside the relations that a has already."""
        link = Link(
            a=a,
            b=b,
            relation=Relation(
                kind=kind,
                coverage_a=coverage[0],
                coverage_b=coverage[1],
                similarity=0.5,
                passages=passages,
                links=kind is not RelationKind.PART,
                why="as the test says",
            ),
        )
        with self.archive.write() as connection:
            near = {a, *load_neighbours(connection, [a])}
            held = load_links_among(connection, near)
            links = [*(other for other in held if a in {other.a, other.b}), link]
            ends = {end for one in links for end in (one.a, one.b)}
            revisions = {text.id: text.revision for text in load_texts(connection, ends)}
            replace_relations(connection, a, links, revisions)

    def tell(
        self,
        canonical: ArticleId,
        *mirrors: ArticleId,
        joined_by: dict[ArticleId, ArticleId] | None = None,
        primary_source_url: str | None = None,
    ) -> None:
        """Nothing; these articles are one story; mirrors join by the canonical if not said."""
        joined = dict.fromkeys(mirrors, canonical) | (joined_by or {})
        rule = CanonicalRule.EARLIEST_PUBLISHED if mirrors else CanonicalRule.ONLY_MEMBER
        told = Story(
            members=tuple(sorted((canonical, *mirrors))),
            canonical=Canonical(
                article=canonical,
                rule=rule,
                reason="published first" if mirrors else "the only article",
                primary_source_url=primary_source_url,
            ),
            joined_by=joined,
        )
        with self.archive.write() as connection:
            save_stories(
                connection,
                before=stories_of(connection, told.members),
                after=(told,),
                roundups=(),
                touched=(),
                now=self.now,
            )

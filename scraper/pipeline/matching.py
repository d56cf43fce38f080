"""An article's relations and stories, judged anew when its text changed.

    look up   who else holds its keys?                         store.index
    compare   which of them share text with it?                match.compare
    judge     which stories follow, and which is canonical?    match.story, match.canonical

All of it happens inside the caller's transaction, so that what was looked up is still true when the
verdict is written.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from scraper.match.assemble import assemble_stories
from scraper.match.candidates import choose_candidates
from scraper.match.canonical import choose_canonical
from scraper.match.compare import oriented
from scraper.match.comparing import Comparing
from scraper.match.fingerprint import make_keys
from scraper.match.naming import NO_AGENCIES, agency_sites
from scraper.match.story import judge_stories
from scraper.match.words import leave_out, read_words
from scraper.model import DecisionKind, Link, Story
from scraper.pipeline.masking import Masking
from scraper.store import articles, decisions, index, relations, stored_text, stories
from scraper.store.imprints import load_imprints
from scraper.store.schema import match_key
from scraper.store.waiting import Waiting
from scraper.urls import page_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.config import SiteConfig
    from scraper.match.fingerprint import Keys
    from scraper.match.story import Stories
    from scraper.match.words import Words
    from scraper.model import ArticleId, Decision, Mask, Member, StoryId
    from scraper.store.stored_text import StoredText

#: The words of texts with so many in all are kept at hand; the copies of a story arrive close
#: together. At 30 bytes a word, and 60 more where the text was compared, 6 to 18 MB.
_WORDS_AT_HAND = 200_000

#: A text, its language, and the ranges of it that are left out.
_Masked: TypeAlias = tuple[str, str | None, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Stories, and what they were judged by."""

    stories: Stories
    links: Sequence[Link]
    decided: Sequence[Decision]
    facts: Mapping[ArticleId, Member]


class Matcher:
    """Relates articles to one another; ``sites`` are the config's settings for single sites,
    ``agencies`` the sites of news agencies by their names.
    """

    def __init__(
        self, sites: Mapping[str, SiteConfig], agencies: Mapping[str, str] = NO_AGENCIES
    ) -> None:
        self._sites = sites
        self._agencies = agency_sites(agencies)
        self.masking = Masking()
        self._words: OrderedDict[_Masked, Words] = OrderedDict()
        self._words_at_hand = 0
        self._waiting: Waiting | None = None
        #: Articles that have no relation, and no story yet.
        self._lone: list[ArticleId] = []

    @contextmanager
    def gathering(self, connection: sa.Connection, now: datetime) -> Iterator[None]:
        """Meanwhile what many articles bring waits for one another, as far as it can: their keys
        and lines, and the stories of those that are alone. In the end all of it is written.

        What lies in between fails or succeeds as a whole: it is a transaction, or a part of one.
        """
        self._waiting = Waiting(match_key)
        try:
            with self.masking.gathering(connection):
                yield
                self.settle(connection, now)
                self._waiting.write(connection)
        finally:
            self._waiting = None
            self._lone.clear()

    def relate(
        self,
        connection: sa.Connection,
        article_id: ArticleId,
        title: str | None,
        words: Words,
        keys: Keys,
        *,
        earlier_only: bool = False,
        is_new: bool = False,
    ) -> bool:
        """Whether it has relations now: those of its text, whose keys it holds.

        ``title``, ``words`` and ``keys`` are what is left of it under its mask. With
        ``earlier_only`` only those with articles of smaller ids, the only ones that hold keys. With
        ``is_new`` it has had no relations until now.
        """
        found = index.look_up(connection, keys, excluding=article_id, waiting=self._waiting)
        holders = {holder for ids in found.values() for holder in ids}
        key_counts = stored_text.containment_key_counts(connection, holders) if holders else {}
        candidates = choose_candidates(keys, found, key_counts)
        texts = stored_text.load_texts(connection, (article_id, *candidates)) if candidates else []
        revisions = {text.id: text.revision for text in texts}
        comparing = Comparing(words, title)
        links = [
            oriented(Link(a=article_id, b=other.id, relation=relation))
            for other in texts
            if other.id != article_id
            and (relation := comparing.compare(self.read(other), other.compared_title))
        ]
        if not is_new:
            relations.end_relations(connection, article_id, earlier_only=earlier_only)
        relations.add_relations(connection, links, revisions)
        index.add_keys(connection, article_id, keys, found, waiting=self._waiting)
        return bool(links)

    def forget_keys(self, connection: sa.Connection, text: StoredText) -> None:
        """Nothing; the article no longer holds the keys of this text."""
        keys = make_keys(self.read(text), text.compared_title)
        index.remove_keys(connection, text.id, keys, waiting=self._waiting)

    def fingerprint(
        self, connection: sa.Connection, text: StoredText, *, earlier_only: bool = False
    ) -> None:
        """Nothing; the article, which holds no keys, has those of its text under this mask.

        With ``earlier_only`` its relations with later articles stay as they are.
        """
        words = self.read(text)
        keys = make_keys(words, text.compared_title)
        articles.save_fingerprint(connection, text.id, text.mask, keys.containment_count)
        self.relate(
            connection, text.id, text.compared_title, words, keys, earlier_only=earlier_only
        )

    def mask_again(self, connection: sa.Connection, ids: Collection[ArticleId]) -> set[ArticleId]:
        """The articles whose stories are in question, now that the masks of these may be others.

        Those whose masks are others are fingerprinted and related under them.
        """
        if not ids:
            return set()
        texts = stored_text.load_texts(connection, ids)
        masks = self.masking.masks(connection, texts)
        changed = [text for text in texts if masks[text.id] != text.mask]
        seeds = {text.id for text in changed}
        if seeds:
            seeds |= relations.load_neighbours(connection, seeds)
        for text in changed:
            self.forget_keys(connection, text)
        for text in changed:
            self.fingerprint(connection, replace(text, mask=masks[text.id]))
        return seeds

    def judge_around(
        self,
        connection: sa.Connection,
        seeds: Collection[ArticleId],
        now: datetime,
        *,
        touched: ArticleId | None = None,
        ended: Collection[StoryId] = (),
    ) -> None:
        """Nothing; every story that the seeds' relations can change is judged anew.

        An article's relations decide whether it is a round-up, which decides which of its
        neighbours' relations count: so the stories of its neighbours' neighbours are in question.
        A part joins nothing, but may tell against a link between two others: of those that share
        only a part with a seed, those that have copies are in question, and thousands of notices
        made from one form are not. ``ended`` are further stories, such as one whose only article
        is no more.
        """
        self.settle(connection, now)
        copies = relations.load_copies(connection, seeds)
        parts = relations.load_neighbours(connection, seeds) - copies
        near = copies | relations.load_having_copies(connection, parts)
        far = near | relations.load_copies(connection, near) | set(seeds)
        before = stories.stories_of(connection, far) | set(ended)
        self.judge_members(
            connection,
            before,
            stories.members_of(connection, before) | set(seeds),
            now,
            touched={touched} if touched else (),
        )

    def judge_lone(self, connection: sa.Connection, article_id: ArticleId, now: datetime) -> None:
        """Nothing; a new article that has no relation, as most have none, is a story.

        No other story is in question, and nobody can have decided anything about it.
        """
        self._lone.append(article_id)
        if self._waiting is None:
            self.settle(connection, now)

    def settle(self, connection: sa.Connection, now: datetime) -> None:
        """Nothing; every article that was filed is in a story."""
        if not self._lone:
            return
        facts = self._load_facts(connection, self._lone)
        own = tuple(
            Story(
                members=(lone,),
                canonical=choose_canonical([facts[lone]], (), self._agencies),
                joined_by={},
            )
            for lone in self._lone
        )
        self._lone.clear()
        stories.save_stories(connection, before=(), after=own, roundups=(), touched=(), now=now)

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
        members = set(members)
        verdict = self.judge(connection, members)
        judged, links = verdict.stories, verdict.links
        decided, facts = verdict.decided, verdict.facts
        joined_members = [story for story in judged.stories if not members.isdisjoint(story)]
        if drawn_in := _reached(members, joined_members, judged) - members:
            # Stories stored under other rules than today's, those that decisions join to these, and
            # those that they keep apart from these: they are in question as well.
            wider = {*before, *stories.stories_of(connection, drawn_in)}
            widened = stories.members_of(connection, wider) | members | drawn_in
            self.judge_members(connection, wider, widened, now, touched=touched)
            return
        after = assemble_stories(
            joined_members, judged, links, facts, agencies=self._agencies, decided=decided
        )
        stories.save_stories(
            connection,
            before=before,
            after=after,
            roundups=judged.roundups & members,
            touched=touched,
            now=now,
        )

    def judge(self, connection: sa.Connection, members: AbstractSet[ArticleId]) -> Verdict:
        """The stories of these articles and of those around them; nothing is written.

        Of the others only so much is looked at that the members' stories are right.
        """
        near = relations.load_neighbours(connection, members) | members
        far = near if near == members else near | relations.load_copies(connection, near)
        decided = decisions.load_touching(connection, members)
        far = far | _merged(decided) if decided else far
        links = relations.load_links_among(connection, far)
        facts = self._load_facts(connection, far if decided else members)
        judged = judge_stories(
            far,
            links,
            decided,
            imprints=load_imprints(connection, far) if links else {},
            order=_order(facts) if decided else None,
        )
        return Verdict(stories=judged, links=links, decided=decided, facts=facts)

    def read(self, text: StoredText) -> Words:
        """What is left of an archived text under its mask, kept at hand for the next comparison."""
        words = self._words.get((text.text, text.language, text.mask.ranges))
        if words is None:
            whole = self._words.get((text.text, text.language, ()))
            words = (
                read_words(text.text, text.language, masked=text.mask.ranges)
                if whole is None
                else leave_out(whole, text.mask.ranges)
            )
        self.remember(text.text, text.language, text.mask, words)
        return words

    def remember(self, text: str, language: str | None, mask: Mask, words: Words) -> None:
        """Nothing; the words of this text under this mask are at hand."""
        key = (text, language, mask.ranges)
        known = self._words.pop(key, None)
        self._words[key] = words
        self._words_at_hand += len(words) - (0 if known is None else len(known))
        while self._words_at_hand > _WORDS_AT_HAND:
            _, forgotten = self._words.popitem(last=False)
            self._words_at_hand -= len(forgotten)

    def _load_facts(
        self, connection: sa.Connection, ids: Collection[ArticleId]
    ) -> dict[ArticleId, Member]:
        return stories.load_members(connection, ids, url_key=page_key, priority=self._priority)

    def _priority(self, site: str) -> int:
        settings = self._sites.get(site)
        return settings.priority if settings else 0


def _merged(decided: Iterable[Decision]) -> set[ArticleId]:
    """The articles that people joined."""
    return {
        end
        for decision in decided
        if decision.kind is DecisionKind.MERGE
        for end in (decision.a, decision.b)
        if end is not None
    }


def _order(facts: Mapping[ArticleId, Member]) -> dict[ArticleId, int]:
    """The articles' places by when they were first seen, then by their addresses.

    Unlike their ids these do not depend on which of them arrived first.
    """
    ranked = sorted(
        facts.values(),
        key=lambda member: (member.first_seen, member.place),
    )
    return {member.id: place for place, member in enumerate(ranked)}


def _reached(
    members: AbstractSet[ArticleId], joined: Iterable[Collection[ArticleId]], judged: Stories
) -> set[ArticleId]:
    """The articles of these stories, and those that only decisions keep from the members."""
    kept_apart = [(link.a, link.b) for link in judged.skipped]
    kept_apart += [(one.a, one.b) for one in judged.overruled if one.b is not None]
    touching = (pair for pair in kept_apart if not members.isdisjoint(pair))
    return set().union(*joined, *touching)

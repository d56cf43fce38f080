"""Why two articles are, or are not, one story: what the archive holds of the pair, in one value.

Rule 1: a relation is shown as it is archived. A pair without one is compared now, as matching would
compare it, so that it can be said what it would be; nothing is written.
Rule 2: whether the pair would be proposed is asked of the index as it is now, from both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.match.candidates import READ_MOST, choose_candidates
from scraper.match.compare import compare_words, mirrored
from scraper.match.fingerprint import Keys, make_keys
from scraper.match.mirrors import trace_mirrors
from scraper.match.story import counts
from scraper.model import DecisionKind, Link
from scraper.store import index, relations, stored_text, stories
from scraper.store.query import load_articles, load_roundups
from scraper.store.rulings import list_rulings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    import sqlalchemy as sa

    from scraper.model import ArchivedArticle, ArticleId, Relation, StoryId
    from scraper.pipeline.matching import Matcher
    from scraper.store.rulings import Ruling

#: The kinds of keys, as ``fingerprint.Keys`` names them.
_KINDS = ("bands", "containment", "title", "anchors")


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedKeys:
    """How many keys of one kind both texts have, and how many of these are full."""

    kind: str
    shared: int
    full: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReport:
    """What is known of articles ``a`` and ``b``.

    ``is_proposed``: a look-up of one finds the other. ``relation`` is read "a kind b"; where not
    ``is_archived`` it is what comparing them now says. ``counts``: it may join the two, round-ups
    considered, and all that is known around them: it is neither ``is_outvoted`` (the two are of
    one form with others that were told apart), nor ``is_recurring`` (they are, or may be, two
    issues of one notice), nor ``is_misplaced`` (the shorter was cut from another text than the
    longer). ``path`` leads from a to b by relations that count, both ends included; it is empty
    where they are in two stories, and where no chain of relations joins them.
    ``rulings`` are people's decisions that hold and made the two one story or keep them apart.
    """

    a: ArchivedArticle
    b: ArchivedArticle
    keys: tuple[SharedKeys, ...]
    is_proposed: bool
    relation: Relation | None
    is_archived: bool
    counts: bool
    is_outvoted: bool
    is_recurring: bool
    is_misplaced: bool
    path: tuple[ArticleId, ...]
    rulings: tuple[Ruling, ...]

    @property
    def is_one_story(self) -> bool:
        """Whether both are in one story."""
        return self.a.story == self.b.story

    @property
    def shares_keys(self) -> bool:
        """Whether any key of any kind is shared."""
        return any(kind.shared for kind in self.keys)


def explain_pair(
    connection: sa.Connection, matcher: Matcher, a: ArticleId, b: ArticleId
) -> PairReport:
    """What is known of these two articles, which must exist and differ."""
    texts = {text.id: text for text in stored_text.load_texts(connection, (a, b))}
    words = {side: matcher.read(text) for side, text in texts.items()}
    keys = {side: make_keys(words[side], texts[side].compared_title) for side in texts}
    relation = _archived_relation(connection, a, b)
    is_archived = relation is not None
    if relation is None:
        relation = compare_words(
            words[a], words[b], title_a=texts[a].compared_title, title_b=texts[b].compared_title
        )
    loaded = {found.id: found for found in load_articles(connection, (a, b))}
    roundups = frozenset(side for side, found in loaded.items() if found.is_roundup)
    homes = {found.story for found in loaded.values()}
    judged = matcher.judge(connection, stories.members_of(connection, homes)).stories
    is_outvoted, is_recurring, is_misplaced = (
        any({link.a, link.b} == {a, b} for link in links)
        for links in (judged.outvoted, judged.recurring, judged.misplaced)
    )
    path = _trace(connection, loaded, a, b, judged.unheard)
    return PairReport(
        a=loaded[a],
        b=loaded[b],
        keys=_count_shared(connection, keys[a], keys[b]),
        is_proposed=_proposes(connection, keys[a], a, b) or _proposes(connection, keys[b], b, a),
        relation=relation,
        is_archived=is_archived,
        counts=relation is not None
        and counts(Link(a=a, b=b, relation=relation), roundups)
        and not (is_outvoted or is_recurring or is_misplaced),
        is_outvoted=is_outvoted,
        is_recurring=is_recurring,
        is_misplaced=is_misplaced,
        path=path,
        rulings=() if path else _find_rulings(connection, loaded[a].story, loaded[b].story),
    )


def _archived_relation(connection: sa.Connection, a: ArticleId, b: ArticleId) -> Relation | None:
    for link in relations.load_links_among(connection, (a, b)):
        return link.relation if link.a == a else mirrored(link.relation)
    return None


def _count_shared(connection: sa.Connection, a: Keys, b: Keys) -> tuple[SharedKeys, ...]:
    shared = {kind: set(getattr(a, kind)) & set(getattr(b, kind)) for kind in _KINDS}
    held = index.look_up(connection, set().union(*shared.values()))
    return tuple(
        SharedKeys(
            kind=kind,
            shared=len(keys),
            full=sum(len(held.get(key, ())) > READ_MOST for key in keys),
        )
        for kind, keys in shared.items()
    )


def _proposes(connection: sa.Connection, keys: Keys, asking: ArticleId, other: ArticleId) -> bool:
    """Whether looking up the one article's keys proposes the other."""
    found = index.look_up(connection, keys, excluding=asking)
    holders = {holder for ids in found.values() for holder in ids}
    key_counts = stored_text.containment_key_counts(connection, holders)
    return other in choose_candidates(keys, found, key_counts)


def _trace(
    connection: sa.Connection,
    loaded: Mapping[ArticleId, ArchivedArticle],
    a: ArticleId,
    b: ArticleId,
    unheard: AbstractSet[tuple[ArticleId, ArticleId]],
) -> tuple[ArticleId, ...]:
    """The shortest way from a to b by relations that count; empty where there is none."""
    if loaded[a].story != loaded[b].story:
        return ()
    members = sorted(stories.members_of(connection, {loaded[a].story}))
    roundups = load_roundups(connection, loaded[a].story)
    links = relations.load_links_among(connection, members)
    counting = (
        link for link in links if counts(link, roundups) and (link.a, link.b) not in unheard
    )
    towards = trace_mirrors(b, members, counting).joined_by
    path = [a]
    while path[-1] in towards:
        path.append(towards[path[-1]])
    return tuple(path) if path[-1] == b else ()


def _find_rulings(connection: sa.Connection, one: StoryId, other: StoryId) -> tuple[Ruling, ...]:
    """The decisions that hold and join articles of the one story, or keep it from the other."""
    kind = DecisionKind.MERGE if one == other else DecisionKind.SPLIT
    return tuple(
        ruling
        for ruling in list_rulings(connection, of=one)
        if ruling.holds
        and ruling.decision.kind is kind
        and {ruling.a_story, ruling.b_story} == {one, other}
    )

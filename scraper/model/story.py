"""Articles joined: what people decided, and which was chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from scraper.model.ids import StoryId

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from scraper.model.article import Attribution, Precision
    from scraper.model.ids import ArticleId, DecisionId


class DecisionKind(StrEnum):
    """What a person decided."""

    #: An article is the canonical of whatever story it is in.
    PREFER = "prefer"
    #: Two articles are one story.
    MERGE = "merge"
    #: Two articles are never one story.
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided about one article or two; of two that cannot both hold the newer does.

    ``b`` is None for a preference. An undone decision is kept, and holds no more.
    """

    id: DecisionId
    at: datetime
    kind: DecisionKind
    a: ArticleId
    b: ArticleId | None
    note: str | None = None
    undone_at: datetime | None = None


class CanonicalRule(StrEnum):
    """The rule that chose a story's canonical, in the order in which they are asked."""

    PREFERRED = "preferred"
    ONLY_MEMBER = "only_member"
    NAMED_SOURCE = "named_source"
    SITE_PRIORITY = "site_priority"
    WHOLE_TEXT = "whole_text"
    EARLIEST_PUBLISHED = "earliest_published"
    FIRST_SEEN = "first_seen"
    LOWEST_URL = "lowest_url"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What the choice of a canonical reads of one article; every fact moves one way only.

    ``published`` is the first plausible publication time ever seen, with its precision;
    ``is_whole`` is true once a text of it was seen that was neither cut nor paywalled.
    ``priority`` is the site's configured priority, higher first, 0 where none is set.
    """

    id: ArticleId
    site: str | None
    url: str | None
    url_key: str | None
    published: datetime | None
    published_precision: Precision | None
    first_seen: datetime
    word_count: int
    is_whole: bool
    priority: int = 0
    external_id: str | None = None
    attributions: tuple[Attribution, ...] = ()

    @property
    def place(self) -> tuple[bool, str, str, ArticleId]:
        """Sorts members where nothing else tells them apart: by address, then by imported id.

        Unlike their own ids these do not depend on the order in which they arrived.
        """
        return (self.url_key is None, self.url_key or "", self.external_id or "", self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canonical:
    """The chosen member of a story, the rule that decided, and the reason in words for a person."""

    article: ArticleId
    rule: CanonicalRule
    reason: str
    primary_source_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles joined by relations, in the order of their ids; its id is the smallest of them.

    ``joined_by`` names for each mirror the member whose relation made it one: the canonical where
    the two are related, else the member nearest to it. ``merged_by`` names the decision for those
    that no relation but a person joined to that member. ``evidence`` is a hash of the relations
    between mirrors and the members by which they joined, None where there are none: what is shown
    of a mirror changes with its relation.
    """

    members: tuple[ArticleId, ...]
    canonical: Canonical
    joined_by: Mapping[ArticleId, ArticleId]
    merged_by: Mapping[ArticleId, DecisionId] = field(default_factory=dict)
    evidence: int | None = None

    @property
    def id(self) -> StoryId:
        """The smallest member's id."""
        return StoryId(self.members[0])

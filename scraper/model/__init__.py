"""The domain's types: what walks through the rooms. Imports nothing of ours.

Every type is frozen; absent is ``None``, never ``""``; every ``datetime`` is aware. Times that we
took ourselves are UTC; times that a publisher printed keep the offset they were printed with.
The words are those of the glossary in ``scraper/__init__.py``. A file holds what one room learns:

ids       numbers by which the archive knows things
reason    why something was not to be had
source    discover: a publication we watch, and what it announces
page      fetch: one page asked for
article   extract: a page read
relation  match: two articles compared
story     match: articles joined
"""

from __future__ import annotations

from scraper.model.article import (
    ArchivedArticle,
    Article,
    Attribution,
    Evidence,
    NoArticle,
    PageKind,
    Precision,
)
from scraper.model.ids import (
    ArticleId,
    DecisionId,
    PageId,
    RevisionId,
    RunId,
    SnapshotId,
    SourceId,
    StoryId,
)
from scraper.model.page import (
    Fetched,
    HostState,
    NotModified,
    Page,
    PageState,
    Refused,
    Request,
    Snapshot,
    Validators,
)
from scraper.model.reason import Reason
from scraper.model.relation import NO_MASK, Link, Mask, Passage, Relation, RelationKind
from scraper.model.source import (
    GIVE_UP_AFTER,
    BadFeed,
    ChildSitemap,
    Feed,
    FeedEntry,
    FoundFeed,
    SitemapIndex,
    Source,
    SourceKind,
    SourceState,
)
from scraper.model.story import Canonical, CanonicalRule, Decision, DecisionKind, Member, Story

__all__ = [
    "GIVE_UP_AFTER",
    "NO_MASK",
    "ArchivedArticle",
    "Article",
    "ArticleId",
    "Attribution",
    "BadFeed",
    "Canonical",
    "CanonicalRule",
    "ChildSitemap",
    "Decision",
    "DecisionId",
    "DecisionKind",
    "Evidence",
    "Feed",
    "FeedEntry",
    "Fetched",
    "FoundFeed",
    "HostState",
    "Link",
    "Mask",
    "Member",
    "NoArticle",
    "NotModified",
    "Page",
    "PageId",
    "PageKind",
    "PageState",
    "Passage",
    "Precision",
    "Reason",
    "Refused",
    "Relation",
    "RelationKind",
    "Request",
    "RevisionId",
    "RunId",
    "SitemapIndex",
    "Snapshot",
    "SnapshotId",
    "Source",
    "SourceId",
    "SourceKind",
    "SourceState",
    "Story",
    "StoryId",
    "Validators",
]

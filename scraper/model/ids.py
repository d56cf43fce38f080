"""Numbers by which the archive knows things."""

from __future__ import annotations

from typing import NewType

SourceId = NewType("SourceId", int)
PageId = NewType("PageId", int)
ArticleId = NewType("ArticleId", int)
RevisionId = NewType("RevisionId", int)
StoryId = NewType("StoryId", int)
RunId = NewType("RunId", int)
SnapshotId = NewType("SnapshotId", int)
DecisionId = NewType("DecisionId", int)

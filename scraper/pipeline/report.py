"""What a pass did, and what a person should know of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper.pipeline.ingest import Filed
from scraper.store.sources import RunCounts

if TYPE_CHECKING:
    from scraper.model import PageState, Reason, Source, SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFailure:
    """A source that could not be read in this pass; ``is_news`` where it could the time before."""

    source: Source
    reason: Reason
    detail: str
    state: SourceState
    is_news: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOutcome:
    """What became of one page in this pass."""

    url: str
    state: PageState
    filed: Filed | None = None
    reason: Reason | None = None
    detail: str | None = None

    @property
    def may_pass(self) -> bool:
        """Whether the page failed for a reason that may pass."""
        return self.reason is not None and self.reason.may_pass


@dataclass(slots=True, kw_only=True)
class RunReport:
    """What a pass did, and what a person should know of it."""

    sources_checked: int = 0
    failures: list[SourceFailure] = field(default_factory=list)
    recovered: list[Source] = field(default_factory=list)
    pages: list[PageOutcome] = field(default_factory=list)
    wire_bytes: int = 0

    @property
    def all_well(self) -> bool:
        """Whether no source failed, and no page for a reason that may pass."""
        return not (self.failures or any(page.may_pass for page in self.pages))

    def counts(self) -> RunCounts:
        """The report as numbers, for the archive."""
        return RunCounts(
            sources_checked=self.sources_checked,
            sources_failed=len(self.failures),
            pages_fetched=len(self.pages),
            pages_failed=sum(page.may_pass for page in self.pages),
            articles_new=sum(page.filed is Filed.NEW for page in self.pages),
            wire_bytes=self.wire_bytes,
        )

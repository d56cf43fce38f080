"""What a pass did, and what a person should know of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper.pipeline.ingest import Filed
from scraper.store.sources import RunCounts

if TYPE_CHECKING:
    from scraper.model import PageState, Reason, Source, SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOutcome:
    """How asking a source went: ``source`` as it was before, ``state`` what it is now.

    ``reason`` is None where all went well.
    """

    source: Source
    state: SourceState
    reason: Reason | None = None
    detail: str | None = None

    @property
    def is_news(self) -> bool:
        """Whether its health changed: it began to fail, was given up, or works again."""
        return self.source.state is not self.state


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
    """What a pass did so far: a pass appends to it."""

    sources: list[SourceOutcome] = field(default_factory=list)
    pages: list[PageOutcome] = field(default_factory=list)
    wire_bytes: int = 0

    @property
    def failed_sources(self) -> list[SourceOutcome]:
        """The sources that were asked and could not be read."""
        return [outcome for outcome in self.sources if outcome.reason is not None]

    @property
    def all_well(self) -> bool:
        """Whether no source failed, and no page for a reason that may pass."""
        return not self.failed_sources and not any(page.may_pass for page in self.pages)

    def counts(self) -> RunCounts:
        """The report as numbers, for the archive."""
        return RunCounts(
            sources_checked=len(self.sources),
            sources_failed=len(self.failed_sources),
            pages_fetched=len(self.pages),
            pages_failed=sum(page.may_pass for page in self.pages),
            articles_new=sum(page.filed is Filed.NEW for page in self.pages),
            wire_bytes=self.wire_bytes,
        )

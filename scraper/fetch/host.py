"""What the fetcher knows of one host while it runs, and what it remembers between runs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from scraper.fetch.exchange import Answer, Failure
from scraper.fetch.politeness import after_answer
from scraper.fetch.robots import Robots, is_fresh
from scraper.model import Reason

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from scraper.model import HostState

#: After so many requests in a row to which a host says nothing, or does not come to an end, it is
#: left alone for the run: it would cost a deadline for each of its pages. A guess.
MAX_SILENCES = 3
_SILENCE = frozenset({Reason.DNS, Reason.TLS, Reason.TIMEOUT, Reason.RESET})


def _is_silence(failure: Failure) -> bool:
    """Whether a host said nothing, or spoke so slowly that the deadline came first."""
    return failure.reason is Reason.TIMEOUT or (
        failure.status is None and failure.reason in _SILENCE
    )


class HostMemory(Protocol):
    """Where politeness is kept between runs: the archive, or a dictionary in tests."""

    def load(self, host: str) -> HostState | None:
        """What is remembered of this host; asked once per host and run."""

    def save(self, state: HostState) -> None:
        """Remember this; called after every request, also one that failed or was interrupted."""

    def hold(self, state: HostState) -> AbstractContextManager[HostState | None]:
        """The host's state, which only we change while the context lasts; None where others do."""


@dataclass(slots=True)
class Host:
    """One host: its turn to be asked, its rules, and why it is left alone in this run, if it is.

    ``turn`` is held during one request and the wait before it, and nothing else is ever waited for
    while it is held, so that hosts whose robots.txt redirect to each other cannot lock up.
    ``rules_turn`` is held while robots.txt is read.
    """

    state: HostState
    memory: HostMemory
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules_turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    closed: Failure | None = None
    _rules: Robots | None = None
    _silences: int = 0

    @property
    def crawl_delay(self) -> float | None:
        """robots.txt's Crawl-delay in seconds, by the last rules known, however old."""
        if self._rules is None and self.state.robots:
            self._rules = Robots(self.state.robots)
        return self._rules.crawl_delay if self._rules else None

    def rules(self, now: datetime) -> Robots | None:
        """The rules to go by; ``None`` where robots.txt must be read first."""
        if not is_fresh(self.state, now):
            return None
        if self._rules is None:
            self._rules = Robots(self.state.robots or "")
        return self._rules

    def learn_rules(self, text: str, now: datetime) -> Robots:
        """The rules of this robots.txt, remembered from now on."""
        self.state = replace(self.state, robots=text, robots_at=now)
        self.memory.save(self.state)
        self._rules = Robots(text)
        return self._rules

    def begin_request(self, now: datetime) -> None:
        """Note that a request starts now; called again when it goes out."""
        self.state = replace(self.state, last_request_at=now)

    def hear(self, answer: Answer | Failure, now: datetime) -> None:
        """Note what an answer, or none, means for the requests to come."""
        if isinstance(answer, Answer):
            self.state = after_answer(
                self.state, status=answer.status, retry_after=answer.retry_after, now=now
            )
        if isinstance(answer, Failure) and _is_silence(answer):
            self._silences += 1
            if self._silences >= MAX_SILENCES:
                detail = f"{answer.detail} ({self._silences} times in a row)"
                self.closed = replace(answer, detail=detail)
        else:
            self._silences = 0

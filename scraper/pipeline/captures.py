"""Which records of a WARC file are pages that may be articles; the others are counted, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from scraper import clock
from scraper.fetch.sniff import may_be_html
from scraper.model import Reason
from scraper.store.warc import Place
from scraper.urls import normalise_url, page_key
from scraper.warc.records import Damage, DamagedError, Record, scan_records
from scraper.warc.response import UnusableError, read_address, read_date, read_response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from scraper.model import FeedEntry
    from scraper.pipeline.ingest import Filed

#: A page dated further ahead than this was dated by a clock that is wrong.
_AHEAD_OF_NOW: Final = timedelta(hours=24)

#: So many places of damage are remembered; all are counted.
_REMEMBERED: Final = 20

_OK: Final = range(200, 300)
#: Under this the places of damage are counted.
DAMAGED: Final = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A page in the file: its address, its key, when it was fetched and where it lies."""

    url: str
    key: str
    at: datetime
    place: Place
    block: bytes
    #: What a source said of the page, where one did.
    announced: FeedEntry | None = None

    @property
    def mark(self) -> tuple[str, datetime]:
        """By what it is known (Rule 2)."""
        return self.key, self.at


@dataclass(slots=True, kw_only=True)
class WarcReport:
    """What became of a file's pages. ``skipped`` counts what could not be read, or was no page that
    can be an article, by its reason; ``problems`` are the first places of damage.
    """

    counts: Counter[Filed] = field(default_factory=Counter)
    without_article: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def is_any_read(self) -> bool:
        """Whether any page could be read."""
        return bool(sum(self.counts.values()) or self.without_article)

    def skip(self, reason: Reason | str) -> None:
        """Nothing; one more is counted under this reason."""
        self.skipped[str(reason)] += 1

    def note_damage(self, damage: Damage) -> None:
        """Nothing; the damage is counted, and told where it is among the first."""
        self.skip(DAMAGED)
        if len(self.problems) < _REMEMBERED:
            self.problems.append(f"offset {damage.offset}: {damage.problem}")


def find_captures(name: str, file: BinaryIO, report: WarcReport) -> Iterator[Capture]:
    """The pages in a file that may be articles; what else cannot be used is counted."""
    latest = clock.now() + _AHEAD_OF_NOW
    for found in scan_records(file):
        if isinstance(found, Damage):
            report.note_damage(found)
        elif found.kind == "response":
            try:
                if (capture := _judge(name, found, latest)) is not None:
                    yield capture
            except DamagedError as exc:
                report.note_damage(Damage(offset=found.offset, end=found.end, problem=str(exc)))
            except UnusableError as exc:
                report.skip(exc.reason)


def _judge(name: str, record: Record, latest: datetime) -> Capture | None:
    """The page that a response record holds; None for what HTTP did not bring: names looked up.

    Raises UnusableError with the reason where it is none that is read, DamagedError where that
    cannot be told.
    """
    address = read_address(record)
    if address is not None and address.lower().startswith("dns:"):
        return None
    url, at = address and normalise_url(address), read_date(record)
    if not url or at is None or at > latest:
        raise DamagedError("does not say of what page it is, or of when")
    if record.fields.get("warc-truncated"):
        raise UnusableError(Reason.TRUNCATED, "the crawler cut it")
    if record.block is None:
        raise UnusableError(Reason.TOO_BIG, "it is larger than a page may be")
    response = read_response(record.block)
    if response.status not in _OK:
        raise UnusableError(_reason_of(response.status), f"status {response.status}")
    if not may_be_html(response.content_type):
        raise UnusableError(Reason.NOT_HTML, response.content_type or "")
    return Capture(
        url=url,
        key=page_key(url),
        at=at,
        place=Place(warc_file=name, offset=record.offset, length=record.length),
        block=record.block,
    )


def _reason_of(status: int) -> Reason:
    if status // 100 == 3:  # noqa: PLR2004 - the class of redirects
        return Reason.REDIRECT
    return Reason.HTTP_5XX if status // 100 == 5 else Reason.HTTP_4XX  # noqa: PLR2004 - of failures

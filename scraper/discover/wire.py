"""A feed as the wire has it: every format's reader ends here, and ``feed`` translates it once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WireLink:
    """An address as written, and the base that the document sets for it, where it sets one."""

    href: str
    base: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WireEntry:
    """An entry's own words: links and dates in the order in which they deserve trust."""

    links: tuple[WireLink, ...]
    title: str | None
    published: tuple[str, ...]
    updated: tuple[str, ...]
    content: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WireFeed:
    """A feed's own words; ``is_damaged`` says that the document had to be repaired.

    ``pace_minutes`` is how often it wants to be asked at most, where it says so.
    """

    links: tuple[WireLink, ...]
    title: str | None
    entries: tuple[WireEntry, ...]
    is_damaged: bool = False
    pace_minutes: float | None = None

"""Whether a page asks not to be kept: noarchive, or a reservation against text and data mining.

Asked in the headers X-Robots-Tag (https://developers.google.com/search/docs/crawling-indexing/
robots-meta-tag) and TDM-Reservation (https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/),
and in <meta> elements of the names "robots", our own, and "tdm-reservation".
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

#: Bing's older word for noarchive.
_NOARCHIVE = frozenset({"noarchive", "nocache"})
#: Directives of X-Robots-Tag that take a value, and so look like the name of a robot.
_WITH_VALUES = frozenset(
    {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
)
_RESERVED = "1"


class Reservation(StrEnum):
    """What a page asks for."""

    NOARCHIVE = "noarchive"
    TDM = "TDM-Reservation"


def read_reservations(
    meta: Mapping[str, Sequence[str]],
    *,
    robots_tag: str | None,
    tdm_reservation: str | None,
    agent: str,
) -> frozenset[Reservation]:
    """What a page and its headers ask of ``agent``, our name, or of every robot.

    ``meta`` is what its <meta> elements say, as ``Metadata`` has it.
    """
    named = [*meta.get("robots", ()), *meta.get(agent, ())]
    directives = [*_directives(robots_tag or "", agent), *_words(named)]
    reservations = set()
    if _NOARCHIVE.intersection(directives):
        reservations.add(Reservation.NOARCHIVE)
    told = [tdm_reservation or "", *meta.get("tdm-reservation", ())]
    if any(text.strip() == _RESERVED for text in told):
        reservations.add(Reservation.TDM)
    return frozenset(reservations)


def _directives(robots_tag: str, agent: str) -> Iterator[str]:
    """The directives for us: on each line those before any robot's name, and those behind ours."""
    for line in robots_tag.lower().splitlines():
        is_for_us = True
        for part in line.split(","):
            name, colon, rest = part.partition(":")
            if colon and name.strip() not in _WITH_VALUES:
                is_for_us, part = name.strip() in {agent, "*", "robots"}, rest  # noqa: PLW2901 - what is left of it
            if is_for_us:
                yield part.strip()


def _words(contents: Iterable[str]) -> Iterator[str]:
    for content in contents:
        yield from (word.strip() for word in content.lower().split(","))

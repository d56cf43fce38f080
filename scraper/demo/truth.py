"""What an archive of the demo's world should hold: stories, canonicals, relations, outcomes.

Pages are named by their keys ("site/slug"), feeds by site key and path.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from scraper.model import CanonicalRule, Reason, RelationKind

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedStory:
    """Pages that form one story: its canonical, the rule that chose it, and for each mirror what
    it is to the canonical.
    """

    canonical: str
    rule: CanonicalRule
    mirrors: Mapping[str, RelationKind]

    @property
    def pages(self) -> frozenset[str]:
        """The keys of all its pages."""
        return frozenset({self.canonical, *self.mirrors})


def _copied(
    canonical: str, rule: CanonicalRule, mirrors: Mapping[str, RelationKind]
) -> ExpectedStory:
    return ExpectedStory(canonical=canonical, rule=rule, mirrors=MappingProxyType(dict(mirrors)))


def _alone(*pages: str) -> tuple[ExpectedStory, ...]:
    return tuple(_copied(page, CanonicalRule.ONLY_MEMBER, {}) for page in pages)


def _quarry(repost: RelationKind) -> ExpectedStory:
    return _copied(
        "sentinel/quarry-slip", CanonicalRule.EARLIEST_PUBLISHED, {"quayside/quarry-slip": repost}
    )


_SAME_IN_BOTH = (
    # The aggregator names the Courier by address.
    _copied(
        "courier/swing-bridge",
        CanonicalRule.NAMED_SOURCE,
        {
            "courier/swing-bridge-topic": RelationKind.EXCERPT_OF,
            "quayside/swing-bridge": RelationKind.IDENTICAL,
            "brightline/swing-bridge": RelationKind.PARAPHRASE,
        },
    ),
    # The Sentinel names the agency's page by rel=canonical. Two thirds of a text are too much for
    # an excerpt, and one paragraph in front too little for anything but a near duplicate.
    _copied(
        "northwind/lighthouse-logs",
        CanonicalRule.NAMED_SOURCE,
        {
            "herald/lighthouse-logs": RelationKind.NEAR_DUPLICATE,
            "sentinel/lighthouse-logs": RelationKind.IDENTICAL,
            "evening/lighthouse-logs": RelationKind.NEAR_DUPLICATE,
        },
    ),
    _copied(
        "hafenbote/holzboote",
        CanonicalRule.EARLIEST_PUBLISHED,
        {"kuestenblatt/holzboote": RelationKind.IDENTICAL},
    ),
    *_alone(
        # Other pieces about the same bridge.
        "northwind/beet-barges",
        "sentinel/bridge-keeper",
        "herald/ferry-parade",
        "evening/ambulances",
        "quayside/charge-the-lorries",
        # Quotes three stories, is none of them.
        "herald/morning-briefing",
        # About something else altogether.
        "courier/oyster-beds",
        "courier/hedge-school",
        "brightline/parcel-lockers",
        "sentinel/choir",
        "lankou/water-tower",
        # One wording, other facts.
        "rivers/2026-118-wren-ottermouth",
        "rivers/2026-119-sill-fellgate",
        "rivers/2026-120-ash-pellworth",
        "rivers/2026-121-carrow-st-ebbe",
        "evening/halden-rope-q3",
        "evening/bellamy-tin-q3",
        "evening/tarn-ceramics-q3",
        "evening/osier-seeds-q3",
    ),
)

#: By edition. In the second, the Sentinel has added two paragraphs and corrected a figure, which
#: the repost of its first text has not; and the Rivers Office has issued one notice more.
EXPECTED_STORIES: Mapping[int, tuple[ExpectedStory, ...]] = MappingProxyType(
    {
        1: (*_SAME_IN_BOTH, _quarry(RelationKind.IDENTICAL)),
        2: (
            *_SAME_IN_BOTH,
            _quarry(RelationKind.NEAR_DUPLICATE),
            *_alone("rivers/2026-122-wren-tarn-lock"),
        ),
    }
)

#: Stories that only a world served with faults has.
EXPECTED_STORIES_OF_FAULTS: tuple[ExpectedStory, ...] = _alone("weir/mill-race")

#: Announced pages that give no article, and why; ``weir`` is served only with faults.
EXPECTED_OUTCOMES: Mapping[str, Reason] = MappingProxyType(
    {
        "herald/members-column": Reason.ROBOTS,
        "evening/lantern-gallery": Reason.NO_ARTICLE,
        "northwind/withdrawn": Reason.HTTP_4XX,
        "weir/broken": Reason.HTTP_5XX,
    }
)

#: Feeds that give no entries, and why, by site key and path; all are served only with faults.
EXPECTED_FEED_OUTCOMES: Mapping[tuple[str, str], Reason] = MappingProxyType(
    {("weir", "/latest"): Reason.BAD_FEED}
)

#: Words of the sites' chrome that no stored text may contain.
CHROME_PHRASES: tuple[str, ...] = (
    "Get the Tide Table",
    "free articles this month",
    "Keep reading with a subscription",
    "Continue reading",
    "Next story",
    "We use cookies",
    "Wir verwenden Cookies",
    "Advertisement",
    "Share this",
    "All rights reserved",
    "Nothing on this page is advice to investors",
    "Summarised automatically",
)

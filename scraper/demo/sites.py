"""The sites of the demo's world: who publishes, in which language, look and feed format."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FeedFormat(StrEnum):
    """How a feed is written; ``HTML`` is a page that pretends to be a feed."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"
    HTML = "html"


class Look(StrEnum):
    """A family of page templates: a folder of ``templates/``."""

    METERED = "metered"
    BLOG = "blog"
    CARDS = "cards"
    WIRE = "wire"
    PAPER = "paper"
    CIVIC = "civic"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFeed:
    """Where a site's feed is and how it is written."""

    path: str
    format: FeedFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One publisher: ``key`` is its folder in ``texts/``, ``name`` what it calls itself.

    ``host`` is the name it has when the world is served under names. ``disallow`` are the paths its
    robots.txt forbids. With ``dates_only`` it validates by Last-Modified, otherwise by ETag. A
    ``faulty`` site is part of the world only where faults are asked for. ``note`` stands under its
    articles.
    """

    key: str
    name: str
    host: str
    tagline: str
    look: Look
    feeds: tuple[SiteFeed, ...]
    language: str = "en"
    charset: str = "utf-8"
    disallow: tuple[str, ...] = ()
    dates_only: bool = False
    faulty: bool = False
    note: str | None = None


SITES: tuple[Site, ...] = (
    Site(
        key="courier",
        name="The Ottermouth Courier",
        host="ottermouth-courier.example",
        tagline="News of the river and the coast since 1856",
        look=Look.METERED,
        feeds=(SiteFeed(path="/feed.xml", format=FeedFormat.RSS),),
    ),
    Site(
        key="quayside",
        name="Quayside Notes",
        host="quayside-notes.example",
        tagline="Seen, heard and copied out on the quay",
        look=Look.BLOG,
        feeds=(SiteFeed(path="/feed/atom/", format=FeedFormat.ATOM),),
    ),
    Site(
        key="brightline",
        name="Brightline",
        host="brightline.example",
        tagline="Everything, in brief, by machine",
        look=Look.CARDS,
        feeds=(SiteFeed(path="/feed.json", format=FeedFormat.JSON),),
        note="Summarised automatically by Brightline. Check what matters to you.",
    ),
    Site(
        key="northwind",
        name="Northwind",
        host="northwind.example",
        tagline="The news agency of the northern ports",
        look=Look.WIRE,
        feeds=(SiteFeed(path="/wire/rss", format=FeedFormat.RSS),),
    ),
    Site(
        key="herald",
        name="Wrenshire Herald",
        host="wrenshire-herald.example",
        tagline="One county, every morning",
        look=Look.PAPER,
        feeds=(SiteFeed(path="/rss.xml", format=FeedFormat.RSS),),
        disallow=("/members/",),
    ),
    Site(
        key="sentinel",
        name="Fellgate Sentinel",
        host="fellgate-sentinel.example",
        tagline="A paper of the hill country",
        look=Look.PAPER,
        feeds=(SiteFeed(path="/atom.xml", format=FeedFormat.ATOM),),
    ),
    Site(
        key="evening",
        name="Pellworth Evening Post",
        host="pellworth-evening-post.example",
        tagline="The city, by teatime",
        look=Look.CARDS,
        feeds=(SiteFeed(path="/api/feed", format=FeedFormat.JSON),),
        note="Heard something we should know? Ring the newsdesk until six.",
    ),
    Site(
        key="rivers",
        name="Wrenshire Rivers Office",
        host="wrenshire-rivers.example",
        tagline="Levels, flows and warnings",
        look=Look.CIVIC,
        feeds=(SiteFeed(path="/notices.atom", format=FeedFormat.ATOM),),
        dates_only=True,
    ),
    Site(
        key="hafenbote",
        name="Der Hafenbote",
        host="hafenbote.example",
        tagline="Nachrichten für Süderkoog und die Halligen",
        look=Look.PAPER,
        feeds=(SiteFeed(path="/rss", format=FeedFormat.RSS),),
        language="de",
        charset="windows-1252",
    ),
    Site(
        key="kuestenblatt",
        name="Küstenblatt",
        host="kuestenblatt.example",
        tagline="Alles von der Küste",
        look=Look.BLOG,
        feeds=(SiteFeed(path="/feed/", format=FeedFormat.ATOM),),
        language="de",
    ),
    Site(
        key="lankou",
        name="澜口晚报",
        host="lankou-wanbao.example",
        tagline="澜江两岸每日新闻",
        look=Look.PAPER,
        feeds=(SiteFeed(path="/rss.xml", format=FeedFormat.RSS),),
        language="zh",
        charset="gb18030",
    ),
    Site(
        key="weir",
        name="Nether Weir Parish News",
        host="nether-weir.example",
        tagline="Put together in the vestry",
        look=Look.BLOG,
        feeds=(
            SiteFeed(path="/feed.xml", format=FeedFormat.RSS),
            SiteFeed(path="/latest", format=FeedFormat.HTML),
        ),
        faulty=True,
    ),
)

SITE_OF: dict[str, Site] = {site.key: site for site in SITES}


def sites_served(*, faults: bool) -> tuple[Site, ...]:
    """The sites of the world, those that fail on purpose included only where asked for."""
    return tuple(site for site in SITES if faults or not site.faulty)

"""The archive as a deduplicated feed: the newest stories, or those that were copied from a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from scraper.export.atom import FeedHead, title_feed, write_feed
from scraper.store.archive import load_uuid
from scraper.store.query import load_stories
from scraper.store.story_lines import Order, list_stories
from scraper.web import asking
from scraper.web.page import read_archive

if TYPE_CHECKING:
    from starlette.requests import Request

#: What feeds usually carry.
ENTRIES = 30


def show_feed(request: Request) -> Response:
    """The feed; a story of copies comes again when another copy was found."""
    wanted = asking.read_wanted(dict(request.query_params))
    order = Order.UPDATED if wanted.copied_from else Order.NEWEST
    with read_archive(request) as connection:
        archive, created_at = load_uuid(connection)
        lines = list_stories(connection, limit=ENTRIES, wanted=wanted, order=order)
        whole = {story.id: story for story in load_stories(connection, [line.id for line in lines])}
    head = FeedHead(
        archive=archive,
        of=request.url.query,
        title=title_feed(wanted),
        url=str(request.url),
        updated=max((line.updated for line in lines), default=created_at),
    )
    feed = b"".join(write_feed(head, (whole[line.id] for line in lines)))
    return Response(feed, media_type="application/atom+xml")

"""The list of stories: newest, most copied or changed last, narrowed by filters, or found by words.

A list is turned by the last story of a page, so that each page costs the same. What is found by
words is ranked anew for each page; so it ends after ``_LAST_FOUND`` stories.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from scraper.model import StoryId
from scraper.store.filters import EVERY, MIRROR_KINDS
from scraper.store.search import find_stories
from scraper.store.story_lines import (
    Order,
    count_stories,
    list_stories,
    load_leads,
    load_lines,
    load_spreads,
)
from scraper.web import asking
from scraper.web.page import read_archive, render
from scraper.web.shown import day, line
from scraper.web.spread import AXIS, draw_strip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa
    from starlette.requests import Request
    from starlette.responses import Response

    from scraper.store.filters import Wanted
    from scraper.store.search_query import Search
    from scraper.store.snippets import Snippet
    from scraper.store.story_lines import StoryLine
    from scraper.web.spread import Strip

PAGE = 25
_LAST_FOUND = 8 * PAGE
#: Two lines beside the title, cut from so much of the text.
_LEAD, _LEAD_FROM = 190, 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A story in the list: what is said of it, the words found, and how it spread."""

    story: StoryLine
    lead: tuple[tuple[str, bool], ...]
    found_at: str | None
    strip: Strip


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of stories, and the query strings of the pages around it."""

    lines: Sequence[StoryLine]
    snippets: Mapping[StoryId, Snippet]
    found_at: Mapping[StoryId, str | None]
    older: str | None


def show_stories(request: Request) -> Response:
    """The page."""
    fields = dict(request.query_params)
    query = asking.read_query(fields)
    wanted, order = asking.read_wanted(fields), asking.read_order(fields)
    search = asking.read_search(query, wanted)
    # Operators alone narrow the list; what has neither words nor operators finds nothing.
    by_words = bool(query) and (bool(search.terms) or search.wanted == wanted)
    with read_archive(request) as connection:
        if by_words:
            found = _find(connection, fields, search)
        else:
            found = _list(connection, fields, search.wanted, order)
        total = count_stories(connection)
        rows = _make_rows(connection, found)
    by_day = order is Order.NEWEST and not by_words
    return render(
        request,
        "stories.html",
        groups=_group(rows) if by_day else [(None, rows)],
        query=query,
        by_words=by_words,
        wanted=wanted,
        order=order,
        fields=fields,
        is_narrowed=bool(query) or wanted != EVERY,
        has_filters=wanted != EVERY,
        is_first="after" not in fields and fields.get("page", "1") in {"", "1"},
        older=found.older,
        first=asking.say(fields, after=None, page=None),
        feed=asking.say(
            {name: fields.get(name, "") for name in ("site", "copied-from", "language")}
        ),
        total=total,
        axis=AXIS,
        kinds=MIRROR_KINDS,
        orders=asking.ORDERS,
        order_links=[
            (each, asking.say(fields, order=each, after=None, page=None)) for each in asking.ORDERS
        ],
    )


def _list(
    connection: sa.Connection, fields: Mapping[str, str], wanted: Wanted, order: Order
) -> Found:
    number = asking.read_number(fields, "after", default=0)
    after = load_lines(connection, [StoryId(number)]).get(StoryId(number)) if number else None
    if number and after is None:
        raise asking.not_found("The story that this page began after is no more: begin again.")
    lines = list_stories(connection, limit=PAGE + 1, wanted=wanted, order=order, after=after)
    more = len(lines) > PAGE
    return Found(
        lines=lines[:PAGE],
        snippets={},
        found_at={},
        older=asking.say(fields, after=lines[PAGE - 1].id) if more else None,
    )


def _find(connection: sa.Connection, fields: Mapping[str, str], search: Search) -> Found:
    page = asking.read_number(fields, "page", default=1)
    if not 1 <= page <= _LAST_FOUND // PAGE:
        raise asking.not_found(f"Only the {_LAST_FOUND} best are shown: ask for less.")
    hits = find_stories(connection, search, limit=page * PAGE + 1)
    shown = hits[(page - 1) * PAGE : page * PAGE]
    more = len(hits) > page * PAGE and page < _LAST_FOUND // PAGE
    return Found(
        lines=[hit.story for hit in shown],
        snippets={hit.story.id: hit.snippet for hit in shown},
        found_at={hit.story.id: hit.article.site for hit in shown if not hit.article.is_canonical},
        older=asking.say(fields, page=page + 1) if more else None,
    )


def _make_rows(connection: sa.Connection, found: Found) -> list[Row]:
    ids = [story.id for story in found.lines]
    spreads = load_spreads(connection, ids)
    leads = load_leads(connection, [story.canonical for story in found.lines], length=_LEAD_FROM)
    return [
        Row(
            story=story,
            lead=_mark(found.snippets[story.id])
            if story.id in found.snippets
            else ((line(leads.get(story.canonical), _LEAD), False),),
            found_at=found.found_at.get(story.id),
            strip=draw_strip(spreads[story.id]),
        )
        for story in found.lines
    ]


def _mark(snippet: Snippet) -> tuple[tuple[str, bool], ...]:
    """The snippet in pieces, each with whether it is what was looked for."""
    pieces, at = [], 0
    for span in snippet.found:
        pieces += [
            (snippet.text[at : span.start], False),
            (snippet.text[span.start : span.end], True),
        ]
        at = span.end
    return (*pieces, (snippet.text[at:], False))


def _group(rows: list[Row]) -> list[tuple[str | None, list[Row]]]:
    """The rows by the day on which their stories were first seen."""
    return [
        (told, list(of_day))
        for told, of_day in groupby(rows, lambda row: day(row.story.first_seen))
    ]

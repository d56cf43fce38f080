"""A story: its canonical text, its mirrors with the evidence, how it spread, who names whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from scraper import clock
from scraper.model import CanonicalRule, RelationKind
from scraper.store.find import find_story
from scraper.store.query import count_revisions, load_roundups, load_story
from scraper.store.relations import load_links_among
from scraper.store.revisions import load_revisions
from scraper.store.rulings import list_rulings
from scraper.web.asking import not_found
from scraper.web.naming import draw_naming
from scraper.web.page import read_archive, render
from scraper.web.shown import LONGEST_TEXT
from scraper.web.spread import draw_spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from scraper.model import ArticleId, Link
    from scraper.store.query import FullStory, Mirror

#: The table of a story with more mirrors than this ends here.
MOST_MIRRORS = 300

#: The rules in the order in which they are asked, in words.
RULES = {
    CanonicalRule.PREFERRED: "the choice of a person",
    CanonicalRule.NAMED_SOURCE: "the source that other members name",
    CanonicalRule.SITE_PRIORITY: "the priority of its site in the config",
    CanonicalRule.WHOLE_TEXT: "a whole text over a cut or paywalled one",
    CanonicalRule.EARLIEST_PUBLISHED: "the earliest plausible publication",
    CanonicalRule.FIRST_SEEN: "first seen",
    CanonicalRule.LOWEST_URL: "the lowest address",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorRow:
    """A mirror in the table. ``ranges`` are where in the text it joined by its words lie, each a
    start and a width in per cent; ``share`` is how much of that text they are, None if unknown.
    """

    mirror: Mirror
    share: float | None
    ranges: tuple[tuple[float, float], ...]
    same_title: bool
    joined_to: ArticleId | None


def show_story(request: Request) -> Response:
    """The page; a story that went into another leads there."""
    asked = request.path_params["story"]
    with read_archive(request) as connection:
        number = find_story(connection, asked) if asked.isdecimal() else None
        story = None if number is None else load_story(connection, number)
        if story is None:
            raise not_found("There is no such story; it may have been forgotten.")
        if str(story.id) != asked:
            return RedirectResponse(f"/story/{story.id}")
        mirrors = sorted(
            story.mirrors, key=lambda mirror: (mirror.article.first_seen, mirror.article.id)
        )[:MOST_MIRRORS]
        members = [story.canonical.id, *(mirror.article.id for mirror in mirrors)]
        links = load_links_among(connection, members)
        rulings = list_rulings(connection, of=story.id)
        revisions = load_revisions(connection, story.canonical.id)
        revision_counts = count_revisions(connection, story.id)
        roundups = load_roundups(connection, story.id)
    text = story.canonical.content.text
    return render(
        request,
        "story.html",
        story=story,
        canonical=story.canonical,
        is_cut=len(text) > LONGEST_TEXT,
        rows=_make_rows(story, mirrors, links),
        unshown=len(story.mirrors) - len(mirrors),
        spread=draw_spread(story.first_seen, story.canonical.first_seen, mirrors, clock.now())
        if mirrors
        else None,
        naming=draw_naming([story.canonical, *(mirror.article for mirror in mirrors)]),
        rules=RULES,
        rulings=rulings,
        revisions=revisions[::-1],
        revision_counts=revision_counts,
        roundups=roundups,
        merged=RelationKind.MERGED,
    )


def _make_rows(
    story: FullStory, mirrors: Sequence[Mirror], links: Sequence[Link]
) -> list[MirrorRow]:
    texts = {member.article.id: len(member.article.content.text) for member in mirrors}
    texts[story.canonical.id] = len(story.canonical.content.text)
    by_ends = {frozenset((link.a, link.b)): link for link in links}
    rows = []
    for mirror in mirrors:
        by = mirror.article.joined_by
        link = by_ends.get(frozenset((mirror.article.id, by))) if by is not None else None
        share, ranges = None, []
        if link is not None and by is not None:
            is_a = link.a == by
            share = link.relation.coverage_a if is_a else link.relation.coverage_b
            size = max(1, texts.get(by, 1))
            for passage in link.relation.passages:
                start, end = (
                    (passage.a_start, passage.a_end) if is_a else (passage.b_start, passage.b_end)
                )
                ranges.append((round(100 * start / size, 2), round(100 * (end - start) / size, 2)))
        rows.append(
            MirrorRow(
                mirror=mirror,
                share=share,
                ranges=tuple(sorted(ranges)),
                same_title=mirror.article.content.title == story.canonical.content.title,
                joined_to=None if by == story.canonical.id else by,
            )
        )
    return rows

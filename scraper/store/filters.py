"""Which stories are meant: the one set of filters of lists, searches, exports and the browser.

Rule 1: what a filter means is said here, once, in words and in SQL.
Rule 2: filters narrow together; a story is wanted where every one of them holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.model import RelationKind
from scraper.store.schema import article, relation, story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

#: What a mirror can be to the member by which it joined its story, and a story be narrowed by.
MIRROR_KINDS = tuple(kind for kind in RelationKind if kind is not RelationKind.PART)

#: The article that is a story's canonical.
_chosen = article.alias("chosen")
#: An article of the story, canonical or mirror.
_member = article.alias("member")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The stories for which all holds that is said; those that say nothing want every story.

    ``since`` and ``until``: first seen then, by whichever member, both included. When something was
    archived is known of every story; when it was published is not. ``site``: with a member of it.
    ``author``: with a member one of whose authors' names has these words in it, in any case.
    ``language``: whose canonical is in it; "pt" takes "pt-br" too. ``mirrors_min``: with so many
    mirrors. ``relation``: with a mirror that is this to the member it joined by. ``copied_from``:
    with mirrors, and a canonical of this site.
    """

    since: datetime | None = None
    until: datetime | None = None
    site: str | None = None
    language: str | None = None
    author: str | None = None
    mirrors_min: int = 0
    relation: RelationKind | None = None
    copied_from: str | None = None


#: Nothing is said.
EVERY = Wanted()


def choose_stories(wanted: Wanted) -> sa.Select[tuple[int]]:
    """The ids of the wanted stories, as a statement or as part of another."""
    return sa.select(story.c.id).where(*narrow_stories(wanted))


def narrow_stories(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    """What holds of the wanted stories, in a statement that selects from ``story``."""
    if wanted.since is not None:
        yield story.c.first_seen >= wanted.since
    if wanted.until is not None:
        yield story.c.first_seen <= wanted.until
    if wanted.site is not None:
        yield story.c.id.in_(sa.select(_member.c.story_id).where(_member.c.site == wanted.site))
    if wanted.language is not None:
        tag, spoken = wanted.language.lower(), sa.func.lower(_chosen.c.language)
        says_so = sa.or_(spoken == tag, spoken.startswith(f"{tag}-", autoescape=True))
        is_it = sa.select(_chosen.c.id).where(_chosen.c.id == story.c.canonical_id, says_so)
        yield is_it.correlate(story).exists()
    if wanted.author is not None:
        yield _has_author(wanted.author)
    if wanted.mirrors_min:
        yield story.c.member_count > wanted.mirrors_min
    if wanted.relation is not None:
        yield _has_mirror(wanted.relation)
    if wanted.copied_from is not None:
        yield story.c.member_count > 1
        of_site = sa.select(_chosen.c.id).where(_chosen.c.site == wanted.copied_from)
        yield story.c.canonical_id.in_(of_site)


def _has_author(name: str) -> sa.ColumnElement[bool]:
    """Whether one of a story's members was written by somebody whose name has these words in it."""
    author = sa.func.json_each(_member.c.authors).table_valued("value")
    named = sa.func.instr(sa.func.casefold(author.c.value), " ".join(name.split()).casefold())
    written = sa.select(_member.c.story_id).join(author, sa.true()).where(named)
    return story.c.id.in_(written)


def _has_mirror(kind: RelationKind) -> sa.ColumnElement[bool]:
    """Whether a story has a mirror that is this to the member by which it joined."""
    in_story = _member.c.story_id == story.c.id
    if kind is RelationKind.MERGED:
        merged = sa.select(_member.c.id).where(in_story, _member.c.merged_by.is_not(None))
        return merged.correlate(story).exists()
    as_a = sa.and_(
        relation.c.a == _member.c.id, relation.c.b == _member.c.joined_by, relation.c.kind == kind
    )
    as_b = sa.and_(
        relation.c.b == _member.c.id,
        relation.c.a == _member.c.joined_by,
        relation.c.kind == kind.inverse,
    )
    ways = (sa.select(relation.c.a).where(way).exists() for way in (as_a, as_b))
    return (
        sa.select(_member.c.id)
        .where(in_story, _member.c.merged_by.is_(None), sa.or_(*ways))
        .correlate(story)
        .exists()
    )

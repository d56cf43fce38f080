"""Which stories are meant: the one set of filters of lists, searches, exports and the browser.

Rule 1: what a filter means is said here, once, in words and in SQL.
Rule 2: filters narrow together; a story is wanted where every one of them holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.model import RelationKind
from scraper.store.schema import article, mirror_count, relation, story
from scraper.store.spoken import any_case, place_in, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

#: What a mirror can be to the member by which it joined its story, and a story be narrowed by.
MIRROR_KINDS = tuple(kind for kind in RelationKind if kind is not RelationKind.PART)

#: An article of the story, canonical or mirror.
_member = article.alias("member")
#: Every list of authors that stands in the archive, once: a tenth of the articles or fewer.
_lists = sa.select(_member.c.authors).distinct().subquery("lists")


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
        yield _has_member(_member.c.site == wanted.site)
    if wanted.language is not None:
        yield _has_canonical(_is_spoken(wanted.language))
    if wanted.author is not None:
        yield _has_member(_member.c.authors.in_(_name(wanted.author)))
    if wanted.mirrors_min:
        yield mirror_count >= wanted.mirrors_min
    if wanted.relation is not None:
        yield mirror_count >= 1
        yield _has_mirror(wanted.relation)
    if wanted.copied_from is not None:
        yield mirror_count >= 1
        yield _has_canonical(_member.c.site == wanted.copied_from)


def narrow_articles(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    """What holds beside of single articles of theirs, in a statement that selects from ``article``.

    Where a site or an author is asked for, of the articles of that site and by that author.
    """
    if wanted.site is not None:
        yield article.c.site == wanted.site
    if wanted.author is not None:
        yield article.c.authors.in_(_name(wanted.author))


def _has_member(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return story.c.id.in_(sa.select(_member.c.story_id).where(condition))


def _has_canonical(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return story.c.canonical_id.in_(sa.select(_member.c.id).where(condition))


def _is_spoken(tag: str) -> sa.ColumnElement[bool]:
    """Whether an article is in this language, or in a kind of it; "." is what follows "-"."""
    spoken, low = any_case(_member.c.language), tag.lower()
    return sa.or_(spoken == low, sa.and_(spoken >= f"{low}-", spoken < f"{low}."))


def _name(author: str) -> sa.Select[Any]:
    """The lists of authors in which somebody's name has these words in it."""
    each = texts_of(_lists.c.authors)
    named = place_in(each.c.value, author) > 0
    return sa.select(_lists.c.authors).join(each, sa.true()).where(named)


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

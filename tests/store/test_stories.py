"""Relations, and the stories that are kept of them: what changed, what ended, and what did not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from scraper.model import (
    ArticleId,
    Attribution,
    Canonical,
    CanonicalRule,
    Evidence,
    Link,
    Passage,
    Precision,
    Relation,
    RelationKind,
    RevisionId,
    Story,
    StoryId,
)
from scraper.store import relations, schema, stories
from scraper.store.article_ends import merge_article
from tests.archive_builder import BEGIN

if TYPE_CHECKING:
    from collections.abc import Collection

    from scraper.store.archive import Archive
    from tests.archive_builder import ArchiveBuilder

LATER = BEGIN + timedelta(hours=9)

RELATION = Relation(
    kind=RelationKind.NEAR_DUPLICATE,
    coverage_a=0.9,
    coverage_b=0.8,
    similarity=0.7,
    passages=(
        Passage(a_start=0, a_end=10, b_start=5, b_end=15),
        Passage(a_start=20, a_end=30, b_start=40, b_end=50),
    ),
    links=True,
    why="0.90 of the one lies in the other",
)


@pytest.fixture
def articles(archive: Archive, builder: ArchiveBuilder) -> list[ArticleId]:
    """Five articles, each a story of its own; what telling them left in the log is forgotten."""
    added = [builder.article(f"Headline {number}", f"Text {number}") for number in range(5)]
    with archive.write() as connection:
        connection.execute(schema.change.delete())
        connection.execute(schema.canonical_change.delete())
    return added


def tell(canonical: ArticleId, *mirrors: ArticleId, reason: str = "published first") -> Story:
    """These articles as a story, every mirror joined by the canonical."""
    rule = CanonicalRule.EARLIEST_PUBLISHED if mirrors else CanonicalRule.ONLY_MEMBER
    return Story(
        members=tuple(sorted((canonical, *mirrors))),
        canonical=Canonical(article=canonical, rule=rule, reason=reason),
        joined_by=dict.fromkeys(mirrors, canonical),
    )


def save(
    archive: Archive,
    *after: Story,
    before: Collection[int] | None = None,
    touched: Collection[ArticleId] = (),
    roundups: Collection[ArticleId] = (),
) -> None:
    """Store these stories in place of those that their members were in."""
    members = [member for story in after for member in story.members]
    with archive.write() as connection:
        stories.save_stories(
            connection,
            before=stories.stories_of(connection, members)
            if before is None
            else {StoryId(number) for number in before},
            after=after,
            roundups=roundups,
            touched=touched,
            now=LATER,
        )


def rows_of(archive: Archive, table: sa.Table, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of a table, in the order of its rows."""
    with archive.read() as connection:
        chosen = [table.c[name] for name in columns] or list(table.c)
        statement = sa.select(*chosen).order_by(*table.primary_key.columns)
        return [tuple(row) for row in connection.execute(statement)]


def changes_of(archive: Archive) -> list[StoryId]:
    """The stories that changed, in the order in which they did."""
    return [story for (story,) in rows_of(archive, schema.change, "story_id")]


def places_of(archive: Archive) -> list[tuple[Any, ...]]:
    """Each article's story, and by whom it joined."""
    return rows_of(archive, schema.article, "id", "story_id", "joined_by")


# --- relations ------------------------------------------------------------------------------------


def relate(archive: Archive, of: ArticleId, *links: Link) -> None:
    """Store these as the article's relations."""
    revisions = {ArticleId(number): RevisionId(number) for number in range(1, 6)}
    with archive.write() as connection:
        relations.replace_relations(connection, of, links, revisions)


def load(archive: Archive, *ids: ArticleId) -> list[Link]:
    """The relations among these articles."""
    with archive.read() as connection:
        return relations.load_links_among(connection, ids)


def test_a_relation_is_given_back_as_it_was(archive: Archive, articles: list[ArticleId]) -> None:
    """In its direction, with its passages, and between the revisions that were compared."""
    first, second, *_ = articles
    link = Link(a=second, b=first, relation=RELATION)
    relate(archive, first, link)
    assert load(archive, first, second) == [link]
    ends = rows_of(archive, schema.relation, "a", "a_revision", "b", "b_revision")
    assert ends == [(second, second, first, first)]


def test_an_articles_relations_are_replaced_at_both_ends(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """Those that were and are not given go, in either direction; others' stay."""
    first, second, third, fourth, _ = articles
    others = Link(a=third, b=fourth, relation=RELATION)
    relate(archive, third, others)
    relate(
        archive,
        first,
        Link(a=first, b=second, relation=RELATION),
        Link(a=fourth, b=first, relation=RELATION),
    )
    only = Link(a=third, b=first, relation=replace(RELATION, kind=RelationKind.EXCERPT_OF))
    relate(archive, first, only)
    assert load(archive, *articles) == [only, others]
    relate(archive, first)
    assert load(archive, *articles) == [others]


def test_links_among_articles_have_both_ends_there(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """Neighbours are those at either end, whatever the kind."""
    first, second, third, *_ = articles
    near = Link(a=first, b=second, relation=RELATION)
    part = Link(a=third, b=second, relation=replace(RELATION, kind=RelationKind.PART, links=False))
    relate(archive, first, near)
    relate(archive, third, part)
    assert load(archive, first, second) == [near]
    assert load(archive, second, third) == [part]
    assert load(archive, first, third) == load(archive, second) == load(archive) == []
    with archive.read() as connection:
        assert relations.load_neighbours(connection, [second]) == {first, third}
        assert relations.load_neighbours(connection, [first, third]) == {second}
        assert relations.load_neighbours(connection, []) == set()


# --- stories that change --------------------------------------------------------------------------


def test_a_story_is_stored_with_its_members(archive: Archive, articles: list[ArticleId]) -> None:
    """Its id is its smallest article's; its first sight is its first member's."""
    first, second, third, fourth, fifth = articles
    save(archive, tell(second, first, third))
    columns = ("id", "canonical_id", "canonical_rule", "canonical_reason", "member_count")
    assert rows_of(archive, schema.story, *columns)[0] == (
        first,
        second,
        "earliest_published",
        "published first",
        3,
    )
    assert rows_of(archive, schema.story, "id", "first_seen", "updated_at")[0] == (
        first,
        BEGIN,
        LATER,
    )
    assert places_of(archive) == [
        (first, first, second),
        (second, first, None),
        (third, first, second),
        (fourth, fourth, None),
        (fifth, fifth, None),
    ]


def test_an_idle_save_leaves_no_trace(archive: Archive, articles: list[ArticleId]) -> None:
    """Storing what is stored writes no row of any table."""
    first, second, *_ = articles
    save(archive, tell(first, second), roundups={first})
    before = [rows_of(archive, table) for table in schema.metadata.sorted_tables]
    save(archive, tell(first, second), roundups={first})
    assert [rows_of(archive, table) for table in schema.metadata.sorted_tables] == before


def test_a_touched_member_is_a_change_of_its_story(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """A new text in an old story is visible; only its story takes a number."""
    first, second, third, *_ = articles
    save(archive, tell(first, second))
    before = changes_of(archive)
    save(archive, tell(first, second), tell(third, reason="the only article"), touched={second})
    assert changes_of(archive) == [*before, first]
    assert rows_of(archive, schema.story, "id", "updated_at")[0] == (first, LATER)


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": "first seen"},
        {"rule": CanonicalRule.FIRST_SEEN},
        {"primary_source_url": "https://ft.example/1"},
    ],
)
def test_another_reason_is_a_change_but_no_other_canonical(
    archive: Archive, articles: list[ArticleId], changed: dict[str, str]
) -> None:
    """The log of canonicals has a row only where another article became one."""
    first, second, *_ = articles
    story = tell(first, second)
    save(archive, story)
    numbers, canonicals = changes_of(archive), rows_of(archive, schema.canonical_change)
    save(archive, replace(story, canonical=replace(story.canonical, **changed)))  # type: ignore[arg-type]  # fields of Canonical
    assert changes_of(archive) == [*numbers, first]
    assert rows_of(archive, schema.canonical_change) == canonicals


def test_each_change_of_canonical_is_logged(archive: Archive, articles: list[ArticleId]) -> None:
    """From whom, to whom, and why; a story that begins has no one before."""
    first, second, *_ = articles
    save(archive, tell(second, first))
    save(archive, tell(first, second, reason="named as the source"))
    save(archive, tell(first, reason="alone"), tell(second, reason="alone"))
    columns = ("at", "story_id", "from_id", "to_id", "rule", "reason")
    assert rows_of(archive, schema.canonical_change, *columns) == [
        (LATER, first, first, second, "earliest_published", "published first"),
        (LATER, first, second, first, "earliest_published", "named as the source"),
        (LATER, second, None, second, "only_member", "alone"),
    ]


def test_numbers_go_up_and_are_never_given_twice(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """Not even where the newest row was deleted: a cursor would miss what took its number."""
    first, second, third, *_ = articles
    save(archive, tell(first, second))
    (newest, _) = max(rows_of(archive, schema.change, "seq", "story_id"))
    with archive.write() as connection:
        connection.execute(schema.change.delete())
    save(archive, tell(first, second, third))
    numbers = [seq for seq, _ in rows_of(archive, schema.change, "seq", "story_id")]
    assert min(numbers) > newest


def test_round_ups_are_marked_and_unmarked(archive: Archive, articles: list[ArticleId]) -> None:
    """Among the members that are judged; others keep their mark."""
    first, second, third, *_ = articles
    alone = [tell(article, reason="the only article") for article in articles]
    save(archive, *alone, roundups={first, third})
    save(archive, *alone[:2], roundups={second})
    marked = [
        number for number, is_one in rows_of(archive, schema.article, "id", "is_roundup") if is_one
    ]
    assert marked == [second, third]


# --- stories that end -----------------------------------------------------------------------------


def tombstones_of(archive: Archive) -> list[tuple[Any, ...]]:
    """Each story that ended, and into which."""
    return rows_of(archive, schema.story_tombstone, "story", "into")


def test_a_story_that_merges_away_leaves_a_tombstone(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """The smaller stays; the tombstone bears the number of the change."""
    first, second, third, *_ = articles
    save(archive, tell(second, third))
    save(archive, tell(third, first, second))
    assert tombstones_of(archive) == [(second, first), (third, second)]
    changes = rows_of(archive, schema.change, "story_id", "seq")
    assert set(rows_of(archive, schema.story_tombstone, "story", "seq")) <= set(changes)
    assert [row[0] for row in rows_of(archive, schema.story, "id")] == [first, *articles[3:]]


def test_a_story_that_splits_keeps_its_id_with_the_smallest(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """The part that leaves gets its own smallest article's, whose tombstone goes."""
    first, second, third, *_ = articles
    save(archive, tell(first, second, third))
    assert tombstones_of(archive) == [(second, first), (third, first)]
    save(archive, tell(first, reason="alone"), tell(third, second))
    assert tombstones_of(archive) == [(third, first)]
    assert places_of(archive)[:3] == [
        (first, first, None),
        (second, second, third),
        (third, second, None),
    ]
    assert rows_of(archive, schema.story, "id", "member_count")[:2] == [(first, 1), (second, 2)]


def test_members_that_change_places_leave_both_stories_whole(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """Two stories that exchange their members are two stories with the same ids."""
    first, second, third, fourth, _ = articles
    save(archive, tell(first, third), tell(second, fourth))
    save(archive, tell(first, fourth), tell(second, third))
    assert places_of(archive)[:4] == [
        (first, first, None),
        (second, second, None),
        (third, second, second),
        (fourth, first, first),
    ]


def test_an_article_that_is_no_more_is_counted_no_more(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """Its story says one member less, though the others are as they were."""
    first, second, third, *_ = articles
    save(archive, tell(first, second, third))
    with archive.write() as connection:
        merge_article(connection, third, first)
    save(archive, tell(first, second), touched={first})
    assert rows_of(archive, schema.story, "id", "member_count")[0] == (first, 2)


def test_the_story_of_an_article_that_was_merged_points_where_it_went(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """The tombstone names the story of the article that stays, not nothing."""
    first, second, third, *_ = articles
    save(archive, tell(first, second))
    with archive.write() as connection:
        merge_article(connection, third, second)
    save(archive, tell(first, second), before=(first, third), touched={second})
    assert (third, first) in tombstones_of(archive)


# --- what a canonical is chosen by ----------------------------------------------------------------


def test_members_are_given_with_what_moves_one_way(
    archive: Archive, builder: ArchiveBuilder
) -> None:
    """Key and priority come from the caller; an article without an address has neither."""
    named = Attribution(evidence=Evidence.CREDIT_LINE, name="Tidewire")
    linked = builder.article("One", "a b c", url="https://www.example.org/1", attributions=(named,))
    bare = builder.article("Two", "a b")
    with archive.write() as connection:
        connection.execute(
            schema.article.update()
            .where(schema.article.c.id == linked)
            .values(
                first_published_utc=BEGIN,
                first_published_precision="day",
                longest_word_count=99,
                was_whole=False,
                word_count=1,
                published_utc=LATER,
            )
        )
        members = stories.load_members(
            connection, [linked, bare, ArticleId(99)], url_key=str.upper, priority=len
        )
    assert set(members) == {linked, bare}
    one, two = members[linked], members[bare]
    assert (one.url_key, one.priority) == ("HTTPS://WWW.EXAMPLE.ORG/1", len("example.org"))
    assert (one.published, one.published_precision) == (BEGIN, Precision.DAY)
    assert (one.word_count, one.is_whole, one.attributions) == (99, False, (named,))
    assert (two.url, two.url_key, two.priority, two.published) == (None, None, 0, None)

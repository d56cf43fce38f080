"""What people decide survives whatever arrives, and undoing it leaves no trace in the stories."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.config import Config
from scraper.errors import ScraperError, UsageError
from scraper.match.story import judge_stories
from scraper.model import (
    Article,
    ArticleId,
    DecisionKind,
    Link,
    PageState,
    Relation,
    RelationKind,
    StoryId,
)
from scraper.pipeline.decisions import Outcome, decide, undo
from scraper.pipeline.ingest import Filed, Ingest, Place, prepare
from scraper.pipeline.matching import Matcher
from scraper.store import decisions, pages, query, relations, rulings, schema, stories
from scraper.store.archive import open_archive
from scraper.store.check import check_archive
from scraper.urls import page_key, site_of
from tests.archive_builder import ArchiveBuilder

if TYPE_CHECKING:
    from scraper.store.archive import Archive
    from tests.archive_builder import NewArchive

WriteText = Callable[..., str]
#: Of each article: its story, the member by which it joined, and the decision that joined it.
Places: TypeAlias = list[tuple[int, int | None, int | None]]

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
MERGE, SPLIT, PREFER = DecisionKind.MERGE, DecisionKind.SPLIT, DecisionKind.PREFER


def file_text(archive: Archive, text: str, url: str, title: str = "A headline about it") -> Filed:
    """What became of this text, read from the page at this URL."""
    content = Article(url=url, title=title, text=text)
    with archive.write() as connection:
        page = pages.find_page(connection, page_key(url))
        page_id = page.id if page else None
        if page_id is None:
            page_id = pages.add_page(
                connection,
                url=url,
                key=page_key(url),
                site=site_of(url),
                state=PageState.ARCHIVED,
                next_attempt_at=None,
                now=NOW,
            )
        place = Place(page_id=page_id, site=site_of(url))
        return Ingest({}).file(connection, prepare(content), place, NOW)


def say(archive: Archive, kind: DecisionKind, a: int, b: int | None = None) -> Outcome:
    """What became of a decision."""
    with archive.write() as connection:
        return decide(
            connection,
            Config(),
            kind,
            ArticleId(a),
            None if b is None else ArticleId(b),
            note=None,
            now=NOW,
        )


def take_back(archive: Archive, number: int | None = None) -> Outcome:
    """What became of undoing a decision."""
    with archive.write() as connection:
        return undo(connection, Config(), number, now=NOW + timedelta(hours=1))


def rows_of(archive: Archive, table: sa.Table) -> list[sa.Row[Any]]:
    """A table's rows."""
    with archive.read() as connection:
        return list(connection.execute(sa.select(table).order_by(*table.primary_key)).all())


def places_of(archive: Archive) -> Places:
    """Where every article is, by id."""
    return [
        (row.story_id, row.joined_by, row.merged_by) for row in rows_of(archive, schema.article)
    ]


def state_of(archive: Archive) -> object:
    """All that is said of stories, but for when it last changed and what was before."""
    rows = [dict(row._mapping) for row in story_rows(archive)]
    for row in rows:
        del row["updated_at"]
    return rows, places_of(archive)


def judge_everything(archive: Archive) -> None:
    """Nothing; every story is judged as `scraper rebuild stories` would."""
    with archive.write() as connection:
        ids = {row.id for row in rows_of(archive, schema.article)}
        Matcher({}).judge_members(connection, stories.stories_of(connection, ids), ids, NOW)


@pytest.fixture
def two(archive: Archive, write_text: WriteText) -> Archive:
    """Two stories: articles 1 and 3 are one text, 2 and 4 another."""
    for number in range(1, 5):
        file_text(archive, write_text(number % 2), f"https://site{number}.example/a")
    assert places_of(archive) == [(1, None, None), (2, None, None), (1, 1, None), (2, 2, None)]
    return archive


@pytest.fixture
def one(archive: Archive, write_text: WriteText) -> Archive:
    """One story: article 1 and three reposts, each with a beginning of its own."""
    text = write_text(1)
    for number in range(1, 5):
        own = write_text(90 + number, sentences=3) if number > 1 else ""
        file_text(archive, f"{own}\n\n{text}".strip(), f"https://site{number}.example/a")
    assert {story for story, *_ in places_of(archive)} == {1}
    return archive


def test_a_merge_makes_one_story(two: Archive) -> None:
    """Each mirror says by what it joined: its relation, or the decision."""
    before = len(rows_of(two, schema.change))
    outcome = say(two, MERGE, 4, 3)
    assert outcome.is_new
    assert outcome.ruling.holds
    assert [line.mirrors for line in outcome.stories] == [3]
    assert places_of(two) == [(1, None, None), (1, 4, None), (1, 1, None), (1, 3, 1)]
    assert [tuple(row)[:2] for row in rows_of(two, schema.story_tombstone)] == [(2, 1)]
    assert len(rows_of(two, schema.change)) == before + 2
    assert check_archive(two) == ()


def test_a_merged_mirror_is_read_like_any(two: Archive) -> None:
    """By the query and the view, with what is known of what they share: nothing."""
    say(two, MERGE, 1, 2)
    with two.read() as connection:
        (story,) = query.load_stories(connection, list(stories.stories_of(connection, [1, 2])))  # type: ignore[list-item]  # ids
        seen = connection.exec_driver_sql(
            "SELECT article, joined_by, relation, coverage, merged_by FROM mirrors ORDER BY article"
        ).all()
    assert [(mirror.article.id, mirror.relation, mirror.coverage) for mirror in story.mirrors] == [
        (2, "merged", None),
        (3, "identical", 1.0),
        (4, "identical", 1.0),
    ]
    assert [tuple(row) for row in seen] == [
        (2, 1, "merged", None, 1),
        (3, 1, "identical", 1.0, None),
        (4, 2, "identical", 1.0, None),
    ]


def test_a_split_parts_a_story(one: Archive) -> None:
    """The others stay with one of the two; what would join them is told as kept apart."""
    say(one, SPLIT, 1, 4)
    homes = [story for story, *_ in places_of(one)]
    assert homes[0] != homes[3]
    with one.read() as connection:
        kept = rulings.find_kept_apart(connection, StoryId(1))
    ends = {frozenset((found.link.a, found.link.b)) for found in kept}
    assert ends
    assert all({homes[end - 1] for end in pair} == {1, homes[3]} for pair in ends)
    assert {found.splits for found in kept} == {(1,)}
    assert check_archive(one) == ()


@pytest.mark.parametrize("kind", [MERGE, SPLIT, PREFER])
def test_undoing_restores_what_was(two: Archive, kind: DecisionKind) -> None:
    """Stories, canonicals, reasons, and the ways in which mirrors joined."""
    before = state_of(two)
    for a, b in ((1, 3), (1, 4), (4, 3)):
        say(two, kind, a, None if kind is PREFER else b)
        take_back(two)
        assert state_of(two) == before
        assert check_archive(two) == ()


def test_a_preference_is_the_reason(two: Archive) -> None:
    """Until it is undone, whatever the rules say; the newest of several wins."""
    say(two, PREFER, 3)
    say(two, PREFER, 1)
    say(two, PREFER, 3)
    canonicals = {row.id: (row.canonical_id, row.canonical_rule) for row in story_rows(two)}
    assert canonicals[1] == (3, "preferred")
    take_back(two)
    canonicals = {row.id: (row.canonical_id, row.canonical_reason) for row in story_rows(two)}
    assert canonicals[1] == (1, "a person's choice (decision 2)")


def story_rows(archive: Archive) -> list[sa.Row[Any]]:
    """The stories."""
    return rows_of(archive, schema.story)


def test_decisions_survive_what_arrives(two: Archive, write_text: WriteText) -> None:
    """A copy of both, a revision, and judging everything anew leave apart what was split."""
    say(two, SPLIT, 1, 2)
    say(two, PREFER, 3)
    both = f"{write_text(1)}\n\n{write_text(0)}"
    for url in ("https://site5.example/a", "https://site1.example/a"):
        file_text(two, both, url)
    file_text(two, f"{both}\n\n{write_text(7, sentences=3)}", "https://site2.example/a")
    homes = [story for story, *_ in places_of(two)]
    assert homes[0] != homes[1]
    preferred = {row.canonical_id for row in story_rows(two) if row.canonical_rule == "preferred"}
    assert preferred == {3}
    state, changes = state_of(two), rows_of(two, schema.change)
    judge_everything(two)
    assert (state_of(two), rows_of(two, schema.change)) == (state, changes)


def test_a_new_mirror_joins_a_merged_story(two: Archive, write_text: WriteText) -> None:
    """A copy of one of two merged texts belongs to their one story."""
    say(two, MERGE, 1, 2)
    file_text(two, write_text(2), "https://site5.example/a")
    file_text(two, write_text(0), "https://site6.example/a")
    assert places_of(two)[4:] == [(5, None, None), (1, 2, None)]


def test_decisions_go_along_when_pages_become_one(two: Archive) -> None:
    """What was decided about the article that goes is decided about the one that stays."""
    say(two, MERGE, 3, 2)
    say(two, PREFER, 3)
    keys = [page_key("https://site1.example/a"), page_key("https://site3.example/a")]
    with two.write() as connection:
        page = pages.find_page(connection, keys[0])
        assert page is not None
        Ingest({}).joiner.join_pages(connection, page.id, keys, NOW)
    assert [(row.a, row.b) for row in rows_of(two, schema.decision)] == [(1, 2), (1, None)]
    assert [row.id for row in rows_of(two, schema.article)] == [1, 2, 4]
    (story,) = story_rows(two)
    assert (story.canonical_id, story.canonical_rule) == (1, "preferred")
    assert check_archive(two) == ()
    take_back(two, 1)
    assert [story for story, *_ in places_of(two)] == [1, 2, 2]


def test_two_that_turn_out_to_be_one_article_cannot_be_split(two: Archive) -> None:
    """The decision stays in the list and holds no more; undoing it changes nothing."""
    say(two, SPLIT, 1, 3)
    keys = [page_key("https://site1.example/a"), page_key("https://site3.example/a")]
    with two.write() as connection:
        page = pages.find_page(connection, keys[0])
        assert page is not None
        Ingest({}).joiner.join_pages(connection, page.id, keys, NOW)
    with two.read() as connection:
        (ruling,) = rulings.list_rulings(connection)
    assert (ruling.decision.a, ruling.decision.b, ruling.holds) == (1, 1, False)
    before = state_of(two)
    take_back(two)
    assert state_of(two) == before


def test_the_same_decision_twice_is_one(two: Archive) -> None:
    """What holds already is told, not made again, whichever article is named first."""
    first = say(two, MERGE, 1, 2)
    again = say(two, MERGE, 2, 1)
    assert (again.is_new, again.ruling) == (False, first.ruling)
    assert len(rows_of(two, schema.decision)) == 1


def test_a_newer_decision_overrules_and_its_undoing_revives(two: Archive) -> None:
    """Both are told; the older one stands all the while."""
    split = say(two, SPLIT, 1, 2).ruling.decision
    assert say(two, MERGE, 2, 1).overruled == (split,)
    assert {story for story, *_ in places_of(two)} == {1}
    assert take_back(two).revived == (split,)
    assert {story for story, *_ in places_of(two)} == {1, 2}


def test_decisions_that_can_all_hold_do(two: Archive) -> None:
    """3 and 4 are one story and 1 and 2 are not: of the two that are linked one gives way."""
    say(two, SPLIT, 1, 2)
    assert say(two, MERGE, 3, 4).overruled == ()
    assert [story for story, *_ in places_of(two)] == [1, 2, 1, 1]


def test_what_cannot_be_decided_is_refused(two: Archive) -> None:
    """One article twice, a decision that is not there, one that is undone; nothing is stored."""
    with pytest.raises(UsageError, match="both are article 2"):
        say(two, MERGE, 2, 2)
    with pytest.raises(ScraperError, match="no decision to undo"):
        take_back(two)
    with pytest.raises(ScraperError, match="no decision 7"):
        take_back(two, 7)
    say(two, SPLIT, 1, 2)
    take_back(two, 1)
    with pytest.raises(ScraperError, match="undone already"):
        take_back(two, 1)
    assert len(rows_of(two, schema.decision)) == 1


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("file"), st.integers(0, 5), st.integers(0, 4)),
        st.tuples(st.sampled_from([MERGE, SPLIT]), st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.just("undo"), st.integers(0, 5), st.just(0)),
    ),
    max_size=14,
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS, seed=st.integers(0, 2**16))
def test_one_by_one_is_as_all_at_once(
    steps: list[tuple[Any, int, int]],
    seed: int,
    tmp_path_factory: pytest.TempPathFactory,
    new_archive: NewArchive,
    write_text: WriteText,
) -> None:
    """Whatever arrives, is revised, decided and undone: stories are what judging all of it gives.

    The texts are of three stories and a round-up, in pieces that overlap, on six pages.
    """
    pieces = [write_text(number, sentences=9) for number in range(4)]
    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    texts = ["\n\n".join(chance.sample(pieces, count)) for count in (1, 2, 2, 3, 4)]
    with open_archive(new_archive(tmp_path_factory.mktemp("decided") / "decided.db")) as archive:
        for number in range(4):
            file_text(archive, texts[number], f"https://site{number}.example/a")
        for what, first, second in steps:
            known = [row.id for row in rows_of(archive, schema.article)]
            if what == "file":
                file_text(archive, texts[second], f"https://site{first}.example/a")
            elif what == "undo":
                standing = [
                    row.id for row in rows_of(archive, schema.decision) if row.undone_at is None
                ]
                if standing:
                    take_back(archive, standing[first % len(standing)])
            elif known[first % len(known)] != known[second % len(known)]:
                say(archive, what, known[first % len(known)], known[second % len(known)])
        state, changes = state_of(archive), rows_of(archive, schema.change)
        assert stories_of(archive) == judge_all(archive)
        judge_everything(archive)
        assert (state_of(archive), rows_of(archive, schema.change)) == (state, changes)
        assert check_archive(archive) == ()


def order_of(archive: Archive) -> dict[ArticleId, int]:
    """The articles by when they were first seen, all at once here, and by address."""
    ranked = sorted(rows_of(archive, schema.article), key=lambda row: page_key(row.url))
    return {ArticleId(row.id): place for place, row in enumerate(ranked)}


_ARTICLES = 8
_pairs = st.tuples(st.integers(1, _ARTICLES), st.integers(1, _ARTICLES)).filter(
    lambda pair: pair[0] != pair[1]
)
_HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.just("relate"), _pairs, st.sampled_from([0.0, 0.5, 0.7, 0.7, 0.9])),
        st.tuples(st.sampled_from([MERGE, SPLIT, SPLIT]), _pairs, st.just(0.0)),
        st.tuples(st.just("undo"), _pairs, st.just(0.0)),
    ),
    min_size=8,
    max_size=24,
)


@settings(max_examples=30)
@given(happenings=_HAPPENINGS)
def test_whatever_relations_come_and_go(
    happenings: list[tuple[Any, tuple[int, int], float]],
    tmp_path_factory: pytest.TempPathFactory,
    new_archive: NewArchive,
) -> None:
    """Changed by one relation or decision at a time, stories are what judging all of it gives.

    Relations are set by hand, many equally strong; the articles' addresses sort against their ids.
    """
    with open_archive(new_archive(tmp_path_factory.mktemp("related") / "related.db")) as archive:
        builder = ArchiveBuilder(archive)
        for number in range(_ARTICLES):
            builder.now = NOW  # all at once
            builder.article("A headline", "A text", url=f"https://site{9 - number}.example/a")
        with archive.write() as connection:
            connection.execute(schema.article.update().values(first_seen=NOW))
        for what, (a, b), coverage in happenings:
            if what == "relate":
                set_relation(archive, ArticleId(a), ArticleId(b), coverage)
            elif what == "undo":
                standing = [row for row in rows_of(archive, schema.decision) if not row.undone_at]
                if standing:
                    take_back(archive, standing[a % len(standing)].id)
            else:
                say(archive, what, a, b)
            assert stories_of(archive) == judge_all(archive)
        assert check_archive(archive) == ()


def set_relation(archive: Archive, a: ArticleId, b: ArticleId, coverage: float) -> None:
    """Nothing; the two have so much in common, or nothing, and stories are judged around them."""
    with archive.write() as connection:
        near = relations.load_neighbours(connection, {a})
        links = [
            link
            for link in relations.load_links_among(connection, {a, *near})
            if a in {link.a, link.b} and b not in {link.a, link.b}
        ]
        if coverage:
            relation = Relation(
                kind=RelationKind.NEAR_DUPLICATE,
                coverage_a=coverage,
                coverage_b=coverage,
                similarity=0.5,
                passages=(),
                links=True,
                why="as the test says",
            )
            links.append(Link(a=a, b=b, relation=relation))
        revisions = {ArticleId(row.id): row.revision_id for row in rows_of(archive, schema.article)}
        relations.replace_relations(connection, a, links, revisions)
        Matcher({}).judge_around(connection, {a, b, *near}, NOW, touched=a)


def stories_of(archive: Archive) -> tuple[tuple[ArticleId, ...], ...]:
    """The archived stories' articles."""
    places: dict[int, list[ArticleId]] = {}
    for row in rows_of(archive, schema.article):
        places.setdefault(row.story_id, []).append(ArticleId(row.id))
    return tuple(tuple(places[story]) for story in sorted(places))


def judge_all(archive: Archive) -> tuple[tuple[ArticleId, ...], ...]:
    """The stories of all articles, by all relations and decisions at once."""
    with archive.read() as connection:
        ids = [ArticleId(row.id) for row in rows_of(archive, schema.article)]
        links = relations.load_links_among(connection, ids)
        decided = decisions.load_touching(connection, ids)
    return judge_stories(ids, links, decided, order=order_of(archive)).stories


def test_of_equal_links_the_earlier_articles_join_whatever_their_numbers(
    archive: Archive, builder: ArchiveBuilder
) -> None:
    """2 is linked to 1 and to 3 alike: first seen at once, it goes with the lower address."""
    for number in (3, 2, 1):
        builder.article("A headline", "A text", url=f"https://site{number}.example/a")
    with archive.write() as connection:
        connection.execute(schema.article.update().values(first_seen=NOW))
    say(archive, SPLIT, 1, 3)
    set_relation(archive, ArticleId(1), ArticleId(2), 0.7)
    set_relation(archive, ArticleId(2), ArticleId(3), 0.7)
    assert stories_of(archive) == ((1,), (2, 3))

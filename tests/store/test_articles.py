"""Articles: their revisions, the facts that move one way, and what they name as their source."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.model import (
    Article,
    ArticleId,
    Attribution,
    Evidence,
    PageId,
    PageKind,
    Precision,
)
from scraper.store import article_ends, article_rows, articles, schema, stored_text
from scraper.store.revisions import load_revisions
from tests.archive_builder import BEGIN, scratch

if TYPE_CHECKING:
    from scraper.store.archive import Archive

NEPAL = timezone(timedelta(hours=5, minutes=45))
CONTENT = Article(
    url="https://example.org/1",
    title="Bridge closed",
    text="The harbour bridge is closed.\n\nUntil Monday.",
    authors=("Ada Merrow", "Jo Quill"),
    published=BEGIN - timedelta(hours=2),
    published_precision=Precision.MINUTE,
    modified=BEGIN - timedelta(hours=1),
    language="en",
    canonical_url="https://example.org/bridge",
    site_name="Harbour Post",
    description="A bridge.",
    image_url="https://example.org/1.jpg",
    section="Local",
    tags=("bridge", "harbour"),
    attributions=(Attribution(evidence=Evidence.CREDIT_LINE, name="Tidewire", quote="(Tidewire)"),),
)


def add(connection: sa.Connection, content: Article = CONTENT, **fields: Any) -> ArticleId:  # noqa: ANN401 - add_article's
    """The id of a new article."""
    given_fields = {"page_id": None, "site": None, "collection": None, "external_id": None}
    return articles.add_article(
        connection,
        content,
        word_count=len(content.text.split()),
        is_unspaced=False,
        containment_key_count=0,
        now=BEGIN,
        **given_fields | fields,
    )


def update(
    connection: sa.Connection, article_id: ArticleId, content: Article, *, hours: int = 1
) -> bool:
    """Whether storing this over the article changed anything."""
    return articles.update_article(
        connection,
        article_id,
        content,
        word_count=len(content.text.split()),
        is_unspaced=False,
        containment_key_count=0,
        now=BEGIN + timedelta(hours=hours),
    )


def row_of(connection: sa.Connection, article_id: ArticleId) -> sa.Row[Any]:
    """The article's row."""
    statement = sa.select(schema.article).where(schema.article.c.id == article_id)
    return connection.execute(statement).one()


def revisions_of(connection: sa.Connection, article_id: ArticleId) -> list[tuple[str | None, str]]:
    """The article's titles and texts, oldest first; those that people's own SQL finds."""
    found = [(one.title, one.text) for one in load_revisions(connection, article_id)]
    view = sa.text("SELECT title, text FROM revision WHERE article_id = :id ORDER BY id")
    assert [tuple(row) for row in connection.execute(view, {"id": article_id})] == found
    return found


def kept_texts(connection: sa.Connection, article_id: ArticleId) -> list[str | None]:
    """The texts that the article's revisions keep themselves."""
    table = schema.kept_revision
    kept = sa.select(table.c.text).where(table.c.article_id == article_id).order_by(table.c.id)
    return list(connection.execute(kept).scalars())


def read_back(connection: sa.Connection, article_id: ArticleId) -> Article:
    """The article's content as the archive gives it."""
    if not connection.execute(sa.select(schema.story)).first():  # what gives it wants a story
        connection.execute(
            schema.story.insert().values(
                id=article_id,
                canonical_id=article_id,
                canonical_rule="only_member",
                canonical_reason="alone",
                member_count=1,
                first_seen=BEGIN,
                updated_at=BEGIN,
            )
        )
    connection.execute(schema.article.update().values(story_id=article_id))
    named = article_rows.load_attributions(connection, [article_id])
    return article_rows.read_article(
        row_of(connection, article_id), named.get(article_id, ())
    ).content


# --- what goes in comes out -----------------------------------------------------------------------


def test_an_article_is_given_back_as_it_was(archive: Archive) -> None:
    """But for the page's own claim of its address, which the caller has chosen from."""
    with archive.write() as connection:
        assert read_back(connection, add(connection)) == CONTENT


def test_an_article_of_nothing_but_text(archive: Archive) -> None:
    """Everything that may be absent is None again."""
    bare = Article(url=None, title=None, text="Words.")
    with archive.write() as connection:
        article_id = add(connection, bare)
        assert read_back(connection, article_id) == bare
        assert revisions_of(connection, article_id) == [(None, "Words.")]


def test_a_date_keeps_the_offset_it_was_printed_with(archive: Archive) -> None:
    """Beside it stands the same moment in UTC, which sorts."""
    published = datetime(2026, 3, 1, 6, 30, tzinfo=NEPAL)
    with archive.write() as connection:
        article_id = add(connection, replace(CONTENT, published=published))
        stored = connection.exec_driver_sql(
            f"SELECT published, published_utc FROM article WHERE id = {article_id}"  # noqa: S608 - a number
        ).one()
    assert tuple(stored) == ("2026-03-01T06:30:00+05:45", "2026-03-01T00:45:00.000Z")


# A NUL is taken out at the doors: PostgreSQL cannot hold one.
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
_MOMENT = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(NEPAL))  # noqa: DTZ001 - bounds are bare
_CONTENT = st.builds(
    Article,
    url=st.none(),
    title=st.none() | _TEXT,
    text=_TEXT,
    authors=st.lists(_TEXT, max_size=3).map(tuple),
    published=st.none() | _MOMENT,
    modified=st.none() | _MOMENT,
    language=st.sampled_from([None, "en", "th"]),
    tags=st.lists(_TEXT, max_size=3).map(tuple),
    is_paywalled=st.booleans(),
    page_kind=st.sampled_from(PageKind),
    attributions=st.lists(
        st.builds(Attribution, evidence=st.sampled_from(Evidence), name=st.none() | _TEXT),
        max_size=2,
    ).map(tuple),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=_CONTENT, other=_CONTENT)
def test_storing_the_same_again_changes_nothing(
    archive: Archive, content: Article, other: Article
) -> None:
    """Whatever was read from a page, reading it again is no change; nor after a change and back.

    Fractions of a second, which the archive does not keep, are no difference.
    """
    with scratch(archive) as connection:
        article_id = add(connection, content)
        assert update(connection, article_id, content) is False
        update(connection, article_id, other)
        assert update(connection, article_id, other) is False
        newest = revisions_of(connection, article_id)[-1]
        assert newest == (other.title, other.text)


# --- revisions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{"text": "The bridge is open."}, {"title": "Bridge open"}, {"title": None}]
)
def test_a_changed_text_or_title_is_a_revision(archive: Archive, change: dict[str, Any]) -> None:
    """The current one is among the revisions, and the article says which it is."""
    changed = replace(CONTENT, **change)
    with archive.write() as connection:
        article_id = add(connection)
        other = add(connection)
        assert update(connection, article_id, changed) is True
        revisions = revisions_of(connection, article_id)
        newest = connection.execute(sa.select(sa.func.max(schema.revision.c.id))).scalar()
        row = row_of(connection, article_id)
        assert len(revisions_of(connection, other)) == 1
        assert kept_texts(connection, article_id) == [CONTENT.text, None]
    assert revisions == [(CONTENT.title, CONTENT.text), (changed.title, changed.text)]
    assert (row.revision_id, row.title, row.text) == (newest, changed.title, changed.text)
    assert row.text_sha256 == stored_text.hash_text(changed.text)
    assert row.first_seen == BEGIN


@pytest.mark.parametrize(
    "change",
    [
        {"authors": ("Ada Merrow",)},
        {"published": BEGIN - timedelta(hours=3)},
        {"is_paywalled": True},
        {"tags": ()},
        {"attributions": ()},
        {"language": None},
    ],
)
def test_other_changes_are_no_revision(archive: Archive, change: dict[str, Any]) -> None:
    """They are stored and told, but there is one text."""
    with archive.write() as connection:
        article_id = add(connection)
        before = row_of(connection, article_id).revision_id
        assert update(connection, article_id, replace(CONTENT, **change)) is True
        assert row_of(connection, article_id).revision_id == before
        assert len(revisions_of(connection, article_id)) == 1
        assert read_back(connection, article_id) == replace(CONTENT, **change)


# --- facts that move one way ----------------------------------------------------------------------


def test_the_first_plausible_date_stays(archive: Archive) -> None:
    """A page that re-dates itself, earlier or later, does not move its place in the story."""
    with archive.write() as connection:
        article_id = add(connection)
        for hours in (-9, 5):
            update(
                connection, article_id, replace(CONTENT, published=BEGIN + timedelta(hours=hours))
            )
        assert row_of(connection, article_id).first_published_utc == CONTENT.published


@pytest.mark.parametrize(
    ("minutes", "plausible"), [(-60, True), (0, True), (10, True), (11, False), (600, False)]
)
def test_a_date_after_the_archive_saw_the_article_is_not_plausible(
    archive: Archive, minutes: int, *, plausible: bool
) -> None:
    """But for a few minutes by which honest clocks differ; what is printed is kept all the same."""
    published = BEGIN + timedelta(minutes=minutes)
    with archive.write() as connection:
        row = row_of(connection, add(connection, replace(CONTENT, published=published)))
    assert row.published == published
    assert (row.first_published_utc is not None) is plausible
    assert (row.first_published_precision is not None) is plausible


def test_a_plausible_date_that_comes_later_is_taken(archive: Archive) -> None:
    """It is judged by when the article was first seen, not by now."""
    undated = replace(CONTENT, published=None, published_precision=None)
    with archive.write() as connection:
        article_id = add(connection, undated)
        update(
            connection, article_id, replace(CONTENT, published=BEGIN + timedelta(hours=1)), hours=2
        )
        assert row_of(connection, article_id).first_published_utc is None
        update(connection, article_id, CONTENT, hours=3)
        row = row_of(connection, article_id)
    assert (row.first_published_utc, row.first_published_precision) == (
        CONTENT.published,
        Precision.MINUTE,
    )


@pytest.mark.parametrize(
    "closed", [{"is_paywalled": True}, {"page_kind": PageKind.TOPIC}], ids=["paywall", "topic"]
)
def test_what_was_once_whole_stays_whole(archive: Archive, closed: dict[str, Any]) -> None:
    """A page that alternates between open and closed is whole from its first open text on."""
    shut = replace(CONTENT, text="The harbour bridge", **closed)
    with archive.write() as connection:
        article_id = add(connection, shut)
        facts = []
        for content in (shut, CONTENT, shut):
            update(connection, article_id, content)
            row = row_of(connection, article_id)
            facts.append((row.was_whole, row.longest_word_count, row.word_count))
    assert facts == [(False, 3, 3), (True, 7, 7), (True, 7, 3)]


# --- finding texts --------------------------------------------------------------------------------


def test_texts_are_found_by_page_newest_revision_first(archive: Archive) -> None:
    """As many as are asked for; the same text is found however old it is."""
    with archive.write() as connection:
        connection.execute(
            schema.page.insert(),
            [
                {"id": page, "url": "", "site": "", "state": "archived", "announced_at": BEGIN}
                for page in (1, 2)
            ],
        )
        first, second, third = (
            add(connection, replace(CONTENT, text=f"Text {number}"), page_id=1)
            for number in range(3)
        )
        add(connection, replace(CONTENT, text="Text 0"), page_id=2)
        update(connection, first, replace(CONTENT, text="Text 0, longer"))
        found = stored_text.find_by_page(connection, PageId(1))
        newest = stored_text.find_by_page(connection, PageId(1), most=2)
        same = stored_text.find_same_text(connection, PageId(1), "Text 1")
        other = stored_text.find_same_text(connection, PageId(1), "Text 0")
    assert [text.id for text in found] == [first, third, second]
    assert [text.id for text in newest] == [first, third]
    assert same is not None
    assert (same.id, other) == (second, None)


def test_an_imported_article_is_found_by_its_number(archive: Archive) -> None:
    """Within its collection; the same number twice is refused."""
    with archive.write() as connection:
        one = add(connection, collection="one", external_id="7")
        other = add(connection, collection="other", external_id="7")
        for collection, expected in (("one", one), ("other", other)):
            found = stored_text.find_by_external_id(connection, collection, "7")
            assert found is not None
            assert (found.id, found.external_id) == (expected, "7")
        assert stored_text.find_by_external_id(connection, "one", "8") is None
    with pytest.raises(sa.exc.IntegrityError), archive.write() as connection:
        add(connection, collection="one", external_id="7")


# --- attributions ---------------------------------------------------------------------------------


def test_attributions_keep_their_order_and_are_replaced_together(archive: Archive) -> None:
    """An article that names nobody is left out; others' are not touched."""
    named = tuple(
        Attribution(evidence=evidence, url=f"https://{evidence}.example/") for evidence in Evidence
    )
    with archive.write() as connection:
        first, second = add(connection, replace(CONTENT, attributions=named)), add(connection)
        assert article_rows.load_attributions(connection, [first, second]) == {
            first: named,
            second: CONTENT.attributions,
        }
        update(connection, first, replace(CONTENT, attributions=named[::-1]))
        assert article_rows.load_attributions(connection, [first]) == {first: named[::-1]}
        update(connection, first, replace(CONTENT, attributions=()))
        assert article_rows.load_attributions(connection, [first, second]) == {
            second: CONTENT.attributions
        }


# --- one article after all ------------------------------------------------------------------------


def test_a_merged_articles_revisions_and_facts_belong_to_the_other(archive: Archive) -> None:
    """Its text does not, unless it is said; what it named goes with its text."""
    shut = replace(CONTENT, text="The bridge", is_paywalled=True, published=None, attributions=())
    with archive.write() as connection:
        stays, gone = add(connection, shut), add(connection)
        article_ends.merge_article(connection, gone, stays)
        row = row_of(connection, stays)
        assert (row.text, row.is_paywalled) == ("The bridge", True)
        assert (row.was_whole, row.longest_word_count) == (True, 7)
        assert row.first_published_utc == CONTENT.published
        assert [text for _, text in revisions_of(connection, stays)] == [shut.text, CONTENT.text]
        assert kept_texts(connection, stays) == [None, CONTENT.text]
        assert article_rows.load_attributions(connection, [stays, gone]) == {}
        assert article_ends.follow_redirects(connection, [stays, gone]) == {gone: stays}
        assert stored_text.load_texts(connection, [gone]) == []


def test_a_merge_may_keep_the_other_text(archive: Archive) -> None:
    """Then all that the page said beside it comes along; the id and the first sight stay."""
    older = Article(url="https://example.org/amp/1", title="Old", text="The bridge")
    with archive.write() as connection:
        stays, gone = add(connection, older), add(connection, collection="set", external_id="7")
        newest = row_of(connection, gone).revision_id
        article_ends.merge_article(connection, gone, stays, text_of=gone)
        row = row_of(connection, stays)
        assert read_back(connection, stays) == CONTENT
        assert kept_texts(connection, stays) == [older.text, None]
        assert article_rows.load_attributions(connection, [stays]) == {stays: CONTENT.attributions}
    assert (row.revision_id, row.external_id, row.first_seen) == (newest, "7", BEGIN)
    assert row.published_utc.tzinfo == UTC

"""Stories whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from scraper.errors import ArchiveError
from scraper.model import (
    Article,
    Attribution,
    CanonicalRule,
    Evidence,
    Passage,
    RelationKind,
    StoryId,
)
from scraper.store.articles import update_article
from scraper.store.query import Span, count_revisions, load_story

if TYPE_CHECKING:
    from tests.archive_builder import ArchiveBuilder


def test_story_is_read_whole(builder: ArchiveBuilder) -> None:
    """A whole story has its canonical, the reason, and each mirror by id with what it names."""
    named = Attribution(evidence=Evidence.CREDIT_LINE, name="The Paper", quote="Source: The Paper")
    excerpt = builder.article("Short", "The old ferry.", attributions=(named,))
    whole = builder.article("Ferry", "Look: the old ferry sails on.")
    reword = builder.article("Reworded", "An ancient boat sails on.")
    builder.relate(
        excerpt,
        whole,
        RelationKind.EXCERPT_OF,
        coverage=(1.0, 0.5),
        passages=(Passage(a_start=4, a_end=13, b_start=10, b_end=19),),
    )
    builder.relate(reword, excerpt, RelationKind.PARAPHRASE, coverage=(0.4, 0.6))
    builder.tell(
        whole, excerpt, reword, joined_by={reword: excerpt}, primary_source_url="https://x/"
    )
    with builder.archive.read() as connection:
        story = load_story(connection, StoryId(excerpt))
    assert story is not None
    assert (story.canonical.id, story.canonical.joined_by) == (whole, None)
    assert story.canonical_rule is CanonicalRule.EARLIEST_PUBLISHED
    assert (story.canonical_reason, story.primary_source_url) == ("published first", "https://x/")
    first, second = story.mirrors
    assert (first.article.id, first.article.joined_by) == (excerpt, whole)
    assert (first.relation, first.coverage, first.similarity) == (RelationKind.EXCERPT_OF, 1.0, 0.5)
    assert first.passages == (Span(start=4, end=13),)
    assert first.article.content.attributions == (named,)
    assert (second.article.id, second.article.joined_by) == (reword, excerpt)
    assert (second.relation, second.coverage) == (RelationKind.PARAPHRASE, 0.4)


def test_mirror_on_the_far_side_of_its_relation(builder: ArchiveBuilder) -> None:
    """A relation that is stored from the canonical's side is read from the mirror's."""
    excerpt = builder.article("Short", "The old ferry.")
    whole = builder.article("Ferry", "Look: the old ferry sails on.")
    passages = (
        Passage(a_start=0, a_end=3, b_start=20, b_end=23),
        Passage(a_start=4, a_end=13, b_start=10, b_end=19),
    )
    kind = RelationKind.EXCERPT_OF
    builder.relate(excerpt, whole, kind, coverage=(1.0, 0.5), passages=passages)
    builder.tell(excerpt, whole)
    with builder.archive.read() as connection:
        story = load_story(connection, StoryId(excerpt))
    assert story is not None
    (mirror,) = story.mirrors
    assert (mirror.relation, mirror.coverage) == (RelationKind.CONTAINS, 0.5)
    assert mirror.passages == (Span(start=10, end=19), Span(start=20, end=23))


def test_mirror_without_its_relation_is_an_error(builder: ArchiveBuilder) -> None:
    """A damaged archive says what to do instead of inventing a relation."""
    first = builder.article("Ferry", "The ferry.")
    second = builder.article("Ferry", "The ferry.")
    builder.tell(first, second)
    with builder.archive.read() as connection, pytest.raises(ArchiveError, match="db check"):
        load_story(connection, StoryId(first))


def test_no_story_of_that_number(builder: ArchiveBuilder) -> None:
    """An id that is no story's gives None."""
    with builder.archive.read() as connection:
        assert load_story(connection, StoryId(1)) is None


def test_revisions_are_counted_by_article(builder: ArchiveBuilder) -> None:
    """Each text that an article has had counts, the present one included."""
    first = builder.article("Ferry", "The ferry.")
    second = builder.article("Ferry", "The ferry.")
    builder.relate(second, first)
    builder.tell(first, second)
    with builder.archive.write() as connection:
        update_article(
            connection,
            second,
            Article(url=None, title="Ferry", text="The ferry, corrected."),
            word_count=3,
            is_unspaced=False,
            containment_key_count=0,
            now=datetime(2026, 3, 2, tzinfo=UTC),
        )
        assert count_revisions(connection, StoryId(first)) == {first: 1, second: 2}

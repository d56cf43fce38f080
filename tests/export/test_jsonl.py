"""Exports as lines of JSON: their shapes, their order, their bytes."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.export.jsonl import encode_json, write_lines
from scraper.export.shapes import print_published
from scraper.export.wish import Wish
from scraper.export.writing import export_to_stream
from scraper.model import (
    Article,
    ArticleId,
    Attribution,
    Evidence,
    Passage,
    Precision,
    RelationKind,
)

if TYPE_CHECKING:
    from tests.archive_builder import ArchiveBuilder


def export(builder: ArchiveBuilder, what: str) -> list[bytes]:
    """The lines of an export."""
    stream = io.BytesIO()
    export_to_stream(builder.archive, Wish(what=what, file_format="jsonl"), stream)
    return stream.getvalue().splitlines(keepends=True)


@pytest.fixture
def told(builder: ArchiveBuilder) -> tuple[ArticleId, ArticleId]:
    """A story of a whole article and an excerpt that names it."""
    content = Article(
        url=None,
        title=None,
        text="",
        authors=("Ida Moor", "Jo Fell"),
        published=datetime(2026, 2, 27, 8, 30, tzinfo=timezone(timedelta(hours=2))),
        published_precision=Precision.MINUTE,
        language="en",
        is_paywalled=True,
    )
    whole = builder.article(
        "Ferry", "Look: the old ferry sails on.", url="https://paper.example/a", content=content
    )
    named = Attribution(
        evidence=Evidence.CREDIT_LINE, name="The Paper", url="https://paper.example/a", quote="Via"
    )
    excerpt = builder.article(
        None,
        "The old ferry.",
        url="https://copy.example/a",
        external_id="d7",
        attributions=(named,),
    )
    builder.relate(
        excerpt,
        whole,
        RelationKind.EXCERPT_OF,
        coverage=(1.0, 0.5),
        passages=(Passage(a_start=4, a_end=13, b_start=10, b_end=19),),
    )
    builder.tell(whole, excerpt, primary_source_url="https://wire.example/1")
    return whole, excerpt


def test_story_shape(builder: ArchiveBuilder, told: tuple[ArticleId, ArticleId]) -> None:
    """A story has its canonical and its mirrors with their texts, relations and passages."""
    (line,) = export(builder, "stories")
    canonical = {
        "id": 1,
        "external_id": None,
        "url": "https://paper.example/a",
        "site": "paper.example",
        "title": "Ferry",
        "authors": ["Ida Moor", "Jo Fell"],
        "published": "2026-02-27T08:30:00+02:00",
        "language": "en",
        "text": "Look: the old ferry sails on.",
        "word_count": 6,
        "is_paywalled": True,
        "attributions": [],
    }
    mirror = {
        "id": 2,
        "external_id": "d7",
        "url": "https://copy.example/a",
        "site": "copy.example",
        "title": None,
        "authors": [],
        "published": None,
        "language": None,
        "text": "The old ferry.",
        "word_count": 3,
        "is_paywalled": False,
        "attributions": [
            {
                "evidence": "credit_line",
                "url": "https://paper.example/a",
                "name": "The Paper",
                "quote": "Via",
            }
        ],
        "relation": "excerpt_of",
        "joined_by": 1,
        "coverage": 1.0,
        "similarity": 0.5,
        "passages": [{"start": 4, "end": 13, "text": "old ferry"}],
    }
    assert json.loads(line) == {
        "story": 1,
        "title": "Ferry",
        "canonical": canonical,
        "canonical_reason": "published first",
        "primary_source_url": "https://wire.example/1",
        "mirrors": [mirror],
        "first_seen": "2026-03-01T09:00:00Z",
        "updated": "2026-03-01T09:01:00Z",
    }


def test_article_lines_are_the_stories_articles(
    builder: ArchiveBuilder, told: tuple[ArticleId, ArticleId]
) -> None:
    """An article looks alike alone and as a canonical, and mirrors have lines too."""
    (story,) = export(builder, "stories")
    first, second = export(builder, "articles")
    place = {"story": 1, "joined_by": None, "first_seen": json.loads(first)["first_seen"]}
    assert place["first_seen"] == "2026-03-01T09:00:00.000Z"
    assert json.loads(first) == place | json.loads(story)["canonical"]
    assert json.loads(second)["external_id"] == "d7"
    assert json.loads(second)["joined_by"] == 1


def test_relation_shape(builder: ArchiveBuilder, told: tuple[ArticleId, ArticleId]) -> None:
    """A relation names its articles and keeps its direction; parts are left out."""
    other = builder.article("Other", "The old ferry, and more.")
    builder.relate(other, told[0], RelationKind.PART)
    (line,) = export(builder, "relations")
    assert json.loads(line) == {
        "a_url": "https://copy.example/a",
        "b_url": "https://paper.example/a",
        "a_external_id": "d7",
        "b_external_id": None,
        "relation": "excerpt_of",
        "coverage_a": 1.0,
        "coverage_b": 0.5,
        "similarity": 0.5,
        "passages": [{"a_start": 4, "a_end": 13, "b_start": 10, "b_end": 19}],
    }


def test_same_bytes_when_nothing_changed(
    builder: ArchiveBuilder, told: tuple[ArticleId, ArticleId]
) -> None:
    """Exporting twice gives the same bytes, in the order of ids."""
    for number in range(20):
        builder.article(f"Story {number}", "Some text.")
    first = export(builder, "stories")
    assert export(builder, "stories") == first
    ids = [json.loads(line)["story"] for line in first]
    assert ids == sorted(ids)


@given(
    title=st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\u2028\x85\u202e"))
)
def test_line_is_one_line_and_says_what_it_was_given(title: str) -> None:
    """Whatever a text holds, its line has one line break by anybody's rules, and loses nothing."""
    (line,) = write_lines([{"title": title}])
    assert len(line.decode().splitlines()) == 1
    assert json.loads(line) == {"title": title}


def test_nothing_in_a_line_steers_a_terminal() -> None:
    """Control characters, also those of eight bits, and bidirectional ones are escapes."""
    assert encode_json("a\x1b[2J\x9b2J\x7f\u202eb\u2069").isprintable()


@pytest.mark.parametrize(
    ("precision", "printed"),
    [
        (Precision.MINUTE, "2026-02-27T08:30:00+00:00"),
        (Precision.ASSUMED, "2026-02-27T08:30:00+00:00"),
        (Precision.DAY, "2026-02-27"),
        (None, "2026-02-27T08:30:00+00:00"),
    ],
)
def test_publication_time_claims_no_more_than_is_known(
    precision: Precision | None, printed: str
) -> None:
    """A day without a time is printed as a day."""
    moment = datetime(2026, 2, 27, 8, 30, tzinfo=UTC)
    assert print_published(moment, precision) == printed
    assert print_published(None, precision) is None

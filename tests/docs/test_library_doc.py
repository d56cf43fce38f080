"""docs/library.md: its examples print what the page says, and it names what there is."""

from __future__ import annotations

import doctest
from dataclasses import fields

from scraper.model import Article, PageKind, Passage, Precision, Relation, RelationKind
from tests.docs.doc_pages import (
    DOCS,
    code_spans,
    fenced_blocks,
    read_page,
    section,
    table_rows,
    without_blocks,
)

PAGE = read_page("library.md")


def test_every_example_prints_what_the_page_says() -> None:
    """The examples run from top to bottom, exactly as they stand."""
    result = doctest.testfile(
        str(DOCS / "library.md"), module_relative=False, encoding="utf-8", report=True
    )
    assert result.failed == 0
    prompts = sum(block.count(">>> ") for block in fenced_blocks(PAGE, "pycon"))
    assert result.attempted == prompts > 0


def test_every_kind_of_relation_is_explained() -> None:
    """The table of kinds lists them all, in the order in which the program knows them."""
    rows = table_rows(section(PAGE, "## Compare two texts: `compare_texts`"))
    assert [row[0].strip("`") for row in rows] == [str(kind) for kind in RelationKind]


def test_every_field_of_a_comparison_is_explained() -> None:
    """What `compare_texts` returns is described to the last field."""
    prose = code_spans(without_blocks(PAGE))
    wanted = {field.name for shape in (Relation, Passage) for field in fields(shape)}
    assert wanted - {"kind"} - set(prose) == set()


def test_the_words_named_are_those_that_come_back() -> None:
    """Precisions and kinds of page stand in the page's prose; its fields of an article exist."""
    prose = set(code_spans(without_blocks(PAGE)))
    assert {str(word) for word in (*Precision, *PageKind)} - prose == set()
    assert {"attributions", "is_paywalled", "page_kind", "published_precision"} <= prose
    assert {"attributions", "is_paywalled", "page_kind", "published_precision"} <= {
        field.name for field in fields(Article)
    }

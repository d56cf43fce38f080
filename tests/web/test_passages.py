"""Two texts cut into pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scraper.match import compare_texts
from scraper.model import Passage
from scraper.web.passages import Piece, cut_pair, draw_ribbons, number_passages
from scraper.web.shown import tidy

WORDS = st.lists(
    st.sampled_from(["ferry", "harbour", "board", "the", "nine", ".", "\n\n", "“quay”", "naïve"]),
    max_size=80,
).map(" ".join)


def join(paragraphs: list[list[Piece]]) -> str:
    """The text that the pieces make up, its white space apart."""
    return "".join("".join(piece.text for piece in paragraph) for paragraph in paragraphs)


@given(WORDS, WORDS)
def test_nothing_is_lost_and_nothing_said_twice(a: str, b: str) -> None:
    """The pieces of each side are its text; each passage begins once and ends once on each side."""
    relation = compare_texts(a, b)
    passages = number_passages(relation.passages if relation else ())
    for text, paragraphs in zip((a, b), cut_pair(a, b, passages, (None, None)), strict=True):
        assert "".join(join(paragraphs).split()) == "".join(tidy(text).split())
        pieces = [piece for paragraph in paragraphs for piece in paragraph]
        assert sorted(piece.passage or 0 for piece in pieces if piece.begins) == [
            *range(1, len(passages) + 1)
        ]
        assert sum(piece.ends for piece in pieces) == len(passages)
        assert not any(piece.is_only_here and piece.passage is None for piece in pieces)


def test_a_passage_out_of_order_was_moved() -> None:
    """As few as possible count as moved."""
    places = [(0, 20), (10, 30), (20, 0), (30, 40)]
    passages = [Passage(a_start=a, a_end=a + 10, b_start=b, b_end=b + 10) for a, b in places]
    ribbons = draw_ribbons("x" * 40, "y" * 50, passages)
    assert [ribbon.is_moved for ribbon in ribbons] == [False, False, True, False]
    assert max(ribbon.b_end for ribbon in ribbons) == 100

"""Differences of two texts: nothing is lost, edits are small, moves are told as moves."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.match.diff import Change, DiffPiece, diff_texts
from scraper.match.scripts import split_words

PARAGRAPHS = (
    "The ferry that crosses the sound at dawn was late again on Monday, to nobody's surprise.",
    "Engineers had found a crack of nine centimetres in the shaft, and sent for another one.",
    "Seven hundred people who work on the island waited two hours on the quay in the rain.",
    "A baker from the north shore sold them all his bread, and went home to make some more.",
)
TEXT = "\n\n".join(PARAGRAPHS)


def a_of(pieces: tuple[DiffPiece, ...], a: str) -> str:
    """What the pieces say of a: those in place, and what was moved away where it was."""
    told = (p for p in pieces if p.a and (p.move is None or p.change is Change.MOVED_AWAY))
    return "".join(a[slice(*piece.a)] for piece in told if piece.a)


def b_of(pieces: tuple[DiffPiece, ...], b: str) -> str:
    """What the pieces say of b."""
    return "".join(b[slice(*piece.b)] for piece in pieces if piece.b)


def tell(a: str, b: str) -> str:
    """The differences in one line, moves left out."""
    shown = {Change.SAME: "{}", Change.REMOVED: "[-{}-]", Change.ADDED: "{{+{}+}}"}
    return " ".join(
        shown[piece.change].format((b if piece.b else a)[slice(*piece.b or piece.a or ())].strip())
        for piece in diff_texts(a, b)
    )


WORDS = st.sampled_from(["a", "b", "sea", "Sea", "7", ",", ".", "\n\n", "長", "ก", "é", "-"])
PROSE = st.lists(WORDS, max_size=60).map(" ".join)
SHUFFLED = st.lists(st.sampled_from([*PARAGRAPHS, "Short.", "A b c"]), max_size=7).map("\n\n".join)


@given(a=st.one_of(PROSE, SHUFFLED, st.text()), b=st.one_of(PROSE, SHUFFLED, st.text()))
def test_nothing_is_lost(a: str, b: str) -> None:
    """The pieces make up both texts, and what is the same is the same but for white space."""
    pieces = diff_texts(a, b)
    if a.strip():
        assert a_of(pieces, a) == a
    if b.strip():
        assert b_of(pieces, b) == b
    for piece in pieces:
        if piece.change is Change.SAME:
            assert piece.a is not None
            assert piece.b is not None
            assert tokens(a[slice(*piece.a)]) == tokens(b[slice(*piece.b)])


def tokens(text: str) -> list[str]:
    """Words and marks, however they are spaced."""
    return [token for part in split_words(text) for token in part.split()]


@given(st.one_of(PROSE, SHUFFLED))
def test_a_text_is_the_same_as_itself(text: str) -> None:
    """One piece, or none where there is no word."""
    pieces = diff_texts(text, text)
    assert [piece.change for piece in pieces] == [Change.SAME] * bool(text.strip())


@given(st.one_of(PROSE, SHUFFLED), st.one_of(PROSE, SHUFFLED))
def test_every_move_is_told_twice(a: str, b: str) -> None:
    """Where it was and where it is; the numbers count from one, in the order of b."""
    pieces = diff_texts(a, b)
    away = [piece.move for piece in pieces if piece.change is Change.MOVED_AWAY]
    here = [piece.move for piece in pieces if piece.move and piece.change is not Change.MOVED_AWAY]
    assert sorted(away, key=str) == sorted(set(here), key=str)
    assert list(dict.fromkeys(here)) == list(range(1, len(set(here)) + 1))


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        ("The cat sat.", "The dog sat.", "The [-cat-] {+dog+} sat."),
        ("It was late.", "It was very late.", "It was {+very+} late."),
        ("Yes, he said.", "Yes he said.", "Yes [-,-] he said."),
        ("the Sea", "the sea", "the [-Sea-] {+sea+}"),
        ("one  two\nthree", "one two three", "one two three"),
        ("明天去上海", "明天去北海", "明天去 [-上-] {+北+} 海"),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
    ],
)
def test_edits_are_told_by_words(a: str, b: str, told: str) -> None:
    """Words, marks and capitals count, white space does not."""
    assert tell(a, b) == told


def test_a_number_is_one_word() -> None:
    """Digits with their points and commas change as a whole."""
    assert tell("All 1,234 boats", "All 1,235 boats") == "All [-1,234-] {+1,235+} boats"


@pytest.mark.parametrize("empty", ["", " ", "\n\n"])
def test_two_texts_without_a_word_have_no_pieces(empty: str) -> None:
    """There is nothing to tell."""
    assert diff_texts(empty, "") == ()


def test_a_moved_passage_is_told_as_moved_with_its_edit() -> None:
    """The shorter one moves, and its one new word is told where it stands now."""
    first, second, third, fourth = PARAGRAPHS
    now = "\n\n".join((second, third, fourth, first.replace("Monday", "Tuesday")))
    pieces = diff_texts(TEXT, now)
    away = [piece for piece in pieces if piece.change is Change.MOVED_AWAY]
    assert [TEXT[slice(*piece.a or ())].strip(". \n") for piece in away] == [first.strip(".")]
    here = [piece for piece in pieces if piece.move and piece.change is not Change.MOVED_AWAY]
    changed = {p.change: (now if p.b else TEXT)[slice(*p.b or p.a or ())].strip() for p in here}
    assert (changed[Change.REMOVED], changed[Change.ADDED]) == ("Monday", "Tuesday")


def test_passages_that_go_together_are_one_move() -> None:
    """An edit that parts two shared passages does not make two moves of one."""
    stays = "\n\n".join(f"{PARAGRAPHS[n]} {PARAGRAPHS[n][::-1]}" for n in range(4))
    goes = f"{PARAGRAPHS[0]} Nobody had told them why it was. {PARAGRAPHS[1]}".upper()
    edited = goes.replace("NOBODY HAD TOLD THEM WHY", "ALL OF THE CREW KNEW FOR CERTAIN WHERE")
    pieces = diff_texts(f"{goes}\n\n{stays}", f"{stays}\n\n{edited}")
    assert len([piece for piece in pieces if piece.change is Change.MOVED_AWAY]) == 1
    told = [piece.change for piece in pieces if piece.move]
    assert {Change.SAME, Change.REMOVED, Change.ADDED} <= set(told)


def test_most_words_stay_in_place() -> None:
    """Of two orders of passages the one is kept in place that has more words."""
    long = "\n\n".join(PARAGRAPHS[1:])
    for now in (f"{long}\n\n{PARAGRAPHS[0]}", f"{PARAGRAPHS[3]}\n\n" + "\n\n".join(PARAGRAPHS[:3])):
        moved = [p for p in diff_texts(TEXT, now) if p.change is Change.MOVED_AWAY]
        assert len(moved) == 1
        assert sum(len(TEXT[slice(*p.a or ())]) for p in moved) < len(TEXT) / 3


def test_words_lost_in_a_rewriting_are_no_islands() -> None:
    """A sentence with one common word is replaced, not held together by that word."""
    a = "Rain fell all night and the river rose"
    b = "Sun came at noon and everyone went swimming happily"
    assert tell(a, b) == f"[-{a}-] {{+{b}+}}"


@pytest.mark.parametrize("length", [2_000, 20_000])
def test_long_texts_change_no_more_than_was_changed(length: int) -> None:
    """Edits here and there in a long text are as many pieces, and the rest is the same."""
    chance = random.Random(length)  # noqa: S311 - prose, not secrets
    words = [f"w{chance.randrange(3_000)}" for _ in range(length)]
    edited = list(words)
    places = range(50, length, 100)
    for at in places:
        edited[at] = f"new{at}"
    pieces = diff_texts(" ".join(words), " ".join(edited))
    count = len(places)
    changes = [piece.change for piece in pieces]
    assert changes.count(Change.REMOVED) == changes.count(Change.ADDED) == count
    assert changes.count(Change.SAME) == count + 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("a b " * 20_000, "b a " * 20_000),
        ("a " * 40_000, "a " * 20_000),
        (" ".join(f"u{n}" for n in range(20_000)), " ".join(f"v{n}" for n in range(20_000))),
        (
            " ".join(f"u{n}" for n in range(20_000)),
            " ".join(f"u{n}" for n in reversed(range(20_000))),
        ),
        ("x" * 200_000, "y" * 200_000),
    ],
    ids=["alternating", "repeated", "unrelated", "reversed", "one word"],
)
def test_hard_texts_have_an_answer(a: str, b: str) -> None:
    """Texts that make quadratic methods stand still are told as well, whole."""
    pieces = diff_texts(a, b)
    assert a_of(pieces, a) == a
    assert b_of(pieces, b) == b

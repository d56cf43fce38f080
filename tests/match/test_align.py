"""Alignment: where two texts run alike."""

from __future__ import annotations

from scraper.match.align import align, align_equal, covered
from scraper.match.words import read_words
from tests.match.match_texts import BREAD, HARBOUR, OBSERVATORY

WORDS = [f"w{number}" for number in range(60)]


def spans(a: str, b: str) -> list[tuple[int, int, int, int]]:
    """The aligned segments as word ranges of both."""
    found = align(read_words(a), read_words(b))
    edges = (found.a_first, found.a_last, found.b_first, found.b_last)
    return list(zip(*(edge.tolist() for edge in edges), strict=True))


def test_a_shared_passage_is_one_segment() -> None:
    """It begins and ends where the texts part, wherever it stands in either."""
    shared = " ".join(WORDS[:20])
    assert spans(f"a b c {shared} d", f"{shared} e f") == [(3, 23, 0, 20)]


def test_an_edit_of_up_to_three_words_is_bridged() -> None:
    """Replaced, cut or put in; a longer one ends the segment."""
    whole = " ".join(WORDS[:40])
    replaced = " ".join([*WORDS[:20], "x", "y", "z", *WORDS[23:40]])
    cut = " ".join([*WORDS[:20], *WORDS[23:40]])
    longer = " ".join([*WORDS[:20], "x", "y", "z", "v", *WORDS[20:40]])
    assert spans(whole, replaced) == [(0, 40, 0, 40)]
    assert spans(whole, cut) == [(0, 40, 0, 37)]
    assert spans(whole, longer) == [(0, 20, 0, 20), (20, 40, 24, 44)]


def test_nine_words_are_no_segment() -> None:
    """Ten are; so short a run of words is a phrase, not a passage."""
    assert spans(f"a {' '.join(WORDS[:9])} b", f"c {' '.join(WORDS[:9])} d") == []
    assert spans(f"a {' '.join(WORDS[:10])} b", f"c {' '.join(WORDS[:10])} d") == [(1, 11, 1, 11)]


def test_a_common_phrase_met_elsewhere_breaks_no_segment() -> None:
    """The edited place holds a phrase that stands in another place of the other text."""
    phrase = ["at", "the", "end"]
    a = " ".join([*WORDS[:20], *phrase, *WORDS[20:40]])
    b = " ".join([*WORDS[:20], "in", "spring", *WORDS[20:40], *WORDS[50:60], *phrase])
    assert spans(a, b) == [(0, 43, 0, 42)]


def test_repeated_phrases_are_laid_where_the_text_runs_on() -> None:
    """A refrain after every verse does not tear the verses from their places."""
    refrain = "and so it went on"
    song = " ".join(f"{' '.join(WORDS[n : n + 8])} {refrain}" for n in range(0, 48, 8))
    assert spans(song, song) == [(0, 78, 0, 78)]
    assert spans(song, f"once upon a time {song}") == [(0, 78, 4, 82)]


def test_moved_paragraphs_are_segments_of_their_own() -> None:
    """In the order of the first text."""
    one, two = " ".join(WORDS[:20]), " ".join(WORDS[20:45])
    assert spans(f"{one} {two}", f"{two} {one}") == [(0, 20, 25, 45), (20, 45, 0, 25)]


def test_exactness_and_replacement_tell_editors_from_spinners() -> None:
    """A spinner puts one word in another's place, an editor cuts and inserts."""
    spun = " ".join(f"x{n}" if n % 8 == 4 else word for n, word in enumerate(WORDS))
    edited = " ".join(word for n, word in enumerate(WORDS) if n % 8 != 4)
    whole = read_words(" ".join(WORDS))
    by_spinner, by_editor = align(whole, read_words(spun)), align(whole, read_words(edited))
    assert by_spinner.replaced == 1
    assert by_editor.replaced == 0
    assert 0.5 < by_spinner.exact < 0.7
    assert align(whole, whole).exact == 1


def test_unrelated_texts_have_no_segments() -> None:
    """Nor has an empty one, nor one of two words."""
    for one, other in ((HARBOUR, BREAD), (OBSERVATORY, ""), ("", ""), ("two words", HARBOUR)):
        assert spans(one, other) == []


def test_a_text_is_aligned_with_itself_in_one_piece() -> None:
    """Whatever it repeats."""
    words = read_words("na " * 50)
    found = align_equal(words)
    assert covered(words, found.a_first, found.a_last).all()
    assert len(found.a_first) == 1

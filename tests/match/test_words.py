"""Words: what a text is cut into, and which of it counts as a fact."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.match.lexicon import fold
from scraper.match.scripts import split_words
from scraper.match.words import leave_out, read_words


def cut(text: str) -> list[str]:
    """The words as they stand in the text."""
    words = read_words(text)
    return [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]


def anchors(text: str, language: str | None = None) -> list[str]:
    """The words that are flagged as facts."""
    words = read_words(text, language)
    places = zip(words.starts[words.is_anchor], words.ends[words.is_anchor], strict=True)
    return [text[start:end] for start, end in places]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \n\0\t ", []),
        ("Hello, world!", ["Hello", "world"]),
        ("don't and don\u2019t", ["don", "t", "and", "don", "t"]),
        ("snake_case", ["snake", "case"]),
        ("1,234,567 at 2.20 or 3,5", ["1,234,567", "at", "2.20", "or", "3,5"]),
        ("Donau\u00addampfer", ["Donau\u00addampfer"]),
        ("cafe\u0301 ouvert", ["cafe\u0301", "ouvert"]),
        ("\u65b0\u534e\u793e 2024", ["\u65b0", "\u534e", "\u793e", "2024"]),
        ("\u0e01\u0e33\u0e25\u0e31\u0e07", ["\u0e01", "\u0e33", "\u0e25\u0e31", "\u0e07"]),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", ["\u0939\u093f\u0928\u094d\u0926\u0940"]),
    ],
)
def test_a_text_is_cut_into_words(text: str, words: list[str]) -> None:
    """Runs of letters and their marks are words; a letter of a script without spaces is one."""
    assert cut(text) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HARBOUR", "harbour"),
        ("1,234,567", "1234567"),
        ("Stra\u00dfe", "STRASSE"),
        ("caf\u00e9", "cafe\u0301"),
        ("\uff34\uff45\uff53\uff54", "test"),
        ("so\u00adft", "soft"),
    ],
)
def test_words_that_read_alike_are_equal(one: str, other: str) -> None:
    """Case, accents' encoding, width and unseen characters make no other word."""
    assert fold(one) == fold(other)
    assert read_words(one).hashes.tolist() == read_words(other).hashes.tolist()


def test_a_decimal_comma_is_not_dropped() -> None:
    """Only commas between groups of three digits are: "3,5" is not 35."""
    assert fold("3,5") != fold("35")


def test_numbers_and_names_are_facts() -> None:
    """A capital at the head of a sentence or a quotation proves nothing."""
    text = 'The mayor, Ingrid Solheim, spoke. Traders wept for 140 hours. "Never," said Dahl.'
    assert anchors(text) == ["Ingrid", "Solheim", "140", "Dahl"]


def test_capitals_throughout_prove_nothing() -> None:
    """In a line of capitals every word counts that is no function word, as in a caseless script."""
    assert anchors("THE PRICE OF BREAD IN LOMMEL") == ["PRICE", "BREAD", "LOMMEL"]


def test_function_words_belong_to_a_language() -> None:
    """In German "war" is a verb, in English it is what the news is about."""
    assert anchors("WAR UND FRIEDEN", "de") == ["FRIEDEN"]
    assert anchors("WAR AND PEACE", "en-GB") == ["WAR", "PEACE"]


def test_the_language_is_told_by_the_text_where_none_is_named() -> None:
    """The language whose function words a text has most of is its own."""
    german = "Der Rat hat am Dienstag mit den Stimmen der Mehrheit f\u00fcr das neue Haus gestimmt."
    assert read_words(german).grammar == "de"
    assert read_words(german, "xx").grammar == "de"
    assert read_words(german, "en").grammar == "en"


def test_masked_words_are_left_out() -> None:
    """A masked range is as if it did not stand there; what is left keeps its place in the text."""
    text = "Menu Home News\nThe quay has sunk.\nShare this"
    words = read_words(text, masked=[(0, 14), (34, 44)])
    assert [text[s:e] for s, e in zip(words.starts, words.ends, strict=True)] == [
        "The", "quay", "has", "sunk",
    ]  # fmt: skip
    assert words.short.hashes.tolist() == read_words("The quay has sunk").short.hashes.tolist()


def test_letters_of_scripts_without_spaces_count_less_than_words() -> None:
    """Two Chinese or four Thai letters count as much as one word of a script with spaces."""
    assert read_words("\u6e2f" * 8).size == 4
    assert read_words("\u0e01" * 8).size == 2
    assert read_words("\u6e2f" * 8).is_unspaced
    assert not read_words("eight words that are parted by blank spaces").is_unspaced


def test_shingles_do_not_depend_on_what_stands_around_them() -> None:
    """The runs of a passage are found again wherever it is quoted, also among other scripts."""
    chinese = "\u6e2f\u53e3\u59d4\u5458\u4f1a\u661f\u671f\u4e8c\u6295\u7968\u51b3\u5b9a"
    passage = f"the quay {chinese} has sunk eleven centimetres"
    around = f"He said that {passage} since then {chinese[:3]} indeed"
    assert set(read_words(passage).short.unique) <= set(read_words(around).short.unique)


@given(st.text())
def test_any_text_has_words_in_order_within_it(text: str) -> None:
    """Places are in range and do not overlap; every array has the length it says."""
    words = read_words(text)
    assert len(words.starts) == len(words.ends) == len(words.is_anchor) == len(words)
    assert len(words.quarters) == len(words) + 1
    assert bool((words.starts < words.ends).all())
    assert bool((words.ends[:-1] <= words.starts[1:]).all())
    assert not len(words) or (words.starts[0] >= 0 and words.ends[-1] <= len(text))
    assert bool((np.diff(words.short.unique.astype(object)) > 0).all())


@given(st.text(alphabet="ab\u6e2f\u0e01 .7"), st.text(alphabet="ab\u6e2f\u0e01 .7"))
def test_equal_words_have_equal_hashes(one: str, other: str) -> None:
    """Two texts have the same hashes exactly where they have the same words."""
    same = [fold(word) for word in cut(one)] == [fold(word) for word in cut(other)]
    assert same == (read_words(one).hashes.tolist() == read_words(other).hashes.tolist())


def test_lone_surrogates_are_words_or_not_but_never_an_error() -> None:
    """A broken string is read like any other."""
    assert len(read_words("a \ud800 b")) == 2


@given(st.text(), st.sets(st.integers(0, 60), max_size=6))
def test_leaving_out_is_reading_masked(text: str, edges: set[int]) -> None:
    """Words left out afterwards leave what reading the text without them gives."""
    ordered = sorted(edges)[: len(edges) // 2 * 2]
    masked = list(zip(ordered[::2], ordered[1::2], strict=True))
    later, at_once = leave_out(read_words(text), masked), read_words(text, masked=masked)
    for field in ("hashes", "starts", "ends", "is_anchor", "is_strong", "is_content", "quarters"):
        assert getattr(later, field).tolist() == getattr(at_once, field).tolist()
    assert later.grammar == at_once.grammar
    assert later.long.tolist() == at_once.long.tolist()
    assert later.facts.tolist() == at_once.facts.tolist()
    assert later.short.unique.tolist() == at_once.short.unique.tolist()


@given(text=st.text(st.sampled_from("aZ09.,'- \n_\u00e9"), max_size=40))
def test_a_letter_of_another_script_changes_no_other_word(text: str) -> None:
    """Texts of plain letters are read by simpler rules, and are read the same."""
    plain = split_words(text)
    beside = split_words(text + " \u4e00")
    assert "".join(plain) == text
    assert beside[: len(plain) - 1] == plain[:-1]


@given(st.text("aAbZz09. ", max_size=40))
def test_plain_letters_are_read_as_any_others(text: str) -> None:
    """Full-width letters, which are looked at one by one, give the same words and facts."""
    wide = text.translate({ord(letter): ord(letter) + 0xFEE0 for letter in "aAbZz"})
    one, other = read_words(text, "en"), read_words(wide, "en")
    for name in ("hashes", "is_anchor", "is_strong", "is_content", "quarters"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()

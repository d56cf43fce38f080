"""What is known of writing systems: which letters make a word, and how much one word counts.

Rule 1: a word is a run of letters, digits and the marks that belong to them. In scripts written
without spaces (Han, Kana, Thai, Lao, Khmer, Myanmar) every letter with its marks is a word.

Rule 2: such a letter is less than a word, so lengths are measured in *quarters of a word*, and
every threshold in words means the same amount of text in every script.
"""

from __future__ import annotations

import re

#: Han, Hiragana, Katakana: Chinese words have 1.6 characters on average, Japanese ones about two.
_HALF_WORD = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f"
    "\U00020000-\U000323af"
)
#: Thai, Lao, Myanmar, Khmer: four to five letters a word, marks not counted (a guess for Khmer).
_QUARTER_WORD = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec6\u0edc-\u0edf"
    "\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3"
)
_UNSPACED = _HALF_WORD + _QUARTER_WORD

#: Marks that belong to the letter before them, and characters that may stand unseen inside a word
#: (soft hyphen, zero-width joiners). Python's ``\w`` leaves out both.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0955-\u0957\u0962\u0963"
    "\u0981-\u0983\u09bc\u09be-\u09cd\u0a01-\u0a03\u0a3c-\u0a51\u0a81-\u0a83\u0abc\u0abe-\u0acd"
    "\u0b01-\u0b03\u0b3c\u0b3e-\u0b57\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c56"
    "\u0c81-\u0c83\u0cbc\u0cbe-\u0cd6\u0d00-\u0d03\u0d3b\u0d3c\u0d3e-\u0d4d\u0dca-\u0ddf"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u17dd\u3099\u309a\uff9e\uff9f"
    "\u00ad\u200b-\u200d\u2060\ufeff"
)
INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")

_LETTER = rf"[^\W_{_UNSPACED}{_MARKS}]"

#: A number keeps its points and commas: "2.20" is one fact, not two.
_NUMBER = r"\d+(?:[.,]\d+)+"
_WORD = re.compile(rf"({_NUMBER}|{_LETTER}(?:{_LETTER}|[{_MARKS}])*|[{_UNSPACED}][{_MARKS}]*)")
#: The same where none of the special characters occurs, read in half the time; words that begin
#: like most are asked for first.
_PLAIN_WORD = re.compile(rf"([A-Za-z][^\W_]*|{_NUMBER}|[^\W_]+)")
#: The same in ASCII.
_ASCII_WORD = re.compile(r"([A-Za-z][0-9A-Za-z]*|[0-9]+(?:[.,][0-9]+)+|[0-9][0-9A-Za-z]*)")
_SPECIAL = re.compile(f"[{_UNSPACED}{_MARKS}]")

_IS_HALF = re.compile(f"[{_HALF_WORD}]")
_IS_QUARTER = re.compile(f"[{_QUARTER_WORD}]")

#: Between two words, one of these begins a sentence, a line or a speech: a capital proves nothing.
OPENS_SENTENCE = re.compile(
    '[.!?:;\u2026\u3002\uff01\uff1f\u061f\u06d4\u0964\n\r"\u201c\u201e\u00ab\u2022]'
)

#: Of what stands between two words: the end of a line, and what it tells of that line.
ENDS_LINE = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
CLOSES_SENTENCE = re.compile("[.!?\u2026\u3002\uff01\uff1f\u061f\u06d4\u0964]")
CLOSES_LABEL = re.compile(r"[:\uff1a]\s*[\n\r]")
#: A line of nothing but dashes, stars, dots: it sets off what follows.
_STROKE = "[-_*=~#.\u00b7\u2022\u2013\u2014\u2500\u25cf]"
HAS_RULE = re.compile(rf"(?m)^[^\S\n]*{_STROKE}(?:[^\S\n]*{_STROKE}){{2,}}[^\S\n]*$")


def word_quarters(word: str) -> int:
    """How many quarters of a word it counts: 4 in scripts with spaces, else 2 or 1."""
    if _IS_HALF.match(word):
        return 2
    return 1 if _IS_QUARTER.match(word) else 4


def split_words(text: str) -> list[str]:
    """What stands between words, and the words, in turn; the text again when joined.

    Of odd length: it begins and ends with what stands before the first and after the last word.
    """
    if text.isascii():
        return _ASCII_WORD.split(text)
    return (_WORD if _SPECIAL.search(text) else _PLAIN_WORD).split(text)

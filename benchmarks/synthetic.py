"""Texts dealt by chance, with planted copies: for measuring speed, and what is found again.

Words are drawn from a vocabulary of 50,000 with Zipf frequencies. Article ``number`` is the same
in every run and whatever was asked before, so that no text need be kept to copy it later.
"""

from __future__ import annotations

import json
import random
from functools import cache
from itertools import accumulate

VOCABULARY = 50_000
COPIES = 0.05
LETTERS = "bcdfghklmnprstvz"
VOWELS = "aeiou"
SEED = 20261122


@cache
def vocabulary() -> tuple[str, ...]:
    """So many different pronounceable words, a fifth of them capitalised like names."""
    chance = random.Random(SEED)
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        syllables = chance.randint(1, 4)
        word = "".join(chance.choice(LETTERS) + chance.choice(VOWELS) for _ in range(syllables))
        words[word.capitalize() if chance.random() < 0.2 else word] = None  # noqa: PLR2004 - a fifth
    return tuple(words)


@cache
def _weights() -> tuple[float, ...]:
    return tuple(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))


def deal_words(number: int, *, copies: float = COPIES) -> tuple[list[str], int | None]:
    """The words of an article, and the number of the earlier one of which it is a copy, if any.

    120 to 900 words, less in a copy that was cut.
    """
    chance, original = _begin(number, copies)
    if original is not None:
        return copy_words(deal_words(original)[0], chance), original
    size = chance.randint(120, 900)
    return chance.choices(vocabulary(), cum_weights=_weights(), k=size), None


def find_original(number: int, *, copies: float = COPIES) -> int | None:
    """The number of the earlier article of which this is a copy, if any; no words are dealt."""
    return _begin(number, copies)[1]


def _begin(number: int, copies: float) -> tuple[random.Random, int | None]:
    """The article's own chances, and the one it copies, if any."""
    chance = random.Random(SEED + number)
    is_copy = number and chance.random() < copies
    return chance, chance.randrange(number) if is_copy else None


def copy_words(words: list[str], chance: random.Random) -> list[str]:
    """The words whole, the first 30 % of them, or all with one in thirty exchanged."""
    kind = chance.choice(("whole", "cut", "edited"))
    if kind == "cut":
        return words[: max(60, len(words) * 3 // 10)]
    if kind == "edited":
        return [chance.choice(vocabulary()) if chance.random() < 1 / 30 else word for word in words]
    return words


def make_line(number: int, *, copies: float = COPIES) -> tuple[bytes, int | None]:
    """The article as a line of JSON Lines, and the number of the one it copies, if any."""
    words, original = deal_words(number, copies=copies)
    text = ". ".join(" ".join(words[at : at + 15]) for at in range(0, len(words), 15))
    url = f"https://site{number % 97}.example/{number}"
    return json.dumps({"id": str(number), "url": url, "text": text}).encode() + b"\n", original

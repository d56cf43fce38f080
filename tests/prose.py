"""Invented prose: the same seed gives the same text, another seed another."""

from __future__ import annotations

import random

_SUBJECTS = (
    "harbour bridge council ferry school orchard railway library museum bakery market theatre "
    "quarry mill lighthouse station hospital brewery garden stadium"
).split()
_NAMES = (
    "Arden Brightwell Corrigan Dunmore Elsworth Farrow Gillespie Hartnell Inskip Jarrow Kestrel "
    "Lomax Merrow Northam Ormsby Penhale Quill Rowntree Selwyn Thorne"
).split()
_VERBS = "opened closed bought repaired promised doubted measured painted sold visited".split()
_REST = (
    "the of a in on after before because while although with without under near behind old new "
    "wooden quiet crowded narrow empty early late slowly again hardly almost seventeen forty "
    "morning evening winter summer crowns years people tickets stones boats letters windows"
).split()


def write_text(seed: int, *, sentences: int = 24) -> str:
    """A text of so many sentences, three to a paragraph."""
    chance = random.Random(seed)  # noqa: S311 - prose, not secrets
    return "\n\n".join(_write_paragraph(chance) for _ in range(sentences // 3))


def _write_paragraph(chance: random.Random) -> str:
    return " ".join(_write_sentence(chance) for _ in range(3))


def _write_sentence(chance: random.Random) -> str:
    words = [
        "The",
        chance.choice(_SUBJECTS),
        "that",
        chance.choice(_NAMES),
        chance.choice(_VERBS),
        *chance.sample(_REST, 9),
        str(chance.randint(3, 900)),
        chance.choice(_SUBJECTS),
        "near",
        chance.choice(_NAMES),
    ]
    return " ".join(words) + "."

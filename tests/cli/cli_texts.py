"""Invented prose, and articles of it imported as a person would."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

_WORDS = (
    "harbour bridge council ferry school orchard railway library museum bakery market theatre "
    "quarry mill lighthouse station hospital brewery garden stadium wooden quiet crowded narrow "
    "empty early late slowly again hardly almost evening winter summer crowns years people tickets "
    "stones boats letters windows opened closed bought repaired promised doubted measured painted"
).split()
_NAMES = "Arden Corrigan Dunmore Farrow Gillespie Hartnell Inskip Jarrow Merrow Penhale".split()


def write_prose(seed: int, *, sentences: int = 20) -> str:
    """Prose in paragraphs of two sentences; the same seed gives the same, another seed another."""
    chance = random.Random(seed)  # noqa: S311 - prose, not secrets
    written = [
        f"The {' '.join(chance.choices(_WORDS, k=9))} of {chance.choice(_NAMES)}"
        f" {' '.join(chance.choices(_WORDS, k=5))} {chance.randint(3, 900)}."
        for _ in range(sentences)
    ]
    return "\n\n".join(" ".join(written[at : at + 2]) for at in range(0, sentences, 2))


def import_articles(run: Callable[..., Result], *articles: dict[str, str]) -> None:
    """Nothing; these articles are archived; in an empty archive their ids count from 1."""
    lines = "".join(json.dumps({"title": "", **article}) + "\n" for article in articles)
    Path("articles.jsonl").write_text(lines, encoding="utf-8")
    result = run("import", "articles.jsonl")
    assert result.exit_code == 0, result.output

"""How fast JSON Lines are imported: texts read, matched, judged and stored.

usage: python benchmarks/imports.py [ARTICLES]

ARTICLES (2,000) invented texts of 120 to 900 words, drawn by a fixed seed from a vocabulary of
50,000 words with Zipf frequencies; 5 % of them are copies of an earlier one, whole, cut or with
words exchanged. Prints articles a second of CPU time, and how many of the copies were found.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

import sqlalchemy as sa

from scraper.match.fingerprint import FINGERPRINT_VERSION
from scraper.pipeline.imports import import_lines
from scraper.store.archive import Archive, create_archive
from scraper.store.schema import article

VOCABULARY = 50_000
COPIES = 0.05
LETTERS = "bcdfghklmnprstvz"
VOWELS = "aeiou"


def make_vocabulary(chance: random.Random) -> list[str]:
    """So many different pronounceable words, a fifth of them capitalised like names."""
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        syllables = chance.randint(1, 4)
        word = "".join(chance.choice(LETTERS) + chance.choice(VOWELS) for _ in range(syllables))
        words[word.capitalize() if chance.random() < 0.2 else word] = None  # noqa: PLR2004 - a fifth
    return list(words)


def make_lines(articles: int) -> tuple[list[bytes], dict[str, str]]:
    """The lines, and copy's id -> original's id."""
    chance = random.Random(20261122)
    vocabulary = make_vocabulary(chance)
    weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    texts: list[list[str]] = []
    lines, copies = [], {}
    for number in range(articles):
        if texts and chance.random() < COPIES:
            original = chance.randrange(len(texts))
            words = copy(texts[original], chance, vocabulary)
            copies[str(number)] = str(original)
        else:
            words = chance.choices(vocabulary, cum_weights=weights, k=chance.randint(120, 900))
        texts.append(words)
        text = ". ".join(" ".join(words[at : at + 15]) for at in range(0, len(words), 15))
        site = f"site{number % 97}.example"
        line = {"id": str(number), "url": f"https://{site}/{number}", "text": text}
        lines.append(json.dumps(line).encode() + b"\n")
    return lines, copies


def copy(words: list[str], chance: random.Random, vocabulary: list[str]) -> list[str]:
    """The words whole, the first 30 % of them, or all with one in thirty exchanged."""
    kind = chance.choice(("whole", "cut", "edited"))
    if kind == "cut":
        return words[: max(60, len(words) * 3 // 10)]
    if kind == "edited":
        return [chance.choice(vocabulary) if chance.random() < 1 / 30 else word for word in words]
    return words


def found_copies(archive: Archive, copies: dict[str, str]) -> int:
    """How many of the copies are in their original's story."""
    with archive.read() as connection:
        rows = connection.execute(sa.select(article.c.external_id, article.c.story_id))
        story = {row.external_id: row.story_id for row in rows}
    return sum(story[copied] == story[original] for copied, original in copies.items())


def main() -> None:
    """Print the figures."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    lines, copies = make_lines(articles)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "archive.db"
        now = datetime.now(UTC)
        with create_archive(path, fingerprint_version=FINGERPRINT_VERSION, now=now) as archive:
            import_lines(archive, lines[:20], collection="warm-up", sites={})
            begun = time.process_time()
            import_lines(archive, lines, collection="bench", sites={})
            seconds = time.process_time() - begun
            found = found_copies(archive, copies)
        size = path.stat().st_size
    text_bytes = sum(map(len, lines))
    print(
        f"{articles} articles, {text_bytes / 1e6:.1f} MB: {articles / seconds:.0f} a second of CPU"
    )
    print(f"archive {size / text_bytes:.1f} times the texts")
    print(f"copies found: {found} of {len(copies)}")


main()

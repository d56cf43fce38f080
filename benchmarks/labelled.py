"""Labelled sets: texts, and which of them are one story.

Read from a folder (docs.jsonl with "id", "text" and "title"?, clusters.jsonl with "id" and
"cluster", and perhaps pairs.jsonl, of which those marked "ambiguous" are not counted), or dealt by
chance: stories in invented prose, each copied by some of the operators below, round-ups made of
several, and notices filled into forms, no two of which are one story.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from synthetic import SEED, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Paragraphs of sentences of words.
Prose: TypeAlias = list[list[list[str]]]

STORIES = 300
ROUNDUPS = 30
FORMS = 10
NOTICES_OF_FORM = 15

#: What stands between the words that carry meaning.
GRAMMAR = (
    "the of and to in a that is was for on with as by at from it this which were has have had be"
    " not but or after before said will would its their they he she one more about over"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A text and the story that it belongs to."""

    id: str
    title: str | None
    text: str
    story: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSet:
    """Texts with their stories; ``left_aside`` are pairs of ids that nobody could tell."""

    texts: tuple[Labelled, ...]
    left_aside: frozenset[frozenset[str]] = frozenset()


def read_folder(folder: Path) -> LabelledSet:
    """The labelled set in a folder."""
    story = {line["id"]: str(line["cluster"]) for line in _read_lines(folder / "clusters.jsonl")}
    pairs = folder / "pairs.jsonl"
    return LabelledSet(
        texts=tuple(
            Labelled(
                id=line["id"],
                title=line.get("title") or None,
                text=line["text"],
                story=story[line["id"]],
            )
            for line in _read_lines(folder / "docs.jsonl")
        ),
        left_aside=frozenset(
            frozenset((line["a"], line["b"]))
            for line in (_read_lines(pairs) if pairs.exists() else ())
            if line["relation"] == "ambiguous"
        ),
    )


def _read_lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def deal_set() -> LabelledSet:
    """The same labelled set each time, shuffled."""
    chance = random.Random(SEED)
    texts: list[Labelled] = []

    def add(story: str, title: str | None, prose: Prose) -> None:
        texts.append(
            Labelled(id=str(len(texts)), title=title, text=print_prose(prose), story=story)
        )

    originals = [deal_story(chance) for _ in range(STORIES)]
    for number, (title, prose) in enumerate(originals):
        add(f"story {number}", title, prose)
        for operator in chance.sample(OPERATORS, chance.randint(0, 3)):
            add(f"story {number}", chance.choice((title, None)), operator(prose, chance))
    for number in range(ROUNDUPS):
        pieces = [prose[:2] for _, prose in chance.sample(originals, 3)]
        add(f"round-up {number}", None, [paragraph for piece in pieces for paragraph in piece])
    for form in range(FORMS):
        title, prose = deal_story(chance)
        for number in range(NOTICES_OF_FORM):
            add(f"notice {form} {number}", title, fill_in(prose[:2], chance))
    chance.shuffle(texts)
    return LabelledSet(texts=tuple(texts))


def deal_story(chance: random.Random) -> tuple[str, Prose]:
    """A title, and paragraphs about one subject with its own words and names."""
    subject = chance.sample(vocabulary(), 160)
    names = [word.capitalize() for word in chance.sample(vocabulary(), 12)]
    prose = [
        [deal_sentence(subject, names, chance) for _ in range(chance.randint(2, 4))]
        for _ in range(chance.randint(4, 10))
    ]
    return " ".join(chance.sample(subject, 6)).capitalize(), prose


def deal_sentence(subject: list[str], names: list[str], chance: random.Random) -> list[str]:
    """A sentence: grammar's words, the subject's, and now and then a name or a number."""
    words = []
    for _ in range(chance.randint(9, 22)):
        kind = chance.random()
        if kind < 0.45:  # noqa: PLR2004 - as many of English news are
            words.append(chance.choice(GRAMMAR))
        elif kind < 0.9:  # noqa: PLR2004 - the rest are facts
            words.append(chance.choice(subject).lower())
        else:
            words.append(chance.choice((chance.choice(names), str(chance.randint(2, 9_999)))))
    return words


def print_prose(prose: Prose) -> str:
    """The paragraphs as a text."""
    return "\n\n".join(
        " ".join(f"{sentence[0].capitalize()} {' '.join(sentence[1:])}." for sentence in paragraph)
        for paragraph in prose
        if paragraph
    )


def _same(prose: Prose, _chance: random.Random) -> Prose:
    return prose


def _teaser(prose: Prose, _chance: random.Random) -> Prose:
    return prose[:1]


def _truncate(prose: Prose, chance: random.Random) -> Prose:
    return prose[: max(1, int(len(prose) * chance.uniform(0.4, 0.8)))]


def _edit(prose: Prose, chance: random.Random) -> Prose:
    """One word in 25 is another."""
    return _change(prose, lambda word: _other(chance) if chance.random() < 1 / 25 else word)


def _reorder(prose: Prose, chance: random.Random) -> Prose:
    return [prose[0], *chance.sample(prose[1:], len(prose) - 1)]


def _append(prose: Prose, chance: random.Random) -> Prose:
    """A paragraph about the site follows."""
    return [*prose, *deal_story(chance)[1][:1]]


def _reword(prose: Prose, chance: random.Random) -> Prose:
    """One in three of the words that are no facts is another, the same each time."""
    synonyms: dict[str, str] = {}

    def change(word: str) -> str:
        if word in GRAMMAR or not word.islower():
            return word
        if word not in synonyms:
            synonyms[word] = _other(chance) if chance.random() < 1 / 3 else word
        return synonyms[word]

    return _change(prose, change)


def fill_in(prose: Prose, chance: random.Random) -> Prose:
    """The form with other facts: every name and number is another."""
    facts: dict[str, str] = defaultdict(lambda: _other(chance).capitalize())
    return _change(
        prose,
        lambda word: (
            str(chance.randint(2, 9_999))
            if word.isdigit()
            else word
            if word.islower()
            else facts[word]
        ),
    )


def _change(prose: Prose, change: Callable[[str], str]) -> Prose:
    return [[[change(word) for word in sentence] for sentence in part] for part in prose]


def _other(chance: random.Random) -> str:
    return chance.choice(vocabulary()).lower()


OPERATORS = (_same, _teaser, _truncate, _edit, _reorder, _append, _reword)

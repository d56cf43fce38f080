"""`scraper stories` narrowed by mirrors, site, time, relation and language."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scraper.model import Article, RelationKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from tests.archive_builder import ArchiveBuilder


@dataclass(frozen=True)
class Told:
    """The stories of the archive, by what is said of them."""

    lone: int
    quoted: int
    copied: int


@pytest.fixture
def told(builder: ArchiveBuilder) -> Told:
    """A story alone (09:00), one of which a piece was taken (09:01), one copied twice (09:03)."""
    words = "Some words that stand here for a text"
    lone = builder.article("Alone", words, content=written("pt-BR", "Ida MÖÖLLER"))
    whole = builder.article("Whole", words, url="https://whole.example/1", content=written("en"))
    piece = builder.article("Piece", words, url="https://piece.example/1")
    builder.relate(piece, whole, RelationKind.EXCERPT_OF)
    builder.tell(whole, piece)
    first = builder.article("First", words, url="https://whole.example/2", content=written("EN-gb"))
    copies = [
        builder.article("Copy", words, content=written("de", "Bo", "Ida Moor")) for _ in range(2)
    ]
    for copy in copies:
        builder.relate(first, copy, RelationKind.NEAR_DUPLICATE)
    builder.tell(first, *copies)
    return Told(lone=lone, quoted=whole, copied=first)


def written(language: str, *authors: str) -> Article:
    """An article of which only the language and the authors are known."""
    return Article(url=None, title=None, text="", language=language, authors=authors)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ("", ["copied", "quoted", "lone"]),
        ("--mirrors-min 0", ["copied", "quoted", "lone"]),
        ("--mirrors-min 1", ["copied", "quoted"]),
        ("--mirrors-min 2", ["copied"]),
        ("--mirrors-min 3", []),
        ("--mirrored --mirrors-min 0", ["copied", "quoted"]),
        ("--mirrored --mirrors-min 2", ["copied"]),
        ("--site whole.example", ["copied", "quoted"]),
        ("--site piece.example", ["quoted"]),
        ("--since 2026-03-01", ["copied", "quoted", "lone"]),
        ("--since 2026-03-02", []),
        ("--since 2026-03-01T09:01", ["copied", "quoted"]),
        ("--since 2026-03-01T10:01+01:00", ["copied", "quoted"]),
        ("--until 2026-03-01", ["copied", "quoted", "lone"]),
        ("--until 2026-02-28", []),
        ("--until 2026-03-01T09:01:00Z", ["quoted", "lone"]),
        ("--since 2026-03-01T09:01 --until 2026-03-01T09:02", ["quoted"]),
        ("--relation excerpt_of", ["quoted"]),
        ("--relation contains", []),
        ("--relation near_duplicate", ["copied"]),
        ("--relation identical", []),
        ("--language en", ["copied", "quoted"]),
        ("--language en-GB", ["copied"]),
        ("--language pt", ["lone"]),
        ("--language p", []),
        ("--author mööller", ["lone"]),
        ("--author ida", ["copied", "lone"]),
        ("--author 'ida  MOOR'", ["copied"]),
        ("--author 'moor ida'", []),
        ("--copied-from whole.example", ["copied", "quoted"]),
        ("--copied-from piece.example", []),
        ("--language de", []),
        ("--relation excerpt_of --language en --limit 1", ["quoted"]),
        ("--relation excerpt_of --language pt", []),
        ("--limit 1", ["copied"]),
    ],
)
def test_stories_are_narrowed(
    options: str, kept: list[str], told: Told, run: Callable[..., Result]
) -> None:
    """What is listed is all that holds to every option, newest first."""
    result = run("stories", "--json", *shlex.split(options))
    assert result.exit_code == 0, result.stderr
    listed = [line["story"] for line in json.loads(result.stdout)]
    assert listed == [getattr(told, name) for name in kept]


def test_a_mirror_counts_by_what_it_is_to_the_one_it_joined_by(
    builder: ArchiveBuilder, run: Callable[..., Result]
) -> None:
    """A longer mirror contains its canonical; what two mirrors are to each other does not count."""
    short = builder.article("Short", "short")
    long, third = builder.article("Long", "long"), builder.article("Third", "third")
    builder.relate(short, long, RelationKind.EXCERPT_OF)
    builder.relate(short, third, RelationKind.PARAPHRASE)
    builder.relate(long, third, RelationKind.IDENTICAL)
    builder.tell(short, long, third)
    kept = {
        kind: json.loads(run("stories", "--json", "--relation", kind).stdout) != []
        for kind in ("contains", "excerpt_of", "paraphrase", "identical")
    }
    assert kept == {"contains": True, "excerpt_of": False, "paraphrase": True, "identical": False}


@pytest.mark.parametrize("option", ["--since", "--until"])
@pytest.mark.parametrize(
    "typed", ["someday", "2026-13-01", "2026-02-30", "", "22.11.2026", "7x", "999999y"]
)
def test_a_bad_date_is_wrong_usage(
    option: str, typed: str, told: Told, run: Callable[..., Result]
) -> None:
    """One line on stderr with what to write instead."""
    result = run("stories", option, typed)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "is no date: write 2026-11-22" in result.stderr


def test_the_ends_of_the_calendar_are_no_crash(told: Told, run: Callable[..., Result]) -> None:
    """A moment that has no place in UTC is wrong usage, one that has lists what it says."""
    assert run("stories", "--since", "9999-12-31T23:59-23:00").exit_code == 2
    assert run("stories", "--until", "0001-01-01T00:00+23:00").exit_code == 2
    assert run("stories", "--since", "9998-12-31").stdout == "no such story\n"
    assert len(run("stories", "--since", "1000-01-01").stdout.splitlines()) == 4


def test_an_unknown_relation_is_wrong_usage(told: Told, run: Callable[..., Result]) -> None:
    """Parts join no story, so no story is found by them."""
    for kind in ("part", "copy"):
        result = run("stories", "--relation", kind)
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert "excerpt_of" in result.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--mirrors-min", "9223372036854775808"),
        ("--site", "a\udcff"),
        ("--site", " "),
        ("--language", "a\udcff"),
        ("--language", "e%"),
        ("--author", "a\udcff"),
        ("--author", "..."),
        ("--copied-from", "a b"),
    ],
)
def test_what_no_list_can_be_narrowed_by_is_wrong_usage(
    options: tuple[str, str], run: Callable[..., Result], told: Told
) -> None:
    """Numbers beyond any archive and broken characters end with 2 and one line."""
    done = run("stories", *options)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "typed", ["WHOLE.example", "https://whole.example/2", "whole.example", "www.whole.example"]
)
def test_a_site_may_be_typed_in_any_case_or_as_an_address(
    typed: str, run: Callable[..., Result], told: Told
) -> None:
    """What a browser shows is as good as the name in the table."""
    listed = json.loads(run("stories", "--json", "--site", typed).stdout)
    assert {story["story"] for story in listed} == {told.quoted, told.copied}

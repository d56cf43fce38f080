"""`scraper why`: pairs that are one story, pairs that are not, and strangers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from scraper.match.compare import compare_texts
from scraper.store import schema
from tests.cli.cli_texts import import_articles, write_prose

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from scraper.store.archive import Archive

TEXT = write_prose(1)
PARAGRAPHS = TEXT.split("\n\n")
#: Two cuts of one text that share nothing with each other, and a text of its own.
HEAD, TAIL = "\n\n".join(PARAGRAPHS[:4]), "\n\n".join(PARAGRAPHS[5:])
OTHER = write_prose(2)


@pytest.fixture
def archived(archive: Archive, run: Callable[..., Result]) -> Archive:
    """1: a text; 2 and 3: cuts of it; 4: another text; 5: that one again."""
    import_articles(
        run,
        {"url": "https://whole.example/ferry", "title": "Ferry \x1b[2Jback", "text": TEXT},
        {"url": "https://head.example/ferry", "title": "The ferry", "text": HEAD},
        {"url": "https://tail.example/ferry", "title": "And later", "text": TAIL},
        {"url": "https://other.example/mill", "title": "The old mill is sold", "text": OTHER},
        {"url": "https://again.example/mill", "title": "The old mill is sold", "text": OTHER},
    )
    return archive


def facts(result: Result) -> dict[str, str]:
    """The facts at the head of what is printed, by name."""
    assert result.exit_code == 0, result.stderr
    head = result.stdout.partition("\n\n")[0]
    parted = (line.partition(":") for line in head.splitlines())
    return {name: said.strip() for name, _, said in parted}


def ask(run: Callable[..., Result], a: str, b: str) -> dict[str, Any]:
    """The pair for programs."""
    shape: dict[str, Any] = json.loads(run("why", a, b, "--json").stdout)
    return shape


def test_a_pair_that_is_related(archived: Archive, run: Callable[..., Result]) -> None:
    """Keys by kind, both coverages in the order asked, the rule, that it joins, the passages."""
    said = facts(run("why", "2", "1"))
    assert said["first"].startswith("article 2 at head.example, ")
    assert said["second"].endswith("words: Ferry back")
    assert said["stories"] == "one, 1: they are related to each other"
    assert said["keys"].startswith(("bands", "containment"))
    assert said["compared"] == "yes, this relation is archived"
    assert said["relation"] == "excerpt of, read from 2 to 1"
    assert said["coverage"].startswith("100% of 2 is in 1, ")
    assert said["because"]
    assert said["joins"] == "yes"


def test_the_other_way_round_is_the_same_pair(
    archived: Archive, run: Callable[..., Result]
) -> None:
    """Kind, coverages and passages are turned round; all else is equal."""
    one, other = ask(run, "1", "2"), ask(run, "2", "1")
    assert (one["relation"]["kind"], other["relation"]["kind"]) == ("contains", "excerpt_of")
    assert one["relation"]["coverage_a"] == other["relation"]["coverage_b"]
    assert one["relation"]["passages"][0]["a_text"] == HEAD.removesuffix(".")
    assert one["a"] == other["b"]
    assert one["path"] == other["path"][::-1] == [1, 2]
    for same in ("keys", "proposed", "archived", "counts", "one_story"):
        assert one[same] == other[same]


def test_what_is_said_is_what_is_archived(archived: Archive, run: Callable[..., Result]) -> None:
    """The relation is the stored row, and its passages are pieces of both texts."""
    said = ask(run, "2", "1")["relation"]
    with archived.read() as connection:
        row = connection.execute(sa.select(schema.relation).where(schema.relation.c.a == 2)).one()
    for name in ("kind", "coverage_a", "coverage_b", "similarity", "links", "why"):
        assert said[name] == getattr(row, name)
    for passage in said["passages"]:
        assert passage["a_text"] == HEAD[passage["a_start"] : passage["a_end"]]
        assert passage["b_text"] == TEXT[passage["b_start"] : passage["b_end"]]


def test_a_pair_joined_by_another(archived: Archive, run: Callable[..., Result]) -> None:
    """Two disjoint cuts have nothing in common, and the way between them is told."""
    said = facts(run("why", "2", "3"))
    assert said["stories"] == "one, 1: by way of 1"
    assert said["relation"] == "none: too little is shared"
    assert ask(run, "2", "3")["path"] == [2, 1, 3]


def test_strangers_were_never_compared(archived: Archive, run: Callable[..., Result]) -> None:
    """Without a key in common it says so, and that there would be no relation."""
    said = facts(run("why", "1", "4"))
    assert said["stories"] == "two: 1 is in story 1, 4 in story 4"
    assert said["keys"] == "none in common"
    assert said["compared"] == "no key in common: never compared"
    assert said["relation"] == "none: too little is shared"
    shape = ask(run, "1", "4")
    assert (shape["relation"], shape["counts"], shape["proposed"]) == (None, False, False)
    assert {kind["shared"] for kind in shape["keys"].values()} == {0}


def test_strangers_are_compared_all_the_same(archived: Archive, run: Callable[..., Result]) -> None:
    """A pair whose relation is not archived is told what it would be, and nothing is written."""
    with archived.write() as connection:
        connection.execute(schema.relation.delete())
        connection.execute(schema.match_key.delete())
    said = facts(run("why", "4", "5"))
    assert said["relation"] == "it would be identical, read from 4 to 5"
    assert said["joins"] == "it would"
    expected = compare_texts(OTHER, OTHER, title_a="The old mill", title_b="The old mill")
    assert expected is not None
    assert said["because"] == expected.why
    shape = ask(run, "4", "5")
    assert (shape["archived"], shape["counts"], shape["proposed"]) == (False, True, False)
    with archived.read() as connection:
        assert connection.execute(sa.select(schema.relation)).all() == []


def test_full_keys_are_told(archive: Archive, run: Callable[..., Result]) -> None:
    """Where more than sixty articles hold a key, it says how many of the shared ones are full."""
    copies = [{"id": str(n), "title": "The old mill is sold", "text": OTHER} for n in range(64)]
    import_articles(run, *copies)
    shape = ask(run, "1", "2")
    assert all(kind["full"] == kind["shared"] for kind in shape["keys"].values())
    assert shape["keys"]["title"] == {"shared": 1, "full": 1}
    assert "title 1 (1 full)" in facts(run("why", "1", "2"))["keys"]


def test_a_roundup_is_called_one(archived: Archive, run: Callable[..., Result]) -> None:
    """A piece of a round-up would join it, were it none; it is told that it does not."""
    with archived.write() as connection:
        whole = schema.article.c.id == 1
        connection.execute(schema.article.update().where(whole).values(is_roundup=True))
    said = facts(run("why", "2", "1"))
    assert "words, a round-up: Ferry back" in said["second"]
    assert said["joins"] == "no: at a round-up only whole versions of it join"
    shape = ask(run, "2", "1")
    assert (shape["relation"]["links"], shape["counts"]) == (True, False)


def test_a_merge_is_named(archived: Archive, run: Callable[..., Result]) -> None:
    """Articles that no relation joins are one story by a decision, which is told with its note."""
    assert run("merge", "5", "1", "--note", "one mill, one ferry").exit_code == 0
    said = facts(run("why", "4", "2"))
    assert said["stories"] == "one, 1: no chain of relations joins them"
    assert said["decided"].startswith("decision 1, ")
    assert said["decided"].endswith("articles 5 and 1 are one story: one mill, one ferry")
    assert [made["decision"] for made in ask(run, "4", "2")["decisions"]] == [1]
    assert "decided" not in facts(run("why", "4", "5"))


def test_a_split_is_named(archived: Archive, run: Callable[..., Result]) -> None:
    """A link that would join is told with the decision that stands against it, not an undone."""
    assert run("split", "5", "4").exit_code == 0
    said = facts(run("why", "4", "5"))
    assert said["joins"] == "it would, but the two are kept apart by decision 1"
    assert said["decided"].endswith("articles 5 and 4 are never one story")
    assert run("undo").exit_code == 0
    undone = facts(run("why", "4", "5"))
    assert undone["joins"] == "yes"
    assert "decided" not in undone


def test_a_recurring_notice_is_told(archive: Archive, run: Callable[..., Result]) -> None:
    """Its issues say the same, and do not join because of their days."""
    days = [{"title": "Mill", "published": f"2026-03-0{day}", "text": OTHER} for day in (1, 2, 3)]
    at = ({"url": f"https://mill.example/{place}"} for place in range(3))
    import_articles(run, *(day | url for day, url in zip(days, at, strict=True)))
    said = facts(run("why", "1", "3"))
    assert said["stories"] == "two: 1 is in story 1, 3 in story 3"
    assert said["joins"].startswith("no: the words come again and again")
    shape = ask(run, "1", "3")
    assert (shape["counts"], shape["recurring"], shape["outvoted"]) == (False, True, False)


def test_an_outvoted_link_is_told(archived: Archive, run: Callable[..., Result]) -> None:
    """Three articles told apart from both ends make the form known, and the link no evidence."""
    with archived.write() as connection:
        link = schema.relation.c.a == 4
        known = dict(connection.execute(sa.select(schema.relation).where(link)).one()._mapping)
        connection.execute(schema.relation.delete())
        rows = [known | {"similarity": 0.65, "kind": "near_duplicate"}]
        form = {"kind": "part", "links": False, "similarity": 0.6, "coverage_a": 0.8}
        rows += [known | form | {"a": a, "b": b} for a in (1, 2, 3) for b in (4, 5)]
        connection.execute(schema.relation.insert(), rows)
    said = facts(run("why", "4", "5"))
    assert said["joins"].startswith("no: others in the same form were told apart")
    shape = ask(run, "4", "5")
    assert (shape["counts"], shape["outvoted"], shape["recurring"]) == (False, True, False)


def test_passages_are_begun_or_whole(archived: Archive, run: Callable[..., Result]) -> None:
    """The first words of each passage, or with --passages all of them; numbered, with places."""
    begun = run("why", "2", "1").stdout.partition("\n\n")[2].splitlines()
    assert begun[0] == "1 shared passage"
    assert begun[1].startswith(f"  1. characters 0 to {len(HEAD) - 1} of 2, 0 to ")
    assert begun[2].endswith(" ...")
    assert len(begun[2]) < 90
    whole = run("why", "2", "1", "--passages").stdout
    assert " ".join(HEAD.removesuffix(".").split()) in whole
    assert begun[2].strip().removesuffix(" ...") in whole


def test_nothing_steers_the_terminal(archived: Archive, run: Callable[..., Result]) -> None:
    """However it is printed, a hostile title has no control character left."""
    for options in ((), ("--passages",), ("--json",)):
        shown = run("why", "1", "2", *options).stdout
        assert all(char.isprintable() or char == "\n" for char in shown)


@pytest.mark.parametrize(
    ("pair", "exit_code", "said"),
    [
        (("1", "whole.example/ferry"), 2, "are both article 1: name two articles"),
        (("1", "77"), 1, "nothing is archived as 77"),
        (("none.example/x", "1"), 1, "nothing is archived as none.example/x"),
    ],
)
def test_what_cannot_be_explained(
    pair: tuple[str, str],
    exit_code: int,
    said: str,
    archived: Archive,
    run: Callable[..., Result],
) -> None:
    """One line says which of the two is not there, or that they are one."""
    result = run("why", *pair)
    assert result.exit_code == exit_code
    assert said in result.stderr
    assert result.stderr.count("\n") == 1

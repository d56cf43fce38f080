"""The commands that read: what people see, and what programs get."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from scraper.model import (
    Article,
    Attribution,
    Evidence,
    PageState,
    Passage,
    Precision,
    Reason,
    RelationKind,
)
from scraper.store.sources import BY_COMMAND, add_source, record_check, start_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from scraper.model import ArticleId
    from tests.archive_builder import ArchiveBuilder

EVIL = "Ferry \x1b[2J\x1b]0;owned\x07returns \u202egnp"
PARAGRAPHS = [f"Paragraph {number} of the ferry's return." for number in range(1, 8)]


@pytest.fixture
def told(builder: ArchiveBuilder) -> tuple[ArticleId, ArticleId]:
    """A story with a hostile title, an excerpt that names it, and a page that gave nothing."""
    content = Article(
        url=None,
        title=None,
        text="",
        authors=("Ida Moor",),
        published=datetime(2026, 2, 27, tzinfo=UTC),
        published_precision=Precision.DAY,
        language="en",
    )
    whole = builder.article(
        EVIL, "\n\n".join(PARAGRAPHS), url="https://paper.example/ferry", content=content
    )
    named = Attribution(evidence=Evidence.CREDIT_LINE, name="The Paper", quote="via The Paper")
    excerpt = builder.article(
        "Ferry", PARAGRAPHS[0], url="https://copy.example/ferry", attributions=(named,)
    )
    passage = Passage(a_start=0, a_end=9, b_start=0, b_end=9)
    builder.relate(
        excerpt, whole, RelationKind.EXCERPT_OF, coverage=(0.97, 0.2), passages=(passage,)
    )
    builder.tell(whole, excerpt, primary_source_url="https://wire.example/1")
    builder.page(
        "https://paper.example/list",
        PageState.NO_ARTICLE,
        reason=Reason.NO_ARTICLE,
        detail="a list of links",
    )
    return whole, excerpt


def test_stories_for_people(told: object, run: Callable[..., Result]) -> None:
    """A story is a line with its number, mirrors, site and title, in local time."""
    heading, line = run("stories").stdout.splitlines()
    assert heading.split() == ["story", "first", "seen", "mirrors", "site", "title"]
    assert line.split() == [
        "1",
        "2026-03-01",
        "09:00",
        "1",
        "paper.example",
        "Ferry",
        "returns",
        "gnp",
    ]


def test_stories_for_programs(told: object, run: Callable[..., Result]) -> None:
    """--json has the title as it is, times in UTC, and the day alone where no more is known."""
    result = run("stories", "--json")
    assert json.loads(result.stdout) == [
        {
            "story": 1,
            "title": EVIL,
            "url": "https://paper.example/ferry",
            "site": "paper.example",
            "language": "en",
            "published": "2026-02-27",
            "mirrors": 1,
            "first_seen": "2026-03-01T09:00:00Z",
            "updated": "2026-03-01T09:01:00Z",
        }
    ]


PRINTING = (
    "stories",
    "stories --json",
    "stories --csv",
    "show 1",
    "show 1 --text",
    "show 1 --json",
    "show 1 --csv",
    "search ferry",
    "search ferry --json",
    "search ferry --csv",
    "search ferry --articles",
    "search ferry --articles --json",
    "search ferry --articles --csv",
    "diff 1 2",
    "diff 1 2 --json",
    "diff 1 2 --csv",
    "why 1 2",
    "why 1 2 --json",
    "why 1 2 --csv",
    "status",
    "status --json",
    "status --csv",
    "export stories",
    "export articles",
)


@pytest.mark.parametrize("command", PRINTING)
def test_nothing_on_stdout_steers_a_terminal(
    command: str, told: object, run: Callable[..., Result]
) -> None:
    """However a hostile title is printed, stdout has no control character but line feeds."""
    result = run(*command.split())
    assert result.exit_code == 0
    assert all(char.isprintable() or char == "\n" for char in result.stdout)


def test_show_for_people(told: tuple[ArticleId, ArticleId], run: Callable[..., Result]) -> None:
    """A story shows title, canonical and why, first paragraphs, mirrors, attributions, source."""
    shown = run("show", "1").stdout
    assert shown.startswith("Ferry returns gnp\n")
    facts = dict(line.split(":", 1) for line in shown.splitlines() if line[:16].count(":") == 1)
    assert facts["canonical"].strip() == "article 1 at paper.example, 42 words"
    assert facts["because"].strip() == "published first"
    assert facts["published"].strip() == "2026-02-27"
    assert facts["by"].strip() == "Ida Moor"
    assert facts["primary source"].strip() == "https://wire.example/1"
    assert PARAGRAPHS[2] in shown
    assert PARAGRAPHS[3] not in shown
    assert "[4 more paragraphs: --text]" in shown
    mirror = next(line for line in shown.splitlines() if "copy.example" in line)
    assert mirror.split()[:5] == ["2", "excerpt", "of", "97%", "1"]
    assert 'article 2 names The Paper (credit line: "via The Paper")' in shown


def test_show_whole_text(told: object, run: Callable[..., Result]) -> None:
    """With --text every paragraph is printed."""
    shown = run("show", "1", "--text").stdout
    assert all(paragraph in shown for paragraph in PARAGRAPHS)
    assert "--text" not in shown


@pytest.mark.parametrize("wanted", ["2", "https://copy.example/ferry", "copy.example/ferry"])
def test_show_by_a_mirror(wanted: str, told: object, run: Callable[..., Result]) -> None:
    """A mirror's number or address shows its story, and says that a mirror was asked for."""
    assert "asked for:      article 2, a mirror" in run("show", wanted).stdout
    shown = json.loads(run("show", wanted, "--json").stdout)
    assert (shown["story"], shown["asked_for"]) == (1, 2)


def test_show_for_programs_is_the_export_and_more(told: object, run: Callable[..., Result]) -> None:
    """--json has all that the export has, with revisions and the rule."""
    shown = json.loads(run("show", "1", "--json").stdout)
    exported = json.loads(run("export", "stories").stdout)
    assert {key: shown[key] for key in exported} == exported
    assert shown["revisions"] == {"1": 1, "2": 1}
    assert shown["canonical_rule"] == "earliest_published"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("77", "nothing is archived as 77"),
        ("https://none.example/", "nothing is archived as https://none.example/"),
        ("paper.example/list", "which is no_article (no_article: a list of links)"),
    ],
)
def test_show_nothing(wanted: str, said: str, told: object, run: Callable[..., Result]) -> None:
    """What is not there is an error that says whether the page is known and what came of it."""
    result = run("show", wanted)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_search_for_people_and_programs(told: object, run: Callable[..., Result]) -> None:
    """A hit has title, story, mirrors, and a piece of text; for programs with offsets into it."""
    shown = run("search", "paragraph", "7").stdout
    assert shown.startswith("Ferry returns gnp\n  story 1 · 1 mirror · paper.example · 2026-02-27")
    (hit,) = json.loads(run("search", "paragraph", "7", "--json").stdout)
    snippet = hit["snippet"]
    found = {snippet["text"][span["start"] : span["end"]] for span in snippet["found"]}
    assert (hit["story"], hit["article"], found) == (1, 1, {"Paragraph", "7"})
    assert run("search", "zeppelin").stdout == "nothing found\n"
    assert run("search", "--json", "zeppelin").stdout == "[]\n"


def test_search_for_every_copy(told: object, run: Callable[..., Result]) -> None:
    """With --articles each article that has the words is a hit, and says what it is."""
    shown = run("search", "ferry", "--articles").stdout
    assert "  article 1 · canonical of story 1 · paper.example · 2026-02-27" in shown
    assert "  article 2 · mirror of story 1 · copy.example" in shown
    hits = json.loads(run("search", "ferry", "--articles", "--json").stdout)
    assert sorted((hit["article"], hit["story"], hit["is_canonical"]) for hit in hits) == [
        (1, 1, True),
        (2, 1, False),
    ]
    (hit,) = json.loads(run("search", "ferry site:copy.example", "--articles", "--json").stdout)
    assert hit["url"] == "https://copy.example/ferry"


@pytest.mark.parametrize(
    ("args", "found"),
    [
        (("ferry", "since:2026-03-01"), 1),
        (("ferry", "--since", "2026-03-02"), 0),
        (("ferry", "--relation", "excerpt_of", "site:www.copy.example"), 1),
        (("ferry", "--mirrors-min", "2"), 0),
    ],
)
def test_search_is_narrowed(
    args: tuple[str, ...], found: int, told: object, run: Callable[..., Result]
) -> None:
    """By options and by operators alike."""
    assert len(json.loads(run("search", *args, "--json").stdout)) == found


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ferry since:whenever", "'whenever' is no date: write 2026-11-22"),
        ("ferry site:a..b", "'a..b' is no site: write a name like example.org"),
        ("site:paper.example", "there is no word to look for in 'site:paper.example'"),
    ],
)
def test_a_query_that_cannot_be_is_one_line(
    query: str, said: str, told: object, run: Callable[..., Result]
) -> None:
    """It ends with 2, saying what to write."""
    result = run("search", query)
    assert (result.exit_code, result.stderr.count("\n"), result.stdout) == (2, 1, "")
    assert said in result.stderr


def read_rows(result: Result) -> list[dict[str, str]]:
    """The rows of CSV that the command printed."""
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_csv_has_what_json_has(told: object, run: Callable[..., Result]) -> None:
    """The columns of a list are the keys of its JSON, and the values are the same."""
    for command in ("stories", "search ferry", "search ferry --articles"):
        rows = read_rows(run(*command.split(), "--csv"))
        shapes = json.loads(run(*command.split(), "--json").stdout)
        assert [list(row) for row in rows] == [list(shape) for shape in shapes]
        for row, shape in zip(rows, shapes, strict=True):
            for key in ("story", "url", "site", "first_seen"):
                assert row[key] == str(shape[key])


def test_csv_of_a_story_has_a_row_for_each_article(
    told: object, run: Callable[..., Result]
) -> None:
    """The canonical one first, and of each mirror what it is."""
    canonical, mirror = read_rows(run("show", "1", "--csv"))
    assert (canonical["id"], canonical["relation"], canonical["coverage"]) == ("1", "", "")
    assert (mirror["id"], mirror["relation"], mirror["coverage"]) == ("2", "excerpt_of", "0.97")
    assert canonical["authors"] == "Ida Moor"
    assert mirror["first_seen"] == "2026-03-01T09:01:00Z"


def test_csv_of_a_pair_has_passages_and_pieces(told: object, run: Callable[..., Result]) -> None:
    """`why` gives what is shared, `diff` every piece of the two texts."""
    (passage,) = read_rows(run("why", "2", "1", "--csv"))
    assert (passage["relation"], passage["a_text"]) == ("excerpt_of", PARAGRAPHS[0][:9])
    pieces = read_rows(run("diff", "2", "1", "--csv"))
    assert {piece["change"] for piece in pieces} == {"same", "added"}
    texts = "".join(piece["text"] for piece in pieces)
    assert "".join(texts.split()) == "".join("".join(PARAGRAPHS).split())


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\uff1d1", "=cmd|' /C calc'!A0")


def test_no_cell_of_csv_begins_a_formula(
    builder: ArchiveBuilder, run: Callable[..., Result]
) -> None:
    """Titles, names and texts of strangers are text to a spreadsheet."""
    for title in FORMULAS:
        builder.article(title, f"{title} ferry")
    outputs = [run("show", str(number), "--csv") for number in range(1, len(FORMULAS) + 1)]
    commands = ("stories", "search ferry", "search ferry --articles", "diff 1 2")
    outputs += [run(*command.split(), "--csv") for command in commands]
    for output in outputs:
        for row in read_rows(output):
            for cell in row.values():
                assert not re.match(r"\s*[=+@\uff1d-]", cell), cell


def test_a_title_of_ten_megabytes_is_harmless(
    builder: ArchiveBuilder, run: Callable[..., Result]
) -> None:
    """It takes a line of a table, and takes none from the others; programs get it whole."""
    builder.article("Ferry \x1b[31m" + "x" * 10_000_000, "A ferry. " + "y" * 100_000)
    builder.article("Small", "The small ferry.")
    commands = ("stories", "search ferry", "search ferry y*", "search ferry --articles", "why 1 2")
    for command in commands:
        result = run(*command.split())
        assert result.exit_code == 0
        assert max(map(len, result.stdout.splitlines())) < 1_200
        assert "\x1b" not in result.stdout
    assert len(run("show", "1").stdout.splitlines()[0]) < 1_200
    assert len(run("show", "1").stdout.splitlines()[0]) < 1_200
    rows = {row["story"]: row["title"] for row in json.loads(run("stories", "--json").stdout)}
    assert len(rows[1]) > 10_000_000
    assert run("stories", "--csv").exit_code == 0


def test_search_for_no_word(told: object, run: Callable[..., Result]) -> None:
    """A query without a letter or digit is wrong usage, not an empty answer."""
    result = run("search", "???", "!")
    assert result.exit_code == 2
    assert "there is no word" in result.stderr


def test_export_to_file_and_stdout(told: object, run: Callable[..., Result], home: Path) -> None:
    """A file and stdout get the same bytes, and a second export the same again."""
    wrote = {"stories": "1 story", "articles": "2 articles", "relations": "1 relation"}
    for what, told_as in wrote.items():
        result = run("export", what, "--format", "jsonl", "-o", "out.jsonl")
        assert result.stdout == f"wrote {told_as} to out.jsonl\n"
        written = (home / "out.jsonl").read_bytes()
        assert run("export", what).stdout_bytes == written
        assert run("export", what, "-o", "-").stdout_bytes == written
        assert written.count(b"\n") == int(told_as[0])


def test_export_to_nowhere(told: object, run: Callable[..., Result]) -> None:
    """A folder that does not exist is one line."""
    result = run("export", "stories", "-o", "none/out.jsonl")
    assert result.exit_code == 1
    assert result.stderr == (
        "scraper: none/out.jsonl cannot be written: No such file or directory\n"
    )


@pytest.fixture
def watched(told: object, builder: ArchiveBuilder) -> None:
    """A source that fails, and a run that has not ended."""
    with builder.archive.write() as connection:
        source = add_source(
            connection,
            url="https://paper.example/feed.xml",
            name="The Paper",
            every_minutes=None,
            origin=BY_COMMAND,
            now=builder.now,
        )
        assert source is not None
        record_check(
            connection,
            source.id,
            state=source.state.FAILING,
            validators=None,
            failures=3,
            reason=Reason.HTTP_5XX,
            detail="503 Service Unavailable",
            checked_at=builder.now,
            next_check_at=datetime(2100, 1, 1, 12, tzinfo=UTC),
        )
        start_run(connection, "run", builder.now)


def test_status_for_people(watched: None, run: Callable[..., Result]) -> None:
    """Status has counts, what is due, the last run, each source's health, pages and troubles."""
    shown = run("status").stdout
    assert "articles: 2 in 1 story, 1 of them mirrors" in shown
    assert "due:      0 sources and 0 pages; next 2100-01-01 12:00" in shown
    assert "last run: 2026-03-01 09:01, run: not finished, it goes on or was killed" in shown
    assert "3 times: http_5xx 503 Service Unavailable" in shown
    assert "https://paper.example/list  a list of links" in shown


def test_status_for_programs(watched: None, run: Callable[..., Result]) -> None:
    """--json has the same, with times in UTC."""
    shown = json.loads(run("status", "--json").stdout)
    assert (shown["articles"], shown["stories"], shown["mirrors"]) == (2, 1, 1)
    assert shown["due"] == {"sources": 0, "pages": 0, "next_at": "2100-01-01T12:00:00Z"}
    assert shown["last_run"]["finished_at"] is None
    assert shown["sources"][0]["reason"] == "http_5xx"
    assert {"state": "no_article", "reason": "no_article", "count": 1} in shown["pages"]
    assert [trouble["url"] for trouble in shown["troubles"]] == ["https://paper.example/list"]


def test_empty_archive_says_what_to_do(builder: ArchiveBuilder, run: Callable[..., Result]) -> None:
    """An archive with nothing in it names the command that changes that."""
    assert "scraper add" in run("status").stdout
    assert "scraper run" in run("stories").stdout
    assert run("stories", "--site", "x.example").stdout == "no such story\n"
    assert run("export", "stories").stdout == ""

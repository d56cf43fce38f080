"""`scraper check`: copies are found, whatever they come in, and the archive stays as it was."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from tests.cli.cli_texts import import_articles, write_prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    from scraper.store.archive import Archive

TEXT, OTHER, NEW = write_prose(1), write_prose(2), write_prose(3)
PARAGRAPHS = TEXT.split("\n\n")


@pytest.fixture
def archived(archive: Archive, run: Callable[..., Result]) -> Archive:
    """1: a text; 2: most of it, a mirror; 3: another text."""
    import_articles(
        run,
        {"url": "https://whole.example/ferry", "title": "Ferry \x1b[2Jback", "text": TEXT},
        {"url": "https://part.example/ferry", "title": "F", "text": "\n\n".join(PARAGRAPHS[:6])},
        {"url": "https://other.example/mill", "title": "The old mill is sold", "text": OTHER},
    )
    return archive


def contents(archive: Archive) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with archive.read() as connection:
        tables = sa.inspect(connection).get_table_names()
        return {
            table: list(connection.execute(sa.text(f'SELECT * FROM "{table}"')))  # noqa: S608  # its own name
            for table in tables
        }


def page(text: str) -> str:
    """A web page with this text."""
    body = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    return (
        f"<!doctype html><html lang='en'><title>News</title><article><h1>News</h1>{body}</article>"
    )


def check(run: Callable[..., Result], *args: str, **options: object) -> list[dict[str, Any]]:
    """The matches for programs."""
    result = run("check", "--json", *args, **options)
    assert result.exit_code == 0, result.stderr
    matches: list[dict[str, Any]] = json.loads(result.stdout)
    return matches


def test_a_copy_is_found_best_first(
    archived: Archive, run: Callable[..., Result], home: Path
) -> None:
    """The article with more of the text comes first; each with kind, coverage and story."""
    (home / "draft.txt").write_text(TEXT)
    first, second = check(run, "draft.txt")
    assert (first["article"], first["relation"], first["coverage"]) == (1, "identical", 1.0)
    assert (second["article"], second["relation"]) == (2, "near_duplicate")
    assert second["coverage"] < 1
    assert first["story"] == second["story"] == 1
    assert first["is_copy"]
    assert first["url"] == "https://whole.example/ferry"


def test_for_people(archived: Archive, run: Callable[..., Result], home: Path) -> None:
    """A line for each match, harmless to a terminal, or one line for none."""
    (home / "draft.txt").write_text(TEXT)
    heading, line, _ = run("check", "draft.txt").stdout.splitlines()
    assert heading.split()[:5] == ["article", "story", "it", "is", "coverage"]
    assert line.split() == [
        *("1", "1", "identical", "100%", "whole.example", "Ferry", "back"),
        "https://whole.example/ferry",
    ]
    (home / "new.txt").write_text(NEW)
    assert run("check", "new.txt").stdout == "a copy of nothing archived\n"
    assert check(run, "new.txt") == []


def test_passages_are_places_in_both_texts(
    archived: Archive, run: Callable[..., Result], home: Path
) -> None:
    """What stands at a passage's two places is the same."""
    text = f"{write_prose(9, sentences=2)}\n\n{TEXT}"
    (home / "draft.txt").write_text(text)
    match = check(run, "draft.txt")[0]
    assert match["passages"]
    for passage in match["passages"]:
        of_article = TEXT[passage["article_start"] : passage["article_end"]]
        assert text[passage["start"] : passage["end"]] == of_article


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (page(TEXT), "HTML"),
        (f"\n  <article><p>{'</p><p>'.join(PARAGRAPHS)}</p></article>", "a piece of HTML"),
        (TEXT, "text"),
        ("\ufeff" + TEXT.replace("\n", "\r\n"), "text as Windows saves it"),
    ],
)
def test_page_or_text_is_told_by_content(
    body: str, kind: str, archived: Archive, run: Callable[..., Result]
) -> None:
    """No name says what comes through a pipe."""
    (match, _) = check(run, "-", input=body.encode())
    assert (match["article"], match["relation"], kind) == (1, "identical", kind)


def test_the_sites_own_lines_are_left_out(archive: Archive, run: Callable[..., Result]) -> None:
    """Where the text's site is told, what stands on each of its pages is no part of the text."""
    footer = " ".join(write_prose(50, sentences=3).split())
    texts = [write_prose(seed) for seed in range(20, 25)]
    import_articles(
        run,
        *(
            {
                "url": f"https://paper.example/{n}",
                "title": f"Piece {n}",
                "text": f"{text}\n\n{footer}",
            }
            for n, text in enumerate(texts)
        ),
        {"url": "https://copy.example/1", "title": "A copy", "text": texts[0]},
    )
    asked = f"{texts[0]}\n\n{footer}".encode()
    copies = {
        site: {match["article"]: match["coverage"] for match in check(run, "-", *site, input=asked)}
        for site in ((), ("--url", "https://paper.example/9"))
    }
    bare, told = copies.values()
    assert set(bare) == set(told) == {1, 6}
    assert told[6] == 1
    assert bare[6] < 0.95


def test_a_part_is_no_copy(archived: Archive, run: Callable[..., Result], home: Path) -> None:
    """What shares passages and joins nothing is listed by --all alone, and is no match."""
    mixed = "\n\n".join((*PARAGRAPHS[:4], *NEW.split("\n\n")[:6]))
    (home / "mixed.txt").write_text(mixed)
    assert [match["article"] for match in check(run, "mixed.txt") if not match["is_copy"]] == []
    listed = check(run, "mixed.txt", "--all")
    assert [match["is_copy"] for match in listed] == sorted(
        (match["is_copy"] for match in listed), reverse=True
    )
    assert {match["article"] for match in listed if not match["is_copy"]} <= {1, 2}
    assert any(not match["is_copy"] for match in listed)


@pytest.mark.parametrize(("text", "exit_code"), [(TEXT, 0), (NEW, 5)])
def test_exit_code(
    text: str, exit_code: int, archived: Archive, run: Callable[..., Result]
) -> None:
    """With --exit-code 5 says that nothing matches; without it 0 does."""
    for options in ((), ("--json",)):
        result = run("check", "-", "--exit-code", *options, input=text)
        assert result.exit_code == exit_code
        assert run("check", "-", *options, input=text).exit_code == 0


def test_nothing_is_stored(archived: Archive, run: Callable[..., Result]) -> None:
    """No row of any table is another after a page, a text, a copy and a stranger."""
    before = contents(archived)
    for body in (page(TEXT), TEXT, NEW, page(NEW)):
        assert run("check", "-", "--url", "https://x.example/1", input=body).exit_code == 0
    assert contents(archived) == before


@pytest.mark.usefixtures("archived")
@pytest.mark.parametrize(
    ("args", "body", "exit_code", "said"),
    [
        (("none.txt",), b"", 1, "none.txt cannot be read: No such file"),
        (("-",), b"", 1, "no article in -: there is no text"),
        (("-",), b"\x00  \n", 1, "no article in -: there is no text"),
        (("-",), b"<html><body></body></html>", 1, "no article in -: "),
        (("-", "--url", "mailto:x"), b"x", 2, "'mailto:x' is no address"),
        (("ftp://x.example/",), b"", 2, "is no address of a web page"),
    ],
)
def test_what_cannot_be_checked(
    args: tuple[str, ...],
    body: bytes,
    exit_code: int,
    said: str,
    run: Callable[..., Result],
) -> None:
    """One line says why there is no text to ask about."""
    result = run("check", *args, input=body)
    assert result.exit_code == exit_code
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "text", ["word", "7", "1 2 3 " * 40, "长" * 500, "WORDS " * 300, "\ud7ff."]
)
def test_odd_texts_have_an_answer(text: str, archived: Archive, run: Callable[..., Result]) -> None:
    """One word, numbers, scripts without spaces and repetition match nothing."""
    assert check(run, "-", input=text.encode()) == []


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """The address of this folder, served on loopback."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing; a test's output is its own."""

    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_address_is_fetched_politely_and_not_archived(
    archived: Archive, run: Callable[..., Result], home: Path
) -> None:
    """It asks for robots.txt first; then only the log and the host's state know of it."""
    (home / "site").mkdir()
    (home / "site" / "robots.txt").write_text("User-agent: *\nDisallow: /private\n")
    (home / "site" / "copy.html").write_text(page(TEXT))
    before = contents(archived)
    with serve(home / "site") as address:
        place = address.removeprefix("http://")
        (home / "config.toml").write_text(
            f'[fetch]\nmin_delay_seconds = 0.0\nallow_addresses = ["{place}"]\n'
        )
        (match, _) = check(run, f"{address}/copy.html")
        refused = run("check", f"{address}/private/copy.html")
    assert (match["article"], match["relation"]) == (1, "identical")
    assert refused.exit_code == 1
    assert "robots" in refused.stderr
    after = contents(archived)
    assert {table for table in after if after[table] != before[table]} == {"host", "request"}
    asked = [row.url.removeprefix(address) for row in after["request"]]
    assert asked == ["/robots.txt", "/copy.html"]


def test_a_private_address_is_not_fetched(archived: Archive, run: Callable[..., Result]) -> None:
    """The guard holds here as everywhere."""
    result = run("check", "http://127.0.0.1:9/")
    assert result.exit_code == 1
    assert "blocked_address" in result.stderr

"""`scraper extract`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

SENTENCE = "The ferry left the north pier at dawn, with forty passengers and one goat aboard. "
PAGE = f"""<html lang="en"><head><title>Ferry &#27;[2Jreturns</title></head><body>
<nav><a href="/">Home</a></nav><article><h1>Ferry &#27;[2Jreturns</h1>
<p>{SENTENCE * 4}</p><p>{SENTENCE * 3}</p><p>{SENTENCE * 5}</p></article></body></html>"""
LIST = "<html><head><title>Links</title></head><body><a href='/1'>One</a></body></html>"


def test_article_in_a_file(run: Callable[..., Result], home: Path) -> None:
    """Title, facts and text are printed, harmless; for programs as JSON."""
    (home / "page.html").write_text(PAGE)
    result = run("extract", "page.html", "--url", "https://paper.example/ferry")
    assert result.exit_code == 0
    assert result.stdout.startswith("Ferry")
    assert SENTENCE.strip() in result.stdout
    assert "\x1b" not in result.stdout
    found = json.loads(run("extract", "page.html", "--json").stdout)
    assert found["text"].count("\n\n") == 2
    assert found["title"].startswith("Ferry")


def test_article_from_a_pipe(run: Callable[..., Result]) -> None:
    """A dash reads stdin."""
    assert SENTENCE.strip() in run("extract", "-", input=PAGE).stdout


def test_no_article(run: Callable[..., Result], home: Path) -> None:
    """A page without an article ends with 5, the reason on stderr; for programs on stdout too."""
    (home / "list.html").write_text(LIST)
    result = run("extract", "list.html")
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr.startswith("scraper: no article in list.html: ")
    assert json.loads(run("extract", "list.html", "--json").stdout)["reason"] == "no_article"


def test_file_that_is_not_there(run: Callable[..., Result]) -> None:
    """A missing file is one line, a wrong address wrong usage."""
    missing = run("extract", "none.html")
    assert missing.exit_code == 1
    assert missing.stderr == "scraper: none.html cannot be read: No such file or directory\n"
    assert run("extract", "-", "--url", "no address").exit_code == 2

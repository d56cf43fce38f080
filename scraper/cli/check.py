"""`scraper check`: whether a text is a copy of something archived."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.cli.addresses import read_address
from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option, print_json
from scraper.cli.table import Column, print_table
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import FileError, ScraperError
from scraper.model import NoArticle

if TYPE_CHECKING:
    from scraper.model import Article
    from scraper.pipeline.checking import Match
    from scraper.store.archive import Archive

NOTHING_FOUND = 5

_COLUMNS = (
    Column(heading="article", right=True),
    Column(heading="story", right=True),
    Column(heading="it is"),
    Column(heading="coverage", right=True),
    Column(heading="site", wide=True),
    Column(heading="title", wide=True),
    Column(heading="url", wide=True),
)


@click.command(
    "check",
    epilog=end_help(
        ("scraper check draft.txt", "the archived articles of which this text is a copy"),
        (
            "curl -s https://example.org/a | scraper check - --url https://example.org/a",
            "of a page from a pipe",
        ),
        (
            "scraper check https://example.org/a --exit-code",
            "of a page that is fetched for it; ends with 5 where it is a copy of none",
        ),
        exits=(0, 1, 2, 4, 5, 10),
    ),
)
@click.argument("text", metavar="FILE|URL|-")
@click.option("--url", metavar="URL", help="Where the text of FILE was found.")
@click.option("--all", "parts", is_flag=True, help="List also what shares a part, and is no copy.")
@click.option("--exit-code", is_flag=True, help="End with 5 where it is a copy of nothing.")
@json_option
@pass_workspace
def command(
    workspace: Workspace,
    *,
    text: str,
    url: str | None,
    parts: bool,
    exit_code: bool,
    as_json: bool,
) -> int:
    """Tell whether a text is a copy of something archived; archives nothing.

    FILE may be a web page or plain text. Of each match it is told what the text is to it, and how
    much of the text is found there. A URL is fetched as politely as any page: the archive logs the
    request, and remembers when the host may be asked again.
    """
    from scraper.pipeline.checking import find_matches  # numpy, which `--help` does without
    from scraper.pipeline.matching import Matcher

    with workspace.open_to_match() as archive:
        content = _read(workspace, archive, text, url)
        with archive.read() as connection:
            found = find_matches(connection, Matcher(workspace.config.site), content)
    copies = [match for match in found if match.relation.links]
    listed = found if parts else copies
    if as_json:
        print_json([_shape(match) for match in listed])
    elif listed:
        print_table(_COLUMNS, map(_cells, listed))
    else:
        click.echo("a copy of nothing archived")
    return NOTHING_FOUND if exit_code and not copies else 0


def _read(workspace: Workspace, archive: Archive, text: str, url: str | None) -> Article:
    """The article to ask about. Raises ScraperError where there is none."""
    from scraper.pipeline.checking import fetch_content, read_content  # likewise

    address = read_address(url) if url else None
    if "://" in text:
        content = fetch_content(archive, workspace.config, read_address(text))
    else:
        content = read_content(_read_bytes(text), url=address)
    if isinstance(content, NoArticle):
        raise ScraperError(f"no article in {text}: {content.detail}")
    return content


def _read_bytes(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as exc:
        raise FileError(file, "read", exc) from exc


def _cells(match: Match) -> tuple[object, ...]:
    article, relation = match.article, match.relation
    return (
        article.id,
        article.story,
        relation.kind.replace("_", " "),
        f"{relation.coverage_a:.0%}",
        article.site,
        make_line(article.content.title or ""),
        article.content.url or article.external_id,
    )


def _shape(match: Match) -> dict[str, Any]:
    article, relation = match.article, match.relation
    return {
        "article": article.id,
        "story": article.story,
        "url": article.content.url,
        "external_id": article.external_id,
        "site": article.site,
        "title": article.content.title,
        "relation": relation.kind,
        "is_copy": relation.links,
        "coverage": relation.coverage_a,
        "coverage_of_article": relation.coverage_b,
        "similarity": relation.similarity,
        "why": relation.why,
        "passages": [
            {
                "start": passage.a_start,
                "end": passage.a_end,
                "article_start": passage.b_start,
                "article_end": passage.b_end,
            }
            for passage in relation.passages
        ],
    }

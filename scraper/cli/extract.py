"""`scraper extract`: the article in an HTML file, without archiving anything."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option, print_json
from scraper.cli.story_text import describe_attribution, describe_content, print_text
from scraper.cli.table import emphasise
from scraper.cli.terminal import make_line
from scraper.errors import FileError, UsageError
from scraper.export.shapes import shape_content
from scraper.extract import extract_article
from scraper.model import NoArticle
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from scraper.model import Article

NOTHING_FOUND = 5


@click.command(
    "extract",
    epilog=end_help(
        ("scraper extract page.html", "the title, facts and text of a saved page"),
        (
            "curl -s https://example.org/a | scraper extract - --url https://example.org/a --json",
            "from a pipe, with the address for its links, for a program",
        ),
        exits=(0, 1, 2, 5),
    ),
)
@click.argument("file", metavar="FILE|-")
@click.option(
    "--url",
    metavar="URL",
    default="https://unknown.invalid/",
    help="Where the page was found: its links and site are read by it.",
)
@json_option
def command(file: str, url: str, as_json: bool) -> int:  # noqa: FBT001  # click's signature
    """Read the article out of an HTML file; archives nothing.

    Where the page carries no article, the reason is printed to stderr.
    """
    address = normalise_url(url)
    if address is None:
        raise UsageError(f"{url!r} is no address of a web page: give one like https://example.org/")
    found = extract_article(_read(file), url=address)
    if isinstance(found, NoArticle):
        if as_json:
            print_json({"reason": found.reason, "detail": found.detail})
        click.echo(f"scraper: no article in {make_line(file)}: {make_line(found.detail)}", err=True)
        return NOTHING_FOUND
    if as_json:
        print_json(shape_content(found))
    else:
        _print(found)
    return 0


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as exc:
        raise FileError(file, "read", exc) from exc


def _print(found: Article) -> None:
    click.echo(emphasise(make_line(found.title or "(no title)")))
    for name, fact in describe_content(found):
        click.echo(f"{name + ':':<11}{make_line(fact)}")
    for named in found.attributions:
        click.echo(f"{'source:':<11}{make_line(describe_attribution(named))}")
    click.echo()
    print_text(found.text, whole=True)

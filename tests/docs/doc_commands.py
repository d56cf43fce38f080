"""The commands that pages of docs/ name, and whether the program knows them."""

from __future__ import annotations

import re

import click

from scraper.cli.app import cli
from tests.docs.doc_pages import code_spans, fenced_blocks, without_blocks


def find_fault(words: list[str]) -> str | None:
    """What the program does not know of a command line, given after "scraper"; else None."""
    context = click.Context(cli)
    rest = words
    while True:
        try:
            _, rest, _ = context.command.make_parser(context).parse_args(rest)
        except click.UsageError as exc:
            return exc.format_message()
        if not isinstance(context.command, click.Group) or not rest:
            return None
        name, *rest = rest
        found = context.command.get_command(context, name)
        if found is None:
            return f"no command {name}"
        context = click.Context(found, parent=context)


def command_lines(page: str) -> list[str]:
    """What the page says to type after "scraper": in blocks, and in its prose."""
    typed = [
        line.removeprefix("$ ")
        for language in ("console", "sh", "cron")
        for block in fenced_blocks(page, language)
        for line in block.splitlines()
        if language != "console" or line.startswith("$ ")
    ]
    typed += code_spans(without_blocks(page))
    found = (re.search(r"(?:^|/)scraper ((?!\|)[^|]+)", line) for line in typed)
    return [match[1] for match in found if match]

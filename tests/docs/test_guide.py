"""docs/guide.md: what a reader types works, and its tables are complete."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click
import msgspec
import pytest

from scraper.cli.app import cli
from scraper.cli.commands import COMMANDS
from scraper.cli.help_text import EXIT_CODES
from scraper.model import CanonicalRule, Reason, RelationKind
from scraper.pipeline.import_line import Line
from tests.docs.doc_commands import command_lines, find_fault
from tests.docs.doc_pages import (
    DOCS,
    code_spans,
    read_page,
    section,
    table_rows,
    without_blocks,
)
from tests.docs.doc_terminal import matches

if TYPE_CHECKING:
    from tests.docs.doc_terminal import Terminal

PAGE = read_page("guide.md")
PAGES = sorted(path.name for path in DOCS.glob("*.md"))


def test_the_guide_works_from_top_to_bottom(terminal: Terminal) -> None:
    """Every command ends with the code that the page implies and prints what it shows."""
    assert terminal.run_page(PAGE) == PAGE.count("\n$ ") - PAGE.count("\n$ echo $?")


def test_what_is_shown_is_compared() -> None:
    """Output that differs from the page's is noticed; what "..." stands for is not."""
    assert matches("added Wire: 3\n", "added ...\n")
    assert matches("a  b\nc\n", "a b\nc\n")
    assert not matches("added Wire\n", "")
    assert not matches("added Wire\nmore\n", "added Wire\n")
    assert not matches("added Wire\n", "removed ...\n")


@pytest.mark.parametrize("name", PAGES)
def test_every_command_named_in_the_docs_exists(name: str) -> None:
    """The program knows each command, and each option given to it, that a page names."""
    faults = {
        line: fault
        for line in command_lines(read_page(name))
        if (fault := find_fault(shlex.split(line)))
    }
    assert faults == {}


def all_options(command: click.Command, parent: click.Context | None = None) -> set[str]:
    """The options of a command and of all commands below it."""
    context = click.Context(command, parent=parent)
    own = {name for option in command.get_params(context) for name in option.opts}
    below = command.list_commands(context) if isinstance(command, click.Group) else []
    return own.union(
        *(
            all_options(found, context)
            for word in below
            if isinstance(command, click.Group)
            and (found := command.get_command(context, word)) is not None
        )
    )


def test_every_option_named_by_itself_exists() -> None:
    """An option that the guide names without its command is one of the program's."""
    alone = {span.split()[0] for span in code_spans(without_blocks(PAGE)) if span.startswith("-")}
    assert alone
    assert alone - all_options(cli) == set()


@pytest.mark.parametrize("words", [["nonsense"], ["run", "--nonsense"], ["db", "nonsense"]])
def test_an_unknown_word_is_noticed(words: list[str]) -> None:
    """What finds faults in the docs finds them."""
    fault = find_fault(words)
    assert fault is not None
    assert words[-1] in fault


def test_every_command_is_in_the_guide() -> None:
    """A reader meets each command once at least."""
    met = {line.split()[0] for line in command_lines(PAGE)}
    assert {name for listed in COMMANDS.values() for name in listed} - met == set()


def first_cells(heading: str) -> list[str]:
    """The first column of the tables below this heading, without backticks."""
    return [row[0].strip("`") for row in table_rows(section(without_blocks(PAGE), heading))]


def test_the_tables_are_complete() -> None:
    """Exit codes, kinds of mirrors, rules, reasons and keys of a line: all, and no others."""
    assert [int(code) for code in first_cells("## Exit codes")] == list(EXIT_CODES)
    assert first_cells("### What the kinds of mirrors mean") == [
        kind for kind in RelationKind if kind is not RelationKind.PART
    ]
    assert first_cells("### How the canonical is chosen") == list(CanonicalRule)
    assert first_cells("## Import articles that you have") == [
        field.name for field in msgspec.structs.fields(Line)
    ]


def test_the_guide_says_which_reasons_pass() -> None:
    """Each reason is explained, and told to be tried again exactly if the program does so."""
    rows = table_rows(section(without_blocks(PAGE), "## When a source fails"))
    assert {reason.strip("`"): again == "yes" for reason, _, again in rows} == {
        str(reason): reason.may_pass for reason in Reason
    }

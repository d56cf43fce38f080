"""docs/guide.md: what a reader types works, ends as the page says, and prints what it shows.

The page's sites are those of the demo. Here they are served on loopback, so that in what is typed
``https://HOST`` becomes the address at which that site is served, and a bare ``HOST`` its site
("127.0.0.21:8400"); in what is printed the same is turned round. After `scraper init` the config is
allowed to reach these addresses, and need not wait between requests.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

import click
import msgspec
import pytest
from click.testing import CliRunner

from scraper.cli.app import cli
from scraper.cli.commands import COMMANDS
from scraper.cli.help_text import EXIT_CODES
from scraper.demo.server import serve_world
from scraper.demo.sites import SITES
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

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.server import RunningWorld

PAGE = read_page("guide.md")
PAGES = sorted(path.name for path in DOCS.glob("*.md"))


class Step(NamedTuple):
    """A command of the page, what the page shows of its output, and the exit code it implies."""

    typed: str
    shown: str
    exit_code: int


def read_steps(console: str) -> Iterator[Step]:
    """The commands of a console block; one that is not followed by `echo $?` ends with 0."""
    sessions = [part for part in re.split(r"^\$ ", console, flags=re.MULTILINE) if part]
    parts = [part.partition("\n")[::2] for part in sessions]
    for (typed, shown), (then, said) in zip(parts, [*parts[1:], ("", "")], strict=True):
        if typed != "echo $?":
            yield Step(typed, shown, int(said) if then == "echo $?" else 0)


def matches(printed: str, shown: str) -> bool:
    """Whether this is what the page shows: "..." stands for anything, spacing does not count."""
    parts = [" ".join(part.split()) for part in shown.split("...")]
    pattern = ".*".join(rf"\s*{re.escape(part)}\s*" for part in parts)
    return re.fullmatch(pattern, " ".join(printed.split()), re.DOTALL) is not None


class Terminal:
    """Where the page is typed: commands run in this process, in a folder of their own."""

    def __init__(self, world: RunningWorld, folder: Path) -> None:
        self._folder = folder
        self._allowed = world.allow_addresses
        self._hosts = [
            (site.host, world.addresses[site.key].removeprefix("http://"))
            for site in SITES
            if site.key in world.addresses
        ]

    def localise(self, text: str) -> str:
        """The text with the addresses at which the sites are served."""
        for host, address in self._hosts:
            text = text.replace(f"https://{host}", f"http://{address}").replace(host, address)
        return text

    def globalise(self, text: str) -> str:
        """The text with the sites' own addresses."""
        for host, address in self._hosts:
            text = text.replace(f"http://{address}", f"https://{host}").replace(address, host)
        return text

    def type(self, typed: str) -> tuple[int, str]:
        """The command's exit code and what it prints, stderr included."""
        program, *arguments = shlex.split(self.localise(typed))
        assert program == "scraper"
        result = CliRunner().invoke(cli, arguments, prog_name="scraper")
        if arguments == ["init"] and result.exit_code == 0:
            self._open_world()
        return result.exit_code, self.globalise(result.output)

    def save(self, name: str, content: str) -> None:
        """Nothing; the file ends with this content."""
        with (self._folder / name).open("a", encoding="utf-8") as file:
            file.write(self.localise(content))

    def _open_world(self) -> None:
        config = self._folder / "config.toml"
        text = config.read_text(encoding="utf-8")
        addresses = ", ".join(f'"{address}"' for address in self._allowed)
        for before, after in (
            ("allow_addresses = []", f"allow_addresses = [{addresses}]"),
            ("min_delay_seconds = 1.0", "min_delay_seconds = 0.0"),
        ):
            assert text.count(before) == 1
            text = text.replace(before, after)
        config.write_text(text, encoding="utf-8")


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal in an empty folder, with no config or variables from outside, beside the world."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("SCRAPER_CONFIG", raising=False)
    monkeypatch.delenv("SCRAPER_ARCHIVE", raising=False)
    with serve_world(names=False) as world:
        yield Terminal(world, tmp_path)


def test_the_guide_works_from_top_to_bottom(terminal: Terminal) -> None:
    """Every command ends with the code that the page implies and prints what it shows.

    Lines of JSON that the page says to save are saved, settings that it names are set.
    """
    files = {"jsonl": "articles.jsonl", "toml": "config.toml"}
    typed = 0
    for language, content in re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        if language in files:
            terminal.save(files[language], content)
        elif language == "console":
            for step in read_steps(content):
                exit_code, printed = terminal.type(step.typed)
                assert exit_code == step.exit_code, f"{step.typed}: {printed}"
                assert matches(printed, step.shown), f"{step.typed}: {printed}"
                typed += 1
    assert typed == PAGE.count("\n$ scraper ")


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

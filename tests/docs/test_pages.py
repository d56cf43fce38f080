"""What a reader types works, on every page, and what the pages say of the code is so."""

from __future__ import annotations

import io
import json
import re
import shlex
from ast import literal_eval
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click
import msgspec
import pytest

from scraper.cli.app import cli
from scraper.config import (
    ArchiveConfig,
    Config,
    DiscoverConfig,
    FetchConfig,
    LogConfig,
    MetricsConfig,
    SiteConfig,
    SourceConfig,
)
from scraper.export.wish import FORMATS, Wish
from scraper.export.writing import export_to_stream
from scraper.model import RelationKind
from scraper.store.archive import open_archive
from tests.docs.doc_commands import command_lines
from tests.docs.doc_pages import DOCS, code_spans, fenced_blocks, read_page, section, table_rows
from tests.docs.doc_terminal import read_steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.docs.doc_terminal import Terminal

#: Pages that begin with nothing; the others where the guide has led to.
FROM_NOTHING = {"guide.md", "../README.md"}
TYPED = sorted(
    path.name for path in DOCS.glob("*.md") if fenced_blocks(read_page(path.name), "console")
)


@pytest.mark.parametrize("name", [name for name in TYPED if name not in FROM_NOTHING])
def test_a_page_works_from_top_to_bottom(name: str, ready_terminal: Terminal) -> None:
    """Every command ends with the code that the page implies and prints what it shows."""
    page = read_page(name)
    assert ready_terminal.run_page(page) == page.count("\n$ ") - page.count("\n$ echo $?")


def test_the_first_screen_works(terminal: Terminal) -> None:
    """What the README says to type, in an empty folder."""
    page = read_page("../README.md")
    assert terminal.run_page(page) == page.count("\n$ ") > 0


#: Commands that go on until they are ended, and so cannot be typed; tests/cli runs them.
ENDLESS = {"web", "watch"}


def test_what_is_not_typed_here_is_typed_elsewhere() -> None:
    """Blocks that need a machine of their own name no command but those that pages type."""
    pages = [read_page(name) for name in (*TYPED, "../README.md")]
    typed = {
        path_of(step.typed.removeprefix("scraper "))
        for page in pages
        for block in fenced_blocks(page, "console")
        for step in read_steps(block)
        if step.typed.startswith("scraper ")
    }
    named = {
        path_of(line)
        for name in (path.name for path in DOCS.glob("*.md"))
        for line in command_lines("".join(untyped_blocks(read_page(name))))
    }
    assert ("run",) in named
    assert named - typed - {(name,) for name in ENDLESS} == set()


def untyped_blocks(page: str) -> Iterator[str]:
    """The blocks of commands that the tests do not type."""
    for language in ("sh", "cron"):
        for block in fenced_blocks(page, language):
            yield f"```{language}\n{block}```\n"


def path_of(line: str) -> tuple[str, ...]:
    """The command that a line calls: ("db", "backup")."""
    context = click.Context(cli)
    path: list[str] = []
    rest = shlex.split(line, comments=True)
    while isinstance(context.command, click.Group):
        _, rest, _ = context.command.make_parser(context).parse_args(rest)
        found = context.command.get_command(context, rest[0])
        assert found is not None, line
        path.append(rest[0])
        context, rest = click.Context(found, parent=context), rest[1:]
    return tuple(path)


@pytest.mark.parametrize("name", [path.name for path in DOCS.glob("*.md")])
def test_links_lead_somewhere(name: str) -> None:
    """A link to a file of the repository leads to one."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", read_page(name))
    assert [target for target in targets if not (DOCS / target).exists()] == []


def test_every_page_is_in_the_readme() -> None:
    """A reader finds each page of docs/ from the first."""
    linked = set(re.findall(r"\]\(docs/([\w.]+)\)", read_page("../README.md")))
    assert {path.name for path in DOCS.glob("*.md")} - linked == set()


SECTIONS: dict[str, type[msgspec.Struct]] = {
    "## `[archive]`": ArchiveConfig,
    "## `[fetch]`": FetchConfig,
    "## `[discover]`": DiscoverConfig,
    "## `[log]`": LogConfig,
    "## `[metrics]`": MetricsConfig,
    "## `[[source]]`": SourceConfig,
    '## `[site."example.org"]`': SiteConfig,
}


def default_of(field: msgspec.structs.FieldInfo) -> object:
    """What holds where nothing is said; ... where something must be."""
    if field.default is not msgspec.NODEFAULT:
        return field.default
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return ...


def read_default(cell: str) -> object:
    """The default that a cell of the page names."""
    if cell in {"none", "required"}:
        return None if cell == "none" else ...
    value: object = literal_eval(cell.strip("`").replace("true", "True").replace("false", "False"))
    return tuple(value) if isinstance(value, list) else value


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_setting_is_explained(heading: str) -> None:
    """The page has each key of the section, in its order, with its default, and no other."""
    told = {
        key.strip("`"): read_default(default)
        for key, default, _ in table_rows(section(read_page("configuration.md"), heading))
    }
    fields = msgspec.structs.fields(SECTIONS[heading])
    assert told == {field.name: default_of(field) for field in fields}
    assert list(told) == [field.name for field in fields]


def test_every_section_is_explained() -> None:
    """Also those whose keys are names of one's own."""
    page = read_page("configuration.md")
    for field in msgspec.structs.fields(Config):
        assert re.search(rf"^## `\[+{field.name}[\].]", page, re.MULTILINE), field.name


def constant(dotted: str) -> Any:  # noqa: ANN401  # whatever it is
    """A constant of a module in ``scraper.match``."""
    module, name = dotted.split(".")
    return getattr(import_module(f"scraper.match.{module}"), name)


def test_numbers_of_matching_are_those_of_the_code() -> None:
    """Each constant that the page names has the value that the page gives."""
    rows = table_rows(section(read_page("matching.md"), "## The numbers, and where they stand"))
    assert len(rows) > 30
    told = {name.strip("`"): literal_eval(value) for name, value, _ in rows}
    assert {name: constant(name) for name in told} == told


def test_kinds_of_relations_are_explained_in_their_order() -> None:
    """The table of kinds has each that two texts can have, and no other."""
    text = section(read_page("matching.md"), "## 4. What that makes of them")
    kinds = [row[0].strip("`") for row in table_rows(text)]
    assert set(kinds) == set(RelationKind) - {RelationKind.CONTAINS, RelationKind.MERGED}


def test_formats_are_those_that_there_are() -> None:
    """The table of formats says what can be written as each."""
    lead = read_page("export.md").partition("\n## ")[0]
    told = {row[0].strip("`"): row[1] for row in table_rows(lead)}
    able: dict[str, list[str]] = {}
    for what, formats in FORMATS.items():
        for each in formats:
            able.setdefault(each, []).append(what)
    every = list(FORMATS)
    assert told == {
        each: "all" if some == every else ", ".join(some) for each, some in able.items()
    }


def exported(demo_archive: Path, what: str) -> list[dict[str, Any]]:
    """The lines of an export of the demo's archive."""
    stream = io.BytesIO()
    with open_archive(demo_archive) as archive:
        export_to_stream(archive, Wish(what=what, file_format="jsonl"), stream)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_shapes_are_explained(demo_archive: Path) -> None:
    """The page has every key of a story, an article, a mirror and a relation, in their order."""
    stories = exported(demo_archive, "stories")
    mirror = next(mirror for story in stories for mirror in story["mirrors"])
    article = stories[0]["canonical"]
    (relation, *_) = exported(demo_archive, "relations")
    for name, keys in (
        ("story", list(stories[0])),
        ("article", list(article)),
        ("mirror", [key for key in mirror if key not in article]),
        ("relation", list(relation)),
    ):
        text = section(read_page("export.md"), "## The shapes").partition(f"**{name}**")[2]
        rows = table_rows(text.strip().partition("\n\n")[2].partition("\n\n")[0])
        assert [key for row in rows for key in code_spans(row[0])] == keys
    added = list(exported(demo_archive, "articles")[0])[: -len(article)]
    told = read_page("export.md").partition("`export articles` adds")[2].partition("\n\n")[0]
    assert code_spans(told) == added

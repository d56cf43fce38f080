"""Imports point one way, and rooms side by side never meet.

Read from the syntax tree of every file, so that an import inside a function counts as well.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import scraper

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUSE = Path(scraper.__file__).parent

#: Room -> the rooms that it may import from. A file of the top level is a room of its own.
GROUND = {"model", "errors"}
PLAIN = GROUND | {"urls", "dates", "typed", "config", "clock", "body"}
PURE = PLAIN | {"discover", "extract", "match"}
RECORDED = PURE | {"warc"}
WORKING = RECORDED | {"fetch", "store", "worker"}
ALLOWED = {
    "model": set(),
    "errors": set(),
    "urls": GROUND,
    "dates": GROUND,
    "typed": GROUND | {"urls"},
    "config": GROUND,
    "clock": GROUND,
    "body": GROUND,
    "discover": PLAIN,
    "extract": PLAIN,
    "match": PLAIN,
    "warc": PLAIN,
    "fetch": PURE,
    "store": RECORDED,
    "worker": GROUND,
    "export": PURE | {"store"},
    "pipeline": WORKING | {"export"},
    "metrics": PURE | {"store"},
    "schedule": WORKING | {"export", "pipeline"},
    "web": PURE | {"store", "export", "metrics"},
    "cluster": PURE,
    "demo": WORKING | {"export", "pipeline"},
    "cli": WORKING | {"cluster", "export", "pipeline", "demo", "metrics", "schedule", "web"},
    "__main__": {"cli"},
    "__init__": set(),
}

#: Libraries that few rooms may know, so that they can be replaced there.
KEPT_IN = {
    "httpx": {"fetch"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "selectolax": {"extract", "discover"},
    "datasketch": {"match"},
    "click": {"cli"},
    "rich": {"cli"},
    "subprocess": {"worker"},
    "apscheduler": {"schedule"},
    "prometheus_client": {"metrics"},
    "starlette": {"web"},
    "jinja2": {"web"},
    "uvicorn": {"web"},
    "pyarrow": {"cluster", "export"},
    "duckdb": {"cluster"},
    "pyspark": {"cluster"},
}

#: Rooms that do no I/O: what they must not import.
WORLDLY = {"asyncio", "httpx", "logging", "socket", "sqlite3", "sqlalchemy", "subprocess", "time"}


def room_of(path: Path) -> str:
    """The room that a file of the package lies in."""
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def read_imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every module that a file imports, with its full name, and whether only for type checkers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test).endswith("TYPE_CHECKING")
        for statement in branch.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in for_types
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            assert node.level == 0, f"{path} imports relatively: name the module in full"
            names = [f"{module}.{alias.name}" for alias in node.names]
            yield from ((name, id(node) in for_types) for name in (names or [module]))


FILES = sorted(HOUSE.rglob("*.py"))


def test_every_room_has_its_place() -> None:
    """A new room, or a new file at the top, is given its place in the order."""
    assert {room_of(path) for path in FILES} <= set(ALLOWED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_file_imports_only_from_below(path: Path) -> None:
    """A file imports from its own room and from rooms below it, late imports included."""
    room = room_of(path)
    for name, _ in read_imports(path):
        parts = name.split(".")
        if parts[0] == "scraper" and len(parts) > 1 and parts[1] != room:
            assert parts[1] in ALLOWED[room], f"{name} is not below {room}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    """A library that a room wraps is imported nowhere else, but for its types."""
    for name, only_types in read_imports(path):
        library = name.split(".")[0]
        if library in KEPT_IN and not only_types:
            assert room_of(path) in KEPT_IN[library], f"{library} belongs elsewhere"


@pytest.mark.parametrize("room", ["discover", "extract", "match", "urls", "dates", "body"])
def test_pure_rooms_touch_nothing(room: str) -> None:
    """Pure rooms import nothing that does I/O, reads the clock, waits or logs."""
    for path in FILES:
        if room_of(path) == room:
            imported = {
                name.split(".")[0] for name, only_types in read_imports(path) if not only_types
            }
            assert not imported & WORLDLY, f"{path} is pure"


def test_reader_of_imports_sees_late_ones(tmp_path: Path) -> None:
    """The check itself finds an import inside a function, and knows one that is for types only."""
    path = tmp_path / "late.py"
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from scraper.cli import app\n"
        "def late():\n    import scraper.store.archive as a\n"
    )
    assert list(read_imports(path)) == [
        ("typing.TYPE_CHECKING", False),
        ("scraper.cli.app", True),
        ("scraper.store.archive", False),
    ]


#: What a command costs before it does anything: modules that its start must not import.
SLOW = (
    "alembic",
    "brotli",
    "datasketch",
    "httpx",
    "jinja2",
    "numpy",
    "rich.progress",
    "starlette",
    "tldextract",
)


def modules_after(statement: str) -> set[str]:
    """The modules that a new interpreter has imported after this statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_help_imports_click_alone() -> None:
    """`scraper --help` imports no command and no library but click."""
    loaded = modules_after("import scraper.cli.app")
    assert not loaded & {*SLOW, "sqlalchemy", "msgspec", "rich", "logging", "scraper.model"}


def test_reading_commands_import_nothing_slow() -> None:
    """Commands that read import neither what fetching needs nor what matching does."""
    for command in ("status", "stories", "show", "search", "export"):
        loaded = modules_after(f"import scraper.cli.{command}, scraper.store.archive")
        assert not loaded & set(SLOW), command


def test_run_imports_what_it_works_with_when_there_is_work() -> None:
    """A run with nothing due neither fetches nor matches, and starts no worker."""
    loaded = modules_after("import scraper.cli.run, scraper.store.archive")
    assert not loaded & {*SLOW, "scraper.pipeline.run", "scraper.worker.parser"}

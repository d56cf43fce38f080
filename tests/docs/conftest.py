"""Archives made once, and terminals beside the demo's world, for the pages that are typed there."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from scraper.demo.server import serve_world
from scraper.demo.sites import SITES
from scraper.demo.tour import take_tour
from tests.docs.doc_terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.server import RunningWorld


@pytest.fixture(scope="session")
def demo_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the archive that `scraper demo` makes; not to be written to."""
    return take_tour(tmp_path_factory.mktemp("demo")).archive


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing; commands run in an empty folder, with no config or variables from outside."""
    enter(tmp_path, monkeypatch)


def enter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing; this folder is where one is, and nothing is known of any other."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "xdg"))
    monkeypatch.delenv("SCRAPER_CONFIG", raising=False)
    monkeypatch.delenv("SCRAPER_ARCHIVE", raising=False)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal in an empty folder, beside a world of its own."""
    with serve_world(names=False) as world:
        yield Terminal(world, tmp_path)


@pytest.fixture(scope="session")
def shared_world() -> Iterator[RunningWorld]:
    """A world for the pages that begin with an archive of it."""
    with serve_world(names=False) as world:
        yield world


@pytest.fixture(scope="session")
def gathered(shared_world: RunningWorld, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a config, and an archive of that world; to be copied."""
    folder = tmp_path_factory.mktemp("gathered")
    with pytest.MonkeyPatch.context() as monkeypatch:
        enter(folder, monkeypatch)
        first = Terminal(shared_world, folder)
        watched = [f"https://{site.host}/" for site in SITES if site.key in shared_world.addresses]
        for typed in ("scraper init", f"scraper add {' '.join(watched)}", "scraper run"):
            exit_code, printed = first.type(typed)
            assert exit_code in {0, 3}, printed
    return folder


@pytest.fixture
def ready_terminal(shared_world: RunningWorld, gathered: Path, tmp_path: Path) -> Terminal:
    """A terminal in a folder where the guide has been followed until there is an archive."""
    shutil.copytree(gathered, tmp_path, dirs_exist_ok=True)
    return Terminal(shared_world, tmp_path)

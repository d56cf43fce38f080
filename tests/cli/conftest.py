"""Running commands as a person does, in an empty folder."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from scraper.cli.app import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands run, with no config and no variables from outside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("SCRAPER_CONFIG", raising=False)
    monkeypatch.delenv("SCRAPER_ARCHIVE", raising=False)
    return tmp_path


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """Commands set up the process's log; afterwards it is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def run() -> Callable[..., Result]:
    """A command run in this process: ``run("show", "1").stdout``."""

    def invoke(*args: str, **options: object) -> Result:
        return CliRunner().invoke(cli, args, prog_name="scraper", **options)  # type: ignore[arg-type]  # as the test says

    return invoke

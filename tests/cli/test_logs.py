"""Log lines: as the command line says, otherwise as the config does."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from click.testing import Result

from scraper.cli.logs import configure_logging
from scraper.config import LogConfig

if TYPE_CHECKING:
    from pathlib import Path

Run = Callable[..., Result]

logger = logging.getLogger("scraper.test")


def test_json_lines_are_whole_whatever_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """One object a line: with its time in UTC, and a traceback inside it."""
    configure_logging(1, "json")
    logger.info("asked %s", "https://example.org/\x1b[31m\nred")
    try:
        int("broken\nin two")
    except ValueError:
        logger.exception("failed")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert first["message"] == "asked https://example.org/\x1b[31m\nred"
    assert (first["level"], first["logger"]) == ("info", "scraper.test")
    assert first["time"].endswith("+00:00")
    assert second["traceback"].startswith("Traceback")
    assert "ValueError: invalid literal" in second["traceback"]


def test_control_characters_reach_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """In neither form."""
    for log_format in ("text", "json"):
        configure_logging(1, log_format)
        logger.info("asked %s", "\x1b[31mred\x07")
    assert not set("\x1b\x07") & set(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("verbosity", "log_format", "config", "expected"),
    [
        (0, None, LogConfig(), ["WARNING scraper.test: w"]),
        (1, None, LogConfig(level="error"), ["INFO scraper.test: i", "WARNING scraper.test: w"]),
        (0, None, LogConfig(level="error"), []),
        (0, None, LogConfig(format="json"), ['"message": "w"']),
        (0, "text", LogConfig(format="json"), ["WARNING scraper.test: w"]),
    ],
)
def test_options_come_before_the_config(
    capsys: pytest.CaptureFixture[str],
    verbosity: int,
    log_format: str | None,
    config: LogConfig,
    expected: list[str],
) -> None:
    """What is not said on the command line, the config says."""
    configure_logging(verbosity, log_format, config)
    logger.info("i")
    logger.warning("w")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(expected)
    assert all(part in line for part, line in zip(expected, lines, strict=True))


def test_config_sets_the_log_of_commands_that_read_it(run: Run, home: Path) -> None:
    """And a wrong level is told with its place."""
    assert run("init").exit_code == 0
    (home / "config.toml").write_text('[log]\nlevel = "info"\nformat = "json"\n')
    assert run("status").exit_code == 0
    assert logging.getLogger().level == logging.INFO
    (home / "config.toml").write_text('[log]\nlevel = "loud"\n')
    wrong = run("status")
    assert wrong.exit_code == 4
    assert "log.level" in wrong.stderr


def test_run_writes_its_measures_where_the_config_says(run: Run, home: Path) -> None:
    """Also where nothing was due; beside the config, wherever the command is run."""
    assert run("init").exit_code == 0
    (home / "config.toml").write_text('[metrics]\ntextfile = "scraper.prom"\n')
    assert run("run").exit_code == 0
    assert "scraper_articles 0.0\n" in (home / "scraper.prom").read_text()
    (home / "config.toml").write_text('[metrics]\ntextfile = "nowhere/scraper.prom"\n')
    failed = run("run")
    assert failed.exit_code == 1
    assert "nowhere/scraper.prom cannot be written" in failed.stderr

"""SIGKILL at any moment loses nothing that was finished, and doubles nothing; nor do others who
work on the archive at the same time. `make bench-kills` does more of the same.
"""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

import pytest

from tests.disturbances import kill_others, kill_runs, run_beside_others, run_pairs
from tests.disturbed import serve_press

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads locks from /proc")


def test_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """Runs that are killed at random moments, and then one that is left alone."""
    with serve_press(papers=3, articles=12) as press:
        assert "3 killed at work" in kill_runs(tmp_path, press, 3, random.Random(1))  # noqa: S311 - moments


@pytest.mark.slow
def test_kills_in_every_command_that_writes(tmp_path: Path) -> None:
    """Twenty kills of runs, and some of what takes out and makes anew."""
    chance = random.Random(2)  # noqa: S311 - moments, not secrets
    with serve_press(papers=4, articles=30) as press:
        assert "20 killed at work" in kill_runs(tmp_path, press, 20, chance)
        assert len(kill_others(tmp_path, press, 4, chance)) == 3


def test_of_two_runs_one_works(tmp_path: Path) -> None:
    """The other says that the first holds the lock, or finds nothing left to do."""
    with serve_press(papers=3, articles=12) as press:
        assert "36 articles, each once" in run_pairs(tmp_path, press, 2)


@pytest.mark.slow
def test_a_run_beside_a_watch_beside_a_reader(tmp_path: Path) -> None:
    """Each article is archived once, each page of the browser comes, nothing is locked."""
    with serve_press(papers=4, articles=20) as press:
        assert "80 articles, each once" in run_beside_others(tmp_path, press, 15)

"""`scraper web` as a process: where it listens, and how it ends."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(archive_path: Path, end: signal.Signals) -> None:
    """The address it prints is answered; Ctrl-C and a stop from outside end it quietly."""
    command = [sys.executable, "-m", "scraper", "web", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
        assert found
        answer = httpx.get(f"{found[0]}healthz", timeout=60)
        assert answer.text == "ok\n"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "server" not in answer.headers
        server.send_signal(end)
        _, said = server.communicate(timeout=60)
    assert (server.returncode, said) == (0, "")


def test_an_address_in_use_is_one_line(archive_path: Path, run: Callable[..., Result]) -> None:
    """Exit 1, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("web", "--port", port)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "choose another --port" in result.stderr
    assert "while attempting" not in result.stderr


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.1"])
def test_a_host_of_another_machine_is_one_line(
    host: str, archive_path: Path, run: Callable[..., Result]
) -> None:
    """No other port would help where the name or the address is not ours."""
    result = run("web", "--host", host, "--port", "0")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "give a --host of this machine" in result.stderr

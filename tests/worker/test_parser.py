"""Workers are real processes: what ends them, what replaces them, and what is left of them."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import wait
from typing import TYPE_CHECKING

import pytest

from scraper.errors import WorkerError
from scraper.extract import extract_article
from scraper.model import NoArticle, Reason
from scraper.worker.limits import Limits
from scraper.worker.parser import MAX_WAITING, Killed, Parser
from tests.worker import troublemakers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: As strict as the suite is fast; 100 MB is little more than the interpreter has from the start.
LIMITS = Limits(memory_bytes=200 * 1_048_576, cpu_seconds=0.5, wall_seconds=3.0, documents=3)


@pytest.fixture
def parser() -> Iterator[Parser]:
    """Two workers with short limits."""
    with Parser(2, LIMITS) as opened:
        yield opened


def is_process(pid: int) -> bool:
    """Whether there is such a process, be it a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("parse", "told"),
    [
        (troublemakers.eat_memory, "parsing it took more than 200 MB"),
        (troublemakers.loop_for_ever, "parsing it took more than 0.5 s of CPU"),
        (troublemakers.sleep_for_ever, "parsing it took longer than 3 s"),
        (troublemakers.crash, "its worker was ended by SIGSEGV"),
        (troublemakers.leave, "its worker ended with code 7"),
    ],
)
def test_a_document_that_kills_its_worker_is_told_with_its_reason(
    parser: Parser, parse: Callable[[bytes], bytes], told: str
) -> None:
    """It costs its own worker; the next document is read by another."""
    assert parser.submit(parse, b"").result() == Killed(detail=told)
    assert not parser.pids
    assert parser.submit(troublemakers.echo, b"next").result() == b"next"


def test_others_are_read_while_one_document_takes_its_time(parser: Parser) -> None:
    """Two workers: what keeps one busy keeps nobody waiting."""
    stuck = parser.submit(troublemakers.sleep_for_ever, b"")
    read = [parser.submit(troublemakers.echo, b"%d" % n).result() for n in range(10)]
    assert read == [b"%d" % n for n in range(10)]
    assert not stuck.done()


def test_no_worker_before_there_is_work_and_none_after(parser: Parser) -> None:
    """One document starts one worker; closing leaves no process and no zombie, of busy ones too."""
    counts = [len(parser.pids)]
    parser.submit(troublemakers.echo, b"").result()
    counts.append(len(parser.pids))
    stuck = [parser.submit(troublemakers.sleep_for_ever, b"") for _ in range(2)]
    while len(parser.pids) < 2:
        time.sleep(0.01)
    pids = parser.pids
    parser.close()
    counts.append(len(parser.pids))
    assert counts == [0, 1, 0]
    assert not any(is_process(pid) for pid in pids)
    assert not wait(stuck).not_done


def test_worker_is_replaced_after_its_documents(parser: Parser) -> None:
    """What a thousand pages leave behind in a parser's memory goes with the worker."""
    pids = [parser.submit(troublemakers.name_process, b"").result() for _ in range(7)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]
    assert [is_process(pid) for pid in dict.fromkeys(pids)] == [False, False, True]  # type: ignore[arg-type]


def test_worker_killed_from_outside_between_documents_costs_nothing(parser: Parser) -> None:
    """Nobody is to blame for it: the next document is read by a new one."""
    first = parser.submit(troublemakers.name_process, b"").result()
    assert isinstance(first, int)
    os.kill(first, signal.SIGKILL)
    second = parser.submit(troublemakers.name_process, b"").result()
    assert isinstance(second, int)
    assert second != first


def test_worker_killed_from_outside_at_work_is_told(tmp_path: Path) -> None:
    """As an out-of-memory killer does; whether the document was to blame, nobody can say."""
    mark = tmp_path / "begun"
    with Parser() as parser:
        stuck = parser.submit(troublemakers.mark_and_sleep, bytes(mark))
        while not mark.exists():
            time.sleep(0.01)
        os.kill(parser.pids[0], signal.SIGKILL)
        assert stuck.result() == Killed(detail="its worker was ended by SIGKILL")


def test_parsers_bug_is_logged_and_costs_its_document(
    parser: Parser, caplog: pytest.LogCaptureFixture
) -> None:
    """The traceback is for whoever mends it; the worker goes on."""
    with caplog.at_level(logging.ERROR):
        told = parser.submit(troublemakers.stumble, b"this").result()
    assert told == Killed(detail="a bug of ours: ValueError: no idea what b'this' is")
    assert "in stumble" in caplog.text
    assert len(parser.pids) == 1


def test_answers_pass_what_a_library_prints(parser: Parser) -> None:
    """Nothing that a parser writes gets among the answers, or makes it wait."""
    assert parser.submit(troublemakers.babble, b"whole").result() == b"whole"
    large = parser.submit(troublemakers.echo, b"0123456789" * 500_000, times=2).result()
    assert large == b"0123456789" * 1_000_000


def test_workers_are_deaf_to_interrupts(parser: Parser) -> None:
    """Ctrl-C and a service's stop reach all processes of a job; the parent ends its own."""
    pid = parser.submit(troublemakers.name_process, b"").result()
    assert isinstance(pid, int)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(pid, number)
    assert parser.submit(troublemakers.name_process, b"").result() == pid


def test_unknown_parser_is_one_clear_line(parser: Parser) -> None:
    """As where a library is missing."""

    def lost(content: bytes) -> bytes:
        return content

    lost.__qualname__ = "nowhere"
    with pytest.raises(WorkerError, match=r"does not start: AttributeError: .*nowhere"):
        parser.submit(lost, b"").result()


def test_worker_that_dies_at_start_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last words are told, as those of an interpreter that does not find its own library."""
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\necho Fatal >&2\necho No module named encodings >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with Parser() as parser, pytest.raises(WorkerError) as raised:
        parser.submit(troublemakers.echo, b"").result()
    told = "the process that parses pages does not start: No module named encodings"
    assert str(raised.value) == told


def test_no_interpreter_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program was removed under a running process."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python3")
    with Parser() as parser, pytest.raises(WorkerError, match="No such file or directory"):
        parser.submit(troublemakers.echo, b"").result()


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    """SIGKILL gives the parent no time to end them: they see that it is gone."""
    program = (
        "from scraper.worker.parser import Parser\n"
        "from tests.worker import troublemakers\n"
        "parser = Parser()\n"
        "print(parser.submit(troublemakers.name_process, b'').result(), flush=True)\n"
        "input()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        cwd=tmp_path,
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 30
    while is_running(worker) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(worker)


def is_running(pid: int) -> bool:
    """Whether the process runs: an orphan may be a zombie until init looks after it."""
    done = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)],  # noqa: S607 - wherever it is
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()[:1] not in {"", "Z"}


def test_articles_come_out_as_in_process(parser: Parser) -> None:
    """A page read in a worker is the page read here, its dates' offsets included."""
    html = (
        b"<html><head><title>Ferry sails again</title>"
        b'<meta property="article:published_time" content="2026-03-04T09:30:00+05:30"></head>'
        b"<body><article><h1>Ferry sails again</h1>"
        + b"<p>The ferry left the quay at nine, with forty people and a goat on board.</p>" * 9
        + b"</article></body></html>"
    )
    found = asyncio.run(parser.run(extract_article, html, url="https://example.org/ferry"))
    assert found == extract_article(html, url="https://example.org/ferry")
    assert not isinstance(found, (NoArticle, Killed))
    assert found.published is not None
    assert found.published.isoformat() == "2026-03-04T09:30:00+05:30"
    nothing = parser.submit(troublemakers.find_nothing, b"").result()
    assert nothing == NoArticle(reason=Reason.NO_ARTICLE, detail="nothing")


def test_who_brings_documents_waits_while_many_are_waiting(parser: Parser) -> None:
    """There is room at first, none while as many wait as may, and room again after them."""

    async def crowd() -> tuple[bool, bool, bool]:
        def has_room() -> asyncio.Task[None]:
            return asyncio.ensure_future(parser.until_room())

        before = has_room()
        await asyncio.sleep(0)
        waiting = [
            asyncio.ensure_future(parser.run(extract_article, b"<p>x", url="https://a.example/"))
            for _ in range(MAX_WAITING)
        ]
        await asyncio.sleep(0)
        during = has_room()
        await asyncio.sleep(0)
        was_held_back = not during.done()
        await asyncio.gather(*waiting)
        await during
        return before.done(), was_held_back, during.done()

    assert asyncio.run(crowd()) == (True, True, True)

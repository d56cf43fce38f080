"""Four ways to disturb the program, each with what must hold afterwards; what they give is told by
`make bench-kills`, and they are tests themselves.
"""

from __future__ import annotations

import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING

from tests.disturbed import (
    COMMAND,
    Press,
    archived_urls,
    begin_archive,
    check,
    copy_archive,
    kill,
    scraper,
    told_stories,
    unnamed_bytes,
)

if TYPE_CHECKING:
    import random
    from pathlib import Path

#: What a pass may end with beside another: all is well, or the other has the lock.
WELL, LOCKED = 0, 11
PAGES_A_SECOND = 20
#: What the reader asks the browser for.
_PATHS = ("/", "/sources", "/?q=news", "/feed.atom")


def kill_runs(folder: Path, press: Press, kills: int, chance: random.Random) -> str:
    """What came of so many runs that were killed at work; each archive is finished in the end, and
    is then as the one in ``folder/calm``, which nobody disturbs.
    """
    calm = folder / "calm"
    begin_archive(calm, press)
    begun = time.monotonic()
    scraper(calm, "run")
    seconds = time.monotonic() - begun
    expected = told_stories(calm)
    archives = done = 0
    while done < kills:
        killed = folder / f"killed-{archives}"
        if not killed.exists():
            begin_archive(killed, press)
        at_work = kill(killed, ("run", "--all"), chance.uniform(0, seconds / 4))
        check(killed)
        done += at_work
        if not at_work or done == kills:
            scraper(killed, "run", "--all")
            check(killed)
            assert told_stories(killed) == expected
            assert archived_urls(killed) == archived_urls(calm)
            assert unnamed_bytes(killed) == {}
            archives += 1
    return (
        f"run: {done} killed at work in {archives} archives of {len(press.urls())} articles"
        f" ({seconds:.1f} s undisturbed), each followed by `db check`; in the end all"
        f" {len(expected)} stories as undisturbed"
    )


def kill_others(folder: Path, press: Press, kills: int, chance: random.Random) -> list[str]:
    """What came of so many kills of each command that takes out or makes anew what ``kill_runs``
    left in ``folder/calm``.
    """
    calm, undisturbed, killed = (folder / name for name in ("calm", "undisturbed", "disturbed"))
    with closing(sqlite3.connect(calm / "archive.db")) as connection, connection:
        for table, column in (("article", "first_seen"), ("page", "announced_at")):
            connection.execute(
                f"UPDATE {table} SET {column} = datetime({column}, '-400 days') WHERE id % 3 = 0"  # noqa: S608 - names of ours
            )
    site = press.papers[0].url("").removeprefix("http://")
    told = []
    for words in (
        ("forget", site, "--yes"),
        ("prune", "--older-than", "1y", "--yes"),
        ("rebuild", "articles"),
    ):
        copy_archive(calm, undisturbed)
        begun = time.monotonic()
        scraper(undisturbed, *words)
        seconds = time.monotonic() - begun
        expected = told_stories(undisturbed)
        at_work = 0
        for _ in range(kills):
            copy_archive(calm, killed)
            # What it takes to start is over when it has the lock.
            at_work += kill(killed, words, chance.uniform(0, seconds / 2))
            check(killed)
            scraper(killed, *words)
            check(killed)
            assert told_stories(killed) == expected, words
        told.append(f"{' '.join(words)}: {at_work} of {kills} killed at work, then as undisturbed")
    return told


def run_pairs(folder: Path, press: Press, pairs: int) -> str:
    """What came of so many pairs of runs that were started together."""
    place = folder / "pairs"
    begin_archive(place, press)
    ends: Counter[tuple[int, ...]] = Counter()
    for _ in range(pairs):
        words = [*COMMAND, "run", "--all", "--limit", "12"]
        both = [
            subprocess.Popen(words, cwd=place, stderr=subprocess.PIPE, text=True) for _ in range(2)
        ]
        said = [process.communicate(timeout=120)[1] for process in both]
        codes = tuple(sorted(process.returncode for process in both))
        assert set(codes) <= {WELL, LOCKED}, (codes, said)
        assert WELL in codes
        assert "database is locked" not in "".join(said)
        ends[codes] += 1
    scraper(place, "run", "--all")
    check(place)
    assert archived_urls(place) == sorted(press.urls())
    told = ", ".join(f"{number} times {codes}" for codes, number in sorted(ends.items()))
    return f"pairs of runs ended {told}; {len(press.urls())} articles, each once"


def run_beside_others(folder: Path, press: Press, seconds: float) -> str:
    """What came of runs beside a watch beside a reader, while articles are published."""
    place = folder / "beside"
    most, press.published = press.published, 1
    begin_archive(place, press)
    watch = subprocess.Popen([*COMMAND, "watch"], cwd=place, stderr=subprocess.PIPE, text=True)
    web = subprocess.Popen(
        [*COMMAND, "web", "--port", "0"],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert web.stdout is not None
    address = web.stdout.readline().split()[4].rstrip("/")
    stop = threading.Event()
    answers: Counter[int | str] = Counter()
    reader = threading.Thread(target=_read_pages, args=(address, stop, answers))
    reader.start()
    codes: Counter[int] = Counter()
    said = ""
    begun = time.monotonic()
    while (share := (time.monotonic() - begun) / seconds) < 1:
        press.published = min(most, 1 + round(most * share * 1.25))
        done = scraper(place, "run", fails=True)
        codes[done.returncode] += 1
        said += done.stderr
    press.published = most
    stop.set()
    reader.join()
    for process in (watch, web):
        process.terminate()
        said += process.communicate(timeout=30)[1]
    scraper(place, "run", "--all")
    check(place)
    assert "database is locked" not in said
    assert "Traceback" not in said, said
    assert set(codes) <= {WELL, LOCKED}, said
    assert set(answers) == {200}, answers
    assert archived_urls(place) == sorted(press.urls())
    told = ", ".join(f"{number} times {code}" for code, number in sorted(codes.items()))
    return (
        f"run beside watch beside a reader of {answers[200] / seconds:.0f} pages/s,"
        f" {seconds:g} s: runs ended {told}, {answers[200]} pages read,"
        f" {len(press.urls())} articles, each once,"
        " and nobody found the database locked"
    )


def _read_pages(address: str, stop: threading.Event, answers: Counter[int | str]) -> None:
    """Nothing; asks for pages of the browser, so many a second, and counts how that ended."""
    due = time.monotonic()
    for number in count():
        due += 1 / PAGES_A_SECOND
        if stop.wait(max(0.0, due - time.monotonic())):
            return
        try:
            with urllib.request.urlopen(  # noqa: S310 - loopback
                address + _PATHS[number % len(_PATHS)], timeout=60
            ) as answer:
                answer.read()
                answers[answer.status] += 1
        except urllib.error.HTTPError as exc:
            answers[exc.code] += 1
        except OSError as exc:
            answers[str(exc)] += 1

"""A small press that can be archived again and again, and ways to disturb who does.

Each paper has a feed and articles; every second article is another paper's too, word for word, so
that there are stories of two. Commands are run as processes of their own, and killed with SIGKILL
at moments of chance.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.fetch.loopback import Loopback, reply
from tests.hostile.world import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.fetch.loopback import Asked

COMMAND = (sys.executable, "-m", "scraper")


class Press:
    """Papers on loopback, of whose articles ``published`` are announced by now."""

    def __init__(self, papers: Sequence[Loopback], articles: int, seed: int = 1) -> None:
        chance = random.Random(seed)  # noqa: S311 - prose, not secrets
        self.papers = papers
        self.published = articles
        shared = ""
        for number in range(articles):
            for at, paper in enumerate(papers):
                if at % 2 == 0 or number % 2 == 0:
                    shared = write_text(chance)
                paper.on(f"/{number}", _page(f"Story {number} of {at // 2}", shared))
        for paper in papers:
            paper.on("/feed.xml", partial(self._serve_feed, paper))

    @property
    def feeds(self) -> list[str]:
        """The addresses of the feeds."""
        return [paper.url("/feed.xml") for paper in self.papers]

    def urls(self) -> set[str]:
        """The addresses of all articles that are announced by now."""
        return {paper.url(f"/{n}") for paper in self.papers for n in range(self.published)}

    def _serve_feed(self, paper: Loopback, _asked: Asked) -> Iterator[bytes]:
        links = (paper.url(f"/{number}") for number in range(self.published))
        items = "".join(f"<item><link>{link}</link></item>" for link in links)
        document = f"<rss version='2.0'><channel><title>P</title>{items}</channel></rss>"
        yield reply(document.encode(), content_type="application/rss+xml")


def _page(title: str, text: str) -> bytes:
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    return reply(
        f"<!doctype html><html><head><title>{title}</title></head><body><article>"
        f"<h1>{title}</h1>{paragraphs}</article></body></html>".encode(),
        content_type="text/html; charset=utf-8",
    )


@contextmanager
def serve_press(papers: int, articles: int) -> Iterator[Press]:
    """The press, as long as the context lasts."""
    with ExitStack() as stack:
        servers = [Loopback() for _ in range(papers)]
        for server in servers:
            stack.callback(server.stop)
        yield Press(servers, articles)


def scraper(folder: Path, *words: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
    """The command's outcome, run in this folder; it must end with 0, but where it ``fails``."""
    done = subprocess.run(
        [*COMMAND, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )
    assert fails or done.returncode == 0, (words, done.returncode, done.stderr)
    return done


def begin_archive(folder: Path, press: Press) -> None:
    """Nothing; the folder has a config and an archive that watches the press, as fast as it can."""
    folder.mkdir()
    scraper(folder, "init")
    lines = ["[fetch]\nmin_delay_seconds = 0", 'allow_addresses = ["127.0.0.0/8:*"]']
    lines.append(f"[discover]\ninterval_minutes = {1 / 60}\nfastest_minutes = {1 / 60}")
    lines += [f'[[source]]\nurl = "{url}"\nevery_minutes = {1 / 60}' for url in press.feeds]
    (folder / "config.toml").write_text("\n".join(lines))


def kill(folder: Path, words: Sequence[str], seconds: float) -> bool:
    """Whether the command was still at work when it was killed, so long after it took the lock."""
    process = subprocess.Popen(
        [*COMMAND, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline and not _holds_lock(folder):
        time.sleep(0.005)
    time.sleep(seconds)
    process.kill()
    return process.wait(timeout=30) < 0


def _holds_lock(folder: Path) -> bool:
    """Whether somebody holds the archive's lock, asked without taking it."""
    try:
        number = (folder / "archive.db.lock").stat().st_ino
    except FileNotFoundError:
        return False
    return any(f":{number} " in line for line in Path("/proc/locks").read_text().splitlines())


def check(folder: Path) -> None:
    """Nothing; `db check` finds the archive in order."""
    done = scraper(folder, "db", "check", fails=True)
    assert done.returncode == 0, done.stdout + done.stderr


def copy_archive(folder: Path, to: Path) -> None:
    """Nothing; the second folder has what the first has."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)


def told_stories(folder: Path) -> list[tuple[object, ...]]:
    """The archive's stories without what depends on the moment or the order of arrival."""
    return sorted(
        tuple(sorted((member["url"], member["text"]) for member in _members(story)))
        for story in map(json.loads, scraper(folder, "export", "stories").stdout.splitlines())
    )


def _members(story: dict[str, Any]) -> Iterator[dict[str, str]]:
    yield story["canonical"]
    yield from story["mirrors"]


def archived_urls(folder: Path) -> list[str]:
    """The addresses of all articles, as often as they are archived."""
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        rows = connection.execute("SELECT url FROM article ORDER BY url")
        return [url for (url,) in rows]


def unnamed_bytes(folder: Path) -> dict[str, int]:
    """By how many bytes each WARC file is longer than what the archive names."""
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        ends = dict(
            connection.execute(
                "SELECT warc_file, max(offset + length) FROM snapshot GROUP BY warc_file"
            ).fetchall()
        )
    sizes = {file.name: file.stat().st_size for file in (folder / "archive.db.warc").iterdir()}
    return {
        name: size - ends.get(name, 0) for name, size in sizes.items() if size != ends.get(name)
    }

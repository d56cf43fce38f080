"""Measures a run over the hostile world of the tests, and politeness as the servers saw it.

    python benchmarks/hostile.py

First a run over the good site and every fault; then, on servers of their own, two runs with real
delays over three hosts, of which one sets a Crawl-delay, one answers 503 with Retry-After, and all
forbid a folder. Loopback only; a minute at most.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scraper.store import schema
from scraper.store.archive import open_archive
from tests.fetch.loopback import Loopback, reply
from tests.hostile.test_hostile_run import TELLING_PEAK, write_config
from tests.hostile.world import revalidated, serve_hostile_world, write_text

if TYPE_CHECKING:
    from random import Random

import random

DELAY = 0.5
CRAWL_DELAY = 1.0
RETRY_AFTER = 3
PAGES = 10
PAPERS = ("plain", "crawl-delay", "busy")


def run(folder: Path, *arguments: str) -> tuple[int, float, float]:
    """Exit code, wall seconds and peak megabytes of a command."""
    begun = time.monotonic()
    command = [sys.executable, "-c", TELLING_PEAK, *arguments]
    done = subprocess.run(command, cwd=folder, check=False)
    seconds = time.monotonic() - begun
    return done.returncode, seconds, float((folder / "peak").read_text()) / 1024


def measure_faults(folder: Path) -> None:
    """Print what one run over everything did."""
    with serve_hostile_world() as world:
        run(folder, "init")
        write_config(folder, world)
        code, seconds, megabytes = run(folder, "run")
        with open_archive(folder / "archive.db") as archive, archive.read() as connection:
            texts = dict(
                connection.execute(sa.select(schema.article.c.url, schema.article.c.text)).all()
            )
            reasons = Counter(connection.execute(sa.select(schema.page.c.reason)).scalars())
        right = sum(texts.get(url) == text for url, text in world.texts.items())
        print(f"exit {code}, {seconds:.1f} s, peak {megabytes:.0f} MB")
        print(f"articles right {right} of {len(world.texts)}, wrong {len(texts) - right}")
        print(f"faults {len(world.by_fault)}, sources {len(world.by_source) + 2}")
        print("pages by reason:", dict(sorted((str(key), n) for key, n in reasons.items())))
        print(f"requests outside the allow-list: {len(world.forbidden.asked)}")


def serve_paper(server: Loopback, chance: Random, *, crawl_delay: bool, is_busy: bool) -> None:
    """A small site with a feed, a forbidden folder, and what else its rules say."""
    rules = "User-agent: *\nDisallow: /no/\n"
    if crawl_delay:
        rules += f"Crawl-delay: {CRAWL_DELAY}\n"
    server.on("/robots.txt", reply(rules.encode(), content_type="text/plain"))
    paths = [f"/{number}" for number in range(PAGES)] + ["/no/1", "/no/2"]
    for number, path in enumerate(paths):
        text = "".join(f"<p>{part}</p>" for part in write_text(chance).split("\n\n"))
        page = f"<!doctype html><html><body><article><h1>{path}</h1>{text}</article></body></html>"
        good = revalidated(page.encode(), f'"{number}"', "text/html")
        busy = reply(b"", f"Retry-After: {RETRY_AFTER}", status="503 Busy")
        server.on(path, *((busy, good) if is_busy and number == PAGES // 2 else (good,)))
    items = "".join(f"<item><link>{server.url(path)}</link></item>" for path in paths)
    feed = f"<rss version='2.0'><channel><title>Paper</title>{items}</channel></rss>"
    server.on("/feed.xml", revalidated(feed.encode(), '"feed"', "application/rss+xml"))


def measure_politeness(folder: Path) -> None:
    """Print what the servers saw of two runs."""
    chance = random.Random(1)
    with ExitStack() as stack:
        servers = [Loopback() for _ in PAPERS]
        for name, server in zip(PAPERS, servers, strict=True):
            stack.callback(server.stop)
            serve_paper(server, chance, crawl_delay=name == "crawl-delay", is_busy=name == "busy")
        run(folder, "init")
        allowed = [f"127.0.0.1:{server.port}" for server in servers]
        lines = [f"[fetch]\nmin_delay_seconds = {DELAY}\nallow_addresses = {allowed}"]
        lines += [f'[[source]]\nurl = "{server.url("/feed.xml")}"' for server in servers]
        (folder / "config.toml").write_text("\n".join(lines))
        print("first run: exit {}, {:.1f} s".format(*run(folder, "run")[:2]))
        for name, server in zip(PAPERS, servers, strict=True):
            moments = [asked.at for asked in server.asked]
            gaps = [after - before for before, after in pairwise(moments)]
            print(
                f"{name}: {len(moments)} requests, smallest gap {min(gaps):.3f} s,"
                f" largest {max(gaps):.3f} s, at once {server.most_at_once},"
                f" forbidden asked for {sum('/no/' in path for path in server.paths())}"
            )
        print("second run: exit {}, {:.1f} s".format(*run(folder, "run", "--all")[:2]))
        with open_archive(folder / "archive.db") as archive, archive.read() as connection:
            counts = connection.execute(sa.select(schema.run.c.wire_bytes)).scalars().all()
        print(f"bytes: first {counts[0]}, second {counts[1]} ({counts[1] / counts[0]:.1%})")


if __name__ == "__main__":
    for measure in (measure_faults, measure_politeness):
        with tempfile.TemporaryDirectory() as temporary:
            measure(Path(temporary))

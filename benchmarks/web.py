"""What a page of the browser takes: median and 99th percentile for each kind of page.

usage: python benchmarks/web.py ARCHIVE [ROUNDS]

Asks the application itself, without a network, for ROUNDS (100) different pages of each kind, dealt
by chance from the archive's stories and words; the first page of each kind is asked before and does
not count. Wall time, and beside it the CPU time of this process: other programs of the machine
lengthen the former alone.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import time
import warnings
from pathlib import Path

from scraper.store.archive import open_archive
from scraper.web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

SEED = 20261125


def deal_pages(path: Path, rounds: int) -> dict[str, list[str]]:
    """Pages of each kind."""
    chance = random.Random(SEED)
    with sqlite3.connect(path) as archive:
        stories = [row[0] for row in archive.execute("SELECT id FROM story")]
        pairs = archive.execute("SELECT a, b FROM relation LIMIT 10000").fetchall()
        sites = [row[0] for row in archive.execute("SELECT DISTINCT site FROM article")]
        texts = archive.execute("SELECT text FROM article WHERE id % 997 = 0").fetchall()
    words = [word for (text,) in texts for word in text.replace(".", "").split()]
    common = statistics.mode(words)

    def deal(address: str, choices: list[object]) -> list[str]:
        return [address.format(chance.choice(choices)) for _ in range(rounds)]

    return {
        "stories, newest": ["/"] * rounds,
        "stories, a later page": deal("/?after={}", stories),
        "stories, most copied": ["/?order=copied"] * rounds,
        "most copied, a later page": deal("/?order=copied&after={}", stories),
        "stories of a site": deal("/?site={}", sites),
        "stories with excerpts": ["/?relation=excerpt_of"] * rounds,
        "search, a word of a text": deal("/?q={}", words),
        "search, two words": [
            f"/?q={chance.choice(words)}+{chance.choice(words)}" for _ in stories[:rounds]
        ],
        "search, the commonest word": [f"/?q={common}"] * rounds,
        "search within a site": [
            f"/?q={chance.choice(words)}&site={chance.choice(sites)}" for _ in stories[:rounds]
        ],
        "a story": deal("/story/{}", stories),
        "two texts": [f"/compare?a={a}&b={b}" for a, b in chance.choices(pairs, k=rounds)],
        "an article": deal("/article/{}", stories),
        "sources": ["/sources"] * rounds,
        "feed": ["/feed.atom"] * rounds,
        "feed, copied from a site": deal("/feed.atom?copied-from={}", sites),
    }


def main() -> None:
    """Print the table."""
    path = Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 100  # noqa: PLR2004 - the second argument
    with (
        open_archive(path) as archive,
        TestClient(create_app(archive), base_url="http://127.0.0.1") as client,
    ):
        print(f"{'page':<28} {'median':>8} {'p99':>8} {'CPU, median':>12} {'p99':>8}  ms")
        for kind, pages in deal_pages(path, rounds).items():
            client.get(pages[0])
            wall, cpu = [], []
            for page in pages:
                began, used = time.perf_counter(), time.process_time()
                answer = client.get(page)
                wall.append((time.perf_counter() - began) * 1000)
                cpu.append((time.process_time() - used) * 1000)
                assert answer.status_code == 200, page  # noqa: S101, PLR2004
            told = [
                value
                for times in (wall, cpu)
                for value in (statistics.median(times), sorted(times)[int(len(times) * 0.99) - 1])
            ]
            print(
                f"{kind:<28} {told[0]:8.1f} {told[1]:8.1f} {told[2]:12.1f} {told[3]:8.1f}",
                flush=True,
            )


main()

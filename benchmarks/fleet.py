"""Two `scraper watch` on one PostgreSQL archive beside one, and what is left of two where one dies.

    python benchmarks/fleet.py [HOSTS] [PAGES]

HOSTS servers (200) on addresses of loopback, each with a feed and PAGES articles (5), that take
two seconds for each answer; a second between the requests to a host. Each part begins with an empty
archive and is timed until every page is archived:

    one     one worker
    two     two workers, begun together
    killed  two workers; when half of the pages are archived, one is ended by SIGKILL

What the servers saw is counted: pages asked for more than once, and the smallest gap of a host.
The PostgreSQL server comes from a wheel, as in the tests; the servers and it run beside.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pages import MISSING, PORT, hosts, make_answers, read_request

from scraper.store import schema
from scraper.store.archive import Archive
from tests.postgres_server import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from scraper.store.postgresql import PostgresDatabase

LATENCY_SECONDS = 2.0
GAP_SECONDS = 1.0
#: A part that has not ended by then has failed.
MOST_SECONDS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the servers saw of one part."""

    requests: int
    pages: int
    repeated: int
    smallest_gap: float
    overlaps: int


def serve(names: list[str], pages: int, pipe: Connection) -> None:
    """Serve the hosts; whoever asks through the pipe gets what they saw since the last time."""
    answers = make_answers(names, pages)
    seen: list[tuple[str, str, float, float]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await read_request(reader)
            begun = time.monotonic()
            await asyncio.sleep(LATENCY_SECONDS)
            writer.write(answers.get(asked, MISSING))
            await writer.drain()
            name, _, path = asked.decode().partition("/")
            seen.append((name, path, begun, time.monotonic()))
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            return

    def tell() -> None:
        pipe.recv()
        pipe.send(list(seen))
        seen.clear()

    async def main() -> None:
        for name in names:
            await asyncio.start_server(answer, name.partition(":")[0], PORT)
        asyncio.get_running_loop().add_reader(pipe.fileno(), tell)
        pipe.send("ready")
        await asyncio.Event().wait()

    asyncio.run(main())


def judge(seen: list[tuple[str, str, float, float]]) -> Seen:
    """What became of politeness, and of asking once."""
    by_host: dict[str, list[tuple[float, float]]] = {}
    for name, _, begun, ended in sorted(seen, key=lambda each: each[2]):
        by_host.setdefault(name, []).append((begun, ended))
    pairs = [pair for times in by_host.values() for pair in pairwise(times)]
    asked = Counter((name, path) for name, path, _, _ in seen if path.isdigit())
    return Seen(
        requests=len(seen),
        pages=len(asked),
        repeated=sum(count - 1 for count in asked.values()),
        smallest_gap=min(later[0] - before[0] for before, later in pairs),
        overlaps=sum(later[0] < before[1] for before, later in pairs),
    )


@contextmanager
def worker(
    folder: Path, location: PostgresDatabase, name: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A `scraper watch` while the context lasts."""
    url = location.url.render_as_string(hide_password=False)
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "scraper", "-v", "watch"],
            cwd=folder,
            env={**os.environ, "SCRAPER_ARCHIVE": url},
            stderr=log,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait()


def count_archived(archive: Archive) -> int:
    """How many pages are archived now."""
    state = schema.page.c.state == "archived"
    with archive.read() as connection:
        return connection.execute(sa.select(sa.func.count()).where(state)).scalar_one()


def wait_for(archive: Archive, count: int, begun: float) -> None:
    """Nothing; so many pages are archived."""
    while (archived := count_archived(archive)) < count:
        if time.monotonic() - begun > MOST_SECONDS:
            raise SystemExit(f"only {archived} of {count} pages after {MOST_SECONDS} s")
        time.sleep(0.2)


def measure(
    server: PostgresServer,
    folder: Path,
    names: list[str],
    expected: int,
    *,
    count: int,
    kills: bool,
) -> float:
    """Seconds until every page is archived by so many workers."""
    server.make_database("fleet")
    location = server.locate("fleet", folder)
    url = location.url.render_as_string(hide_password=False)
    init = [sys.executable, "-m", "scraper", "--archive", url, "init"]
    subprocess.run(init, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    listed = [f'[[source]]\nurl = "http://{name}/feed.xml"' for name in names]
    fetch = f'[fetch]\nmin_delay_seconds = {GAP_SECONDS}\nallow_addresses = ["127.0.0.0/8:*"]'
    (folder / "config.toml").write_text("\n".join([fetch, *listed]))
    with ExitStack() as stack:
        archive = stack.enter_context(Archive(location))
        begun = time.monotonic()
        workers = [stack.enter_context(worker(folder, location, f"w{n}")) for n in range(count)]
        if kills:
            wait_for(archive, expected // 2, begun)
            workers[0].send_signal(signal.SIGKILL)
            print(f"killed  after {time.monotonic() - begun:.1f} s", flush=True)
        wait_for(archive, expected, begun)
        return time.monotonic() - begun


def main() -> None:
    """Print the table."""
    numbers = [int(argument) for argument in sys.argv[1:]]
    count, pages = (*numbers, *(200, 5)[len(numbers) :])
    names = hosts(count)
    expected = count * pages
    here, there = multiprocessing.Pipe()
    servers = multiprocessing.Process(target=serve, args=(names, pages, there), daemon=True)
    servers.start()
    here.recv()
    walls: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="scraper-fleet-") as temporary:
        server = PostgresServer(Path(temporary) / "server")
        try:
            for name, workers in (("one", 1), ("two", 2), ("killed", 2)):
                folder = Path(temporary) / name
                folder.mkdir()
                walls[name] = measure(
                    server, folder, names, expected, count=workers, kills=name == "killed"
                )
                here.send("tell")
                seen = judge(here.recv())
                print(
                    f"{name:7} {walls[name]:.1f} s, {expected / walls[name]:.1f} pages/s;"
                    f" {seen.requests} requests, {seen.pages} of {expected} pages,"
                    f" {seen.repeated} asked for again; smallest gap {seen.smallest_gap:.3f} of"
                    f" {GAP_SECONDS} s, {seen.overlaps} at the same time",
                    flush=True,
                )
        finally:
            server.stop()
    print(f"two workers: {walls['one'] / walls['two']:.2f} times one")
    servers.terminate()


if __name__ == "__main__":
    main()

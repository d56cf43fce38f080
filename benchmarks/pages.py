"""Measures articles a second, end to end, beside the same pages fetched by httpx and nothing else.

    python benchmarks/pages.py [HOSTS] [PAGES] [--profile]

HOSTS servers (200) on addresses of loopback, each with a feed and PAGES articles (20), no delay
between requests. Both programs run as processes of their own; CPU seconds are theirs alone.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pstats
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scraper.store import schema
from scraper.store.archive import open_archive
from tests.hostile.world import write_text

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

PORT = 8431
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#: Fetches all pages, many hosts at a time and one request at a time for each, as we do.
HTTPX_ALONE = """
import asyncio, sys
import httpx

async def main():
    hosts = open(sys.argv[1]).read().split()
    pages = int(sys.argv[2])
    limit = asyncio.Semaphore(32)
    async with httpx.AsyncClient(timeout=20) as client:
        async def host(name):
            async with limit:
                for path in ["robots.txt", "feed.xml", *map(str, range(pages))]:
                    close = {"Connection": "close"}
                    (await client.get(f"http://{name}/{path}", headers=close)).content
        await asyncio.gather(*map(host, hosts))

asyncio.run(main())
"""


def hosts(count: int) -> list[str]:
    """The addresses of so many hosts."""
    return [f"127.0.{1 + n // 250}.{1 + n % 250}:{PORT}" for n in range(count)]


def make_answers(names: list[str], pages: int) -> dict[bytes, bytes]:
    """What each host answers, by its name and the path."""
    answers: dict[bytes, bytes] = {}
    chance = random.Random(1)
    for name in names:
        items = "".join(f"<item><link>http://{name}/{n}</link></item>" for n in range(pages))
        feed = f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>"
        answers[f"{name}/feed.xml".encode()] = _answer(feed, "application/rss+xml")
        for number in range(pages):
            text = "".join(f"<p>{part}</p>" for part in write_text(chance).split("\n\n"))
            page = f"<!doctype html><html lang='en'><body><article><h1>{name} {number}</h1>{text}"
            answers[f"{name}/{number}".encode()] = _answer(page, "text/html; charset=utf-8")
    return answers


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """The name of the host and the path that are asked for."""
    head = await reader.readuntil(b"\r\n\r\n")
    path = head.split(b" ", 2)[1]
    lines = head.split(b"\r\n")
    return next(line[6:] for line in lines if line.lower().startswith(b"host: ")) + path


def serve(names: list[str], pages: int, ready: Connection) -> None:
    """Serve the hosts until the process is ended."""
    answers = make_answers(names, pages)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(answers.get(await read_request(reader), MISSING))
            await writer.drain()
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            return

    async def main() -> None:
        for name in names:
            await asyncio.start_server(answer, name.partition(":")[0], PORT)
        ready.send("ready")
        await asyncio.Event().wait()

    asyncio.run(main())


def _answer(body: str, kind: str) -> bytes:
    data = body.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + data


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall and CPU seconds of a command."""
    begun = time.monotonic()
    with subprocess.Popen(command, cwd=folder) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return time.monotonic() - begun, used.ru_utime + used.ru_stime


def main() -> None:
    """Print the table."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    count, pages = (*numbers, *(200, 20)[len(numbers) :])
    names = hosts(count)
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(names, pages, there), daemon=True)
    server.start()
    here.recv()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        scraper = [sys.executable, "-m", "scraper"]
        subprocess.run([*scraper, "init"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        listed = [f'[[source]]\nurl = "http://{name}/feed.xml"' for name in names]
        fetch = '[fetch]\nmin_delay_seconds = 0\nallow_addresses = ["127.0.0.0/8:*"]'
        (folder / "config.toml").write_text("\n".join([fetch, *listed]))
        (folder / "hosts").write_text("\n".join(names))
        alone = measure([sys.executable, "-c", HTTPX_ALONE, "hosts", str(pages)], folder)
        profiled = ["-m", "cProfile", "-o", "profile"] if "--profile" in sys.argv else []
        whole = measure([sys.executable, *profiled, "-m", "scraper", "run"], folder)
        with open_archive(folder / "archive.db") as archive, archive.read() as connection:
            found = connection.execute(
                sa.select(sa.func.count()).select_from(schema.article)
            ).scalar_one()
        expected = count * pages
        print(f"articles {found} of {expected}")
        for name, (wall, cpu) in (("httpx alone", alone), ("scraper run", whole)):
            print(f"{name}: {expected / wall:.0f}/s, {wall:.1f} s, CPU {cpu:.1f} s")
        print(f"ratio of CPU {whole[1] / alone[1]:.2f}, of wall {whole[0] / alone[0]:.2f}")
        if profiled:
            pstats.Stats(str(folder / "profile")).sort_stats("tottime").print_stats(25)
    server.terminate()


if __name__ == "__main__":
    main()

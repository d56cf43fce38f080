"""One run of the real command over a good site and every fault: what is good is archived, once and
word for word, and everything else is told for what it is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from scraper import clock
from scraper.config import DiscoverConfig
from scraper.model import Reason, SourceKind, SourceState
from scraper.store import schema
from scraper.store.archive import locate, open_archive
from tests.hostile.faults import FAULTS
from tests.hostile.sources import PATH, SOURCES
from tests.hostile.world import HostileWorld, serve_hostile_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.archive_builder import NewArchive

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")

#: Entries of one feed; enough for all faults, and a short walk through the crowd of 100,000.
MOST_ENTRIES = 500
#: The peak of the main process must stay below this (measured: 190, by make bench-hostile).
MOST_MEMORY_MB = 300
#: Kinds of characters that no title may have: controls, lone surrogates, separators of lines.
_STEERING = {"Cc", "Cs", "Zl", "Zp"}


#: The command, which leaves its peak memory in a file, in KiB. What the system counts for a child
#: is no use: the memory of the process that it was forked from is part of it.
TELLING_PEAK = """
import atexit, pathlib, re, sys
from scraper.cli import main
status = pathlib.Path("/proc/self/status")
peak = lambda: re.search(r"VmHWM:\\s*([0-9]+)", status.read_text())[1]
atexit.register(lambda: pathlib.Path("peak").write_text(peak()))
sys.exit(main())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run that is over, and the archive that it left."""

    world: HostileWorld
    exit_code: int
    stdout: str
    stderr: str
    peak_mb: float
    pages: dict[str, Any]
    articles: dict[str, Any]
    sources: dict[str, Any]
    entries: Counter[str]
    requests: list[Any]


def write_config(folder: Path, world: HostileWorld) -> None:
    """A config that lets these servers be asked, and nothing else."""
    listed = [(world.good.url("/feed.xml"), "good", SourceKind.FEED)]
    listed.append((world.crowd.url("/source"), "crowd", SourceKind.FEED))
    listed += [(world.by_source[bad.name].url(PATH), bad.name, bad.kind) for bad in SOURCES]
    allowed = json.dumps(world.allow_addresses)
    lines = [f"[discover]\nmax_entries = {MOST_ENTRIES}"]
    lines.append("[fetch]\nmin_delay_seconds = 0\ntimeout_seconds = 10")
    lines.append(f"concurrent_hosts = 32\nallow_addresses = {allowed}")
    lines += [
        f'[[source]]\nurl = "{url}"\nname = "{name}"\nkind = "{kind}"' for url, name, kind in listed
    ]
    (folder / "config.toml").write_text("\n".join(lines))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, new_archive: NewArchive) -> Iterator[Ran]:
    """One `scraper run` over the whole world, as a process of its own."""
    folder = tmp_path_factory.mktemp("hostile")
    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY"), "http://127.0.0.1:1")
    environment = {**os.environ, **proxies, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    where = locate(new_archive(folder / "hostile.db"))
    environment["SCRAPER_ARCHIVE"] = where.address
    with serve_hostile_world() as world:
        write_config(folder, world)
        done = subprocess.run(
            [sys.executable, "-c", TELLING_PEAK, "run"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        with open_archive(where) as archive, archive.read() as connection:
            yield Ran(
                world=world,
                exit_code=done.returncode,
                stdout=done.stdout,
                stderr=done.stderr,
                peak_mb=float((folder / "peak").read_text()) / 1024,
                pages={row.url: row for row in connection.execute(sa.select(schema.page))},
                articles={row.url: row for row in connection.execute(sa.select(schema.article))},
                sources={row.name: row for row in connection.execute(sa.select(schema.source))},
                entries=Counter(
                    connection.execute(
                        sa.select(schema.source.c.name).join(schema.feed_entry)
                    ).scalars()
                ),
                requests=list(connection.execute(sa.select(schema.request))),
            )


def test_the_command_ends_with_3_and_no_traceback(ran: Ran) -> None:
    """Sources failed: one line for each, and one for the pages; nothing else is said."""
    assert ran.exit_code == 3
    assert ran.stdout == ""
    lines = ran.stderr.splitlines()
    failing = {bad.name for bad in SOURCES if bad.reason}
    assert {line.split()[2] for line in lines if " is failing: " in line} == failing
    assert len(lines) == len(failing) + 1


def test_what_is_good_is_archived_once_and_word_for_word(ran: Ran) -> None:
    """The good site's articles, and the pages that are only odd, and not one article more."""
    assert set(ran.articles) == set(ran.world.texts)
    for url, text in ran.world.texts.items():
        assert ran.articles[url].text == text
        assert not {unicodedata.category(char) for char in ran.articles[url].title} & _STEERING
        assert len(ran.articles[url].title) <= 500


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_told_for_what_it_is(ran: Ran, fault: Any) -> None:  # noqa: ANN401 - a Fault
    """The page bears one of the expected reasons, with words for a person, or is archived."""
    page = ran.pages[ran.world.fault_url(fault.name)]
    if fault.waits:
        assert (page.state, page.reason, page.attempts) == ("announced", None, 0)
        assert page.next_attempt_at > clock.now()
    elif fault.reasons:
        assert page.reason in fault.reasons, page.detail
        assert page.detail
        assert page.detail.isprintable()
        assert page.state != "archived"
    else:
        assert (page.state, page.reason, page.detail) == ("archived", None, None)


@pytest.mark.parametrize("bad", SOURCES, ids=lambda bad: bad.name)
def test_a_bad_source_is_told_for_what_it_is(ran: Ran, bad: Any) -> None:  # noqa: ANN401 - a BadSource
    """The source bears the expected reason, or is active where it can be read."""
    source = ran.sources[bad.name]
    assert source.reason == bad.reason, source.detail
    assert source.state == (SourceState.FAILING if bad.reason else SourceState.ACTIVE)
    assert ran.entries[bad.name] == bad.entries


def test_nobody_outside_the_allow_list_is_asked(ran: Ran) -> None:
    """The forbidden server hears nothing, not by redirect, not by feed, not in another spelling."""
    assert ran.world.forbidden.asked == []
    assert ran.pages[ran.world.forbidden.url("/a")].reason == Reason.BLOCKED_ADDRESS


def test_a_certificate_that_nobody_signed_is_not_trusted(ran: Ran) -> None:
    """The page is not to be had, for the reason of its TLS."""
    assert ran.pages[ran.world.tls.url("/a", scheme="https")].reason == Reason.TLS


def test_one_request_for_all_variants_of_an_address(ran: Ran) -> None:
    """What is one page is asked for once."""
    asked = [path for path in ran.world.good.paths() if path.startswith(("/good/0", "//good/0"))]
    assert asked == ["/good/0"]


def test_no_more_entries_than_the_config_lets_be_read(ran: Ran) -> None:
    """Of a hundred thousand entries the first so many are asked for."""
    assert DiscoverConfig().max_entries == 1_000
    asked = [path for path in ran.world.crowd.paths() if path.removeprefix("/").isdigit()]
    assert sorted(asked, key=lambda path: int(path[1:])) == [f"/{n}" for n in range(MOST_ENTRIES)]


def test_one_request_at_a_time_for_each_server(ran: Ran) -> None:
    """The servers' own logs say so; but for those that talk on for a while after we hung up."""
    talkative = {"redirect_with_an_endless_body", "redirect_with_a_bomb", "huge_robots"}
    most = {
        name: server.most_at_once
        for name, server in (*ran.world.by_fault.items(), *ran.world.by_source.items())
        if name not in talkative
    }
    assert {name for name, at_once in most.items() if at_once > 1} == set()
    assert ran.world.good.most_at_once == ran.world.crowd.most_at_once == 1


def test_what_robots_forbid_is_not_asked_for(ran: Ran) -> None:
    """Nor is anything of a host whose rules cannot be had."""
    for name in ("robots_forbid", "robots_error", "robots_never_end"):
        assert ran.world.by_fault[name].paths() == ["/robots.txt"]


def test_every_request_names_the_program_and_carries_no_cookie(ran: Ran) -> None:
    """Whatever the servers set."""
    for server in ran.world.servers:
        for asked in server.asked:
            sent = {name.lower(): value for name, value in asked.headers.items()}
            assert sent["user-agent"].startswith("scraper/")
            assert "cookie" not in sent
            assert "authorization" not in sent


def test_every_failed_request_is_in_the_log_with_its_reason(ran: Ran) -> None:
    """Only reasons of the fixed list, and in particular those that the page ended with."""
    told = {row.reason for row in ran.requests if row.reason}
    assert told <= set(Reason)
    assert told >= {Reason.TOO_BIG, Reason.TIMEOUT, Reason.RESET, Reason.BLOCKED_ADDRESS}


def test_the_main_process_stays_small(ran: Ran) -> None:
    """Bombs and crowds included."""
    assert ran.peak_mb < MOST_MEMORY_MB

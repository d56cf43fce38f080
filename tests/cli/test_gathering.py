"""The commands that gather: add, source, run, fetch, import, demo."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import Result

from scraper import clock
from scraper.demo.server import serve_world
from scraper.model import HostState
from scraper.store.archive import hold_lock, open_archive
from scraper.store.hosts import save_hosts
from scraper.urls import host_of

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.demo.server import RunningWorld
    from scraper.store.archive import Location

Run = Callable[..., Result]

SETTINGS = """
[fetch]
min_delay_seconds = 0
allow_addresses = ["127.0.0.0/8:*"]
"""


@pytest.fixture(scope="module")
def world() -> Iterator[RunningWorld]:
    """The demo's world with its faults, each site at an address of its own."""
    with serve_world(names=False, faults=True) as served:
        yield served


@pytest.fixture
def begun(run: Run, home: Path) -> None:
    """An empty archive whose config lets loopback be asked."""
    assert run("init").exit_code == 0
    (home / "config.toml").write_text(SETTINGS)


def names_of(run: Run) -> list[str]:
    """The sources' names, as `source list` gives them."""
    return [source["name"] for source in json.loads(run("source", "list", "--json").stdout)]


@pytest.mark.usefixtures("begun")
def test_add_finds_a_sites_feed_and_adds_it_once(run: Run, world: RunningWorld) -> None:
    """A front page leads to its feed; the feed's own title is its name."""
    first = run("add", world.home_pages[0])
    assert first.exit_code == 0
    assert first.stdout.startswith("added The Ottermouth Courier: http://127.0.0.21:")
    again = run("add", world.feeds[0], "--name", "Again")
    assert again.exit_code == 0
    assert "is watched already" in again.stdout
    assert names_of(run) == ["The Ottermouth Courier"]


@pytest.mark.usefixtures("begun")
def test_add_says_what_is_wrong_and_adds_the_rest(run: Run, world: RunningWorld) -> None:
    """A page without a feed ends with 1; what is no address with 2, before anything is asked."""
    missing = run("add", world.url("courier", "/nowhere"), world.feeds[1])
    assert missing.exit_code == 1
    assert "no feed at" in missing.stderr
    assert names_of(run) == ["Quayside Notes"]
    assert run("add", "javascript:alert(1)").exit_code == 2
    assert run("add", "--every", "nan", world.feeds[2]).exit_code == 2
    dry = run("add", "--dry-run", world.feeds[2])
    assert dry.stdout.startswith("would add Brightline")
    assert names_of(run) == ["Quayside Notes"]


@pytest.mark.usefixtures("begun")
def test_sources_are_paused_resumed_changed_and_removed(run: Run, world: RunningWorld) -> None:
    """By name or address; an unknown one is one line and 2."""
    run("add", world.feeds[0])
    name = "The Ottermouth Courier"
    for command, told in (
        (("pause", name), f"paused {name}"),
        (("resume", world.feeds[0]), f"resumed {name}"),
        (("set", name, "--name", "Courier", "--every", "5"), f"changed {name}"),
        (("remove", "Courier"), "removed Courier"),
    ):
        done = run("source", *command)
        assert (done.exit_code, done.stdout.strip()) == (0, told)
    assert names_of(run) == []
    unknown = run("source", "pause", "Nobody")
    assert unknown.exit_code == 2
    assert "no source 'Nobody'" in unknown.stderr


@pytest.mark.usefixtures("begun")
def test_run_is_silent_when_all_is_well(run: Run, world: RunningWorld) -> None:
    """A first pass archives, a second finds nothing due; neither says a word."""
    run("add", world.feeds[0], world.feeds[1])
    for _ in range(2):
        done = run("run")
        assert (done.exit_code, done.output) == (0, "")
    assert len(json.loads(run("stories", "--json").stdout)) >= 3
    limited = run("run", "--source", "Nobody")
    assert limited.exit_code == 2
    assert "no source 'Nobody'" in limited.stderr


@pytest.mark.usefixtures("begun")
def test_run_tells_a_change_of_health_once_and_ends_with_3(
    run: Run, world: RunningWorld, home: Path
) -> None:
    """A source of the config that is no feed: one line at first, then only the exit code."""
    broken = world.url("weir", "/latest")
    listed = f'[[source]]\nurl = "{broken}"\nname = "Weir"\n'
    (home / "config.toml").write_text(SETTINGS + listed)
    first, second = run("run", "--all"), run("run", "--all")
    assert (first.exit_code, second.exit_code) == (3, 3)
    assert first.stderr.startswith("scraper: source Weir is failing: bad_feed: ")
    assert second.stderr == ""
    assert "bad_feed" in run("status").stdout


@pytest.mark.usefixtures("begun")
def test_a_second_run_at_once_ends_with_11(
    run: Run, home: Path, here: Location, world: RunningWorld
) -> None:
    """Whatever else takes the lock."""
    with hold_lock(here):
        for command in (("run",), ("fetch", world.home_pages[0]), ("import", "a.jsonl")):
            (home / "a.jsonl").write_text('{"text": "A text."}\n')
            done = run(*command)
            assert done.exit_code == 11
            assert "another run holds" in done.stderr
    assert run("status").exit_code == 0


@pytest.mark.usefixtures("begun")
def test_fetch_tells_what_became_of_each_page(run: Run, world: RunningWorld) -> None:
    """An article, a page without one, one that is gone: outcomes. A broken server ends with 3."""
    pages = [world.page_url("courier/oyster-beds"), world.page_url("evening/lantern-gallery")]
    listed = "# a comment\n\n" + "\n".join([*pages, world.page_url("northwind/withdrawn")])
    done = run("fetch", "-", input=listed)
    assert done.exit_code == 0
    assert sorted(line.split(":")[0] for line in done.stdout.splitlines()) == [
        "http_4xx",
        "new",
        "no_article",
    ]
    failing = run("fetch", world.page_url("weir/broken"))
    assert failing.exit_code == 3
    assert failing.stdout.startswith("http_5xx: ")
    assert run("fetch", "not an address").exit_code == 2


@pytest.mark.usefixtures("begun")
def test_fetch_tells_of_a_page_that_it_could_not_ask_for(
    run: Run, here: Location, world: RunningWorld
) -> None:
    """Its host asked for a pause; nothing is said to be well."""
    page = world.page_url("courier/oyster-beds")
    pause = HostState(host=host_of(page), not_before=clock.now() + timedelta(hours=2))
    with open_archive(here) as archive, archive.write() as connection:
        save_hosts(connection, [pause])
    done = run("fetch", page)
    assert done.exit_code == 3
    assert done.stdout.startswith(f"put off: {page}: its host wants a pause, or ")


@pytest.mark.usefixtures("begun")
def test_import_counts_and_names_the_lines_it_skips(run: Run, home: Path) -> None:
    """Bad lines are told with their numbers; a file of nothing else ends with 1."""
    (home / "mixed.jsonl").write_text('{"text": "A text of a few words."}\nnonsense\n')
    done = run("import", "mixed.jsonl")
    assert done.exit_code == 0
    assert done.stdout == "mixed.jsonl: 1 new, 0 revised, 0 unchanged, 1 skipped\n"
    assert done.stderr.startswith("scraper: mixed.jsonl: line 2: ")
    (home / "bad.jsonl").write_text("nonsense\n")
    assert run("import", "bad.jsonl").exit_code == 1
    (home / "empty.jsonl").write_text("")
    assert run("import", "empty.jsonl").exit_code == 0
    (home / "page.html").write_text("<p>Hello</p>")
    assert run("import", "page.html").exit_code == 2
    assert run("import", "missing.jsonl").exit_code == 2
    unnamed = run("import", "--collection", " ", "mixed.jsonl")
    assert (unnamed.exit_code, "--collection is empty" in unnamed.stderr) == (2, True)


@pytest.mark.usefixtures("begun")
def test_a_broken_name_is_stored_with_question_marks(run: Run, home: Path) -> None:
    """Of a collection, or of the file that gives it its name: no archive holds half a character."""
    (home / "odd\udcff.jsonl").write_text('{"id": 1, "text": "A text of a few words."}\n')
    for words in (("odd\udcff.jsonl",), ("--collection", "wire\udcff", "odd\udcff.jsonl")):
        assert run("import", *words).exit_code == 0
    written = run("export", "articles").stdout
    assert [json.loads(line)["id"] for line in written.splitlines()] == [1, 2]


@pytest.mark.parametrize(
    "command", [("run",), ("fetch", "https://a.example/"), ("add", "https://a.example/")]
)
def test_without_an_archive_init_is_named(run: Run, command: tuple[str, ...]) -> None:
    """Exit code 10, and what to type."""
    done = run(*command)
    assert done.exit_code == 10
    assert "scraper init" in done.stderr


@pytest.mark.sqlite  # of which its folder holds a file
def test_demo_shows_stories_and_what_to_type_next(run: Run, home: Path) -> None:
    """Its folder holds a config and an archive that every command reads; it is never reused."""
    done = run("demo", "--folder", "tour")
    assert done.exit_code == 0
    assert "canonical" in done.stdout
    assert "excerpt_of" in done.stdout
    assert "cd tour" in done.stdout
    assert run("--config", "tour/config.toml", "stories").stdout.count("\n") > 20
    again = run("demo", "--folder", "tour")
    assert again.exit_code == 2
    assert "is not empty" in again.stderr

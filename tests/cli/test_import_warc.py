"""`scraper import` of WARC files, as a person runs it, and as it is killed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from scraper.store.archive import open_archive
from tests.warc_builder import make_html, make_page, make_record, make_warc

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.store.archive import Location

URL = "https://paper.example/ferry"


def scraper(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command's outcome, run in this folder."""
    return subprocess.run(
        [sys.executable, "-m", "scraper", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def begin(folder: Path) -> Path:
    """The folder, with a config and an empty archive."""
    folder.mkdir(exist_ok=True)
    assert scraper(folder, "init").returncode == 0
    return folder


def count(here: Location, table: str) -> int:
    """How many rows a table has."""
    with open_archive(here) as archive, archive.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608  # our own names


def write_text(seed: int, words: int = 70) -> str:
    """As many words that mean nothing; the same seed gives the same."""
    chance = random.Random(seed)  # noqa: S311 - prose, not secrets
    dealt = ("".join(chance.choice("aeioubdgklmnprst") for _ in range(6)) for _ in range(words))
    return " ".join(dealt).capitalize() + "."


def test_counts_are_told_with_reasons(tmp_path: Path) -> None:
    """One line of what became of the file, and on stderr why what was passed over was."""
    begin(tmp_path)
    html = make_html("Ferry", write_text(1))
    pages = [
        make_page(URL, html),
        make_page(f"{URL}/gone", html, status="404 Not Found"),
        make_page(f"{URL}/too", html, status="404 Not Found"),
        make_record("response", b"nonsense", fields={"WARC-Target-URI": f"{URL}/odd"}),
        make_page(f"{URL}/empty", b"<p>nothing</p>"),
    ]
    warc = make_warc(pages)
    (tmp_path / "news.warc.gz").write_bytes(warc.content)
    done = scraper(tmp_path, "import", "news.warc.gz")
    assert done.returncode == 0
    assert done.stdout == (
        "news.warc.gz: 1 new, 0 revised, 0 unchanged, 1 without an article, 3 skipped\n"
    )
    assert done.stderr.splitlines() == [
        "scraper: news.warc.gz: 2 skipped: http_4xx",
        "scraper: news.warc.gz: 1 skipped: damaged",
        f"scraper: news.warc.gz: offset {warc.offsets[3]}: has no HTTP status",
    ]


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("old.arc.gz", b"", 2, "imports JSON Lines, WARC and OPML"),
        ("news.warc.zst", b"", 2, "imports JSON Lines, WARC and OPML"),
        ("news.warc.gz", b"what is this", 1, "offset 0: is no WARC record"),
        ("news.warc", b"", 0, ""),
    ],
)
def test_files_that_are_none_are_told(
    tmp_path: Path, name: str, content: bytes, code: int, said: str
) -> None:
    """One clear line, and the exit code of the table."""
    begin(tmp_path)
    (tmp_path / name).write_bytes(content)
    done = scraper(tmp_path, "import", name)
    assert done.returncode == code
    assert said in done.stderr


def test_a_file_that_is_gone_is_one_line(tmp_path: Path) -> None:
    """For `db check`, and for `rebuild articles`, which reads what it can."""
    begin(tmp_path)
    for name in ("a", "b"):
        pages = [
            make_page(f"https://{name}.example/{number}", make_html("F", write_text(number)))
            for number in range(3)
        ]
        (tmp_path / f"{name}.warc.gz").write_bytes(make_warc(pages).content)
    assert scraper(tmp_path, "import", "a.warc.gz", "b.warc.gz").returncode == 0
    (tmp_path / "a.warc.gz").rename(tmp_path / "moved.warc.gz")
    checked = scraper(tmp_path, "db", "check")
    assert checked.returncode == 1
    assert checked.stdout == (
        f"{tmp_path}/a.warc.gz, in which 3 snapshots lie, is not there any more:"
        " put it back, or import it again from where it is now\n"
    )
    rebuilt = scraper(tmp_path, "rebuild", "articles").stdout.splitlines()
    assert len(rebuilt) == 2
    assert "a.warc.gz: is not there any more" in rebuilt[0]
    assert rebuilt[1] == "3 unchanged, 3 unreadable"
    assert scraper(tmp_path, "import", "moved.warc.gz").returncode == 0
    assert scraper(tmp_path, "rebuild", "articles").stdout == "6 unchanged\n"
    assert scraper(tmp_path, "db", "check").returncode == 0


def test_copied_pages_stay_when_the_file_goes(tmp_path: Path, here: Location) -> None:
    """--copy-snapshots makes the archive whole without it."""
    begin(tmp_path)
    page = make_page(URL, make_html("Ferry", write_text(1)))
    (tmp_path / "news.warc").write_bytes(page)
    assert scraper(tmp_path, "import", "--copy-snapshots", "news.warc").returncode == 0
    (tmp_path / "news.warc").unlink()
    assert scraper(tmp_path, "db", "check").stdout == f"{here} is fine\n"
    assert scraper(tmp_path, "rebuild", "articles").stdout == "1 unchanged\n"


#: More than two batches of those who are killed.
PAGES = 430
#: As a person runs it, but for batches that are so small.
IN_SMALL_BATCHES = (
    "import sys; import scraper.pipeline.warc_import as crawls; crawls.BATCH_ARTICLES = 100; "
    "from scraper.cli import main; sys.exit(main())"
)


@pytest.fixture(scope="module")
def crawl() -> bytes:
    """A file of many short pages, one in three a copy of the one before."""
    pages = [
        make_page(
            f"https://s{number % 7}.example/{number}",
            make_html("F", write_text(1 + number - (number % 3 == 0))),
        )
        for number in range(PAGES)
    ]
    return make_warc(pages).content


@pytest.mark.parametrize(
    "copies",
    [
        pytest.param((), id="named"),
        pytest.param(("--copy-snapshots",), id="copied", marks=pytest.mark.slow),
    ],
)
def test_killed_imports_go_on(
    tmp_path: Path, here: Location, crawl: bytes, copies: tuple[str, ...]
) -> None:
    """SIGKILL at any moment: called again, each page is there once, with its story."""
    begin(tmp_path)
    (tmp_path / "news.warc.gz").write_bytes(crawl)
    words = ("import", *copies, "news.warc.gz")
    chance = random.Random(7)  # noqa: S311 - moments, not secrets
    for wanted in (1, 201):
        process = subprocess.Popen(
            [sys.executable, "-c", IN_SMALL_BATCHES, *words],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if count(here, "article") >= wanted:
                break
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
    done = scraper(tmp_path, *words)
    assert done.returncode == 0
    for table in ("article", "revision", "page", "snapshot"):
        assert count(here, table) == PAGES
    assert count(here, "story") == PAGES - (PAGES - 1) // 3
    assert here.snapshots.exists() == bool(copies)
    assert scraper(tmp_path, "db", "check").stdout == f"{here} is fine\n"
    assert scraper(tmp_path, *words).stdout.startswith(
        f"news.warc.gz: 0 new, 0 revised, {PAGES} un"
    )

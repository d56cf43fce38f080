"""What holds for every test, and an archive for those that need one.

No test ever fails because a machine was slow.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from scraper.match.version import FINGERPRINT_VERSION
from scraper.store.archive import create_archive, open_archive
from tests.archive_builder import BEGIN, ArchiveBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.store.archive import Archive, Where
    from tests.archive_builder import NewArchive
    from tests.postgres_server import PostgresServer

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option by which the tests run on the other engine."""
    parser.addoption(
        "--engine",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what keeps the archives of the tests (postgresql: a server from a wheel)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests about one engine are left out on the other, on PostgreSQL what needs no archive too."""
    on_postgresql = config.getoption("--engine") == "postgresql"
    other = "sqlite" if on_postgresql else "postgresql"
    left_out = [
        item
        for item in items
        if item.get_closest_marker(other)
        or (on_postgresql and "postgres_server" not in getattr(item, "fixturenames", ()))
    ]
    items[:] = [item for item in items if item not in set(left_out)]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def postgres_server(
    request: pytest.FixtureRequest,
) -> Iterator[PostgresServer | None]:
    """The server, where the tests run on PostgreSQL.

    Not in pytest's own folder: it takes away the right to it from the server's user.
    """
    if request.config.getoption("--engine") != "postgresql":
        yield None
        return
    from tests.postgres_server import PostgresServer

    with tempfile.TemporaryDirectory(prefix="scraper-postgresql-") as folder:
        server = PostgresServer(Path(folder))
        yield server
        server.stop()


@pytest.fixture(scope="session")
def new_archive(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer | None
) -> NewArchive:
    """Makes an empty archive of this file, or in the database that bears its name.

    Migrations for each would take most of a test's time: a file is copied, a database emptied. So
    of two databases of one name the older is no more.
    """
    if postgres_server is not None:
        return lambda path: postgres_server.archive(path.parent, path.stem)
    empty = tmp_path_factory.mktemp("empty") / "archive.db"
    create_archive(empty, fingerprint_version=FINGERPRINT_VERSION, now=BEGIN).close()
    return lambda path: Path(shutil.copy(empty, path))


@pytest.fixture
def archive_path(new_archive: NewArchive, tmp_path: Path) -> Where:
    """The file, or the database, of a new, empty archive."""
    return new_archive(tmp_path / "archive.db")


@pytest.fixture
def archive(archive_path: Where) -> Iterator[Archive]:
    """A new, empty archive, open."""
    with open_archive(archive_path) as opened:
        yield opened


@pytest.fixture
def builder(archive: Archive) -> ArchiveBuilder:
    """What fills the test's archive."""
    return ArchiveBuilder(archive)

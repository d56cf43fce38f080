"""A browser's view of an archive, without a browser: requests to the application itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from scraper.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.store.archive import Archive


@pytest.fixture
def client(archive: Archive) -> Iterator[TestClient]:
    """Asks the pages of the test's archive; redirects are not followed, failures are pages."""
    with TestClient(
        create_app(archive, names=["archive.test"]),
        base_url="http://127.0.0.1:8090",
        follow_redirects=False,
        raise_server_exceptions=False,
    ) as opened:
        yield opened

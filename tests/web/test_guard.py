"""Who may ask, how, and what every answer says to the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.store.archive import Archive
from scraper.web.guard import HEADERS, may_be_asked_as

if TYPE_CHECKING:
    from starlette.testclient import TestClient

PATHS = (
    "/",
    "/?since=never",
    "/story/77",
    "/nothing",
    "/static/style.css",
    "/feed.atom",
    "/healthz",
)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_bears_the_policy(client: TestClient, path: str) -> None:
    """Pages, files and errors alike forbid everything but our own style and pictures."""
    answer = client.get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert "script-src" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/story/1", "/static/style.css", "/nothing"])
def test_nothing_can_be_changed(client: TestClient, method: str, path: str) -> None:
    """Any method but GET and HEAD is refused everywhere, with the policy."""
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_head_is_answered(client: TestClient) -> None:
    """HEAD gives the headers of the page, and no page."""
    answer = client.head("/")
    assert answer.status_code == 200
    assert answer.content == b""


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8090", "localhost:1", "LocalHost", "localhost.", "[::1]:8090",
     "192.168.1.5:8090", "archive.test", "ARCHIVE.test:443"],
)  # fmt: skip
def test_addresses_and_allowed_names_are_answered(client: TestClient, host: str) -> None:
    """An address cannot be made to lead elsewhere; a name was allowed."""
    assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8090", "", "127.0.0.1.evil.example", "localhost.evil.example",
     "archive.test.evil.example", "[::1", "127.0.0.1:8090@evil.example", "127.0.0.1:x", "::1"],
)  # fmt: skip
def test_other_names_are_refused(client: TestClient, host: str) -> None:
    """A page elsewhere whose name was made to lead here reads nothing ("DNS rebinding")."""
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "--allow-host" in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_names_must_match_whole() -> None:
    """Only the very name is allowed."""
    assert may_be_asked_as("a.example:80", {"a.example"})
    assert not may_be_asked_as("b.a.example", {"a.example"})


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/none.css"],
)
def test_files_are_only_those_shipped(client: TestClient, path: str) -> None:
    """Nothing outside of the folder of styles can be had."""
    assert client.get(path).status_code == 404


def test_measures_are_given_for_prometheus(client: TestClient) -> None:
    """As text, in the version that it says."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "scraper_stories" in answer.text


@pytest.mark.sqlite
def test_an_archive_that_went_away_is_told_plainly(
    client: TestClient, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is an archive no longer is one line with 503, and no traceback."""
    archive.close()
    archive.path.write_bytes(b"no database, but long enough to be looked at " * 100)
    for path in ("/", "/healthz"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "name an archive of scraper" in answer.text
        assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_a_fault_of_ours_is_a_page_too(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its text says nothing of the inside; its headers are those of every answer."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(Archive, "read", fail)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]

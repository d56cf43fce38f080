"""Pages are asked for through a proxy, and the address guard holds through it."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from scraper.fetch.proxy import parse_proxy
from scraper.model import Reason, Refused, Snapshot
from tests.fetch.loopback import reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fetch.fetch_doubles import Fetch
    from tests.fetch.loopback import Loopback

PAGE = b"<!doctype html><p>through"


class Relay:
    """A proxy on loopback that speaks CONNECT and SOCKS5, and notes where it was sent.

    ``answer`` is what it says to CONNECT, None where it hangs up.
    """

    def __init__(self, answer: bytes | None = b"HTTP/1.1 200 OK\r\nVia: x\r\n\r\n") -> None:
        self.told: list[str] = []
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """Accept no more."""
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            first = client.recv(1)
            if first == b"\x05":
                place = self._greet(client)
            else:
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += client.recv(1)
                name, _, port = head.split(b" ")[1].decode().rpartition(":")
                place = (name, int(port))
            self.told.append(f"{place[0]}:{place[1]}")
            if first != b"\x05":
                if self._answer is None:
                    return
                client.sendall(self._answer)
                if b" 200 " not in self._answer:
                    return
            with socket.create_connection(place) as target:
                back = threading.Thread(target=_copy, args=(target, client), daemon=True)
                back.start()
                _copy(client, target)
                back.join()

    def _greet(self, client: socket.socket) -> tuple[str, int]:
        client.recv(2)
        client.sendall(b"\x05\x00")
        asked = client.recv(10)
        client.sendall(b"\x05\x00\x00\x01" + bytes(6))
        return socket.inet_ntoa(asked[4:8]), int.from_bytes(asked[8:10])


def _copy(one: socket.socket, other: socket.socket) -> None:
    try:
        while piece := one.recv(65_536):
            other.sendall(piece)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        return


@pytest.fixture
def relay() -> Iterator[Relay]:
    """A proxy that does what it is asked."""
    started = Relay()
    yield started
    started.stop()


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_pages_come_through_the_proxy(
    server: Loopback, relay: Relay, fetch: Fetch, scheme: str
) -> None:
    """Which is told the judged address; the server is told the name."""
    server.on("/a", reply(PAGE))
    url = server.url("/a", name="news.test")
    proxy = f"{scheme}://127.0.0.1:{relay.port}"
    [found] = fetch(url, proxy=proxy, names={"news.test": ["127.0.0.1"]})
    assert isinstance(found, Snapshot)
    assert found.body == PAGE
    assert set(relay.told) == {f"127.0.0.1:{server.port}"}
    assert server.pages()[0].headers["host"] == f"news.test:{server.port}"


def test_tls_goes_through_to_the_server(tls_server: Loopback, relay: Relay, fetch: Fetch) -> None:
    """Whose certificate is judged as without a proxy: this one is signed by nobody."""
    url = tls_server.url("/a", name="news.test", scheme="https")
    proxy = f"http://127.0.0.1:{relay.port}"
    [found] = fetch(url, proxy=proxy, names={"news.test": ["127.0.0.1"]})
    assert isinstance(found, Refused)
    assert found.reason is Reason.TLS
    assert set(relay.told) == {f"127.0.0.1:{tls_server.port}"}


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_the_guard_holds_through_the_proxy(relay: Relay, fetch: Fetch, scheme: str) -> None:
    """A name that leads to a private address is not asked for by anybody."""
    urls = ("http://news.test/a", "http://10.0.0.1/a", "http://169.254.169.254/")
    proxy = f"{scheme}://127.0.0.1:{relay.port}"
    for found in fetch(*urls, proxy=proxy, names={"news.test": ["10.0.0.1"]}):
        assert isinstance(found, Refused)
        assert found.reason is Reason.BLOCKED_ADDRESS
    assert relay.told == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "the proxy refused: HTTP/1.1 403 Forbidden"),
        (b"SSH-2.0 what\r\n\r\n", "the proxy refused: SSH-2.0 what"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 9_000, "the proxy answered CONNECT without an end"),
        (None, "the proxy hung up"),
    ],
)
def test_a_proxy_that_refuses(
    server: Loopback, fetch: Fetch, answer: bytes | None, told: str
) -> None:
    """It is told for what it is, and the page may be asked for again."""
    relay = Relay(answer)
    [found] = fetch(server.url("/a"), proxy=f"http://127.0.0.1:{relay.port}")
    relay.stop()
    assert isinstance(found, Refused)
    assert found.reason.may_pass
    assert told in found.detail
    assert server.asked == []


def test_what_speaks_no_socks(server: Loopback, fetch: Fetch) -> None:
    """A web server in a proxy's place."""
    server.on("/a", reply(PAGE))
    proxy = f"socks5://127.0.0.1:{server.port}"
    [found] = fetch(server.url("/a"), proxy=proxy, timeout_seconds=1.0)
    assert isinstance(found, Refused)
    assert found.reason.may_pass


@pytest.mark.parametrize("url", ["", "127.0.0.1:80", "ftp://x:1", "http://x", "http://:80"])
def test_what_is_no_proxy(url: str) -> None:
    """Neither is read as one."""
    with pytest.raises(ValueError, match="is no proxy"):
        parse_proxy(url)

"""Serves the demo's world on loopback, and keeps a log of what was asked.

Served under names, all sites share one address and are told apart by the Host header; ``resolve``
stands in for DNS. Served without, each site has a loopback address of its own and all share one
port, so that a program that knows nothing of the world meets separate hosts. (Linux answers on
all of 127.0.0.0/8; macOS needs `ifconfig lo0 alias 127.0.0.21` and so on first.)

    python -m scraper.demo.server --seconds 60      serves, prints the feeds' URLs, stops by itself
"""

from __future__ import annotations

import argparse
import selectors
import socket
import socketserver
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from scraper import clock
from scraper.demo.world import EDITIONS, Site, pages_of, render, revalidate, sites_served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_SHARED_ADDRESS = "127.0.0.1"
#: Where sites have addresses of their own, the first one's last byte: an arbitrary choice, off the
#: addresses that other things on a machine listen on.
_FIRST_LAST_BYTE = 21
#: A port that is free on the first address is nearly always free on the others; a few tries do.
_PORT_TRIES = 20
#: Seconds between two looks at whether to stop.
_POLL_SECONDS = 0.05
#: Seconds after which an idle connection is closed.
_IDLE_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One request as answered: ``body_bytes`` is the length of the body sent, 0 for a 304."""

    at: datetime
    host: str
    path: str
    status: int
    body_bytes: int


class RunningWorld:
    """The world while it is served: addresses to give to a program, and what it asked for."""

    def __init__(self, sites: tuple[Site, ...], *, names: bool, edition: int, port: int) -> None:
        self._sites = sites
        self._names = names
        self._edition = edition
        self._requests: list[LoggedRequest] = []
        self._ips = {site.key: _ip(number, names=names) for number, site in enumerate(sites)}
        self.port = port
        self.addresses = {
            site.key: f"http://{site.host if names else self._ips[site.key]}:{port}"
            for site in sites
        }

    @property
    def edition(self) -> int:
        """The edition served now."""
        return self._edition

    @property
    def feeds(self) -> tuple[str, ...]:
        """The URLs of the sites' feeds, feeds that fail on purpose included."""
        return tuple(self.url(site.key, feed.path) for site in self._sites for feed in site.feeds)

    @property
    def home_pages(self) -> tuple[str, ...]:
        """The URLs of the sites' front pages."""
        return tuple(self.url(site.key, "/") for site in self._sites)

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """What was asked so far, in the order of the answers."""
        return tuple(self._requests)

    @property
    def allow_addresses(self) -> tuple[str, ...]:
        """What ``[fetch] allow_addresses`` must hold for this world to be reached."""
        return tuple(f"{ip}:{self.port}" for ip in dict.fromkeys(self._ips.values()))

    def url(self, site: str, path: str) -> str:
        """The absolute URL of a path on the site of this key."""
        return self.addresses[site] + path

    def page_url(self, key: str) -> str:
        """The absolute URL of the page of this key ("site/slug") in the edition served now."""
        page = pages_of(self._edition)[key]
        return self.url(page.site, page.path)

    def advance(self) -> None:
        """Serve the next edition from now on; the last one stays."""
        self._edition = min(self._edition + 1, EDITIONS[-1])

    async def resolve(self, name: str, port: int) -> list[str]:  # noqa: ARG002 - a resolver is asked with both
        """The IP addresses of one of the world's hosts.

        Raises socket.gaierror for every other name: there is nothing else in this world.
        """
        for site in self._sites:
            if name in (site.host if self._names else "", self._ips[site.key]):
                return [self._ips[site.key]]
        raise socket.gaierror(socket.EAI_NONAME, f"no such host in the demo's world: {name}")

    def site_at(self, ip: str, host: str) -> Site | None:
        """The site listening on this address under this Host header; ``None`` where none does."""
        for site in self._sites:
            if self._ips[site.key] == ip and (not self._names or site.host == host):
                return site
        return None

    def log(self, request: LoggedRequest) -> None:
        """Note a request that was answered."""
        self._requests.append(request)


@contextmanager
def serve_world(*, names: bool, edition: int = 1, faults: bool = False) -> Iterator[RunningWorld]:
    """The world, served in threads of its own until the context is left."""
    sites = sites_served(faults=faults)
    ips = list(dict.fromkeys(_ip(number, names=names) for number in range(len(sites))))
    with ExitStack() as stack:
        servers = [stack.enter_context(server) for server in _listen(ips)]
        port = servers[0].server_address[1]
        world = RunningWorld(sites, names=names, edition=edition, port=port)
        for server in servers:
            server.world = world
        stop = threading.Event()
        thread = threading.Thread(
            target=_accept, args=(servers, stop), name="demo-world", daemon=True
        )
        thread.start()
        try:
            yield world
        finally:
            stop.set()
            thread.join()


class _Server(ThreadingHTTPServer):
    """A listener that closes the connections left open by keep-alive when it is closed."""

    daemon_threads = True
    timeout = 0
    world: RunningWorld

    def __init__(self, address: tuple[str, int]) -> None:
        self._connections: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking DNS for the address's name, as HTTPServer would."""
        socketserver.TCPServer.server_bind(self)
        host, self.server_port = self.socket.getsockname()
        self.server_name = str(host)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as typed in socketserver
        """Remember the connection, then answer it in a thread."""
        with self._guard:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as typed in socketserver
        """Close a connection and forget it."""
        with self._guard:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as typed in socketserver
        """Stay quiet about askers that hang up; anything else is a fault worth a traceback."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Stop listening and hang up on whoever is still connected."""
        super().server_close()
        with self._guard:
            for connection in self._connections:
                # The asker may have gone first.
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    #: Head and body leave in one write: unbuffered, Nagle's algorithm would hold the body back.
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        """Answer with head and body."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the head alone."""
        self._answer(with_body=False)

    def log_message(self, *_: object) -> None:
        """Say nothing on stderr: requests are kept by the world."""

    def _answer(self, *, with_body: bool) -> None:
        world = self.server.world
        host = self.headers.get("Host", "")
        site = world.site_at(self.server.server_name, host.rpartition(":")[0] or host)
        if site is None:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        response = revalidate(
            render(site.key, self.path, world.edition, world.addresses),
            if_none_match=self.headers.get("If-None-Match"),
            if_modified_since=self.headers.get("If-Modified-Since"),
        )
        self.send_response(response.status)
        for name, text in response.headers:
            self.send_header(name, text)
        if response.status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        sent = response.body if with_body else b""
        world.log(
            LoggedRequest(
                at=clock.now(),
                host=host,
                path=self.path,
                status=int(response.status),
                body_bytes=len(sent),
            )
        )
        self.wfile.write(sent)


def _ip(number: int, *, names: bool) -> str:
    return _SHARED_ADDRESS if names else f"127.0.0.{_FIRST_LAST_BYTE + number}"


def _listen(ips: list[str]) -> list[_Server]:
    """One listener for each address, all on one port that is free on every one of them."""
    for _ in range(_PORT_TRIES):
        servers = [_Server((ips[0], 0))]
        port = servers[0].server_port
        try:
            servers += [_Server((ip, port)) for ip in ips[1:]]
        except OSError:
            for server in servers:
                server.server_close()
        else:
            return servers
    raise OSError(f"no port is free on all of {', '.join(ips)}")


def _accept(servers: list[_Server], stop: threading.Event) -> None:
    """Hand every connection to its server until told to stop; one thread listens for all."""
    with selectors.DefaultSelector() as selector:
        for server in servers:
            selector.register(server, selectors.EVENT_READ, server)
        while not stop.is_set():
            for ready, _ in selector.select(_POLL_SECONDS):
                ready.data.handle_request()


def main(arguments: list[str] | None = None) -> None:
    """Serve for a while; print the feeds' URLs, one per line."""
    parser = argparse.ArgumentParser(prog="python -m scraper.demo.server", description=__doc__)
    parser.add_argument("--seconds", type=float, required=True, help="stop after this long")
    parser.add_argument("--edition", type=int, choices=EDITIONS, default=EDITIONS[0])
    parser.add_argument("--faults", action="store_true", help="add the site that fails on purpose")
    asked = parser.parse_args(arguments)
    with serve_world(names=False, edition=asked.edition, faults=asked.faults) as world:
        sys.stdout.write("".join(f"{feed}\n" for feed in world.feeds))
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            threading.Event().wait(asked.seconds)


if __name__ == "__main__":
    main()

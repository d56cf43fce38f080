"""A loopback HTTP server that misbehaves as told: for what mocks hide.

It speaks in bytes, not in responses, so that a test can send what no server library would: two
lengths, half a chunk, headers without end. One thread per connection, so it also serves programs
that block.
"""

from __future__ import annotations

import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from scraper import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it arrived: when, by the program's clock, and on which connection."""

    path: str
    headers: dict[str, str]
    at: float
    connection: int


class ResetConnection(Exception):  # noqa: N818 - an order, not an error
    """Raised by a script to have the connection reset instead of closed."""


#: What is sent for a path: bytes, or a function whose pieces are sent as it yields them.
Script: TypeAlias = bytes | Callable[[Asked], Iterable[bytes]]


def reply(
    body: bytes = b"",
    *headers: str,
    status: str = "200 OK",
    content_type: str | None = "text/html",
    length: int | None = None,
) -> bytes:
    """The bytes of a response; ``length`` is announced instead of the true one."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    """The bytes of a redirect."""
    return reply(b"moved", f"Location: {location}", status=status)


class Loopback:
    """The server: scripts by path, and the log of what was asked."""

    def __init__(self, certificate: str | None = None) -> None:
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self.stopping = threading.Event()
        self._scripts: dict[str, list[Script]] = {
            "/robots.txt": [reply(status="404 Not Found", content_type=None)]
        }
        self._lock = threading.Lock()
        self._at_once = 0
        self._connections = 0
        self._tls = _server_tls(certificate) if certificate else None
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.loopback = self
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def on(self, path: str, *scripts: Script) -> None:
        """Answer this path by these scripts in turn, the last one for ever."""
        self._scripts[path] = list(scripts)

    def url(self, path: str = "/", *, name: str = "127.0.0.1", scheme: str = "http") -> str:
        """The URL of a path of this server, under whatever name leads here."""
        return f"{scheme}://{name}:{self.port}{path}"

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [asked.path for asked in self.asked]

    def pages(self) -> list[Asked]:
        """The requests for anything but robots.txt."""
        return [asked for asked in self.asked if asked.path != "/robots.txt"]

    def drip(self, piece: bytes, *, seconds: float) -> Iterator[bytes]:
        """The same piece again and again, until the server stops."""
        while not self.stopping.wait(seconds):
            yield piece

    def stop(self) -> None:
        """End the server and every script that waits."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self, connection: socket.socket) -> None:
        """Answer the requests of one connection, until either side has enough."""
        with self._lock:
            self._connections += 1
            number = self._connections
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True)
        with connection:
            while self._serve_one(connection, number):
                pass

    def _serve_one(self, connection: socket.socket, number: int) -> bool:
        head = _read_head(connection)
        if not head:
            return False
        request_line, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        asked = Asked(
            path=request_line.split(" ")[1],
            headers={name.lower(): value for name, value in headers.items()},
            at=clock.now().timestamp(),
            connection=number,
        )
        with self._lock:
            self.asked.append(asked)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            scripts = self._scripts.get(asked.path) or [reply(status="404 Not Found")]
            script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        if isinstance(script, bytes):
            # Before it is sent: whoever has it all may ask again before this thread goes on.
            self._end_one()
            return _send(connection, script, asked)
        try:
            return _send(connection, script, asked)
        finally:
            self._end_one()

    def _end_one(self) -> None:
        with self._lock:
            self._at_once -= 1


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    loopback: Loopback


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        try:
            self.server.loopback.serve(self.request)
        except OSError:
            return  # the client has gone, which is often what the test is about


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = connection.recv(65_536)
        if not piece:
            return b""
        head += piece
    return head.removesuffix(b"\r\n\r\n")


def _send(connection: socket.socket, script: Script, asked: Asked) -> bool:
    """Send what the script says; whether the connection may serve another request."""
    if isinstance(script, bytes):
        connection.sendall(script)
        head, _, body = script.partition(b"\r\n\r\n")
        return b"Content-Length: %d\r\n" % len(body) in head + b"\r\n"
    try:
        for piece in script(asked):
            connection.sendall(piece)
    except ResetConnection:
        # Closing with "linger for no time" is what makes the kernel send a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def _server_tls(certificate: str) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    return tls

"""Who may ask what, and the headers that every answer bears, errors included.

Rule 1: a name in the Host header that nobody allowed is refused. A page elsewhere can have a name
of its own resolve to this machine ("DNS rebinding") and would then read the archive through the
browser of whoever visits it; it cannot do so by an address, nor by the name localhost.
Rule 2: GET and HEAD are all there is.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = ("GET", "HEAD")

#: Only our own style and pictures are loaded, and forms lead to ourselves alone.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """An ASGI application that lets through to another what it may be asked."""

    def __init__(self, app: ASGIApp, *, names: Collection[str]) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Nothing; the answer is sent, with the headers that every answer bears."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        refusal = self._refuse(scope)
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refuse(self, scope: Scope) -> PlainTextResponse | None:
        host = Headers(scope=scope).get("host", "")
        if not may_be_asked_as(host, self._names):
            return PlainTextResponse(
                "This archive is not to be had under that name.\n"
                "Open it as 127.0.0.1, or start `scraper web` with --allow-host NAME.\n",
                status_code=400,
            )
        if scope["method"] not in _METHODS:
            return PlainTextResponse(
                "This archive can be read, and nothing else.\n",
                status_code=405,
                headers={"Allow": ", ".join(_METHODS)},
            )
        return None


def may_be_asked_as(host: str, names: Collection[str]) -> bool:
    """Whether a Host header names this server: an address, localhost, or one of the lower-case
    ``names``; any port.
    """
    if host.startswith("["):
        bare, bracket, port = host[1:].partition("]")
        port = port.removeprefix(":") if bracket else "?"
    else:
        bare, _, port = host.partition(":")
    if port and not (port.isascii() and port.isdigit()):
        return False
    name = bare.lower().removesuffix(".")
    if name == "localhost" or name in names:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True

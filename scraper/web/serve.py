"""The server that shows the pages."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

from scraper.errors import ListenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.web.guard import Guard

#: A request that is still answered when the server is told to stop is waited for so long.
_STOP_SECONDS = 5


def serve(app: Guard, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Nothing, when the server was told to stop; ``ready`` gets its address once it listens.

    Port 0 takes a free one. Raises ListenError where nothing can listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
    except OSError as exc:
        raise ListenError(f"{host}:{port}", exc) from exc
    with listener:
        taken = listener.getsockname()[1]
        ready(f"http://[{host}]:{taken}/" if ":" in host else f"http://{host}:{taken}/")
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        with suppress(KeyboardInterrupt):  # uvicorn's last word, once it has stopped in good order
            uvicorn.Server(config).run(sockets=[listener])

"""From a name to addresses, by the system's resolver, without ever being waited for.

asyncio's own look-up runs in the event loop's thread pool: a handful of threads, so that a few
names with dead name servers hold up all others, and an end that waits for each of them, so that
Ctrl-C takes as long as the slowest. Here each look-up has a thread of its own that dies with the
program.
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import Future
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


async def resolve_by_system(name: str, port: int) -> Sequence[str]:
    """The addresses of a name as text, each once, in the system's order of preference (RFC 6724).

    Raises OSError where the name is not known, ValueError where it cannot be one.
    """
    answer: Future[Sequence[str]] = Future()
    answer.set_running_or_notify_cancel()  # from here on only the thread settles it
    Thread(target=_look_up, args=(name, port, answer), daemon=True).start()
    return await asyncio.wrap_future(answer)


def _look_up(name: str, port: int, answer: Future[Sequence[str]]) -> None:
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as exc:
        answer.set_exception(exc)
    else:
        answer.set_result(tuple(dict.fromkeys(str(place[0]) for *_, place in found)))

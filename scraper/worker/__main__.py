"""The worker: ``python -m scraper.worker MEMORY_BYTES CPU_SECONDS``, its socket as stdin.

It reads calls and answers them until its parent goes away. Interrupts are for the parent, which
ends its workers: Ctrl-C and systemd send theirs to all processes of a job.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
from functools import partial
from importlib import import_module
from socket import socket
from traceback import format_exc, format_exception_only
from typing import TYPE_CHECKING

from scraper.worker.limits import OUT_OF_MEMORY
from scraper.worker.wire import ClosedError, Frame, pack, receive, send, unpack_call

if TYPE_CHECKING:
    from collections.abc import Callable


def main(memory_bytes: int, cpu_seconds: float) -> None:
    """Nothing; returns when the parent has gone away."""
    _set_limits(memory_bytes)
    link = socket(fileno=os.dup(sys.stdin.fileno()))
    known: set[str] = set()
    try:
        send(link, Frame.READY, b"")
        while True:
            place, args, named = unpack_call(receive(link)[1])
            try:
                parse = _find(place)
            except (ImportError, AttributeError) as exc:
                send(link, Frame.UNKNOWN, format_exception_only(exc)[-1].strip().encode())
                continue
            send(link, Frame.TAKEN, b"")
            send(link, *_answer(partial(parse, *args, **named), cpu_seconds))
            if place not in known:
                known.add(place)
                gc.freeze()  # what it imported stays: no collection need look through it again
    except ClosedError:
        return


def _set_limits(memory_bytes: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # Its default: the kernel ends the process, whatever that is busy with.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:
        memory_bytes = min(memory_bytes, most)  # whoever started us was stricter
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(parse: Callable[[], object], cpu_seconds: float) -> tuple[Frame, bytes]:
    try:
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        answer = pack(parse())
        signal.setitimer(signal.ITIMER_PROF, 0)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception:  # noqa: BLE001 - a parser's bug is told to the parent, whatever it is
        signal.setitimer(signal.ITIMER_PROF, 0)
        return Frame.BUG, format_exc().encode(errors="replace")
    return Frame.ANSWER, answer


def _find(place: str) -> Callable[..., object]:
    module, _, name = place.partition(":")
    found: Callable[..., object] = getattr(import_module(module), name)
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))

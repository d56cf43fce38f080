"""What goes between a process and its workers: frames of MessagePack, no code and no pickles.

A frame is four bytes of length, one byte that says what it is, and its content. Values are plain
ones, the model's dataclasses and enumerations, and tuples of these; each travels with the name of
its type, which is looked up in ``scraper.model`` and nowhere else.
"""

from __future__ import annotations

import struct
import time
from dataclasses import is_dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from scraper import model

if TYPE_CHECKING:
    from collections.abc import Mapping
    from socket import socket

#: Nothing larger is sent or taken: a page of 5 MB, as bytes and with all that it may become.
MAX_FRAME_BYTES = 64_000_000

_HEAD = struct.Struct("!IB")
_TYPES: dict[str, type[Any]] = {
    name: kind
    for name in model.__all__
    if isinstance(kind := getattr(model, name), type)
    and (is_dataclass(kind) or issubclass(kind, Enum))
}
_PLAIN = ""
_TUPLE = "tuple"


class Frame(StrEnum):
    """What a frame is; the letter travels."""

    #: From a worker, once: it has its limits and can be asked.
    READY = "r"
    #: To a worker: a call of ``pack_call``.
    CALL = "c"
    #: From a worker: it has the call and begins. What ends it from here on is the document's fault.
    TAKEN = "t"
    #: From a worker: a value of ``pack``.
    ANSWER = "a"
    #: From a worker, in text: the traceback of a parser that failed.
    BUG = "b"
    #: From a worker, in text, instead of TAKEN: why there is no such parser.
    UNKNOWN = "u"


_KINDS = frozenset(Frame)


class ClosedError(Exception):
    """The other side is gone, or talks nonsense: a parser that was taken over may."""


class Call(msgspec.Struct, frozen=True, array_like=True):
    """A parser as ``module:function``, and what it is called with, packed."""

    place: str
    args: list[Any]
    named: dict[str, Any]


def send(link: socket, kind: Frame, content: bytes) -> None:
    """Nothing; the frame is sent.

    Raises ClosedError where nobody is there, TimeoutError after the socket's timeout.
    """
    try:
        link.sendall(_HEAD.pack(len(content), ord(kind)) + content)
    except TimeoutError:
        raise
    except OSError as exc:
        raise ClosedError from exc


def receive(link: socket, seconds: float | None = None) -> tuple[Frame, bytes]:
    """The next frame, within so many seconds; without them, whenever it comes.

    Raises ClosedError where there will be none, TimeoutError where it did not come in time.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    length, kind = _HEAD.unpack(_read(link, _HEAD.size, deadline))
    if length > MAX_FRAME_BYTES or chr(kind) not in _KINDS:
        raise ClosedError
    return Frame(chr(kind)), bytes(_read(link, length, deadline))


def _read(link: socket, size: int, deadline: float | None) -> bytearray:
    content = bytearray(size)
    view = memoryview(content)
    while view:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            link.settimeout(left)
        try:
            count = link.recv_into(view)
        except TimeoutError:
            raise
        except OSError as exc:
            raise ClosedError from exc
        if not count:
            raise ClosedError
        view = view[count:]
    return content


def pack_call(place: str, args: tuple[Any, ...], named: Mapping[str, Any]) -> bytes:
    """A call as the content of a frame."""
    call = Call(
        place, [_wrap(value) for value in args], {name: _wrap(named[name]) for name in named}
    )
    return msgspec.msgpack.encode(call)


def unpack_call(content: bytes) -> tuple[str, list[Any], dict[str, Any]]:
    """Place, arguments and named arguments of a call."""
    call = msgspec.msgpack.decode(content, type=Call)
    args = [_unwrap(value) for value in call.args]
    return call.place, args, {name: _unwrap(value) for name, value in call.named.items()}


def pack(value: object) -> bytes:
    """A value as the content of a frame; raises TypeError for what is neither plain nor ours."""
    return msgspec.msgpack.encode(_wrap(value))


def unpack(content: bytes) -> Any:  # noqa: ANN401 - what was packed
    """The value that was packed, of the type that it had; raises ClosedError where it is none."""
    try:
        return _unwrap(msgspec.msgpack.decode(content))
    except (msgspec.MsgspecError, LookupError, RecursionError, TypeError, ValueError) as exc:
        raise ClosedError from exc


def _wrap(value: object) -> tuple[str, object]:
    """The value with its type's name. Times go as text: MessagePack's own forget their offset."""
    if isinstance(value, tuple):
        return _TUPLE, [_wrap(part) for part in value]
    name = type(value).__name__
    if _TYPES.get(name) is type(value):
        return name, msgspec.to_builtins(value, builtin_types=(bytes,))
    if value is None or isinstance(value, (bool, int, float, bytes)) or type(value) is str:
        return _PLAIN, value
    raise TypeError(f"{type(value)} does not travel to workers")


def _unwrap(wrapped: tuple[str, Any]) -> Any:  # noqa: ANN401 - what was wrapped
    name, value = wrapped
    if name == _TUPLE:
        return tuple(_unwrap(part) for part in value)
    return value if name == _PLAIN else msgspec.convert(value, _TYPES[name])

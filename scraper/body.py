"""Bounded decoding of what comes over the wire, or came when somebody recorded it.

Rule 1: only gzip and deflate are undone, and brotli where it was recorded; one of them at most,
and by us: a library that decodes on its own decides how much memory a stranger may take (an
850-byte brotli body becomes 1 GiB).
Rule 2: output is taken in steps of STEP_BYTES, and every limit is asked after each of them.
Rule 3: a body that ends before its coding does is no body.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from scraper.model import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

STEP_BYTES = 64 * 1024

#: Input is given in pieces so small that the ratio is measured against little more than what has
#: really been used up.
INPUT_BYTES = 4 * 1024

#: More decoded bytes than MAX_RATIO for each byte received are a bomb, once RATIO_FREE_BYTES are
#: exceeded (DESIGN, promises of the fetcher). Deflate itself can reach 1,032.
MAX_RATIO = 200
RATIO_FREE_BYTES = 1_000_000

#: What we offer in Accept-Encoding.
ACCEPT_ENCODING = "gzip, deflate"

_GZIP_WBITS = 16 + zlib.MAX_WBITS
_ZLIB_WBITS = zlib.MAX_WBITS
_RAW_WBITS = -zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b\x08"
_GZIP_FIRST_BYTE = b"\x1f"
_ZLIB_HEADER_BYTES = 2


class BodyError(Exception):
    """A body that is not taken, and why; never leaves the room that decodes."""

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(detail)


class Body:
    """A body under construction: fed with chunks off the wire, finished once they end."""

    def __init__(
        self, content_encoding: str | None, *, max_bytes: int, is_recorded: bool = False
    ) -> None:
        """Raises BodyError (bad_encoding) for codings other than one gzip or deflate, or brotli
        where ``is_recorded``: others may have asked for that, we never do.
        """
        self.wire_bytes = 0
        self._used_bytes = 0
        self._max_bytes = max_bytes
        self._decoded = bytearray()
        self._coding = _coding(content_encoding, self._take, with_brotli=is_recorded)
        # What is not coded cannot grow.
        self._step = (
            max(max_bytes, INPUT_BYTES) if isinstance(self._coding, _Identity) else INPUT_BYTES
        )

    @property
    def size(self) -> int:
        """How many bytes have been decoded so far."""
        return len(self._decoded)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes off the wire.

        Raises BodyError: too_big beyond a limit, bad_encoding for bytes that are not of the coding.
        """
        self.wire_bytes += len(chunk)
        if self.wire_bytes > self._max_bytes:
            raise BodyError(Reason.TOO_BIG, f"more than {self._max_bytes} bytes came over the wire")
        for start in range(0, len(chunk), self._step):
            piece = chunk[start : start + self._step]
            self._used_bytes += len(piece)
            self._coding.feed(piece)

    def finish(self) -> bytes:
        """The whole decoded body. Raises BodyError (truncated) where the coding has not ended."""
        if not self._coding.is_complete():
            raise BodyError(
                Reason.TRUNCATED, f"the body broke off after {self.wire_bytes} encoded bytes"
            )
        return bytes(self._decoded)

    def head(self) -> bytes:
        """What has been decoded so far, at most ``max_bytes``."""
        return bytes(self._decoded[: self._max_bytes])

    def _take(self, decoded: bytes) -> None:
        self._decoded += decoded
        size = len(self._decoded)
        if size > self._max_bytes:
            raise BodyError(Reason.TOO_BIG, f"more than {self._max_bytes} bytes after decoding")
        if size > RATIO_FREE_BYTES and size > MAX_RATIO * self._used_bytes:
            raise BodyError(
                Reason.TOO_BIG,
                f"{self._used_bytes} bytes decode to more than {MAX_RATIO} times that",
            )


def unpack(body: bytes, *, max_bytes: int) -> bytes:
    """What a gzip file holds, within the limits of a Body; any other bytes as they are.

    Raises BodyError as a Body does.
    """
    if not body.startswith(_GZIP_MAGIC):
        return body
    file = Body("gzip", max_bytes=max_bytes)
    file.feed(body)
    return file.finish()


class _Identity:
    """No coding at all."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self.feed = take

    def is_complete(self) -> bool:
        return True


class _Deflate:
    """What HTTP calls deflate: the zlib format, or the bare stream that some servers send."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._start = b""
        self._stream: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> None:
        if self._stream is None:
            self._start += chunk
            if len(self._start) < _ZLIB_HEADER_BYTES:
                return
            wbits = _ZLIB_WBITS if _is_zlib_header(self._start) else _RAW_WBITS
            self._stream, chunk = zlib.decompressobj(wbits), self._start
        _inflate(self._stream, chunk, self._take)

    def is_complete(self) -> bool:
        return self._stream.eof if self._stream else not self._start


class _Gzip:
    """One gzip member or several. As browsers do, what is no member after the first is let go."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._stream = zlib.decompressobj(_GZIP_WBITS)
        self._is_empty = True
        self._is_over = False

    def feed(self, chunk: bytes) -> None:
        self._is_empty = False
        while chunk and not self._is_over:
            if self._stream.eof:
                chunk = chunk.lstrip(b"\0")  # padding, as on tapes
                if not chunk.startswith(_GZIP_FIRST_BYTE):
                    self._is_over = bool(chunk)
                    return
                self._stream = zlib.decompressobj(_GZIP_WBITS)
            chunk = _inflate(self._stream, chunk, self._take)

    def is_complete(self) -> bool:
        return self._is_empty or self._stream.eof


class _Brotli:
    """A brotli stream: RFC 7932. What stands behind its end is an error of the library's."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        import brotli

        self._take = take
        self._stream = brotli.Decompressor()
        self._error: type[Exception] = brotli.error
        self._is_empty = True

    def feed(self, chunk: bytes) -> None:
        self._is_empty = False
        try:
            while decoded := self._stream.process(chunk, output_buffer_limit=STEP_BYTES):
                self._take(decoded)
                chunk = b""
        except self._error as exc:
            raise BodyError(Reason.BAD_ENCODING, f"the body cannot be decoded: {exc}") from exc

    def is_complete(self) -> bool:
        return self._is_empty or bool(self._stream.is_finished())


def _coding(
    content_encoding: str | None, take: Callable[[bytes], None], *, with_brotli: bool
) -> _Identity | _Deflate | _Gzip | _Brotli:
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    codings = [name for name in names if name not in {"", "identity"}]
    match codings:
        case []:
            return _Identity(take)
        case ["gzip" | "x-gzip"]:
            return _Gzip(take)
        case ["deflate"]:
            return _Deflate(take)
        case ["br"] if with_brotli:
            return _Brotli(take)
        case [_]:
            raise BodyError(Reason.BAD_ENCODING, f"content coding {codings[0][:40]!r} is not read")
        case _:
            raise BodyError(Reason.BAD_ENCODING, f"{len(codings)} content codings are stacked")


def _inflate(stream: zlib._Decompress, chunk: bytes, take: Callable[[bytes], None]) -> bytes:
    """Hand on what ``chunk`` decodes to, step by step; the bytes behind the stream's end."""
    try:
        while not stream.eof:
            decoded = stream.decompress(chunk, STEP_BYTES)
            take(decoded)
            chunk = stream.unconsumed_tail
            if not chunk and len(decoded) < STEP_BYTES:
                break
    except zlib.error as exc:
        raise BodyError(Reason.BAD_ENCODING, f"the body cannot be decoded: {exc}") from exc
    return stream.unused_data


def _is_zlib_header(start: bytes) -> bool:
    """Whether two bytes open the zlib format (RFC 1950): method 8, and a multiple of 31."""
    return start[0] & 0x0F == 8 and (start[0] << 8 | start[1]) % 31 == 0  # noqa: PLR2004 - RFC 1950

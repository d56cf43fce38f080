"""The HTTP response that a WARC record holds, and the page in it, decoded within bounds.

What crawlers write is not always what came over the wire: Common Crawl undoes codings and renames
their headers, others undo them and leave the headers as they were. So a coding that the bytes do
not show is taken as undone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from scraper.body import Body, BodyError
from scraper.model import Reason, Snapshot, Validators
from scraper.warc.records import DamagedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.warc.records import Record

#: As in the fetcher (DESIGN, promises of the fetcher).
MAX_BODY_BYTES: Final = 5_000_000
_MAX_HEAD_BYTES: Final = 65_536

_STATUS: Final = re.compile(rb"HTTP/[0-9.]{1,4} +([1-5][0-9]{2})(?:[ \r\n]|$)", re.IGNORECASE)
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE: Final = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
#: Of the formats, what their bytes open with; other codings do not show.
_SHOWN: Final = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b"}
#: As ISO 8601, of 4 to 9 digits behind the second at most.
_DATE: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z", re.ASCII | re.IGNORECASE
)


class UnusableError(Exception):
    """A record that holds no page that can be read, and why."""

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer's status, and its headers by their names in lower case; ``body`` as recorded."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str | None:
        """The header Content-Type."""
        return self.headers.get("content-type") or None


def read_date(record: Record) -> datetime | None:
    """When the record says that it was made, to the millisecond; None where that is no time."""
    found = _DATE.fullmatch(record.fields.get("warc-date", ""))
    if found is None:
        return None
    *parts, fraction = found.groups()
    thousandths = int((fraction or "0").ljust(3, "0")[:3])
    try:
        return datetime(*map(int, parts), thousandths * 1000, tzinfo=UTC)  # type: ignore[misc, arg-type]  # six numbers
    except ValueError:
        return None


def read_address(record: Record) -> str | None:
    """The address that was asked; some crawlers write it in angle brackets."""
    address = record.fields.get("warc-target-uri", "")
    if address.startswith("<") and address.endswith(">"):
        address = address[1:-1]
    return address or None


def read_response(block: bytes) -> Response:
    """The answer in a record's block. Raises DamagedError where there is none."""
    found = _STATUS.match(block)
    if found is None:
        raise DamagedError("has no HTTP status")
    end = _HEAD_END.search(block, 0, _MAX_HEAD_BYTES)
    if end is None:
        raise DamagedError("has HTTP headers without an end")
    headers: dict[str, str] = {}
    for line in block[: end.start()].decode("utf-8", "replace").splitlines()[1:]:
        name, colon, content = line.partition(":")
        name = name.strip().lower()
        if not colon or not name:
            continue
        # Headers of one name add up (RFC 9110, section 5.3); the type of a page is one, and those
        # that name robots keep a line for each.
        is_first = name not in headers or name == "content-type"
        between = "\n" if name == "x-robots-tag" else ", "
        headers[name] = content.strip() if is_first else headers[name] + between + content.strip()
    return Response(status=int(found[1]), headers=headers, body=block[end.end() :])


def read_snapshot(block: bytes, *, url: str, at: datetime) -> Snapshot:
    """The page in a record's block, as if we had fetched it then.

    Raises UnusableError where it cannot be had, DamagedError where there is no answer.
    """
    response = read_response(block)
    return Snapshot(
        url=url,
        final_url=url,
        address=url,
        fetched_at=at,
        status=response.status,
        content_type=response.content_type,
        robots_tag=response.headers.get("x-robots-tag"),
        tdm_reservation=response.headers.get("tdm-reservation"),
        body=decode_body(response),
        validators=Validators(),
    )


def decode_body(response: Response) -> bytes:
    """The page's bytes. Raises UnusableError where they cannot be had within the bounds."""
    headers, body = response.headers, response.body
    if headers.get("transfer-encoding", "").lower().endswith("chunked"):
        body = _join_chunks(body)
    coding = headers.get("content-encoding", "").strip().lower()
    if not body.startswith(_SHOWN.get(coding, b"")):
        coding = ""
    elif coding in {"", "identity"} and _is_short(headers.get("content-length"), body):
        raise UnusableError(Reason.TRUNCATED, "it is shorter than its HTTP headers say")
    try:
        decoded = Body(coding or None, max_bytes=MAX_BODY_BYTES, is_recorded=True)
        decoded.feed(body)
        return decoded.finish()
    except BodyError as exc:
        if exc.reason is Reason.BAD_ENCODING and coding in {"br", "deflate"} and _is_text(body):
            return body
        raise UnusableError(exc.reason, exc.detail) from exc


def _is_short(told: str | None, body: bytes) -> bool:
    """Whether there is less than was announced."""
    announced = told or ""
    return announced.isascii() and announced.isdigit() and int(announced[:12]) > len(body)


def _is_text(body: bytes) -> bool:
    """Whether these bytes are markup: a coding was undone that does not show."""
    return body.lstrip()[:1] == b"<"


def _join_chunks(body: bytes) -> bytes:
    """The body without the sizes of its chunks (RFC 9112, section 7.1); as it is, without any."""
    if _CHUNK_SIZE.match(body) is None:
        return body
    parts: list[bytes] = []
    at = 0
    while (found := _CHUNK_SIZE.match(body, at)) is not None:
        size = int(found[1], 16)
        if size == 0:
            return b"".join(parts)
        part = body[found.end() : found.end() + size]
        if len(part) < size:
            break
        parts.append(part)
        at = found.end() + size
        at += len(b"\r\n") if body.startswith(b"\r\n", at) else body.startswith(b"\n", at)
    raise UnusableError(Reason.TRUNCATED, "its last chunk is not there")

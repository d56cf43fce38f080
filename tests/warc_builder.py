"""WARC files written by hand, so that tests say what every byte of them is."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: When the first page was fetched; each further one a second later.
BEGIN = datetime(2026, 11, 20, 8, tzinfo=UTC)


def make_record(
    kind: str,
    block: bytes,
    *,
    fields: Mapping[str, str] | None = None,
    length: int | None = None,
) -> bytes:
    """A record; ``length`` is what it says it has, where that is to be wrong."""
    head = {
        "WARC-Type": kind,
        "WARC-Date": print_date(BEGIN),
        "Content-Type": "application/http; msgtype=response",
        **(fields or {}),
        "Content-Length": str(len(block) if length is None else length),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"WARC/1.0\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def print_date(moment: datetime) -> str:
    """The moment as WARC 1.0 has it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def make_answer(
    body: bytes,
    *,
    status: str = "200 OK",
    content_type: str = "text/html; charset=utf-8",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """An HTTP response as a crawler records it."""
    head = {"Content-Type": content_type, **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def make_page(url: str, body: bytes, *, second: int = 0, **answer: object) -> bytes:
    """A response record with this page, fetched so many seconds after ``BEGIN``."""
    fields = {
        "WARC-Target-URI": url,
        "WARC-Date": print_date(BEGIN + timedelta(seconds=second)),
    }
    return make_record("response", make_answer(body, **answer), fields=fields)  # type: ignore[arg-type]  # as make_answer has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Warc:
    """A file's bytes, and where each record begins."""

    content: bytes
    offsets: tuple[int, ...]


def make_warc(records: Sequence[bytes], *, is_packed: bool = True) -> Warc:
    """A file of these records, each a gzip member where it is packed."""
    members = [gzip.compress(record, mtime=0) if is_packed else record for record in records]
    offsets = [sum(map(len, members[:at])) for at in range(len(members))]
    return Warc(content=b"".join(members), offsets=tuple(offsets))


def make_html(title: str, text: str, *, head: str = "") -> bytes:
    """A page with an article."""
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    return (
        f"<html><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()

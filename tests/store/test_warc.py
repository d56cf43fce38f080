"""WARC files: records that are written, read at their offset, taken out, and cut."""

from __future__ import annotations

import errno
import gzip
import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from scraper.errors import SnapshotError
from scraper.model import Snapshot, Validators
from scraper.store import warc
from scraper.store.warc import WarcWriter, hash_payload, read_payload

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.store.warc import Place

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
NAME = warc.file_name(7)


def fetched(body: bytes, **changes: object) -> Snapshot:
    """A page as the fetcher hands it on."""
    made = Snapshot(
        url="https://paper.example/a",
        final_url="https://paper.example/a",
        address="https://paper.example/a",
        fetched_at=NOW,
        status=200,
        content_type="text/html; charset=utf-8",
        robots_tag=None,
        body=body,
        validators=Validators(etag='"1"'),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # as the test says


def write(folder: Path, *bodies: bytes) -> list[Place]:
    """Where these pages lie in one new file."""
    writer = WarcWriter(folder / "w", NAME)
    return [writer.append(fetched(body), hash_payload(body), refers_to=None) for body in bodies]


def test_page_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Each record is read at its own offset, with what is needed to read the article again."""
    places = write(tmp_path, b"<p>first</p>", b"", b"<p>third</p>" * 9_000)
    for place, body in zip(places, (b"<p>first</p>", b"", b"<p>third</p>" * 9_000), strict=True):
        payload = read_payload(tmp_path / "w", place, hash_payload(body))
        assert payload is not None
        assert payload.body == body
        assert payload.content_type == "text/html; charset=utf-8"
        assert payload.url == "https://paper.example/a"


@given(body=st.binary(max_size=300), content_type=st.none() | st.text("azäö€;=/ ", max_size=30))
def test_any_page_is_kept(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, content_type: str | None
) -> None:
    """Whatever a server sends as a body or a type, the body comes back byte for byte."""
    writer = WarcWriter(tmp_path_factory.mktemp("any") / "w", NAME)
    page = fetched(body, content_type=content_type)
    place = writer.append(page, hash_payload(body), refers_to=None)
    payload = read_payload(writer._path.parent, place, hash_payload(body))  # noqa: SLF001
    assert payload is not None
    assert payload.body == body


def test_headers_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    """A robot's name in one X-Robots-Tag says nothing of the next, so they stay two."""
    writer = WarcWriter(tmp_path / "w", NAME)
    page = fetched(b"<p>ferry</p>", robots_tag="otherbot: noindex\nnofollow")
    writer.append(page, hash_payload(page.body), refers_to=None)
    with (tmp_path / "w" / NAME).open("rb") as file:
        *_, record = ArchiveIterator(file)
        headers = record.http_headers.headers
    tags = [value for name, value in headers if name == "X-Robots-Tag"]
    assert tags == ["otherbot: noindex", "nofollow"]


def test_others_read_the_file(tmp_path: Path) -> None:
    """A reader of WARC finds an opening record and the pages, with digests that are right."""
    write(tmp_path, b"<p>first</p>", b"<p>second</p>")
    with (tmp_path / "w" / NAME).open("rb") as file:
        records = ArchiveIterator(file, check_digests="raise")
        found = [(record.rec_type, record.content_stream().read()) for record in records]
    assert [kind for kind, _ in found] == ["warcinfo", "response", "response"]
    assert [body for _, body in found[1:]] == [b"<p>first</p>", b"<p>second</p>"]


def test_revisit_has_no_payload(tmp_path: Path) -> None:
    """A page that says the same again is a revisit, which names the earlier one."""
    writer = WarcWriter(tmp_path / "w", NAME)
    body = b"<p>the same</p>" * 1_000
    digest = hash_payload(body)
    writer.append(fetched(body), digest, refers_to=None)
    place = writer.append(fetched(body), digest, refers_to=("https://paper.example/old", NOW))
    assert read_payload(tmp_path / "w", place, digest) is None
    with (tmp_path / "w" / NAME).open("rb") as file:
        *_, last = ((record.rec_type, record.rec_headers) for record in ArchiveIterator(file))
    assert last[0] == "revisit"
    assert last[1].get_header("WARC-Refers-To-Target-URI") == "https://paper.example/old"
    assert last[1].get_header("WARC-Refers-To-Date") == "2026-11-22T10:00:00.000000Z"


def test_blanked_record_says_nothing(tmp_path: Path) -> None:
    """A record that is taken out is gone from the file, and the others are where they were."""
    bodies = [b"<p>stays</p>", os.urandom(4_000), b"<p>stays too</p>"]
    places = write(tmp_path, *bodies)
    file = tmp_path / "w" / NAME
    size = file.stat().st_size
    secret = file.read_bytes()[places[1].offset : places[1].end]
    warc.blank(tmp_path / "w", places[1])
    warc.blank(tmp_path / "w", places[1])  # a second time changes nothing
    assert file.stat().st_size == size
    assert secret[20:60] not in file.read_bytes()
    assert gzip.decompress(file.read_bytes()).count(b"stays") == 2
    with file.open("rb") as opened:
        assert [record.rec_type for record in ArchiveIterator(opened)].count("response") == 2
    for at in (0, 2):
        assert read_payload(tmp_path / "w", places[at], hash_payload(bodies[at])) is not None
    with pytest.raises(SnapshotError):
        read_payload(tmp_path / "w", places[1], hash_payload(bodies[1]))


@pytest.mark.parametrize("flip", [0, 30, -5, -12])
def test_damage_is_told(tmp_path: Path, flip: int) -> None:
    """A record with one wrong byte is an error that names the file and the offset."""
    body = b"<p>a page of some length</p>" * 20
    (place,) = write(tmp_path, body)
    file = tmp_path / "w" / NAME
    content = bytearray(file.read_bytes())
    content[place.offset + flip if flip >= 0 else place.end + flip] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(SnapshotError, match=f"{NAME}, offset {place.offset}"):
        read_payload(tmp_path / "w", place, hash_payload(body))


def test_cut_file_is_told(tmp_path: Path) -> None:
    """A record that is cut at its last byte is not read as whole."""
    (place,) = write(tmp_path, b"<p>page</p>")
    warc.cut(tmp_path / "w", NAME, place.end - 1)
    with pytest.raises(SnapshotError, match="cut"):
        read_payload(tmp_path / "w", place, hash_payload(b"<p>page</p>"))


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A file that somebody removed is an error, not a crash."""
    (place,) = write(tmp_path, b"<p>page</p>")
    (tmp_path / "w" / NAME).unlink()
    with pytest.raises(SnapshotError, match="cannot be read"):
        read_payload(tmp_path / "w", place, hash_payload(b"<p>page</p>"))


def test_full_disk_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a record does not fit, nothing of it is left, and what to do is said."""
    writer = WarcWriter(tmp_path / "w", NAME)
    first = writer.append(fetched(b"<p>1</p>"), hash_payload(b"<p>1</p>"), refers_to=None)

    def fail(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(SnapshotError, match="make room"):
            writer.append(fetched(b"<p>2</p>"), hash_payload(b"<p>2</p>"), refers_to=None)
    assert (tmp_path / "w" / NAME).stat().st_size == first.end
    again = writer.append(fetched(b"<p>3</p>"), hash_payload(b"<p>3</p>"), refers_to=None)
    assert again.offset == first.end


def test_full_disk_leaves_no_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not even the opening fits, there is no file, and the next try begins it."""
    writer = WarcWriter(tmp_path / "w", NAME)

    def fail(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(SnapshotError, match="make room"):
            writer.append(fetched(b"<p>2</p>"), hash_payload(b"<p>2</p>"), refers_to=None)
    assert warc.list_files(tmp_path / "w") == []
    writer.append(fetched(b"<p>3</p>"), hash_payload(b"<p>3</p>"), refers_to=None)
    assert warc.list_files(tmp_path / "w") == [NAME]

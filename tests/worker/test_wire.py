"""What goes between a process and its workers arrives as it left."""

from __future__ import annotations

import socket
import threading
from dataclasses import is_dataclass
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import model
from scraper.model import (
    Article,
    Attribution,
    BadFeed,
    Evidence,
    Feed,
    FeedEntry,
    NoArticle,
    Precision,
    Reason,
    Snapshot,
    SourceKind,
    Validators,
)
from scraper.worker.wire import (
    ClosedError,
    Frame,
    pack,
    pack_call,
    receive,
    send,
    unpack,
    unpack_call,
)

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(timezones=OFFSETS, min_value=datetime(1990, 1, 1))  # noqa: DTZ001 - they get one
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
MAYBE = st.none() | TEXT
ARTICLES = st.builds(
    Article,
    url=MAYBE,
    title=MAYBE,
    text=TEXT,
    authors=st.lists(TEXT).map(tuple),
    published=st.none() | MOMENTS,
    published_precision=st.none() | st.sampled_from(Precision),
    modified=st.none() | MOMENTS,
    attributions=st.lists(
        st.builds(Attribution, evidence=st.sampled_from(Evidence), url=MAYBE, name=MAYBE)
    ).map(tuple),
)


@given(ARTICLES)
def test_articles_travel_whole(article: Article) -> None:
    """With the offset that each date was printed with, which an equal moment would not show."""
    arrived = unpack(pack(article))
    assert arrived == article
    for name in ("published", "modified"):
        was, came = getattr(article, name), getattr(arrived, name)
        assert (was and was.isoformat()) == (came and came.isoformat())


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        0.5,
        "text",
        b"\x00\xff",
        (),
        ("a", (1, Reason.TLS)),
        SourceKind.FEED,
        BadFeed(detail="no"),
        NoArticle(reason=Reason.TOO_BIG, detail="large"),
        Feed(title=None, home_url=None, entries=(FeedEntry(url="https://example.org/"),)),
        Snapshot(
            url="https://example.org/",
            final_url="https://example.org/",
            address="https://example.org/",
            fetched_at=datetime(2026, 1, 2, tzinfo=timezone.utc),  # noqa: UP017 - as the rest
            status=200,
            content_type=None,
            robots_tag=None,
            body=b"\x00\xff",
            validators=Validators(etag="x"),
        ),
    ],
)
def test_values_arrive_as_they_left(value: object) -> None:
    """Plain values, the model's and tuples of them, each of its own type."""
    arrived = unpack(pack(value))
    assert arrived == value
    assert type(arrived) is type(value)
    assert unpack_call(pack_call("a:b", (value,), {"name": value})) == (
        "a:b",
        [value],
        {"name": value},
    )


def test_what_is_not_ours_does_not_travel() -> None:
    """A list would arrive as something else; an object must not arrive at all."""
    for value in ([1], {"a": 1}, object(), datetime(2026, 1, 2, tzinfo=timezone.utc)):  # noqa: UP017 - as above
        with pytest.raises(TypeError):
            pack(value)


@given(st.binary())
def test_nonsense_is_told_as_such(content: bytes) -> None:
    """A parser that a page took over may answer anything; no answer breaks the parent."""
    try:
        unpack(content)
    except ClosedError:
        return


def test_every_type_that_a_parser_gives_can_be_rebuilt() -> None:
    """A new field of the model whose type is imported for type checkers only is found here."""
    import msgspec

    for name in ("Article", "Feed", "BadFeed", "NoArticle", "FoundFeed", "Snapshot"):
        assert is_dataclass(getattr(model, name))
        with pytest.raises(msgspec.ValidationError):  # not NameError
            msgspec.convert({}, getattr(model, name))


def test_a_frame_larger_than_a_socket_holds_arrives_whole() -> None:
    """Sent in parts, taken in parts."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        content = bytes(range(256)) * 20_000
        sender = threading.Thread(target=send, args=(ours, Frame.CALL, content))
        sender.start()
        assert receive(theirs, 30) == (Frame.CALL, content)
        sender.join()


def test_silence_and_a_closed_socket_are_told_apart() -> None:
    """A deadline is for the whole frame, not for each part of it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"\x00")
        with pytest.raises(TimeoutError):
            receive(theirs, 0.05)
        ours.close()
        with pytest.raises(ClosedError):
            receive(theirs, 30)
        with pytest.raises(ClosedError):
            send(theirs, Frame.READY, b"")

"""parse_feed: pairs of files under fixtures/feed, and what must hold for any bytes."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.discover.feed import parse_feed
from scraper.model import BadFeed, Feed
from scraper.urls import normalise_url, page_key

FIXTURES = Path(__file__).parent.parent / "fixtures" / "feed"
DOCUMENTS = sorted(path for path in FIXTURES.iterdir() if path.suffix != ".json")
URL = "https://feeds.example/dir/feed.xml"


def _as_json(result: Feed | BadFeed) -> dict[str, Any]:
    """The result as the fixtures write it down: pace and contents only where there are any."""
    if isinstance(result, BadFeed):
        return {"bad": result.detail}
    fields = asdict(result)
    minutes = result.pace.total_seconds() / 60 if result.pace else None
    rarely = {"pace_minutes": minutes} if minutes else {}
    del fields["pace"]
    for entry in fields["entries"]:
        if entry["content"] is None:
            del entry["content"]
    text = json.dumps(fields | rarely, default=datetime.isoformat)
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def _rss(items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_document_gives_what_its_pair_says(document: Path) -> None:
    """Each feed file gives the Feed, or the refusal, of the .json file beside it."""
    expected = json.loads(document.with_suffix(".json").read_text(encoding="utf-8"))
    assert _as_json(parse_feed(document.read_bytes(), url=URL)) == expected


def test_every_expectation_has_its_document() -> None:
    """No .json file is left without the feed that it speaks of."""
    assert {path.stem for path in FIXTURES.glob("*.json")} == {path.stem for path in DOCUMENTS}


def test_moments_keep_their_offset_and_their_precision() -> None:
    """A date is as the feed prints it; a day is said to be no more than that."""
    item = "<item><link>/{}</link><pubDate>{}</pubDate></item>"
    dates = ("Tue, 05 Mar 2024 00:30:00 +0200", "2024-03-05")
    items = "".join(item.format(number, date) for number, date in enumerate(dates))
    feed = parse_feed(_rss(items), url=URL)
    assert isinstance(feed, Feed)
    assert [(str(entry.published), entry.published_precision) for entry in feed.entries] == [
        ("2024-03-05 00:30:00+02:00", "minute"),
        ("2024-03-05 00:00:00+00:00", "day"),
    ]


def test_entries_are_capped_after_folding() -> None:
    """max_entries counts pages, not the times that they are announced."""
    links = ("/a", "/a?utm_source=x", "/b", "/c")
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    feed = parse_feed(_rss(items), url=URL, max_entries=2)
    assert isinstance(feed, Feed)
    assert [entry.url for entry in feed.entries] == [
        "https://feeds.example/a",
        "https://feeds.example/b",
    ]


@pytest.mark.parametrize(
    ("declared", "content_type", "title"),
    [
        ("", "application/rss+xml; charset=windows-1251", "Порт"),
        ('<?xml version="1.0" encoding="windows-1251"?>', "text/xml; charset=utf-16", "Порт"),
        ('<?xml version="1.0" encoding="utf-8"?>', 'text/xml; charset="cp1251"', "Порт"),
        ('<?xml version="1.0" encoding="punycode"?>', None, "Ïîðò"),
    ],
)
def test_encoding_is_the_first_that_decodes(
    declared: str, content_type: str | None, title: str
) -> None:
    """The declaration is asked first, then the header; one that fails or is no text's is passed."""
    body = f"{declared}<rss><channel><title>Порт</title></channel></rss>".encode("cp1251")
    feed = parse_feed(body, url=URL, content_type=content_type)
    assert isinstance(feed, Feed)
    assert feed.title == title


def test_a_bomb_that_slips_past_the_check_stays_small() -> None:
    """Entities declared after a root element that is only a comment's word do not expand."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    body = f'<!-- <rss> --><!DOCTYPE rss [<!ENTITY e0 "x">{entities}]>'.encode() + _rss(
        '<item><title>&e8;</title><link>/a</link><enclosure url="&e8;"/></item>'
    )
    feed = parse_feed(body, url=URL)
    assert isinstance(feed, Feed)
    assert [entry.title for entry in feed.entries] == ["&e8;"]


def test_text_that_looks_like_an_address_is_not_opened(tmp_path: Path) -> None:
    """A body that is a file's name or a URL is no feed, even where that file is one."""
    path = tmp_path / "feed.xml"
    path.write_bytes(_rss("<item><link>/a</link></item>"))
    for body in (str(path).encode(), path.as_uri().encode(), b"http://127.0.0.1:9/feed"):
        assert isinstance(parse_feed(body, url=URL), BadFeed)


_FRAGMENTS = st.sampled_from(
    [
        *(b"<rss>", b"<channel>", b"</channel>", b"<item>", b"</item>", b"<feed>", b"<entry>"),
        *(
            b"<link>",
            b"</link>",
            b"<link href='/x'/>",
            b"<title>",
            b"</title>",
            b"<![CDATA[",
            b"]]>",
        ),
        *(b"<!DOCTYPE x [", b"<!ENTITY a 'b'>", b"&a;", b"&#0;", b"&#xD800;", b"<?xml", b"?>"),
        *(b"\xff\xfe", b"\x00", b"<", b"&", b"<pubDate>", b"2024-03-05", b"https://x.example/"),
        *(
            b'<?xml version="1.0" encoding="utf-7"?>',
            b"<rdf:RDF>",
            b"xml:base='\x01'",
            b"<dc:date>",
        ),
        *(b'{"version":"https://jsonfeed.org/version/1","items":[', b'{"url":"/x"}', b"]}"),
    ]
)


@given(st.lists(_FRAGMENTS | st.binary(max_size=6), max_size=14).map(b"".join))
def test_any_bytes_give_a_feed_or_a_reason(body: bytes) -> None:
    """Whatever comes, the answer is a refusal in words, or entries with distinct, clean links."""
    result = parse_feed(body, url=URL)
    if isinstance(result, BadFeed):
        assert result.detail
        return
    assert all(normalise_url(entry.url) == entry.url for entry in result.entries)
    keys = [page_key(entry.url) for entry in result.entries]
    assert len(keys) == len(set(keys))
    assert all(entry.title is None or entry.title.strip() for entry in result.entries)


@given(st.binary(max_size=200))
def test_a_torn_feed_never_raises(noise: bytes) -> None:
    """Bytes torn into the middle of a feed leave the entry before them readable."""
    body = _rss("<item><link>https://x.example/1</link></item><item><title>")
    feed = parse_feed(body[: -len(b"</channel></rss>")] + noise, url=URL)
    assert isinstance(feed, Feed)
    assert feed.entries[0].url == "https://x.example/1"

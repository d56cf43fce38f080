"""parse_sitemap: pairs of files under fixtures/sitemap, and what must hold for any bytes."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.discover.sitemap import parse_sitemap
from scraper.model import BadFeed, Feed, SitemapIndex

FIXTURES = Path(__file__).parent.parent / "fixtures" / "sitemap"
DOCUMENTS = sorted(path for path in FIXTURES.iterdir() if path.suffix != ".json")
URL = "https://paper.example/sitemap.xml"


def _as_json(result: Feed | SitemapIndex | BadFeed) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The result as the fixtures write it down: what is None is left out."""

    def told(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {name: value for name, value in pairs if value is not None}

    return json.loads(json.dumps(asdict(result, dict_factory=told), default=datetime.isoformat))


def _urlset(*urls: str) -> bytes:
    return f"<urlset>{''.join(f'<url>{url}</url>' for url in urls)}</urlset>".encode()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_document_gives_what_its_pair_says(document: Path) -> None:
    """Each sitemap gives what the .json file beside it says."""
    expected = json.loads(document.with_suffix(".json").read_text(encoding="utf-8"))
    assert _as_json(parse_sitemap(document.read_bytes(), url=URL)) == expected


def test_of_too_many_the_latest_are_kept() -> None:
    """A date counts wherever it is told, in the address too; the sitemap's order stays."""
    body = _urlset(
        "<loc>https://a.example/old</loc><lastmod>2020-01-01</lastmod>",
        "<loc>https://a.example/2026/11/20/new</loc>",
        "<loc>https://a.example/undated</loc>",
        "<loc>https://a.example/newer</loc><lastmod>2026-11-21</lastmod>",
    )
    feed = parse_sitemap(body, url=URL, max_entries=2)
    assert isinstance(feed, Feed)
    assert [entry.url for entry in feed.entries] == [
        "https://a.example/2026/11/20/new",
        "https://a.example/newer",
    ]


def test_no_more_is_read_than_a_sitemap_may_hold() -> None:
    """Beyond the protocol's 50,000 addresses nothing is read."""
    body = _urlset(*(f"<loc>https://a.example/{number}</loc>" for number in range(50_010)))
    feed = parse_sitemap(body, url=URL, max_entries=100_000)
    assert isinstance(feed, Feed)
    assert len(feed.entries) == 50_000


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: f"<urlset><url><loc>{text}</loc>".encode())
)
def test_any_bytes_can_be_read(body: bytes) -> None:
    """Whatever the bytes, nothing raises."""
    parse_sitemap(body, url=URL)

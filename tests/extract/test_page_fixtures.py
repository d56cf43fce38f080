"""Pages of our own writing, each with what must be read from it: a bug report becomes two files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scraper.extract import extract_article
from scraper.model import Article, Attribution, NoArticle, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = Path(__file__).parents[1] / "fixtures" / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.json"))


def _attribution(named: Attribution) -> dict[str, str | None]:
    return {
        "evidence": named.evidence.value,
        "url": named.url,
        "name": named.name,
        "quote": named.quote,
    }


#: How an Article's field is written in JSON, where it is no plain text, number or boolean.
_WRITTEN: dict[str, Callable[[Any], Any]] = {
    "text": lambda text: text.split("\n\n"),
    "authors": list,
    "tags": list,
    "published": lambda at: at and at.isoformat(),
    "modified": lambda at: at and at.isoformat(),
    "attributions": lambda named: [_attribution(one) for one in named],
}


def _read(name: str) -> tuple[Article | NoArticle, dict[str, Any]]:
    expected = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    html = (PAGES / f"{name}.html").read_bytes()
    found = extract_article(html, url=expected["url"], content_type=expected.get("content_type"))
    return found, expected


@pytest.mark.parametrize("name", NAMES)
def test_page_gives_what_stands_beside_it(name: str) -> None:
    """Each page gives exactly the fields that its JSON file names, or is refused for its reason."""
    found, expected = _read(name)
    if "no_article" in expected:
        assert isinstance(found, NoArticle)
        assert found.reason is Reason.NO_ARTICLE
        assert expected["no_article"] in found.detail
        return
    assert isinstance(found, Article)
    fields = expected["article"]
    assert fields
    got = {
        field: _WRITTEN.get(field, lambda value: value)(getattr(found, field)) for field in fields
    }
    assert got == fields


def test_every_page_has_its_expectation() -> None:
    """No page lies in the folder unchecked."""
    assert sorted(path.stem for path in PAGES.glob("*.html")) == NAMES
    assert len(NAMES) > 20

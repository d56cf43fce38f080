"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), read into the wire's shape.

Tolerant of values of the wrong type: they count as absent.
"""

from __future__ import annotations

import html
import json
from typing import Any

from scraper.discover.wire import WireEntry, WireFeed, WireLink
from scraper.model import BadFeed


def read_json(text: str) -> WireFeed | BadFeed:
    """The feed in this text, or why there is none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return BadFeed(detail="its JSON cannot be read")
    if not isinstance(document, dict) or "jsonfeed.org/version/" not in str(
        document.get("version")
    ):
        return BadFeed(detail="it is JSON, but no JSON Feed: its version does not say so")
    items = document.get("items")
    if not isinstance(items, list):
        return BadFeed(detail="it is a JSON Feed without a list of items")
    return WireFeed(
        title=_text(document, "title"),
        links=_links(document, "home_page_url"),
        entries=tuple(_entry(item) for item in items if item),
    )


def _entry(item: Any) -> WireEntry:  # noqa: ANN401  # whatever JSON holds
    fields = item if isinstance(item, dict) else {}
    permalink = _text(fields, "id") or ""
    is_address = permalink.lower().startswith(("http://", "https://"))
    return WireEntry(
        links=_links(fields, "url", "external_url", *(("id",) if is_address else ())),
        title=_text(fields, "title"),
        published=_texts(fields, "date_published"),
        updated=_texts(fields, "date_modified"),
        content=_content(fields),
    )


def _content(fields: dict[str, Any]) -> str | None:
    text = _text(fields, "content_text")
    return _text(fields, "content_html") or (html.escape(text) if text else None)


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) and value.strip() else None


def _texts(fields: dict[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(text for name in names if (text := _text(fields, name)))


def _links(fields: dict[str, Any], *names: str) -> tuple[WireLink, ...]:
    return tuple(WireLink(href=text) for text in _texts(fields, *names))

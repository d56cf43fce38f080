"""What a query string asks for, as values; what cannot be understood is a plain page that says so.

An empty field of a form asks for nothing.
"""

from __future__ import annotations

import re
from datetime import UTC
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from scraper import clock
from scraper.errors import UsageError
from scraper.model import ArticleId, RelationKind
from scraper.store import search_query
from scraper.store.filters import MIRROR_KINDS, Wanted
from scraper.store.story_lines import Order
from scraper.typed import read_language, read_moment, read_name, read_site
from scraper.web.shown import tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scraper.store.search_query import Search

ORDERS = (Order.NEWEST, Order.COPIED, Order.UPDATED)

#: More than fits the archive's integers is no number of anything in it.
_NUMBER = re.compile(r"[0-9]{1,18}")
#: Nobody types more; what a query costs grows with it.
_LONGEST_QUERY = 500
_VERSION = re.compile(r"([0-9]{1,18})(?:@([1-9][0-9]{0,8}))?")

_Choice = TypeVar("_Choice", bound=StrEnum)
_Value = TypeVar("_Value")


def read_query(fields: Mapping[str, str]) -> str:
    """The words looked for; empty where there are none."""
    words = _get(fields, "q")
    if len(words) > _LONGEST_QUERY:
        raise bad_request(f"The search is too long: {_LONGEST_QUERY} characters are the most.")
    return words


def read_search(query: str, wanted: Wanted) -> Search:
    """What to look for, among the stories that are wanted anyhow."""
    try:
        return search_query.read_search(query, now=clock.now(), zone=UTC, wanted=wanted)
    except UsageError as exc:
        raise bad_request(f"{exc}.") from None


def read_wanted(fields: Mapping[str, str]) -> Wanted:
    """Which stories are asked for; days are those of UTC, as the pages show them."""
    moment = partial(read_moment, now=clock.now(), zone=UTC)
    return Wanted(
        since=_read(fields, "since", moment),
        until=_read(fields, "until", partial(moment, end_of_day=True)),
        site=_read(fields, "site", read_site),
        language=_read(fields, "language", read_language),
        author=_read(fields, "author", read_name),
        mirrors_min=read_number(fields, "mirrors-min", default=0),
        relation=_read_choice(fields, "relation", RelationKind, MIRROR_KINDS),
        copied_from=_read(fields, "copied-from", read_site),
    )


def read_order(fields: Mapping[str, str]) -> Order:
    """In which order; the newest first where nothing is said."""
    return _read_choice(fields, "order", Order, ORDERS) or Order.NEWEST


def read_number(fields: Mapping[str, str], name: str, *, default: int) -> int:
    """The number in this field."""
    value = _get(fields, name)
    if not value:
        return default
    if not _NUMBER.fullmatch(value):
        raise bad_request(f"{_quote(value)} is no number: write 3.")
    return int(value)


def read_version(fields: Mapping[str, str], name: str) -> tuple[ArticleId, int | None]:
    """The article in this field, and which of its texts, if that is said: "17" or "17@2"."""
    value = _get(fields, name)
    found = _VERSION.fullmatch(value)
    if found is None:
        raise bad_request(
            f"{_quote(value)} is no article: write its number, 17, or 17@2 for its second text."
        )
    return ArticleId(int(found[1])), int(found[2]) if found[2] else None


def say(fields: Mapping[str, str], **changed: object) -> str:
    """The query string that asks the same but for what is changed; None leaves a field out."""
    said = {name: value for name, value in fields.items() if value}
    said |= {name: str(value) for name, value in changed.items() if value is not None}
    kept = {name: value for name, value in said.items() if changed.get(name, "") is not None}
    return "?" + urlencode(kept) if kept else ""


def bad_request(problem: str) -> HTTPException:
    """The exception that ends in a plain page with this line."""
    return HTTPException(status_code=400, detail=problem)


def not_found(problem: str) -> HTTPException:
    """Likewise, of what is not there."""
    return HTTPException(status_code=404, detail=problem)


def _get(fields: Mapping[str, str], name: str) -> str:
    return tidy(fields.get(name, "")).strip()


def _read(fields: Mapping[str, str], name: str, read: Callable[[str], _Value]) -> _Value | None:
    """What is made of the field; None where it is empty."""
    value = _get(fields, name)
    if not value:
        return None
    try:
        return read(value)
    except UsageError as exc:
        raise bad_request(f"{exc}.") from None


def _read_choice(
    fields: Mapping[str, str],
    name: str,
    words: type[_Choice],
    choices: tuple[_Choice, ...],
) -> _Choice | None:
    value = _get(fields, name)
    if not value:
        return None
    if value not in choices:
        known = ", ".join(choices)
        raise bad_request(f"{_quote(value)} is not known as {name}: choose one of {known}.")
    return words(value)


def _quote(value: str) -> str:
    return f"“{value[:80]}”"

"""What a query string asks for, as values; what cannot be understood is a plain page that says so.

An empty field of a form asks for nothing.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from scraper.model import ArticleId, RelationKind
from scraper.store.query import Order, Wanted
from scraper.urls import normalise_url, site_of
from scraper.web.shown import tidy

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What a mirror can be to the member by which it joined its story.
KINDS = tuple(kind for kind in RelationKind if kind is not RelationKind.PART)
ORDERS = (Order.NEWEST, Order.COPIED, Order.UPDATED)

#: How long a day is written: "2026-11-22".
_DAY_LENGTH = 10
#: More than fits the archive's integers is no number of anything in it.
_NUMBER = re.compile(r"[0-9]{1,18}")
#: Nobody types more; what a query costs grows with it.
_LONGEST_QUERY = 500
_VERSION = re.compile(r"([0-9]{1,18})(?:@([1-9][0-9]{0,8}))?")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")

_Choice = TypeVar("_Choice", bound=StrEnum)


def read_query(fields: Mapping[str, str]) -> str:
    """The words looked for; empty where there are none."""
    words = _get(fields, "q")
    if len(words) > _LONGEST_QUERY:
        raise bad_request(f"The search is too long: {_LONGEST_QUERY} characters are the most.")
    return words


def read_wanted(fields: Mapping[str, str]) -> Wanted:
    """Which stories are asked for."""
    language = _get(fields, "language")
    if language and not _LANGUAGE.fullmatch(language):
        raise bad_request(f"{_quote(language)} is no language: write en or pt-br.")
    return Wanted(
        mirrors_min=read_number(fields, "mirrors", default=0),
        site=_read_site(fields, "site"),
        since=_read_moment(fields, "since"),
        until=_read_moment(fields, "until", end_of_day=True),
        relation=_read_choice(fields, "relation", RelationKind, KINDS),
        language=language or None,
        copied_from=_read_site(fields, "copied-from"),
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


def _read_site(fields: Mapping[str, str], name: str) -> str | None:
    value = _get(fields, name).lower()
    if not value:
        return None
    url = normalise_url(value if "://" in value else f"http://{value}")
    if url is None:
        raise bad_request(f"{_quote(value)} is no site: write example.org.")
    return site_of(url)


def _read_moment(
    fields: Mapping[str, str], name: str, *, end_of_day: bool = False
) -> datetime | None:
    value = _get(fields, name)
    if not value:
        return None
    try:
        said = datetime.fromisoformat(value)
        if len(value) == _DAY_LENGTH and end_of_day:
            said += timedelta(days=1, milliseconds=-1)
        return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise bad_request(f"{_quote(value)} is no date: write 2026-11-22.") from None


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

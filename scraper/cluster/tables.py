"""The tables between the steps: names and types of their columns, as Arrow knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pyarrow as pa
from pyarrow import types

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBERS: Final = pa.list_(pa.int64())


class Kind(NamedTuple):
    """What a column that is read may hold, in a person's words."""

    words: str
    holds: Callable[[pa.DataType], bool]


def _is_text(kind: pa.DataType) -> bool:
    return any(
        is_so(kind) for is_so in (types.is_string, types.is_large_string, types.is_string_view)
    )


_NUMBER: Final = Kind(
    "whole numbers (int64)", lambda kind: types.is_integer(kind) and not types.is_uint64(kind)
)
_TEXT: Final = Kind("texts", _is_text)
_MOMENT: Final = Kind(
    "dates", lambda kind: _is_text(kind) or types.is_timestamp(kind) or types.is_date(kind)
)
#: What is read of an export's articles; the first two must be there.
GIVEN: Final = {
    "id": _NUMBER,
    "text": _TEXT,
    "external_id": _TEXT,
    "url": _TEXT,
    "site": _TEXT,
    "title": _TEXT,
    "language": _TEXT,
    "published": _MOMENT,
    "first_seen": _MOMENT,
    "word_count": _NUMBER,
    "is_paywalled": Kind("booleans", types.is_boolean),
    "attributions": Kind("lists", lambda kind: _is_text(kind) or types.is_list(kind)),
}
REQUIRED: Final = frozenset(("id", "text"))
#: In the place of attributions that nobody can read.
UNREADABLE: Final = "?"
#: An article as it is matched; times are ISO 8601 in UTC, attributions JSON.
ARTICLE: Final = pa.schema(
    {
        "id": pa.int64(),
        "external_id": pa.string(),
        "url": pa.string(),
        "site": pa.string(),
        "title": pa.string(),
        "language": pa.string(),
        "text": pa.string(),
        "published": pa.string(),
        "precision": pa.string(),
        "first_seen": pa.string(),
        "word_count": pa.int64(),
        "is_whole": pa.bool_(),
        "attributions": pa.string(),
    }
)
#: A line of a site's text, by its hash; ``text`` is the text's number.
LINE: Final = pa.schema(
    {"article": pa.int64(), "site": pa.string(), "line": pa.int64(), "text": pa.int64()}
)
#: A line and one of the texts by which it is judged; all lines of one sample are judged alike.
SAMPLE: Final = pa.schema(
    {"site": pa.string(), "line": pa.int64(), "sample": pa.string(), "text": pa.int64()}
)
#: What the texts of a sample have in common: boilerplate of the site.
VERDICT: Final = pa.schema({"site": pa.string(), "sample": pa.string()})
#: An article's mask (starts and ends in turn) and keys.
FINGERPRINT: Final = pa.schema(
    {
        "article": pa.int64(),
        "masked": _NUMBERS,
        "hides_title": pa.bool_(),
        "sampled": _NUMBERS,
        "others": _NUMBERS,
        "containment_count": pa.int64(),
    }
)
#: An article and an earlier one to be compared with it.
PAIR: Final = pa.schema({"article": pa.int64(), "other": pa.int64()})
#: A relation as an archive stores it, read "a kind b"; passages are four numbers each.
RELATION: Final = pa.schema(
    {
        "a": pa.int64(),
        "b": pa.int64(),
        "relation": pa.string(),
        "coverage_a": pa.float64(),
        "coverage_b": pa.float64(),
        "similarity": pa.float64(),
        "links": pa.bool_(),
        "why": pa.string(),
        "passages": _NUMBERS,
    }
)
#: An article in its story; of a mirror, what it is to ``joined_by``.
MEMBER: Final = pa.schema(
    {
        "story": pa.int64(),
        "article": pa.int64(),
        "external_id": pa.string(),
        "url": pa.string(),
        "is_canonical": pa.bool_(),
        "is_roundup": pa.bool_(),
        "joined_by": pa.int64(),
        "relation": pa.string(),
        "coverage": pa.float64(),
        "similarity": pa.float64(),
        "canonical_reason": pa.string(),
        "primary_source_url": pa.string(),
    }
)

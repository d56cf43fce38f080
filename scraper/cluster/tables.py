"""The tables between the steps: names and types of their columns, as Arrow knows them."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

_NUMBERS: Final = pa.list_(pa.int64())

#: What is read of an export's articles; the first two must be there.
GIVEN: Final = (
    *("id", "text", "external_id", "url", "site", "title", "language", "published"),
    *("first_seen", "word_count", "is_paywalled", "attributions"),
)
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

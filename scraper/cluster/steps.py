"""What `match` says of the rows of one table, as the rows of the next.

Each step takes an iterator of Arrow batches and gives one, so that any engine can run it, in any
number of processes. Where a step wants rows *by* a key, all rows of one key come to one call, one
after another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pyarrow as pa
import xxhash

from scraper.cluster.tables import (
    ARTICLE,
    FINGERPRINT,
    LINE,
    PAIR,
    RELATION,
    SAMPLE,
    UNREADABLE,
    VERDICT,
)
from scraper.dates import parse_date
from scraper.match.candidates import choose_holders
from scraper.match.compare import oriented
from scraper.match.comparing import Comparing
from scraper.match.fingerprint import make_keys
from scraper.match.masks import is_boilerplate, lines_borne, make_mask, read_lines, text_number
from scraper.match.words import leave_out, read_words
from scraper.model import ArticleId, Evidence, Link
from scraper.urls import site_of

if TYPE_CHECKING:
    from scraper.match.words import Words

Row: TypeAlias = dict[str, Any]
Batches: TypeAlias = Iterator[pa.RecordBatch]

#: Rows of one batch that a step gives: of articles about 2 MB. A guess.
_BATCH: Final = 512
_HALF: Final = 1 << 63


def read_articles(batches: Batches) -> Batches:
    """Articles as they are matched, from rows of an export; absent columns count as null."""

    def read(row: Row) -> Row:
        printed = parse_date(_print(row.get("published")) or "")
        text = row["text"] or ""
        url = row.get("url")
        return {
            "id": row["id"],
            "external_id": row.get("external_id"),
            "url": url,
            "site": row.get("site") or (_site_of(url) if url else None),
            "title": row.get("title"),
            "language": row.get("language"),
            "text": text,
            "published": printed.at.isoformat() if printed else None,
            "precision": printed.precision if printed else None,
            "first_seen": _print(row.get("first_seen")),
            "word_count": row.get("word_count") or len(text.split()),
            "is_whole": not row.get("is_paywalled"),
            "attributions": _read_attributions(row.get("attributions")),
        }

    return _pack(map(read, _rows(map(_in_microseconds, batches))), ARTICLE)


def find_lines(batches: Batches) -> Batches:
    """The lines by which an article of a site can be masked: LINE."""

    def lines() -> Iterator[Row]:
        for row in _rows(batches):
            number = text_number(hashlib.sha256(row["text"].encode()).hexdigest())
            found = read_lines(row["text"], read_words(row["text"], row["language"]))
            for line in sorted(lines_borne(found, row["title"])):
                yield {
                    "article": row["id"],
                    "site": row["site"],
                    "line": _signed(line),
                    "text": number,
                }

    return _pack(lines(), LINE)


def name_samples(batches: Batches) -> Batches:
    """The sample of each line, by the texts in it, from SAMPLE's rows by site and line."""

    def samples() -> Iterator[Row]:
        for (site, line), rows in groupby(_rows(batches), itemgetter("site", "line")):
            texts = [row["text"] for row in rows]
            sample = xxhash.xxh3_128_hexdigest(repr(texts).encode())
            for text in texts:
                yield {"site": site, "line": line, "sample": sample, "text": text}

    return _pack(samples(), SAMPLE)


def judge_samples(batches: Batches) -> Batches:
    """The samples whose common lines are boilerplate, from texts by site and sample: VERDICT."""

    def verdicts() -> Iterator[Row]:
        for (site, sample), rows in groupby(_rows(batches), itemgetter("site", "sample")):
            bearers = [
                read_lines(row["text"], read_words(row["text"], row["language"])) for row in rows
            ]
            if is_boilerplate(bearers):
                yield {"site": site, "sample": sample}

    return _pack(verdicts(), VERDICT)


def fingerprint(batches: Batches) -> Batches:
    """Masks and keys: FINGERPRINT, from articles with their sites' ``boilerplate`` lines."""

    def fingerprints() -> Iterator[Row]:
        for row in _rows(batches):
            words = read_words(row["text"], row["language"])
            known = frozenset(map(_unsigned, row["boilerplate"] or ()))
            mask = make_mask(read_lines(row["text"], words), row["title"], known)
            left = leave_out(words, mask.ranges)
            keys = make_keys(left, mask.title(row["title"]))
            yield {
                "article": row["id"],
                "masked": [end for span in mask.ranges for end in span],
                "hides_title": mask.hides_title,
                "sampled": keys.containment,
                "others": (*keys.bands, *keys.title, *keys.anchors),
                "containment_count": keys.containment_count,
            }

    return _pack(fingerprints(), FINGERPRINT)


def propose(batches: Batches) -> Batches:
    """The earlier articles worth comparing: PAIR, from the holders of an article's keys by it."""

    def pairs() -> Iterator[Row]:
        for article, rows in groupby(_rows(batches), itemgetter("article")):
            found: dict[int, list[ArticleId]] = {}
            counts: dict[ArticleId, int] = {}
            sampled: set[int] = set()
            own_count = 0
            for row in rows:
                found.setdefault(row["key"], []).append(ArticleId(row["holder"]))
                counts[ArticleId(row["holder"])] = row["holder_count"]
                own_count = row["own_count"]
                if row["is_sampled"]:
                    sampled.add(row["key"])
            for holders in found.values():
                holders.sort()
            for other in choose_holders(found, counts, sampled=sampled, own_count=own_count):
                yield {"article": article, "other": other}

    return _pack(pairs(), PAIR)


def compare(batches: Batches) -> Batches:
    """The relations of pairs, whose texts stand beside them, by article: RELATION."""

    def relations() -> Iterator[Row]:
        for article, rows in groupby(_rows(batches), itemgetter("article")):
            comparing = None
            for row in rows:
                if comparing is None:
                    comparing = Comparing(_left(row, ""), _compared_title(row, ""))
                found = comparing.compare(_left(row, "other_"), _compared_title(row, "other_"))
                if found:
                    link = Link(a=article, b=row["other"], relation=found)
                    yield relation_row(oriented(link))

    return _pack(relations(), RELATION)


def relation_row(link: Link) -> Row:
    """A link as a row of RELATION."""
    relation = link.relation
    return {
        "a": link.a,
        "b": link.b,
        "relation": relation.kind,
        "coverage_a": relation.coverage_a,
        "coverage_b": relation.coverage_b,
        "similarity": relation.similarity,
        "links": relation.links,
        "why": relation.why,
        "passages": [
            place
            for passage in relation.passages
            for place in (passage.a_start, passage.a_end, passage.b_start, passage.b_end)
        ],
    }


def _left(row: Row, prefix: str) -> Words:
    """The words of a text that are left under its mask."""
    return read_words(
        row[f"{prefix}text"], row[f"{prefix}language"], masked=_ranges(row[f"{prefix}masked"])
    )


def _compared_title(row: Row, prefix: str) -> str | None:
    return None if row[f"{prefix}hides_title"] else row[f"{prefix}title"]


def _ranges(ends: list[int]) -> tuple[tuple[int, int], ...]:
    return tuple(zip(ends[::2], ends[1::2], strict=True))


def _in_microseconds(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with moments that Python can hold: pandas writes nanoseconds."""
    fields = [
        field.with_type(pa.timestamp("us", field.type.tz))
        if pa.types.is_timestamp(field.type)
        else field
        for field in batch.schema
    ]
    return batch.cast(pa.schema(fields), safe=False)


def _print(moment: str | date | None) -> str | None:
    """The moment as ISO 8601, in UTC where it has an offset; texts are as they are."""
    if isinstance(moment, datetime) and moment.tzinfo:
        return moment.astimezone(UTC).isoformat()
    return moment.isoformat() if isinstance(moment, date) else moment


def _read_attributions(given: str | list[Row] | None) -> str | None:
    """The attributions as JSON, UNREADABLE where they are none."""
    try:
        found = json.loads(given) if isinstance(given, str) else given
        for named in found or ():
            Evidence(named["evidence"])
    except (ValueError, TypeError, KeyError):
        return UNREADABLE
    return json.dumps(found, ensure_ascii=False) if found else None


def _site_of(url: str) -> str | None:
    try:
        return site_of(url)
    except ValueError:
        return None


def _rows(batches: Batches) -> Iterator[Row]:
    for batch in batches:
        yield from batch.to_pylist()


def _pack(rows: Iterable[Row], schema: pa.Schema) -> Batches:
    remaining = iter(rows)
    while some := list(islice(remaining, _BATCH)):
        yield pa.RecordBatch.from_pylist(some, schema=schema)


def _signed(number: int) -> int:
    """A hash of 64 bits as tables hold it."""
    return number - 2 * _HALF if number >= _HALF else number


def _unsigned(number: int) -> int:
    return number + 2 * _HALF if number < 0 else number

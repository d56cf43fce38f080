"""Which lines of a text are the site's and not the article's: menus, prompts, footers, captions.

A line that stands on three pages of a site is *suspect*. What it is, the rest of those pages says:
if that falls into three groups that have nothing to do with each other, the line goes with the
site; if it is versions of one or two stories, the line goes with the story. (Judging by distinct
titles instead masks updated stories.) Words in masked lines are left out as if they did not stand
there: see ``words.read_words``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import xxhash

from scraper.match.words import read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


#: A line on so many pages of a site is suspect, and so many groups of pages convict it.
SUSPECT_PAGES: Final = 3
_GROUPS: Final = 3
#: A page has a rest to judge by if that is so many words, and such a share of all.
_REST_WORDS: Final = 20
_REST_SHARE: Final = 0.3
#: Two rests are related if they share so many sampled shingles, and such a share of the smaller's.
_RELATED_SHINGLES: Final = 2
_RELATED_SHARE: Final = 0.15
#: One three-word shingle in so many is compared; a rest of 20 words has four or five.
_SAMPLE: Final = np.uint64(4)
#: A line so long that stands twice in one text is a caption or a quotation set apart.
_REPEATED_WORDS: Final = 8
#: A mask that would leave less is none.
_LEFT_WORDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a text: a signed 64-bit hash of its words, its code-point range, its words."""

    hash: int
    start: int
    end: int
    words: float


def read_lines(text: str) -> tuple[Line, ...]:
    """The lines of a text that have words, in order; lines of the same words have one hash."""
    words = read_words(text)
    lines = []
    start = 0
    for content in text.splitlines(keepends=True):
        end = start + len(content)
        first, last = np.searchsorted(words.starts, (start, end))
        if first < last:
            digest = xxhash.xxh3_64_intdigest(words.hashes[first:last].tobytes())
            lines.append(
                Line(
                    hash=digest - (1 << 64) if digest >> 63 else digest,
                    start=start,
                    end=end,
                    words=float(words.quarters[last] - words.quarters[first]) / 4,
                )
            )
        start = end
    return tuple(lines)


def sample_rest(text: str, suspects: frozenset[int]) -> frozenset[int] | None:
    """What is left of a page without its suspect lines, as sampled shingles.

    ``None`` where too little is left to say what the page is about.
    """
    lines = read_lines(text)
    rest = read_words(text, masked=_ranges(line for line in lines if line.hash in suspects))
    if rest.size < max(_REST_WORDS, _REST_SHARE * sum(line.words for line in lines)):
        return None
    shingles = rest.short.unique
    return frozenset(shingles[shingles % _SAMPLE == 0].tolist())


def is_boilerplate(rests: Sequence[frozenset[int]]) -> bool:
    """Whether the rests of the pages that bear a line are about three things or more."""
    groups: list[frozenset[int]] = []
    for rest in rests:
        kin = [group for group in groups if _related(rest, group)]
        groups = [group for group in groups if group not in kin]
        groups.append(rest.union(*kin))
    return len(groups) >= _GROUPS


def mask_ranges(text: str, boilerplate: frozenset[int]) -> tuple[tuple[int, int], ...]:
    """The ranges of a text to leave out: boilerplate, and what a text says a second time.

    Sorted and apart, as ``read_words`` takes them. None where fewer than 20 words would be left.
    """
    lines = read_lines(text)
    met: Counter[int] = Counter()
    masked = []
    for line in lines:
        met[line.hash] += 1
        repeated = met[line.hash] > 1 and line.words >= _REPEATED_WORDS
        if repeated or line.hash in boilerplate:
            masked.append(line)
    left = sum(line.words for line in lines) - sum(line.words for line in masked)
    return _ranges(masked) if left >= _LEFT_WORDS else ()


def title_hash(title: str | None) -> int | None:
    """The hash by which a title is counted and masked like a line; ``None`` without words."""
    lines = read_lines(" ".join((title or "").split()))
    return lines[0].hash if lines else None


def _related(rest: frozenset[int], group: frozenset[int]) -> bool:
    shared = len(rest & group)
    return shared >= max(_RELATED_SHINGLES, _RELATED_SHARE * min(len(rest), len(group)))


def _ranges(lines: Iterable[Line]) -> tuple[tuple[int, int], ...]:
    """The lines' ranges, those that meet made one."""
    ranges: list[tuple[int, int]] = []
    for line in lines:
        if ranges and ranges[-1][1] == line.start:
            ranges[-1] = (ranges[-1][0], line.end)
        else:
            ranges.append((line.start, line.end))
    return tuple(ranges)

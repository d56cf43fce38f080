"""Which lines of a text are the site's and not the article's: menus, prompts, footers, captions.

A line that stands in three texts of a site is *suspect*. What it is, the rest of these texts says:
if that falls into three groups that have nothing to do with each other, the line goes with the
site; if it is versions of one or two stories, the line goes with the story. (Judging by distinct
titles instead masks updated stories.) Words in masked lines are left out as if they did not stand
there: see ``words.leave_out``.

The verdict on a line is a function of the texts that bear it, and of nothing else: what their rest
is, is what they do not share with two others of the same texts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import xxhash

from scraper.match.words import read_title
from scraper.model import Mask

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import numpy.typing as npt

    from scraper.match.words import Hashes, Words

#: A line in so many texts of a site is suspect, and so many groups of texts convict it.
SUSPECT_TEXTS: Final = 3
_GROUPS: Final = 3
#: A line is judged by so many of the texts that bear it. With 8, 12 and 30 the same lines were
#: boilerplate in 2,091 articles of real sites.
JUDGED_MOST: Final = 12
#: A text has a rest to judge by if that is so many words, and such a share of all.
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
#: A longer line is prose. Of 18,000 lines of real sites that were boilerplate none had more than 56
#: words; of all lines, 10 % have.
_MASKED_WORDS: Final = 64
#: So many of a text's lines can be masked, those with the lowest hashes, so that texts agree which.
#: Of 2,091 articles two had more; a guess at what a menu of all cities has.
LINES_MOST: Final = 256
#: Hexadecimal digits of a text's SHA-256 that make its number.
TEXT_DIGITS: Final = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a text: a hash of its words, its code-point range, how many words it has."""

    hash: int
    start: int
    end: int
    words: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines:
    """The lines of a text that have words, in order; lines of the same words have one hash.

    ``shingles`` uint64 (n,): a sample of the runs of three words that stand within a line;
    ``of_line`` int64 (n,): the line of each. ``hashes``: those by which a line can be masked.
    """

    lines: tuple[Line, ...]
    hashes: frozenset[int]
    shingles: Hashes
    of_line: npt.NDArray[np.int64]

    @property
    def size(self) -> float:
        """The words of all lines."""
        return sum(line.words for line in self.lines)


def read_lines(text: str, words: Words) -> Lines:
    """The lines of a text; ``words`` are all its words."""
    ends = np.fromiter(map(len, text.splitlines(keepends=True)), np.int64).cumsum()
    line_of_word = np.searchsorted(ends, words.starts, side="right")
    opens = np.flatnonzero(np.diff(line_of_word, prepend=-1))
    closes = np.append(opens, len(line_of_word))[1:]
    of_line = np.searchsorted(opens, words.short.first, side="right") - 1
    sampled = (words.short.hashes % _SAMPLE == 0) & (words.short.last <= closes[of_line])
    begins = np.concatenate(([0], ends))
    lines = tuple(
        Line(
            hash=xxhash.xxh3_64_intdigest(words.hashes[first:last].tobytes()),
            start=start,
            end=end,
            words=quarters / 4,
        )
        for first, last, start, end, quarters in zip(
            opens.tolist(),
            closes.tolist(),
            begins[line_of_word[opens]].tolist(),
            ends[line_of_word[opens]].tolist(),
            (words.quarters[closes] - words.quarters[opens]).tolist(),
            strict=True,
        )
    )
    short = {line.hash for line in lines if line.words <= _MASKED_WORDS}
    return Lines(
        lines=lines,
        hashes=frozenset(sorted(short)[:LINES_MOST]),
        shingles=words.short.hashes[sampled],
        of_line=of_line[sampled],
    )


def text_number(text_sha256: str) -> int:
    """The number by which a text is known among those that bear a line."""
    return int(text_sha256[:TEXT_DIGITS], 16)


def title_hash(title: str | None) -> int | None:
    """The hash by which a title is counted and masked like a line; ``None`` without words."""
    words = read_title(title)
    return xxhash.xxh3_64_intdigest(np.array(words, np.uint64).tobytes()) if words else None


def lines_borne(text: Lines, title: str | None) -> frozenset[int]:
    """All lines that a text bears and by which it can be masked, its title included."""
    own = title_hash(title)
    return text.hashes if own is None else text.hashes | {own}


def make_mask(text: Lines, title: str | None, boilerplate: frozenset[int]) -> Mask:
    """What is left out of an article with these lines and this title, given its site's lines."""
    return Mask(ranges=mask_ranges(text, boilerplate), hides_title=title_hash(title) in boilerplate)


def is_boilerplate(bearers: Sequence[Lines]) -> bool:
    """Whether the texts that bear a line are, in their rests, about three things or more."""
    if len(bearers) < SUSPECT_TEXTS:
        return False
    counts = Counter(line for bearer in bearers for line in bearer.hashes)
    suspects = {line for line, count in counts.items() if count >= SUSPECT_TEXTS}
    groups: list[frozenset[int]] = []
    for rest in (sample_rest(bearer, suspects) for bearer in bearers):
        if rest is not None:
            kin = [group for group in groups if _related(rest, group)]
            groups = [group for group in groups if group not in kin]
            groups.append(rest.union(*kin))
    return len(groups) >= _GROUPS


def sample_rest(text: Lines, suspects: Collection[int]) -> frozenset[int] | None:
    """What is left of a text without its suspect lines, as sampled shingles.

    ``None`` where too little is left to say what the text is about.
    """
    kept = np.array([line.hash not in suspects for line in text.lines], np.bool_)
    left = sum(line.words for line, keep in zip(text.lines, kept, strict=True) if keep)
    if left < max(_REST_WORDS, _REST_SHARE * text.size):
        return None
    return frozenset(text.shingles[kept[text.of_line]].tolist())


def mask_ranges(text: Lines, boilerplate: Collection[int] = ()) -> tuple[tuple[int, int], ...]:
    """The ranges of a text to leave out: boilerplate, and what a text says a second time.

    Sorted and apart. None where fewer than 20 words would be left.
    """
    met: set[int] = set()
    masked = []
    for line in text.lines:
        repeated = line.hash in met and line.words >= _REPEATED_WORDS
        met.add(line.hash)
        if repeated or line.hash in boilerplate:
            masked.append(line)
    if not masked or text.size - sum(line.words for line in masked) < _LEFT_WORDS:
        return ()
    return _ranges(masked)


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

"""Which texts of a site bear a line, and which lines are boilerplate.

Rule 1: `site_line` has a row for each line of each text of each site, titles included; a line is a
number made of its site and its words, a text one made of its SHA-256. Two articles of a site with
the same text are one text here.
Rule 2: a line's texts are read lowest number first, and so many at most: a line on a million pages
costs what one on twenty does, and which of its texts are read does not depend on which came first.
Rule 3: rows are kept when the line is boilerplate long since: when a text goes, others stand in.
Rule 4: a transaction that files many texts may let their rows wait for one another; then they are
read, added and removed with what waits, and are written before its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
import xxhash

from scraper.match.masks import TEXT_DIGITS, text_number
from scraper.store.ids import among, pack
from scraper.store.schema import boilerplate, site_line
from scraper.store.spoken import Spoken
from scraper.store.stored_text import read_texts_of_site

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from scraper.store.stored_text import StoredText
    from scraper.store.waiting import Waiting

#: Numbers of 47 bits, those of texts of 44: SQLite keeps them in six bytes each. At a million
#: articles, a line of one site is mistaken for another's about once, a text never.
_LINE_SHIFT: Final = 17

_ADD = Spoken(
    "INSERT INTO site_line (line, text) SELECT value, :text FROM numbers(:lines) AS new"
    " WHERE true ORDER BY value ON CONFLICT DO NOTHING"
)
_REMOVE = site_line.delete().where(
    site_line.c.text == sa.bindparam("text"), among(site_line.c.line, "lines")
)
#: One statement for all lines of a text.
_READ_LINES = Spoken(
    "SELECT value, (SELECT joined(text) FROM ("
    "SELECT text FROM site_line WHERE line = value ORDER BY text LIMIT :most) AS bearing), "
    "EXISTS (SELECT 1 FROM boilerplate WHERE line = value) "
    "FROM numbers(:lines) AS asked"
)
_BOILERPLATE = sa.select(boilerplate.c.line).where(among(boilerplate.c.line, "lines"))
_ADD_BOILERPLATE = Spoken(
    "INSERT INTO boilerplate (line) SELECT value FROM numbers(:lines) AS new"
    " WHERE true ON CONFLICT DO NOTHING"
)


def add_text(
    connection: sa.Connection,
    site: str,
    text: int,
    lines: Iterable[int],
    *,
    waiting: Waiting | None = None,
) -> None:
    """Nothing; this text of the site bears these lines."""
    numbers = _number_lines(site, lines)
    if waiting is not None:
        waiting.add(numbers, text)
        return
    connection.execute(_ADD.on(connection), {"text": text, "lines": pack(numbers)})


def remove_text(
    connection: sa.Connection,
    site: str,
    text: int,
    lines: Iterable[int],
    *,
    waiting: Waiting | None = None,
) -> None:
    """Nothing; this text of the site bears these lines no more."""
    numbers = _number_lines(site, lines)
    if waiting is not None:
        waiting.remove(numbers, text)
    connection.execute(_REMOVE, {"text": text, "lines": pack(numbers)})


def read_bearers(
    connection: sa.Connection,
    site: str,
    lines: Iterable[int],
    *,
    most: int,
    waiting: Waiting | None = None,
) -> dict[int, tuple[int, ...]]:
    """The texts that bear each of these lines, lowest numbers first; ``most`` at most of a line.

    Lines that no text bears are left out.
    """
    return read_lines(connection, site, lines, most=most, waiting=waiting)[0]


def read_lines(
    connection: sa.Connection,
    site: str,
    lines: Iterable[int],
    *,
    most: int,
    waiting: Waiting | None = None,
) -> tuple[dict[int, tuple[int, ...]], frozenset[int]]:
    """What ``read_bearers`` and ``read_boilerplate`` say of these lines, by one statement."""
    numbers = _number_lines(site, lines)
    rows = connection.execute(
        _READ_LINES.on(connection), {"lines": pack(numbers), "most": most}
    ).all()
    bearers = {
        numbers[number]: tuple(sorted(map(int, texts.split(","))))
        for number, texts, _ in rows
        if texts
    }
    if waiting is not None:
        for number in waiting.among(numbers):
            line = numbers[number]
            bearers[line] = tuple(sorted({*bearers.get(line, ()), *waiting.of(number)}))[:most]
    convicted = frozenset(numbers[number] for number, _, is_convicted in rows if is_convicted)
    return bearers, convicted


def read_boilerplate(connection: sa.Connection, site: str, lines: Iterable[int]) -> frozenset[int]:
    """Those of these lines that are boilerplate of the site."""
    numbers = _number_lines(site, lines)
    found = connection.execute(_BOILERPLATE, {"lines": pack(numbers)}).scalars()
    return frozenset(numbers[number] for number in found)


def save_verdicts(
    connection: sa.Connection, site: str, *, convicted: Collection[int], freed: Collection[int]
) -> None:
    """Nothing; these lines of the site are boilerplate from now on, and these are not."""
    if convicted:
        numbers = _number_lines(site, convicted)
        connection.execute(_ADD_BOILERPLATE.on(connection), {"lines": pack(numbers)})
    if freed:
        numbers = _number_lines(site, freed)
        connection.execute(
            boilerplate.delete().where(among(boilerplate.c.line, "lines")), {"lines": pack(numbers)}
        )


def load_texts_of(
    connection: sa.Connection, site: str, texts: Collection[int]
) -> dict[int, list[StoredText]]:
    """The articles of the site that have each of these texts."""
    found: dict[int, list[StoredText]] = {}
    prefixes = [f"{text:0{TEXT_DIGITS}x}" for text in texts]
    for stored in read_texts_of_site(connection, site, prefixes):
        found.setdefault(text_number(stored.text_sha256), []).append(stored)
    return found


def _number_lines(site: str, lines: Iterable[int]) -> dict[int, int]:
    """The lines (hashes of 64 bits) by the numbers under which they are kept for this site."""
    salt = xxhash.xxh3_64_intdigest(site.encode())
    return {(line ^ salt) >> _LINE_SHIFT: line for line in lines}

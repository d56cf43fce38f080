"""The differences of two texts laid out: for reading, and for programs."""

from __future__ import annotations

import os
import sys
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from scraper.cli.measures import print_count
from scraper.cli.terminal import LONGEST_LINE, make_line, make_text
from scraper.match.diff import Change, diff_texts
from scraper.match.scripts import split_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.cli.diff import Version
    from scraper.match.diff import DiffPiece

#: What stands around a piece without colours: as `git diff --word-diff` has it.
_MARKS = {Change.SAME: ("", ""), Change.REMOVED: ("[-", "-]"), Change.ADDED: ("{+", "+}")}
_COLOURS = {Change.REMOVED: "red", Change.ADDED: "green"}
_MOVED = "cyan"
#: So many characters at either end of a moved passage are shown where it was: a guess.
_SHOWN = 40


def print_diff(one: Version, other: Version) -> None:
    """Nothing; which texts they are, how much changed, and the text with its changes are shown."""
    in_colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")  # https://no-color.org
    a, b = one.revision.text, other.revision.text
    pieces = _compare(one, other)
    click.echo(make_line(f"--- {_name(one)}", most=LONGEST_LINE))
    click.echo(make_line(f"+++ {_name(other)}", most=LONGEST_LINE))
    click.echo(_tell_counts(pieces, a, b) + "\n")
    click.echo("".join(_lay_out(pieces, a, b, in_colour=in_colour)).strip("\n"))


def shape_diff(one: Version, other: Version) -> dict[str, Any]:
    """The differences for programs; ranges are code points of the texts given."""
    a, b = one.revision.text, other.revision.text
    pieces = _compare(one, other)
    return {
        "a": _shape_version(one),
        "b": _shape_version(other),
        "words": dict(_count_words(pieces, a, b)),
        "pieces": [
            {
                "change": piece.change,
                "move": piece.move,
                "a": piece.a and {"start": piece.a[0], "end": piece.a[1]},
                "b": piece.b and {"start": piece.b[0], "end": piece.b[1]},
                "text": _text_of(piece, a, b),
            }
            for piece in pieces
        ],
    }


#: What ``piece_rows`` gives, as columns.
PIECE_COLUMNS = tuple(
    "a a_revision b b_revision change move a_start a_end b_start b_end text".split()
)


def piece_rows(one: Version, other: Version) -> Iterator[dict[str, Any]]:
    """The differences piece by piece, as rows of a table."""
    ends = {
        "a": one.article.id,
        "a_revision": one.revision.number,
        "b": other.article.id,
        "b_revision": other.revision.number,
    }
    for piece in _compare(one, other):
        a, b = piece.a or (None, None), piece.b or (None, None)
        yield ends | {
            "change": piece.change,
            "move": piece.move,
            "a_start": a[0],
            "a_end": a[1],
            "b_start": b[0],
            "b_end": b[1],
            "text": _text_of(piece, one.revision.text, other.revision.text),
        }


def _compare(one: Version, other: Version) -> Sequence[DiffPiece]:
    return diff_texts(
        one.revision.text,
        other.revision.text,
        language_a=one.article.content.language,
        language_b=other.article.content.language,
    )


def _shape_version(version: Version) -> dict[str, Any]:
    return {
        "article": version.article.id,
        "revision": version.revision.number,
        "revisions": version.revisions,
        "url": version.article.content.url,
        "title": version.revision.title,
        "text": version.revision.text,
    }


def _name(version: Version) -> str:
    article = version.article
    at = f" at {article.site}" if article.site else ""
    of = f", text {version.revision.number} of {version.revisions}"
    return f"article {article.id}{at}{of}: {version.revision.title or '(no title)'}"


def _tell_counts(pieces: Sequence[DiffPiece], a: str, b: str) -> str:
    words = _count_words(pieces, a, b)
    moves = len({piece.move for piece in pieces if piece.move})
    moved = f", {words['moved']} moved in {print_count(moves, 'passage')}" if moves else ""
    legend = "; a moved passage is (1> where it was <1) and {1> where it is <1}" if moves else ""
    return (
        f"words: {words['same']} the same, {words['removed']} taken out,"
        f" {words['added']} put in{moved}{legend}"
    )


def _count_words(pieces: Sequence[DiffPiece], a: str, b: str) -> Counter[str]:
    """How many words stay, in place or moved, went and came."""
    words = Counter({"same": 0, "moved": 0, "removed": 0, "added": 0})
    for piece in pieces:
        if piece.change is Change.MOVED_AWAY:
            continue
        stays = piece.change is Change.SAME and piece.move is not None
        count = len(split_words(_text_of(piece, a, b))) // 2
        words["moved" if stays else str(piece.change)] += count
    return words


def _text_of(piece: DiffPiece, a: str, b: str) -> str:
    """The piece's text: as b has it, where it has it."""
    text, place = (a, piece.a) if piece.b is None else (b, piece.b)
    return text[slice(*place)] if place else ""


def _lay_out(pieces: Sequence[DiffPiece], a: str, b: str, *, in_colour: bool) -> Iterator[str]:
    """The text with its changes, piece by piece."""
    inside: int | None = None
    for piece, following in zip(pieces, chain(pieces[1:], [None]), strict=True):
        text = make_text(_text_of(piece, a, b))
        if piece.change is Change.MOVED_AWAY:
            yield _show_move(f"({piece.move}> {_shorten(text)} <{piece.move})", in_colour=in_colour)
            yield text[len(text.rstrip()) :] or " "
            continue
        if piece.move is not None and piece.move != inside:
            yield _show_move(f"{{{piece.move}> ", in_colour=in_colour)
            inside = piece.move
        ends_move = inside is not None and (
            following is None or following.move != inside or following.change is Change.MOVED_AWAY
        )
        words, gap = text.rstrip(), text[len(text.rstrip()) :]
        yield _show(piece.change, words, in_colour=in_colour)
        if ends_move:
            yield _show_move(f" <{inside}}}", in_colour=in_colour)
            inside = None
        if not _is_replaced(piece, following):
            yield gap or _gap_in_a(piece, a)


def _is_replaced(piece: DiffPiece, following: DiffPiece | None) -> bool:
    """Whether what follows stands in the place of this piece."""
    return (
        piece.change is Change.REMOVED
        and following is not None
        and (following.change, following.move) == (Change.ADDED, piece.move)
    )


def _gap_in_a(piece: DiffPiece, a: str) -> str:
    """The white space after a piece that stays, where b ends with it and a goes on."""
    text = a[slice(*piece.a)] if piece.change is Change.SAME and piece.a else ""
    return make_text(text[len(text.rstrip()) :])


def _show(change: Change, words: str, *, in_colour: bool) -> str:
    if not in_colour or change is Change.SAME:
        before, after = _MARKS[change]
        return f"{before}{words}{after}"
    return click.style(words, fg=_COLOURS[change], strikethrough=change is Change.REMOVED or None)


def _show_move(text: str, *, in_colour: bool) -> str:
    return click.style(text, fg=_MOVED) if in_colour else text


def _shorten(text: str) -> str:
    """The first and last words of a text, in one line."""
    line = make_line(text)
    if len(line) <= 3 * _SHOWN:
        return line
    first, last = line[:_SHOWN].rpartition(" ")[0], line[-_SHOWN:].partition(" ")[2]
    return f"{first or line[:_SHOWN]} ... {last or line[-_SHOWN:]}"

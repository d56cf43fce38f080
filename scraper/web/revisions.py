"""An article's revisions: what each of its texts changed in the one before."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from scraper.match.diff import Change, diff_texts
from scraper.store.find import find_article
from scraper.store.query import load_articles
from scraper.store.revisions import load_revisions
from scraper.web.asking import not_found
from scraper.web.compare import LONGEST
from scraper.web.page import read_archive, render
from scraper.web.shown import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from scraper.match.diff import DiffPiece
    from scraper.store.revisions import Revision

#: Of an article that changes all day (a live page) the newest are shown.
MOST_SHOWN = 12
#: So many characters beside a change are shown; a longer stretch that stayed is left out.
_BESIDE = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A text, and what it changed in the one before: pieces "same", "added", "removed", "moved" or
    "left_out". It is empty where nothing but white space did.
    """

    revision: Revision
    pieces: tuple[tuple[str, str], ...]


def show_revisions(request: Request) -> Response:
    """The page."""
    asked = request.path_params["article"]
    with read_archive(request) as connection:
        found = find_article(connection, asked) if asked.isdecimal() else None
        if found is None:
            raise not_found("There is no such article; it may have been forgotten.")
        if str(found) != asked:
            return RedirectResponse(f"/article/{found}")
        (article,) = load_articles(connection, (found,))
        revisions = load_revisions(connection, found)
    newest = revisions[-MOST_SHOWN - 1 :]
    steps = [
        Step(revision=later, pieces=tuple(_tell(earlier, later, article.content.language)))
        for earlier, later in pairwise(newest)
    ]
    return render(
        request,
        "revisions.html",
        article=article,
        steps=steps[::-1],
        first=revisions[0],
        total=len(revisions),
        unshown=len(revisions) - len(newest),
    )


def _tell(earlier: Revision, later: Revision, language: str | None) -> Iterator[tuple[str, str]]:
    a, b = earlier.text[:LONGEST], later.text[:LONGEST]
    pieces = diff_texts(a, b, language_a=language, language_b=language)
    if all(piece.change is Change.SAME and piece.move is None for piece in pieces):
        return
    yield from _shorten(pieces, a, b)


def _shorten(pieces: Sequence[DiffPiece], a: str, b: str) -> Iterator[tuple[str, str]]:
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        text, where = (a, piece.a) if piece.b is None else (b, piece.b)
        said = tidy(text[slice(*where)]) if where else ""
        if piece.change is Change.MOVED_AWAY:
            continue
        if piece.change is not Change.SAME:
            yield str(piece.change), said
        elif piece.move is not None:
            yield "moved", said
        elif len(said) <= 2 * _BESIDE:
            yield "same", said
        else:
            if place:
                yield "same", said[:_BESIDE].rpartition(" ")[0]
            yield "left_out", "…"
            if place != last:
                yield "same", said[-_BESIDE:].partition(" ")[2]

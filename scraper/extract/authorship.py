"""Who wrote an article: decides between what is declared and what is printed, by precedence.

First that answers with more than the site's own name:

1. JSON-LD, the article's ``author``, else its ``creator``
2. <meta> of every naming
3. elements whose relation, property or class says so, where their names stand near the text
4. lines near the text that say so: "By ...", "Posted by ...", a link to an author's page
5. a name alone, in a paragraph beside the text's first or last
6. the site's own name, of whichever of these gave it first
7. a name beside the date above the text

The order was counted by site: where JSON-LD and what is printed differ, JSON-LD is right on 16
sites and the print on 2. Elements that stand far from the text name other articles' authors.
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from scraper.extract.authors import clean_authors, letters
from scraper.extract.bylines import (
    marked_bylines,
    names_beside_dates,
    printed_bylines,
    signatures,
    spell_out,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from selectolax.lexbor import LexborHTMLParser

    from scraper.extract.blocks import Block, Layout
    from scraper.extract.metadata import Metadata
    from scraper.extract.text import Body

_AUTHOR_META = tuple(
    "author article:author og:article:author parsely-author sailthru.author dc.creator "
    "dcterms.creator citation_author articleauthor article:byline byline byl dcsext.author "
    "article.author og:author".split()
)
#: A byline stands so many blocks above its text, or among so many of its first. Guesses.
_ABOVE, _INTO = 8, 3
#: Where an element says that it names the author, it may stand so far above or below.
_FAR_ABOVE, _BELOW = 15, 5
#: So many values of one <meta> name are read.
_MOST_VALUES = 8


class _Byline(NamedTuple):
    """What may name the authors: names, or lines with names in them."""

    lines: Sequence[str]
    #: whether the head says so
    is_declared: bool = False
    #: whether each author has an entry of their own
    is_listed: bool = False


def choose_authors(
    tree: LexborHTMLParser,
    metadata: Metadata,
    layout: Layout,
    body: Body,
    *,
    own_names: Sequence[str],
) -> tuple[str, ...]:
    """The authors' names, as printed; the site's own only where nobody else is named.

    ``own_names`` are the names that the site bears, its domain last.
    """
    own = {letters(name) for name in (*own_names, own_names[-1].split(".")[0])} - {""}
    surroundings = _Surroundings(layout, body)
    fallback: tuple[str, ...] = ()
    for byline in _bylines(tree, metadata, surroundings):
        found = clean_authors(line for line in byline.lines if letters(line) not in own)
        others = [name for name in found if letters(name) not in own]
        people = [name for name in others if not _is_desk(name, own)]
        if people:
            # A list names a desk as one of the authors; a line, to say where its author works.
            named = others if byline.is_listed else people
            if byline.is_declared:
                named = [spell_out(name, surroundings.above) for name in named]
            return tuple(named)
        fallback = fallback or found or clean_authors(byline.lines)
    return fallback or clean_authors(islice(names_beside_dates(surroundings.above), 1))


class _Surroundings:
    """The blocks near a text."""

    def __init__(self, layout: Layout, body: Body) -> None:
        blocks = layout.blocks
        first = blocks.index(body.kept[0]) if body.kept else 0
        last = blocks.index(body.kept[-1]) if body.kept else first
        self.layout = layout
        self.kept = body.kept
        #: above the text, and its first
        self.above: Sequence[Block] = blocks[max(0, first - _ABOVE) : first + _INTO]
        #: likewise, the text's last, and what its container holds after it
        self.close = [*self.above, *body.kept[-1:], *body.following[:2]]
        self._far = [
            *blocks[max(0, first - _FAR_ABOVE) : first + _INTO],
            *blocks[last : last + _BELOW],
        ]

    @cached_property
    def letters(self) -> str:
        """The letters of a wider circle of blocks."""
        return letters(" ".join(block.text for block in self._far))

    def hold(self, line: str) -> bool:
        """Whether all names in a line stand near the text."""
        return all(letters(name) in self.letters for name in clean_authors([line]))


def _bylines(
    tree: LexborHTMLParser, metadata: Metadata, surroundings: _Surroundings
) -> Iterator[_Byline]:
    """What may name the authors, best first; each is looked for only when asked for."""
    node = metadata.article or {}
    listed = metadata.names(node.get("author") or node.get("creator"))
    yield _Byline(listed, is_declared=True, is_listed=True)
    values = [
        value for name in _AUTHOR_META for value in metadata.meta.get(name, ())[:_MOST_VALUES]
    ]
    yield _Byline(values, is_declared=True)
    yield from (_Byline([line]) for line in marked_bylines(tree) if surroundings.hold(line))
    yield from (_Byline([line]) for line in printed_bylines(surroundings.close))
    signed = signatures(surroundings.layout, surroundings.close, surroundings.kept)
    yield from (_Byline([line]) for line in signed)


def _is_desk(name: str, own: set[str]) -> bool:
    """Whether a name is that of one of the site's desks: "MDR THÜRINGEN" of the MDR."""
    return letters(name.split(maxsplit=1)[0]) in own

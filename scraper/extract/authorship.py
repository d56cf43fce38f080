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
sites and the print on 2.
"""

from __future__ import annotations

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

    from scraper.extract.metadata import Metadata
    from scraper.extract.surroundings import Surroundings

_AUTHOR_META = tuple(
    "author article:author og:article:author parsely-author sailthru.author dc.creator "
    "dcterms.creator citation_author articleauthor article:byline byline byl dcsext.author "
    "article.author og:author".split()
)
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
    surroundings: Surroundings,
    *,
    own_names: Sequence[str],
) -> tuple[str, ...]:
    """The authors' names, as printed; the site's own only where nobody else is named.

    ``own_names`` are the names that the site bears, its domain last.
    """
    own = {letters(name) for name in (*own_names, own_names[-1].split(".")[0])} - {""}
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


def _bylines(
    tree: LexborHTMLParser, metadata: Metadata, surroundings: Surroundings
) -> Iterator[_Byline]:
    """What may name the authors, best first; each is looked for only when asked for."""
    node = metadata.article or {}
    listed = metadata.names(node.get("author") or node.get("creator"))
    yield _Byline(listed, is_declared=True, is_listed=True)
    values = [
        value for name in _AUTHOR_META for value in metadata.meta.get(name, ())[:_MOST_VALUES]
    ]
    yield _Byline(values, is_declared=True)
    for line in marked_bylines(tree):
        if all(surroundings.hold(name) for name in clean_authors([line])):
            yield _Byline([line])
    yield from (_Byline([line]) for line in printed_bylines(surroundings.close))
    signed = signatures(surroundings.layout, surroundings.close, surroundings.kept)
    yield from (_Byline([line]) for line in signed)


def _is_desk(name: str, own: set[str]) -> bool:
    """Whether a name is that of one of the site's desks: "MDR THÜRINGEN" of the MDR."""
    return letters(name.split(maxsplit=1)[0]) in own

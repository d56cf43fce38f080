"""What is typed into a search, as a value: terms to look for, and which stories are meant.

Rule 1: a query is words, "phrases" and begin* of words, all of which must occur, and operators
(``site:example.org since:7d``) that narrow it as the filters of lists do. Of two values of one
filter the later counts, and one that is typed here counts more than one that is given beside it.
Rule 2: whatever else is typed becomes plain words. The only query that is refused is one whose
operator has a value that cannot be understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from scraper.match.scripts import word_quarters
from scraper.store.filters import EVERY, Wanted
from scraper.typed import read_language, read_moment, read_name, read_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime, tzinfo

_QUOTE = '"\u201c\u201d\u201e'
#: An operator with its value, which may be quoted; or a quoted phrase, whose closing quote may be
#: missing; or a word. A star after either of the latter asks for all words that begin so.
_TERM = re.compile(
    rf"(?P<operator>(?i:site|since|until|language|author)):(?:[{_QUOTE}](?P<quoted>[^{_QUOTE}]*)"
    rf"[{_QUOTE}]?|(?P<value>[^\s{_QUOTE}]+))"
    rf"|[{_QUOTE}](?P<phrase>[^{_QUOTE}]*)[{_QUOTE}]?(?P<star>\*?)|(?P<word>\S+)"
)
#: What no text can hold: control characters, and halves of a character from a broken terminal.
_UNSEARCHABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_HAS_WORD = re.compile(r"[^\W_]")
#: The expression that SQLite builds of a query grows with each; nobody remembers more.
_MOST_TERMS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words that must stand together; with ``is_prefix`` the last of them may go on."""

    text: str
    is_prefix: bool = False

    @property
    def is_unspaced(self) -> bool:
        """Whether it has characters of a script written without spaces."""
        return any(word_quarters(char) < word_quarters("a") for char in self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What to look for, and in which stories; without terms nothing is found."""

    terms: tuple[Term, ...]
    wanted: Wanted = EVERY


def read_search(
    typed: str, *, now: datetime, zone: tzinfo | None = None, wanted: Wanted = EVERY
) -> Search:
    """The search meant, among the stories that are wanted anyhow.

    Times are of ``zone``, or else of this machine. Raises UsageError where an operator's value is
    none.
    """
    moment = partial(read_moment, now=now, zone=zone)
    read: dict[str, Callable[[str], Any]] = {
        "site": read_site,
        "since": moment,
        "until": partial(moment, end_of_day=True),
        "language": read_language,
        "author": read_name,
    }
    terms = []
    for found in _TERM.finditer(_UNSEARCHABLE.sub(" ", typed)):
        if found["operator"]:
            name = found["operator"].lower()
            value = read[name](found["quoted"] or found["value"] or "")
            wanted = replace(wanted, **{name: value})
            continue
        text = (found["phrase"] or found["word"] or "").strip()
        if _HAS_WORD.search(text):
            is_prefix = bool(found["star"]) or text.endswith("*")
            terms.append(Term(text=text.rstrip("*"), is_prefix=is_prefix))
    return Search(terms=tuple(terms[:_MOST_TERMS]), wanted=wanted)


def write_expression(terms: Iterable[Term]) -> str:
    """The terms in FTS5's language, each quoted, so that nothing in it is an operator.

    A term in an unspaced script may begin a word of the index, which there is a whole clause.
    """
    return " AND ".join(
        '"' + term.text.replace('"', '""') + '"' + "*" * (term.is_prefix or term.is_unspaced)
        for term in terms
    )

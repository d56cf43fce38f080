"""Where a page prints who wrote it: lines near a text that may name the authors, likeliest first.

``authors.py`` makes names of them; ``authorship.py`` decides whether it believes them.
"""

# ruff: noqa: RUF001 - letters as publishers write them
from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from scraper.extract.authors import clean_authors, letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from scraper.extract.blocks import Block, Layout

_NAMED = (
    '[rel~="author"], [itemprop="author"], [class*="byline"], [class*="Byline"], [class*="autor"], '
    '[class*="author"]:not([class*="comment"]):not([id*="comment"])'
)
#: Class names of who took a picture rather than of who wrote the text.
_OF_PICTURES = re.compile(r"bild|photo|foto|image|caption|credit|media", re.IGNORECASE)
_NO_BYLINE = frozenset(("input", "label", "form"))
#: So many elements of a name are looked at: a page's other articles have authors too.
_MOST = 20
#: A longer line is a paragraph about somebody.
LONGEST = 120

_BY_WORD = r"(?i:by|von|vom|par|por|di|da|door|af|av|van|przez)"
#: A line that names its authors, where no class says so.
_BY = re.compile(
    rf"\W{{0,3}}(?:{_BY_WORD}|(?i:text|autor(?:in)?|author|auteur|words))\b\s*:?\s+"
    # A sentence has a full stop, a date may have some: "am Mo., 2. März 2026, 14.35".
    r"[^\W\d_a-z](?:[^.!?]|(?<=\d)\.|\.(?=[,\d]))*[^.!?]$"
)
#: "Posted in Town on 5 March by tove": what was done, when and where, and by whom.
_POSTED = re.compile(
    r"\W{0,3}(?i:posted|published|written|filed|submitted|created|geschrieben|erstellt|verfasst"
    r"|veröffentlicht|eingestellt|publié|écrit|rédigé|publicado|escrito|pubblicato|scritto|inviato"
    rf"|geplaatst|geschreven)\b[^!?]{{0,60}}?\b{_BY_WORD}\s*:?\s+"
    r"(?P<name>[^|·•,;@—–\n]{2,60}?)"
    r"(?=\s+(?:on|am|at|in|under|à|le|el|em|il|op|um|unter)\s|\s*(?:[|·•,;@—–\n]|\b\d|$))"
)
#: What joins names that sign together.
_JOINED = re.compile(r"\s*[/,&]\s*")
#: The name of a desk that signs.
_DESK = re.compile(
    r"(?:[\w-]+ )?[\w-]*(?:[Rr]edaktion|[Rr]edacción|[Rr]édaction|[Rr]edazione|[Nn]ewsroom)"
)
#: The marks that stand in names.
_MARKS = str.maketrans("", "", ".’'-")
#: So many words a name has that nothing says to be one.
_FEWEST, _MOST_WORDS = 2, 4
#: What separates a name from a date in a line that holds both.
_BETWEEN = re.compile(r"\s*[|·•–—\n]\s*|\s-\s")
#: Addresses of pages about a person; what follows spells the name.
_AUTHOR_PAGE = re.compile(
    r"/(?:author|autor|auteur|autore|writer|staff|reporter|journalist|contributor"
    r"|columnist|redakteur|yazar)(?:e?[ns]|lar)?/(?P<slug>[^/?#]{3,})/?(?:[?#]|$)",
    re.IGNORECASE,
)
#: A shorter part of a name is in too many addresses.
_TELLING = 4


def marked_bylines(tree: LexborHTMLParser) -> Iterator[str]:
    """The texts of elements whose relation, property or class says that they name an author."""
    for node in sorted(tree.css(_NAMED)[:_MOST], key=_names_no_author):
        if node.tag in _NO_BYLINE or _OF_PICTURES.search(node.attributes.get("class") or ""):
            continue
        line = _line(node)
        if line and len(line) < LONGEST:
            yield line


def _names_no_author(node: LexborNode) -> bool:
    """Whether neither relation nor property says that a node is an author, but only its class."""
    attributes = node.attributes
    return "author" not in (attributes.get("rel"), attributes.get("itemprop"))


def printed_bylines(near: Sequence[Block]) -> Iterator[str]:
    """Lines that say who wrote the text: by a word, or by a link to the author's page."""
    lines = [block for block in near if len(block.text) < LONGEST]
    for block in lines:
        if not _is_headline(block) and _BY.match(block.text):
            yield _one_line(block)
    for block in lines:
        if found := _POSTED.match(block.text):
            yield found["name"]
    for block in lines:
        if any(_spells(slug, block.text) for slug in _author_pages(block.links)):
            yield _one_line(block)


def signatures(layout: Layout, near: Sequence[Block], kept: Sequence[Block]) -> Iterator[str]:
    """Paragraphs beside the text's first or last that hold names alone, or that of a desk."""
    parents = {layout.boxes[block.box].parent for block in (*kept[:1], *kept[-1:])}
    for block in near:
        if block.links or block.tag not in {"p", "div"} or len(block.text) > LONGEST:
            continue
        line = block.text.partition("\n")[0]
        if layout.boxes[block.box].parent in parents and (
            _DESK.fullmatch(line) or all(map(_is_name, _JOINED.split(line)))
        ):
            yield line


def names_beside_dates(near: Sequence[Block]) -> Iterator[str]:
    """Names that share their line with digits, and with nothing else that reads like a name."""
    for block in near:
        if len(block.text) < LONGEST and any(map(str.isdigit, block.text)):
            names = [part for part in _BETWEEN.split(block.text) if _is_name(part)]
            if len(names) == 1:
                yield names[0]


def _is_name(line: str) -> bool:
    """Whether a line is a few words of letters alone, each of which begins with a capital."""
    words = line.split()
    return _FEWEST <= len(words) <= _MOST_WORDS and all(
        word[0].isupper() and word.translate(_MARKS).isalpha() for word in words
    )


def spell_out(login: str, near: Sequence[Block]) -> str:
    """The name that a login such as "leamorel" is printed as nearby; itself where it is none."""
    if not (login.isalpha() and login.islower() and len(login) > _TELLING):
        return login
    name = re.compile(r"\b" + r"[ .’'-]*".join(login) + r"\b", re.IGNORECASE)
    lines = (block.text for block in near if len(block.text) < LONGEST)
    found = next((found[0] for line in lines if (found := name.search(line))), login)
    return found if found.lower() != login else login


def _is_headline(block: Block) -> bool:
    return block.tag in {"h1", "h2"}


def _one_line(block: Block) -> str:
    return block.text.replace("\n", " | ")


def _author_pages(links: Iterable[str]) -> Iterator[str]:
    """The ends of those addresses that lead to pages about a person."""
    return (found["slug"] for link in links if (found := _AUTHOR_PAGE.search(link)))


def _spells(slug: str, line: str) -> bool:
    """Whether the end of an address spells a name in the line: "/staff/lea-morel" Léa Morel."""
    spelled = letters(slug)
    parts = [letters(part) for name in clean_authors([_plain(line)]) for part in name.split()]
    return any(len(part) >= _TELLING and part in spelled for part in parts)


def _plain(text: str) -> str:
    """The text without accents, as addresses spell it."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _line(node: LexborNode) -> str:
    """An element's text, with a bar between its parts; lone words that meet are one name."""
    parts = [" ".join(part.split()) for part in node.text(separator="\n").split("\n")]
    line = ""
    before = ""
    for part in filter(None, parts):
        alone = " " not in part and " " not in before
        line += (" " if alone else " | ") + part if line else part
        before = part
    return line

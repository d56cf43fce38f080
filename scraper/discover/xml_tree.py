"""A stranger's XML -> a tree, damaged as it may be: the one place where this room uses libxml2.

Nothing is fetched and nothing expands: callers begin at the document's own element, so that lxml
never sees a document type; the network is off, and libxml2's limits on depth and size stay on.
"""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

#: What XML 1.0 forbids even as a reference; libxml2 would end the document there.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
_CDATA_OR_REFERENCE = re.compile(
    r"(<!\[CDATA\[.*?(?:\]\]>|\Z))|&(#?[A-Za-z0-9]{1,32};)?", re.DOTALL
)
#: A tag as long as this has attributes by the ten thousand, each of which costs memory. A guess:
#: the longest tag of a real feed has some thousand characters.
_ENDLESS_TAG = re.compile(r"<[A-Za-z][^<>]{100000}")
_NUMBER = re.compile(r"#(?:[0-9]+|[xX][0-9A-Fa-f]+);")


def read_tree(text: str, url: str | None = None) -> tuple[_Element | None, bool]:
    """The tree's root, and whether libxml2 had to repair the document to build it.

    ``text`` begins at the root's tag. None where nothing can be repaired, or should be.
    """
    if _ENDLESS_TAG.search(text):
        return None, True
    parser = etree.XMLParser(
        encoding="utf-8",  # whatever the declaration says: the text is decoded already
        recover=True,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    by_number = _CDATA_OR_REFERENCE.sub(_number_reference, _FORBIDDEN.sub("", text))
    try:
        root = etree.fromstring(by_number.encode(), parser=parser, base_url=url)
    except etree.XMLSyntaxError:
        return None, True
    undeclared = etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE  # a prefix: costs nothing
    return root, any(error.type != undeclared for error in parser.error_log)


def _number_reference(match: re.Match[str]) -> str:
    """A character's reference by its number; any other ampersand as one that is meant.

    libxml2 knows no names but XML's five, after the first error drops even those, and lets numbers
    through that are no characters. CDATA is left as it is.
    """
    if match[1]:
        return match[1]
    reference = match[2] or ""
    if reference not in html5 and not _NUMBER.fullmatch(reference):
        return f"&#38;{reference}"
    characters = _FORBIDDEN.sub("", html.unescape(f"&{reference}"))
    return "".join(f"&#{ord(character)};" for character in characters)

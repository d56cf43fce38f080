"""Headlines: which of the page's titles is the article's, and where the site's name ends."""

# ruff: noqa: RUF001 - letters and dashes as publishers write them
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.extract.authors import letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SEPARATOR = re.compile(r"\s+[|–—·•»«>:/\\~-]+\s+|\s*\|\s*|\s+::\s+|\s*[｜︱]\s*|(?<=\S)\s*»\s+")
_DOMAIN = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", re.IGNORECASE)
#: So much of a title a heading must spell to be it rather than a line above it (a guess).
_MOST_OF = 0.5
_WORDS = re.compile(r"\w+")


def words_of(title: str) -> str:
    """The words of a title alone, case-folded, one space apart."""
    return " ".join(_WORDS.findall(title.casefold()))


def choose_title(
    declared: Sequence[str],
    document: str | None,
    headings: Sequence[str],
    site_names: Iterable[str],
    *,
    site: str | None = None,
    shared: str | None = None,
) -> str | None:
    """The article's headline, without the site's name; None where the page has no title at all.

    ``shared`` is the title under which an article asks to be shared: it wins, in the writing of a
    heading of the same words. Then a printed headline that the head knows too; then the first
    declared title (JSON-LD, OpenGraph, ...), the document's, the first heading.
    """
    domain = letters(site.split(".")[0]) if site else ""
    names = {words_of(name) for name in site_names if name} - {""}
    cleaned = [without_site(title, names, domain) for title in declared]
    head = [*cleaned, *([without_site(document, names, domain)] if document else [])]
    if shared:
        head = [without_site(shared, names, domain)]
    known = [words_of(title) for title in (*head, *([] if shared else [*declared, document or ""]))]
    for heading in headings:
        words = words_of(heading)
        if words in names or len(words) < 4:  # noqa: PLR2004 - no headline is that short
            continue
        if any(words in title and len(words) >= _MOST_OF * len(title) for title in known):
            return heading
    if head:
        return head[0] or None
    return next((heading for heading in headings if words_of(heading) not in names), None)


def without_site(title: str, site_names: set[str], domain: str = "") -> str:
    """The title without the site's name at its end or beginning.

    A part counts as the site's name where the page says so, or where it spells the domain.
    """
    for _ in range(2):
        cuts = list(_SEPARATOR.finditer(title))
        if not cuts:
            return title
        last, first = cuts[-1], cuts[0]
        tail, front = words_of(title[last.end() :]), words_of(title[: first.start()])
        if tail in site_names or _is_site(title[last.end() :], domain):
            title = title[: last.start()].rstrip()
        elif front in site_names or _is_site(title[: first.start()], domain):
            title = title[first.end() :].lstrip()
        else:
            break
    return title


def _is_site(part: str, domain: str) -> bool:
    """Whether a part of a title is a domain, or spells the page's own."""
    if _DOMAIN.fullmatch(part.strip()):
        return True
    spelled = letters(part)
    if len(domain) <= 3 or not 3 < len(spelled) <= 2 * len(domain):  # noqa: PLR2004 - "bbc" is in too much
        return False
    return spelled in domain or domain in spelled

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
_WORDS = re.compile(r"\w+")


def words_of(title: str) -> str:
    """The words of a title alone, case-folded, one space apart."""
    return " ".join(_WORDS.findall(title.casefold()))


def choose_title(
    declared: Sequence[str],
    document: str | None,
    headings: Sequence[str],
    site_names: Iterable[str],
    site: str | None = None,
) -> str | None:
    """The article's headline, without the site's name; None where the page has no title at all.

    A headline printed on the page wins where the head knows it too; then the first declared one
    (JSON-LD, OpenGraph, ...), then the document's title, then the first heading.
    """
    domain = letters(site.split(".")[0]) if site else ""
    names = {words_of(name) for name in site_names if name} - {""}
    cleaned = [without_site(title, names, domain) for title in declared]
    head = [*cleaned, *([without_site(document, names, domain)] if document else [])]
    whole = " | ".join(words_of(title) for title in [*declared, document or ""])
    for heading in headings:
        words = words_of(heading)
        if words in names or len(words) < 4:  # noqa: PLR2004 - no headline is that short
            continue
        if words and words in whole:
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
    return len(domain) > 3 and len(spelled) > 3 and (spelled in domain or domain in spelled)  # noqa: PLR2004 - "bbc" is in too much

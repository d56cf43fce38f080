"""Headlines: which of the page's titles is the article's, and where the site's name ends.

A headline is printed above its text, and the head knows it. So, the first that answers:

1. a heading that the head knows. Of several the one that og:title knows, then JSON-LD, the titles
   for other networks, last the document's; h1 before h2 before h3; the one nearest to the text.
   "Knows" is, from sure to likely: the same words; a whole part of the document's title; a heading
   that ends with what is declared, after a line above the headline; at least half of it.
2. the last h1 above the text, which the head calls something else: what is declared then was
   written for search engines or for sharing.
3. what is declared, in the order above.
4. any h1.

The order was counted on pages of 400 sites, by site: where og:title and the h1 above the text
differ, the h1 is right on 41 sites and og:title on 18; JSON-LD against that h1, 9 to 14.
"""

# ruff: noqa: RUF001 - letters and dashes as publishers write them
from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from scraper.extract.authors import letters
from scraper.extract.blocks import DENSE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SEPARATOR = re.compile(
    r"\s+[|–—·•»«>:/\\~-]+\s+|\s*\|\s*|\s+::\s+|\s*[｜︱]\s*|(?<=\S)\s*»\s+"
    # Chinese has no spaces that could tell these from marks inside a word.
    rf"|(?<={DENSE.pattern})(?:_+|-+)(?={DENSE.pattern})"
)
_DOMAIN = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", re.IGNORECASE)
_WORDS = re.compile(r"\w+")
#: So much of a title a heading must spell to be it rather than a line above it (a guess).
_MOST_OF = 0.5
#: Fewer words, and what is found inside a longer title may be the name of a section.
_FEWEST_INSIDE = 3
#: Likewise of an h1 that the head does not know, and of a lower heading that is part of a title.
_FEWEST_ALONE = 2


class Heading(NamedTuple):
    """A heading that the page prints."""

    text: str
    #: 1 of h1 to 3 of h3
    level: int
    #: whether it stands above the article's text rather than in or below it
    is_above: bool = True
    #: whether it is a link, as a blog's headlines are and other articles'
    is_link: bool = False
    #: whether that link leads to the site's front page: then it is the site's name
    is_site: bool = False


def _count(words: str) -> int:
    """How many words there are; two letters of a script without spaces are one."""
    return words.count(" ") + 1 + len(DENSE.findall(words)) // 2


def words_of(title: str) -> str:
    """The words of a title alone, case-folded, one space apart."""
    return " ".join(_WORDS.findall(title.casefold()))


def choose_title(
    declared: Sequence[str],
    document: str | None,
    headings: Sequence[Heading],
    site_names: Iterable[str],
    *,
    site: str | None = None,
) -> str | None:
    """The article's headline, without the site's name; None where the page has no title at all.

    ``declared`` are the head's titles other than the document's, best first; ``headings`` those of
    the page in their order.
    """
    domain = letters(site.split(".")[0]) if site else ""
    names = {words_of(name) for name in site_names}
    names |= {words_of(heading.text) for heading in headings if heading.is_site}
    names.discard("")
    known = _know((*declared, document or ""), names, domain)
    printed = [_Printed(heading) for heading in headings]
    printed = [heading for heading in printed if heading.words not in {"", *names}]
    return (
        _known_heading(printed, known)
        or _unknown_heading(printed)
        or next((title.text for title in known), None)
        or next((heading.text for heading in printed if heading.level == 1), None)
    )


def _know(titles: Sequence[str], names: set[str], domain: str) -> list[_Known]:
    """The titles that the head declares, each once, without and except the site's name."""
    known: dict[str, _Known] = {}
    for title in dict.fromkeys(titles):
        bare = without_site(title, names, domain)
        words = words_of(bare)
        if words and words not in names and words not in known:
            known[words] = _Known(bare, words, is_document=title is titles[-1])
    return list(known.values())


class _Known:
    """A title that the head declares."""

    def __init__(self, text: str, words: str, *, is_document: bool) -> None:
        self.text = text
        self.words = words
        self.is_document = is_document

    @cached_property
    def letters(self) -> str:
        return letters(self.text)

    @cached_property
    def parts(self) -> list[str]:
        """The words of its parts: a headline, a section, a site; "A Blog: A headline" has two."""
        parts = [words_of(part) for part in _SEPARATOR.split(self.text)]
        _, colon, behind = self.text.partition(": ")
        return [*parts, words_of(behind)] if colon else parts


class _Printed:
    """A heading that may be the headline."""

    def __init__(self, heading: Heading) -> None:
        self.text, self.level, self.is_above, self.is_link, _ = heading
        self.words = words_of(self.text)
        self.count = _count(self.words)

    @cached_property
    def letters(self) -> str:
        return letters(self.text)


class _Match(NamedTuple):
    """How well the head knows a heading; the greatest is the headline."""

    is_sure: bool
    #: False of a link that only the document's title knows: the site's name, or a blog's headline
    is_own: bool
    #: minus the place of what declares it in the order of trust
    trust: int
    #: minus 1 of h1 to minus 3 of h3
    level: int
    #: from 1, half of what is declared, to 4, the same
    likeness: int
    #: the nearer to the text the greater
    nearness: int
    title: str


def _known_heading(headings: Sequence[_Printed], known: Sequence[_Known]) -> str | None:
    """The heading that the head knows best, as printed; None where it knows none."""
    same = [heading for heading in headings if known and heading.words == known[0].words]
    if most := [heading for heading in same if heading.level == 1]:  # no match is greater
        return next((heading for heading in reversed(most) if heading.is_above), most[0]).text
    matches = []
    for place, heading in enumerate(headings):
        for rank, title in enumerate(known):
            likeness, text = _compare(heading, title)
            if likeness:
                matches.append(
                    _Match(
                        is_sure=likeness > 1,
                        is_own=not (heading.is_link and title.is_document),
                        trust=-rank,
                        level=-heading.level,
                        likeness=likeness,
                        nearness=place if heading.is_above else -place,
                        title=text,
                    )
                )
    return max(matches).title if matches else None


def _compare(heading: _Printed, title: _Known) -> tuple[int, str]:
    """How much of a title a heading is, 0 to 4, and the headline that it then holds."""
    text, words = heading.text, heading.words
    if words == title.words:
        return 4, text
    if heading.letters == title.letters:  # a line above the headline runs into it: "PoliticsA vote"
        return 4, title.text
    if words in title.parts and (heading.level == 1 or heading.count >= _FEWEST_ALONE):
        return 3, text
    if not heading.is_above or heading.level > 2:  # noqa: PLR2004 - no headline by likeness alone
        return 0, text
    if title.words.count(" ") + 1 >= _FEWEST_INSIDE and words.endswith(f" {title.words}"):
        return 2, _tail(text, title.words.count(" ") + 1)
    is_inside = (
        heading.count >= _FEWEST_INSIDE
        and len(words) >= _MOST_OF * len(title.words)
        and f" {words} " in f" {title.words} "
    )
    return int(is_inside), text


def _tail(text: str, count: int) -> str:
    """The last words of a text, with the marks that open them."""
    start = list(_WORDS.finditer(text))[-count].start()
    return text[text.rfind(" ", 0, start) + 1 :]


def _unknown_heading(headings: Sequence[_Printed]) -> str | None:
    """The last h1 above the text that is neither a link nor a label."""
    return next(
        (
            heading.text
            for heading in reversed(headings)
            if heading.level == 1
            and heading.is_above
            and not heading.is_link
            and heading.count >= _FEWEST_ALONE
        ),
        None,
    )


def without_site(title: str, site_names: set[str], domain: str = "") -> str:
    """The title without the site's name at its end or beginning.

    A part counts as the site's name where the page says so, or where it spells the domain. What
    stands before a colon belongs to most headlines: there the page has to say so.
    """
    front, colon, behind = title.partition(": ")
    if colon and words_of(front) in site_names:
        title = behind.lstrip()
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

"""What the form of an address tells of the page behind it: an article, a list, or neither.

Sites form their addresses as they like, so ``is_no_article`` says only what is nearly sure, and
``judge_shape`` gives a weight to be added to others.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

#: Files that are no pages.
_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|mp[34]|m4[av]|webm|mov|pdf|docx?|xlsx?|pptx?|zip|gz|css|js"
    r"|xml|rss|atom|json|txt)$",
    re.IGNORECASE,
)
#: Segments that name a list when one name follows them, or nothing, in the languages most met.
_LISTS = frozenset(
    "tag tags topic topics category categories kategorie categoria schlagwort etiqueta rubrik "
    "author authors autor autoren autore auteur writer contributors user users page search "
    "suche".split()
)
#: First segments of what belongs to a site's machinery, and pages that every site has.
_MACHINERY = frozenset(
    "login logout signin signup register account profile subscribe subscription abo newsletter "
    "newsletters contact kontakt about impressum privacy datenschutz terms cookies advertise jobs "
    "careers sitemap feed rss feeds wp-json wp-admin wp-content wp-login.php cart checkout "
    "shop".split()
)
_DAY = re.compile(
    r"/((?:19|20)\d\d)(?:([/-])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])"
    r"|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))(?!\d)"
)
_MONTH = re.compile(r"/(?:19|20)\d\d/(?:0?[1-9]|1[0-2])(?=/)")
_NUMBER = re.compile(r"(?<!\d)\d{5,}(?!\d)|[0-9a-f]{12,}$")
_PAGE_ENDING = re.compile(r"\.(?:s?html?|php|aspx?|ece|story|article)$", re.IGNORECASE)
#: A headline in an address has so many words at least, or so many characters in scripts that
#: write no spaces. Guesses.
_SLUG_WORDS, _LONG_SLUG_WORDS, _SLUG_LETTERS = 3, 5, 8


def is_no_article(url: str) -> bool:
    """Whether this normalised address is nearly surely none of an article: a front page, a list of
    a tag or an author, a file, the site's machinery.
    """
    segments = _segments(url)
    if not segments:
        return not urlsplit(url).query  # "/?p=123" is WordPress
    *leads, last = (segment.lower() for segment in segments)
    is_list = last in _LISTS or bool(_LISTS.intersection(leads[-1:]))
    return is_list or segments[0].lower() in _MACHINERY or _FILES.search(last) is not None


def judge_shape(url: str) -> int:
    """How much the form of this normalised address speaks for an article: 0 nothing, 5 all."""
    path = unquote(urlsplit(url).path)
    segments = _segments(url)
    if not segments:
        return 1 if re.search(r"(?:^|&)p=\d+", urlsplit(url).query) else 0
    slug = _PAGE_ENDING.sub("", segments[-1])
    words = [word for word in re.split(r"[-_+.\s]+", slug) if any(map(str.isalpha, word))]
    letters = sum(not char.isascii() for char in slug)
    weight = 0
    if _DAY.search(path):
        weight += 2
    elif _MONTH.search(path):
        weight += 1
    if len(words) >= _LONG_SLUG_WORDS or letters >= _SLUG_LETTERS:
        weight += 2
    elif len(words) >= _SLUG_WORDS:
        weight += 1
    if _NUMBER.search(slug) or _NUMBER.search(urlsplit(url).query):
        weight += 1
    if _PAGE_ENDING.search(segments[-1]) and len(segments) > 1:
        weight += 1
    return min(weight, 5)


def day_in_url(url: str) -> datetime | None:
    """The first minute, in UTC, of the day that an address names: /2024/03/05/ or /2024-03-05-."""
    found = _DAY.search(urlsplit(url).path)
    if found is None:
        return None
    try:
        year, month, day = int(found[1]), int(found[3] or found[5]), int(found[4] or found[6])
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:  # the 30th of February
        return None


def _segments(url: str) -> list[str]:
    return [segment for segment in unquote(urlsplit(url).path).split("/") if segment]

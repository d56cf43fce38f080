"""Bytes to a tree, in bounded time: refuses before parsing what would make the parser quadratic.

Lexbor takes about a millisecond for a page, but its time grows with the square of three things
that no honest page has much of (measured, selectolax 1.0):

- nesting: 20,000 open tags cost 0.4 s, 100,000 cost 27 s;
- attributes of one tag: 20,000 cost 0.6 s, 200,000 cost 82 s;
- formatting elements left open, which every later paragraph opens anew: 5,000 times
  ``<p><b id=...>`` cost 15 s.

The scan knows tags, not HTML's scopes: it is a guard against the cheap attacks, and the process
that parses untrusted pages is to be one that can be killed.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from scraper.extract.encoding import to_utf8
from scraper.model import NoArticle, Reason

#: The deepest of 983 real pages counts 1,047 (unclosed tags; half of the pages stay under 18).
MAX_DEPTH = 3_000

#: The most on the same pages is 1,627, nearly all of it inside quoted values.
MAX_ATTRIBUTES = 5_000

#: Open formatting elements times tags: how many nodes reopening them could add (2 million: 0.12 s,
#: 18 million: 4.6 s). The most on the same pages is 187,720.
MAX_REOPENED = 2_000_000

#: Opening and closing tags; a second of our own time. The most on the same pages is 19,235.
MAX_TAGS = 500_000

#: Depth times tags: closing tags are looked for through all that is open (60,000 ``<li>`` under
#: 1,500 open tags: 0.16 s). The most on the same pages is under a tenth of it.
MAX_LOOK_UPS = 200_000_000

#: A page larger than this is not read; the fetcher stops at the same size.
MAX_BYTES = 5_000_000

#: Tags shorter than this cannot hold too many attributes.
LONG_TAG = 8_000

_TAG_START = re.compile(rb"<[a-zA-Z]")
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset(
    b"area base br col embed hr img input link meta param source track wbr "
    b"path rect circle use polygon line stop".split()
)
#: Opening tags that end an unclosed one, innermost first.
_ENDS = {
    b"p": (b"p",),
    b"li": (b"li",),
    b"option": (b"option",),
    b"dt": (b"dt", b"dd"),
    b"dd": (b"dt", b"dd"),
    b"td": (b"td", b"th"),
    b"th": (b"td", b"th"),
    b"tr": (b"td", b"th", b"tr"),
}
#: A closing tag does not reach beyond these (HTML standard, "has an element in scope").
_SCOPES = frozenset(b"applet caption table td th marquee object template".split())
_TABLE_SCOPES = frozenset((b"table", b"template"))
_TABLE_PARTS = frozenset(b"table tbody thead tfoot tr td th caption colgroup".split())
#: Without <a> and <nobr>: a second one closes the first (HTML standard, "in body").
_FORMATTING = frozenset(b"b big code em font i s small strike strong tt u".split())
#: Whatever opens one, and tags that look alike: by initial, as alternatives take twice as long.
_FORMATTING_START = re.compile(
    rb"<[%(initials)s](?:(?![a-z0-9])|(?:%(rests)s)(?![a-z0-9]))"
    % {
        b"initials": b"".join(sorted({name[:1] for name in _FORMATTING})),
        b"rests": b"|".join(sorted({name[1:] for name in _FORMATTING} - {b""})),
    },
    re.IGNORECASE,
)

#: A closing tag is looked for among so many of the innermost open ones: keeps the scan linear.
_LOOK_BACK = 32

#: Mutation events off: two and a half times as fast. Scripting on: what stands in <noscript> is
#: one text for us to skip, as in a browser, and a tracking image there does not close <head>.
_OPTIONS = int(LexborDocumentOptions.WO_EVENTS)


#: A value in quotes. A quote behind anything but "=" opens none: it is part of a name.
_QUOTED = re.compile(rb"""=[ \t\r\n\f]*(?:"[^"]*"|'[^']*')""")

#: Controls that no text has; NUL, which broken pages do have, is left to the parser.
_CONTROLS = bytes({*range(1, 32)} - {*b"\t\n\v\f\r\x1b"})
#: A share of them from which bytes are no text: pages have none, random bytes one in ten.
_CONTROLS_SHARE = 0.02
_SAMPLE_BYTES = 16_384


def parse_page(html: bytes, content_type: str | None = None) -> LexborHTMLParser | NoArticle:
    """The page's tree, or why it is not parsed: TOO_BIG where size or shape would cost seconds."""
    if len(html) > MAX_BYTES:
        return NoArticle(reason=Reason.TOO_BIG, detail=f"larger than {MAX_BYTES:,} bytes")
    text = to_utf8(html, content_type)
    if not text.strip():
        return NoArticle(reason=Reason.NO_ARTICLE, detail="the page is empty")
    sample = text[:_SAMPLE_BYTES]
    if len(sample) - len(sample.translate(None, _CONTROLS)) > _CONTROLS_SHARE * len(sample):
        return NoArticle(reason=Reason.BAD_ENCODING, detail="the bytes are no text that we know")
    trouble = costly_shape(text)
    if trouble:
        return NoArticle(reason=Reason.TOO_BIG, detail=trouble)
    return LexborHTMLParser(text, options=_OPTIONS, scripting=True)


def costly_shape(html: bytes) -> str | None:
    """What in this markup would make the parser quadratic, in words for a person; None if nothing.

    One linear pass; the depth it counts is too high rather than too low where tags are unclosed.
    """
    if any(tag.count(b"=") + tag.count(b" ") > MAX_ATTRIBUTES for tag in _long_tags(html)):
        return f"a tag has more than {MAX_ATTRIBUTES:,} attributes"
    # A tag ends at ">": there are no more of them. Nearly all pages have too few to be nested too
    # deep, and too few that format to reopen too many: asked in order of what asking costs.
    tags = html.count(b">") + 1
    opening = tags if tags <= MAX_DEPTH else len(_TAG_START.findall(html))
    if opening <= MAX_DEPTH and opening * tags <= MAX_LOOK_UPS:
        enough = MAX_REOPENED // tags
        if tags <= enough or len(_FORMATTING_START.findall(html)) <= enough:
            return None
    return _costly_nesting(html)


def _costly_nesting(html: bytes) -> str | None:  # noqa: C901, PLR0912 - one loop over a page's tags
    open_tags: list[bytes] = []
    deepest = formatting = most_formatting = 0
    tags = _TAG.findall(html)
    if len(tags) > MAX_TAGS:
        return f"more than {MAX_TAGS:,} tags"
    for slash, raw in tags:
        name = raw.lower()
        if slash:
            if open_tags and open_tags[-1] == name:
                open_tags.pop()
                formatting -= name in _FORMATTING
            elif depth := _closes(open_tags, name):
                if name in _FORMATTING:
                    formatting -= sum(tag in _FORMATTING for tag in open_tags[-depth:])
                del open_tags[-depth:]
        elif name not in _VOID:
            for ended in _ENDS.get(name, ()):
                if open_tags and open_tags[-1] == ended:
                    open_tags.pop()
            open_tags.append(name)
            deepest = max(deepest, len(open_tags))
            if name in _FORMATTING:
                formatting += 1
                most_formatting = max(most_formatting, formatting)
    if deepest > MAX_DEPTH:
        return f"tags are nested more than {MAX_DEPTH:,} deep"
    if deepest * len(tags) > MAX_LOOK_UPS:
        return "too many tags are nested too deep"
    if most_formatting * len(tags) > MAX_REOPENED:
        return "too many formatting tags are left open"
    return None


def _closes(open_tags: list[bytes], name: bytes) -> int:
    """How many open tags this closing one ends; 0 where it is stray, or a scope lies between."""
    scopes = _TABLE_SCOPES if name in _TABLE_PARTS else _SCOPES
    for depth in range(1, min(_LOOK_BACK, len(open_tags)) + 1):
        tag = open_tags[-depth]
        if tag == name:
            return depth
        if tag in scopes:
            return 0
    return 0


def _long_tags(html: bytes) -> list[bytes]:
    """The tags of LONG_TAG bytes and more, without their double-quoted values.

    Goes from one ">" to the last one within reach, over all that lie between: only where none is
    within reach the stretch is long.
    """
    found = []
    at = -1
    while len(html) - at > LONG_TAG:
        end = html.rfind(b">", at + 1, at + LONG_TAG + 2)
        if end < 0:
            end = html.find(b">", at + LONG_TAG + 1)
            end = len(html) if end < 0 else end
            start = _TAG_START.search(html, at + 1, end)
            if start and end - start.start() > LONG_TAG:
                found.append(_QUOTED.sub(b"=", html[start.start() : end]))
        at = end
    return found

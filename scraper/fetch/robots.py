"""May we ask for this URL? What a host's robots.txt says to us, by RFC 9309.

The rules of the game, where the RFC leaves room:

- An answer that is an HTML page is no robots.txt, whatever its status: everything is allowed.
- 4xx allows everything, but for 429, which says "later", as 5xx does. A host whose robots.txt
  cannot be read says nothing: it is left alone for the run (``read_robots`` gives ``None``).
- More than MAX_REDIRECTS redirects, or one that leads nowhere, are "unavailable", as a 404 is
  (section 2.3.1.2).
- Beyond MAX_ROBOTS_BYTES nothing is read (section 2.5 asks for 500 KiB).

Matching of paths and of groups is Protego's.
"""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from protego import Protego

from scraper.fetch.identity import PRODUCT

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.model import HostState

MAX_ROBOTS_BYTES = 512 * 1024
MAX_REDIRECTS = 5  # RFC 9309, section 2.3.1.2
MAX_AGE = timedelta(hours=24)  # RFC 9309, section 2.4

#: What the archive remembers of a host that allows everything.
ALLOW_ALL = ""

#: A line that opens a group, as generously as Protego reads it: "user agent x" and "useragent x"
#: are met.
_GROUP_LINE = re.compile(r"\s*user(?:-|\s*)agent\s*(?::|\s)\s*(.*)", re.IGNORECASE)
#: The other lines that we go by, as generously. Whatever else a file holds must not part the names
#: of a group from one another (RFC 9309, section 2.2.4), and Protego would let it.
_OTHER_LINE = re.compile(
    r"\s*(?:allow|disallow|dissallow|dissalow|disalow|diasllow|disallaw|crawl[- ]delay"
    r"|site-?maps?)\s*(?::|\s)",
    re.IGNORECASE,
)
#: "scraper", "Scraper/1.0" and "scraper*" mean us; "scrape" and "scraperbot" do not.
_OUR_NAME = re.compile(rf"{PRODUCT}(?![\w-])", re.IGNORECASE)
_HTML = re.compile(r"\s*<", re.ASCII)


class Robots:
    """The rules of one robots.txt as far as they concern us."""

    def __init__(self, text: str) -> None:
        self._rules = Protego.parse(_fold_others(text))

    def allows(self, url: str) -> bool:
        """Whether this URL of the host may be asked for."""
        return bool(self._rules.can_fetch(url, PRODUCT))

    @property
    def crawl_delay(self) -> float | None:
        """The Crawl-delay in seconds, finite and not negative; ``None`` where none is set."""
        return self._rules.crawl_delay(PRODUCT)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that it names, as written."""
        return tuple(self._rules.sitemaps)


def robots_url(url: str) -> str:
    """The address of the robots.txt that governs this absolute http(s) URL."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{re.split(r'[/?#]', rest, maxsplit=1)[0]}/robots.txt"


def read_robots(status: int, body: bytes) -> str | None:
    """The text to remember of an answer to a request for robots.txt, ``ALLOW_ALL`` where there is
    none; ``None`` where the host is to be left alone for now.
    """
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return ALLOW_ALL
    text = body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", errors="replace").replace("\0", "")
    return ALLOW_ALL if _HTML.match(text) else text


def is_fresh(state: HostState, now: datetime) -> bool:
    """Whether the host's remembered robots.txt may still be gone by."""
    if state.robots is None or state.robots_at is None:
        return False
    return timedelta() <= now - state.robots_at < MAX_AGE


def _fold_others(text: str) -> str:
    """The same rules, with one name for us and one for all robots that are not us.

    Protego gives each named robot a copy of its group's rules: 18,000 names before 30,000 rules
    fit in MAX_ROBOTS_BYTES and would take gigabytes.
    """
    return "\n".join(map(_fold_line, text.splitlines()))


def _fold_line(line: str) -> str:
    group = _GROUP_LINE.match(line)
    if group is None:
        return line if _OTHER_LINE.match(line) else ""
    name = group[1].partition("#")[0].strip()
    if name == "*":
        return "User-agent: *"
    return f"User-agent: {PRODUCT if _OUR_NAME.match(name) else 'others'}"

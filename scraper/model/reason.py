"""Why something was not to be had."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a request, a page or a source did not give what was asked for: a fixed list."""

    TOO_BIG = "too_big"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"
    RESET = "reset"
    DNS = "dns"
    TLS = "tls"
    BLOCKED_ADDRESS = "blocked_address"
    ROBOTS = "robots"
    REDIRECT = "redirect"
    HTTP_4XX = "http_4xx"
    HTTP_410 = "http_410"
    HTTP_429 = "http_429"
    HTTP_5XX = "http_5xx"
    NOT_HTML = "not_html"
    BAD_ENCODING = "bad_encoding"
    BAD_FEED = "bad_feed"
    WORKER_KILLED = "worker_killed"
    NO_ARTICLE = "no_article"
    NOARCHIVE = "noarchive"

    @property
    def may_pass(self) -> bool:
        """Whether asking again later can help: the trouble is the site's or the network's."""
        return self in _MAY_PASS


_MAY_PASS = frozenset(
    {
        Reason.TIMEOUT,
        Reason.TRUNCATED,
        Reason.RESET,
        Reason.DNS,
        Reason.TLS,
        Reason.HTTP_429,
        Reason.HTTP_5XX,
        Reason.WORKER_KILLED,
    }
)

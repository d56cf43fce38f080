"""What config.toml says of single sites: their delay, headers, and the addresses wanted."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.config import SiteConfig
from scraper.fetch.client import Fetcher, at_once
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from scraper.config import Config
    from scraper.fetch.backend import Resolve
    from scraper.fetch.host import HostMemory

_DEFAULT = SiteConfig()


class SiteRules:
    """The ``[site."..."]`` tables, asked by address."""

    def __init__(self, sites: Mapping[str, SiteConfig]) -> None:
        self._sites = sites

    def of(self, url: str) -> SiteConfig:
        """The settings of this http(s) URL's site; the defaults where it has none."""
        return self._sites.get(site_of(url), _DEFAULT) if self._sites else _DEFAULT

    def delay(self, host: str) -> float | None:
        """The least delay in seconds that is set for this host's site; None for none."""
        return self.of(host).min_delay_seconds

    def headers(self, url: str) -> dict[str, str]:
        """The headers of one's own subscription that a request for this URL bears."""
        settings = self.of(url)
        headers = dict(settings.headers)
        if settings.cookies:
            headers["Cookie"] = "; ".join(
                f"{name}={text}" for name, text in settings.cookies.items()
            )
        return headers

    def wants(self, url: str) -> bool:
        """Whether this address may be announced: by an include pattern where there is any, and by
        no exclude pattern.
        """
        settings = self.of(url)
        if settings.include and not any(_matches(url, pattern) for pattern in settings.include):
            return False
        return not any(_matches(url, pattern) for pattern in settings.exclude)


def make_fetcher(
    config: Config,
    memory: HostMemory,
    resolve: Resolve | None = None,
    *,
    until_room: Callable[[], Awaitable[None]] = at_once,
) -> Fetcher:
    """A Fetcher that goes by the config, what it says of single sites included."""
    rules = SiteRules(config.site)
    return Fetcher(
        config.fetch,
        memory,
        resolve=resolve,
        site_delay=rules.delay,
        site_headers=rules.headers,
        until_room=until_room,
    )


def _matches(url: str, pattern: str) -> bool:
    """Whether the pattern, in which ``*`` is anything, is the whole address, or, where it begins
    with a slash, all that stands behind the host.
    """
    parts = urlsplit(url)
    behind = parts.path + (f"?{parts.query}" if parts.query else "")
    return _compile(pattern).fullmatch(behind if pattern.startswith("/") else url) is not None


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)

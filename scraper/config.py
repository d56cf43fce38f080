"""Reads config.toml once, checks it whole, and gives a frozen ``Config``: one section per room.

Each room receives its own section as an argument; nobody imports an instance. An unknown key or a
value of the wrong type is a ``ConfigError`` that names the key's path and what was expected.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from scraper.errors import ConfigError
from scraper.model import SourceKind

#: Where `scraper init` takes config.toml from: beside this file in an installed wheel, at the top
#: of the repository in a working copy.
EXAMPLE_PLACES = (
    Path(__file__).with_name("config.example.toml"),
    Path(__file__).resolve().parent.parent / "config.example.toml",
)

#: How msgspec writes "one of the sites" in the path of a wrong value.
_SOME_SITE = "site[...]"
_MAX_PORT = 65_535
_IPV6 = 6
#: The upper 96 bits of compatible, mapped (RFC 4291) and translated (RFC 2765) IPv4 addresses.
_SPELLINGS_OF_IPV4 = frozenset({0, 0xFFFF, 0xFFFF_0000})

Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
#: From a second to a year: a pace outside is a slip of the pen.
FASTEST_MINUTES, SLOWEST_MINUTES = 1 / 60, 525_600.0
Minutes = Annotated[float, msgspec.Meta(ge=FASTEST_MINUTES, le=SLOWEST_MINUTES)]
Span = Annotated[str, msgspec.Meta(pattern=r"^[1-9]\d{0,4}[mhd]$")]
#: What a User-Agent can carry between its brackets.
Contact = Annotated[str, msgspec.Meta(pattern=r"^[ -'*-\[\]-~]+$")]
WebAddress = Annotated[str, msgspec.Meta(pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/]+")]
Count = Annotated[int, msgspec.Meta(ge=1)]
#: The name of a site, "example.org": no scheme, port or path.
Domain = Annotated[str, msgspec.Meta(pattern=r"^[^\s./:@]+(\.[^\s./:@]+)+$")]

#: "127.0.0.1:9108", "[::1]:9108", "localhost:9108".
Listen = Annotated[str, msgspec.Meta(pattern=r"^(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):\d{1,5}$")]

#: "http://127.0.0.1:3128", "socks5://[::1]:1080".
ProxyAddress = Annotated[
    str, msgspec.Meta(pattern=r"^(http|socks5)://(\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):[1-9]\d{0,4}$")
]

#: "/sport/*" or "*?print=*": pipeline.site_rules reads them.
Pattern = Annotated[str, msgspec.Meta(pattern=r"^\S+$", max_length=500)]
Selector = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=500)]
#: Tokens and values as RFC 9110, section 5, and RFC 6265, section 4.1.1, allow them.
HeaderName = Annotated[str, msgspec.Meta(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}\Z")]
HeaderValue = Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?\Z")]
CookieName = HeaderName
CookieValue = Annotated[
    str, msgspec.Meta(pattern=r"^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*\Z")
]


#: Headers that say what the program is and how it speaks.
_OUR_HEADERS = frozenset(
    "accept accept-encoding connection content-length cookie host if-modified-since if-none-match "
    "range te trailer transfer-encoding upgrade user-agent".split()
)


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of config.toml."""


class ArchiveConfig(Section, frozen=True):
    """Where the archive is; a relative path starts at the config file's folder.

    ``snapshots_dir`` is where an archive in PostgreSQL keeps its WARC files; one in SQLite keeps
    them beside its file.
    """

    path: Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+$")] = "archive.db"
    snapshots: bool = True
    snapshots_dir: Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+$")] | None = None
    keep_requests_days: Annotated[int, msgspec.Meta(ge=1, le=36_500)] = 90


class FetchConfig(Section, frozen=True):
    """How politely, and how much, the fetcher asks (DESIGN 6)."""

    contact: Contact | None = None
    min_delay_seconds: Seconds = 1.0
    timeout_seconds: Annotated[float, msgspec.Meta(gt=0, le=600)] = 20.0
    max_body_bytes: Count = 5_000_000
    max_redirects: Annotated[int, msgspec.Meta(ge=0, le=20)] = 10
    max_tries: Count = 3
    max_host_minutes: Minutes = 60.0
    concurrent_hosts: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 32
    revisit: tuple[Span, ...] = ("2h", "1d", "7d")
    follow_attribution: bool = False
    respect_noarchive: bool = True
    respect_tdm_reservation: bool = True
    allow_addresses: tuple[str, ...] = ()
    proxy: ProxyAddress | None = None


class DiscoverConfig(Section, frozen=True):
    """How often sources are asked, and how much of them is taken.

    ``interval_minutes`` is the pace of a source of which nothing is known yet.
    """

    interval_minutes: Minutes = 60.0
    fastest_minutes: Minutes = 15.0
    slowest_minutes: Minutes = 1_440.0
    max_entries: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1_000


class SourceConfig(Section, frozen=True):
    """One ``[[source]]``: a publication to watch, taken over into the archive at each start."""

    url: WebAddress
    name: str | None = None
    kind: SourceKind = SourceKind.FEED
    every_minutes: Minutes | None = None


class SiteConfig(Section, frozen=True):
    """One ``[site."example.org"]``: settings for the pages of one site.

    ``include`` and ``exclude`` are patterns of addresses, ``*`` for anything; ``headers`` and
    ``cookies`` are one's own subscription's, and sent to this site alone.
    """

    priority: int = 0
    min_delay_seconds: Seconds | None = None
    include: tuple[Pattern, ...] = ()
    exclude: tuple[Pattern, ...] = ()
    text_css: Selector | None = None
    title_css: Selector | None = None
    headers: dict[HeaderName, HeaderValue] = msgspec.field(default_factory=dict)
    cookies: dict[CookieName, CookieValue] = msgspec.field(default_factory=dict)
    use_feed_text: bool = False


class LogConfig(Section, frozen=True):
    """What log lines look like, and from which level on there are any."""

    format: Literal["text", "json"] = "text"
    level: Literal["error", "warning", "info", "debug"] = "warning"


class MetricsConfig(Section, frozen=True):
    """Where Prometheus finds measures; a relative path starts at the config file's folder."""

    textfile: Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+$")] | None = None
    listen: Listen | None = None


class Config(Section, frozen=True):
    """The whole of config.toml; every setting has a default."""

    archive: ArchiveConfig = ArchiveConfig()
    fetch: FetchConfig = FetchConfig()
    discover: DiscoverConfig = DiscoverConfig()
    source: tuple[SourceConfig, ...] = ()
    site: dict[str, SiteConfig] = msgspec.field(default_factory=dict)
    agencies: dict[str, Domain] = msgspec.field(default_factory=dict)
    log: LogConfig = LogConfig()
    metrics: MetricsConfig = MetricsConfig()


def find_config(named: str | None) -> Path | None:
    """The config file to read, or ``None`` where there is none: the named one, ./config.toml, then
    the XDG config folder's.

    Raises ConfigError where a file was named and is not there.
    """
    if named:
        path = Path(named)
        if not path.is_file():
            raise ConfigError(path, None, "no such file: run `scraper init` to make one")
        return path
    xdg = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    places = (Path("config.toml"), Path(xdg) / "scraper" / "config.toml")
    return next((path for path in places if path.is_file()), None)


def load_config(path: Path | None) -> Config:
    """The checked Config of this file; every default where ``path`` is ``None``.

    Raises ConfigError with the key's path and what was expected.
    """
    if path is None:
        return Config()
    try:
        text = path.read_text(encoding="utf-8-sig")  # editors on Windows write a mark
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(path, None, f"cannot be read: {exc}") from exc
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(path, None, f"is not TOML: {exc}") from exc
    return parse_config(table, path)


def parse_config(table: dict[str, Any], path: Path) -> Config:
    """The checked Config of a parsed TOML table; ``path`` is named in errors."""
    try:
        config = msgspec.convert(table, Config)
    except msgspec.ValidationError as exc:
        key, problem = _explain(str(exc))
        if key and key.startswith(_SOME_SITE):
            key = f"{_name_bad_site(table['site'])}{key.removeprefix(_SOME_SITE)}"
        raise ConfigError(path, key, problem) from exc
    if config.discover.slowest_minutes < config.discover.fastest_minutes:
        problem = "must not be less than fastest_minutes"
        raise ConfigError(path, "discover.slowest_minutes", problem)
    for name, settings in config.site.items():
        if ours := sorted(header for header in settings.headers if header.lower() in _OUR_HEADERS):
            problem = f"{ours[0]} is set by the program (cookies have a table of their own)"
            raise ConfigError(path, f'site."{name}".headers', problem)
    if config.fetch.proxy and int(config.fetch.proxy.rpartition(":")[2]) > _MAX_PORT:
        raise ConfigError(path, "fetch.proxy", f"ports end at {_MAX_PORT}")
    for at, allowance in enumerate(config.fetch.allow_addresses):
        if wrong := _judge_allowance(allowance):
            raise ConfigError(path, f"fetch.allow_addresses[{at}]", f"{allowance!r} {wrong}")
    return config


def example_text() -> str:
    """The text of config.example.toml as shipped."""
    return next(place for place in EXAMPLE_PLACES if place.is_file()).read_text(encoding="utf-8")


#: What to say of a setting that has the wrong form, by the beginning of its key path.
_FORMS = {
    "archive.path": "must be the path of a file or the URL of a database",
    "archive.snapshots_dir": "must be the path of a folder",
    "fetch.contact": "must be plain ASCII without brackets",
    "fetch.proxy": 'must be like "http://127.0.0.1:3128" or "socks5://127.0.0.1:1080"',
    "fetch.revisit": 'must be like "90m", "2h" or "7d"',
    "metrics.listen": 'must be an address and a port, like "127.0.0.1:9108"',
    "metrics.textfile": "must be the path of a file",
    "source": "must be an address that begins with http:// or https://",
    "agencies": "must be a site's name, like reuters.com",
    "site[...].include": "must be patterns without spaces, like /news/*",
    "site[...].exclude": "must be patterns without spaces, like */live/*",
    "site[...].headers": "must be names of headers and values in plain ASCII",
    "site[...].cookies": "must be names of cookies and values as a browser sends them",
    "site[...]": "must not be empty",
}


def _explain(message: str) -> tuple[str | None, str]:
    """Key path and problem of a message like "Expected `int`, got `str` - at `$.fetch.x`"."""
    problem, _, at = message.partition(" - at `")
    key = at.removeprefix("key` in `").rstrip("`").removeprefix("$").removeprefix(".")
    unknown = re.fullmatch(r"Object contains unknown field `(.+)`", problem)
    if unknown:
        return f"{key}.{unknown[1]}".lstrip("."), "unknown setting: see config.example.toml"
    missing = re.fullmatch(r"Object missing required field `(.+)`", problem)
    if missing:
        return f"{key}.{missing[1]}".lstrip("."), "is missing"
    for place, said in _FORMS.items():
        if "matching regex" in problem and key.startswith(place):
            return key, said
    return key or None, problem[:1].lower() + problem[1:].replace("`", "")


def _name_bad_site(sites: dict[str, Any]) -> str:
    """The key path of the first ``[site."..."]`` that is wrong: msgspec does not name it."""
    for name, settings in sites.items():
        try:
            msgspec.convert(settings, SiteConfig)
        except msgspec.ValidationError:
            return f'site."{name}"'
    raise AssertionError("msgspec found one of them wrong")


def _judge_allowance(text: str) -> str | None:
    """What is wrong with an entry of allow_addresses; None for "ip:port", "[v6]:port", "network:*".

    The room that dials reads them; here they are only judged, so that a slip is told at once.
    """
    from ipaddress import ip_network  # 8 ms, for a setting that few use

    place, _, port = text.strip().rpartition(":")
    if not place:
        return 'has no port: write "127.0.0.1:8400" or "10.0.0.0/8:*"'
    if (":" in place or "[" in place) and not (place.startswith("[") and "]" in place):
        return 'needs brackets: write "[::1]:8400" or "[fd00::/8]:*"'
    try:
        network = ip_network(place.replace("[", "", 1).replace("]", "", 1))
    except ValueError as exc:
        return f"does not begin with an IP address or network: {exc}"
    number = int(network.network_address)
    if network.version == _IPV6 and number > 1 and number >> 32 in _SPELLINGS_OF_IPV4:
        return "spells an IPv4 address: write that one"
    if port != "*" and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _MAX_PORT):
        return f"does not end in a port from 1 to {_MAX_PORT}, or *"
    return None

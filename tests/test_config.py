"""Reading config.toml: what is taken, and what is said of what is not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from scraper.config import Config, example_text, find_config, load_config, parse_config
from scraper.errors import ConfigError
from scraper.fetch.address import parse_allowance

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = Path("config.toml")
#: Tables whose keys are names that the archive's owner gives.
NAMES_OF_ONES_OWN = {"agencies"}


def parse(toml: str) -> Config:
    """The Config of this TOML."""
    return parse_config(tomllib.loads(toml), PATH)


def settings(section: type[msgspec.Struct] = Config, above: str = "") -> Iterator[str]:
    """The paths of all settings, "fetch.max_tries", those of lists and tables of sections too."""
    for field in msgspec.structs.fields(section):
        inner = _section_in(field.type)
        name = f"{above}{field.name}"
        if inner is None:
            yield name
        else:
            yield from settings(inner, f"{name}.")


def _section_in(kind: Any) -> type[msgspec.Struct] | None:  # noqa: ANN401  # any annotation
    """The section that this is, or that it holds many of."""
    for candidate in (kind, *getattr(kind, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, msgspec.Struct):
            return candidate
    return None


def test_example_is_every_default() -> None:
    """The example as shipped is read without complaint, and says what holds without it."""
    assert parse(example_text()) == Config()


def uncommented_example() -> dict[str, Any]:
    """The example with every setting and table that it shows in comments switched on."""
    switched = re.sub(r"(?m)^# (?=\[|\w+ = |\"[^\"]+\" = )", "", example_text())
    return tomllib.loads(switched)


def test_example_shows_every_setting() -> None:
    """Each setting of Config stands in the example, as a default or in a comment, and is valid."""
    table = uncommented_example()
    parse_config(table, PATH)
    shown = set()
    for section, values in table.items():
        if section in NAMES_OF_ONES_OWN:
            shown.add(section)
            continue
        for inner in values if isinstance(values, list) else [values]:
            for name, value in inner.items():
                deeper = value if isinstance(value, dict) else {None: None}
                shown |= {f"{section}.{name if key is None else key}" for key in deeper}
    assert shown == set(settings())


@pytest.mark.parametrize(
    ("toml", "key", "problem"),
    [
        ("[fetch]\nspeed = 3", "fetch.speed", "unknown setting"),
        ("[fetsch]", "fetsch", "unknown setting"),
        ("[fetch]\nmax_tries = '3'", "fetch.max_tries", "expected int, got str"),
        ("[fetch]\nmax_tries = 0", "fetch.max_tries", "expected int >= 1"),
        ("[fetch]\nmin_delay_seconds = nan", "fetch.min_delay_seconds", "expected float >= 0"),
        ("fetch = 3", "fetch", "expected object, got int"),
        ("[[source]]\nname = 'x'", "source[0].url", "is missing"),
        (
            "[[source]]\nurl = 'https://a.example'\n[[source]]\nurl = 7",
            "source[1].url",
            "expected str, got int",
        ),
        ("[site.'good.org']\n[site.'a.org']\nprio = 1", 'site."a.org".prio', "unknown setting"),
        ("[site.'a.org']\npriority = 'x'", 'site."a.org".priority', "expected int, got str"),
        ("[site]\n'a.org' = 3", 'site."a.org"', "expected object, got int"),
        ("[fetch]\nallow_addresses = ['::1:80']", "fetch.allow_addresses[0]", "brackets"),
        ("[fetch]\nproxy = 'http://127.0.0.1'", "fetch.proxy", "must be like"),
        ("[fetch]\nproxy = 'http://u:p@127.0.0.1:80'", "fetch.proxy", "must be like"),
        ("[fetch]\nproxy = 'http://127.0.0.1:70000'", "fetch.proxy", "ports end at 65535"),
        ("[fetch]\nfollow_attribution = 1", "fetch.follow_attribution", "expected bool, got int"),
        ("[agencies]\nReuters = 'https://reuters.com/'", "agencies[...]", "must be a site's name"),
        ("[agencies]\nReuters = 3", "agencies[...]", "expected str, got int"),
        ("[site.'a.org']\nheaders = {Host = 'x'}", 'site."a.org".headers', "set by the program"),
        ("[site.'a.org']\nheaders = {'X Y' = 'x'}", 'site."a.org".headers', "names of headers"),
        ('[site."a.org"]\nheaders = {X = "x\\n"}', 'site."a.org".headers[...]', "values in plain"),
        ("[site.'a.org']\ncookies = {a = 'x;y'}", 'site."a.org".cookies[...]', "a browser sends"),
        ("[site.'a.org']\ninclude = ['a b']", 'site."a.org".include[0]', "without spaces"),
        ("[site.'a.org']\ntext_css = ' '", 'site."a.org".text_css', "must not be empty"),
        ("[discover]\nslowest_minutes = 1", "discover.slowest_minutes", "not be less than fastest"),
    ],
)
def test_error_names_the_key_and_what_was_expected(toml: str, key: str, problem: str) -> None:
    """Whatever is wrong, the one line has the file, the key's path and what is expected there."""
    with pytest.raises(ConfigError) as caught:
        parse(toml)
    assert caught.value.key == key
    assert problem in caught.value.problem
    assert str(caught.value).startswith(f"config.toml: {key}: ")
    assert "\n" not in str(caught.value)


ALLOWANCES = """
    127.0.0.1:8400 127.0.0.0/8:* 10.0.0.0/8:80 [::1]:8400 [::]:80 [fd00::/8]:* [fd00::]/8:1
    [127.0.0.1]:80 127.0.0.1 localhost:80 127.0.0.1:0 127.0.0.1:65536 127.0.0.1:http 10.0.0.1/8:*
    ::1:80 [127.0.0.1:80 : *:* 127.0.0.1: 127.0.0.1:٣ 256.0.0.1:80 [::ffff:127.0.0.1]:80
    [::7f00:1]:80 [::ffff:0:127.0.0.1]:*
"""


@pytest.mark.parametrize("entry", [*ALLOWANCES.split(), ""])
def test_allowances_are_judged_as_the_fetcher_reads_them(entry: str) -> None:
    """An entry that loads is one that the fetcher takes, and one that it refuses does not load."""
    table = {"fetch": {"allow_addresses": [entry]}}
    try:
        parse_allowance(entry)
    except ValueError:
        with pytest.raises(ConfigError, match=r"fetch\.allow_addresses\[0\]"):
            parse_config(table, PATH)
    else:
        assert parse_config(table, PATH).fetch.allow_addresses == (entry,)


def test_named_file_must_exist(tmp_path: Path) -> None:
    """A config that was asked for by name and is not there is an error, not the defaults."""
    with pytest.raises(ConfigError, match="no such file"):
        find_config(str(tmp_path / "none.toml"))


def test_places_looked_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file named, else ./config.toml, else the XDG config folder's, else none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert find_config(None) is None
    assert load_config(None) == Config()
    fallback = tmp_path / "xdg" / "scraper" / "config.toml"
    fallback.parent.mkdir(parents=True)
    fallback.touch()
    assert find_config(None) == fallback
    (tmp_path / "config.toml").touch()
    assert find_config(None) == Path("config.toml")
    assert find_config(str(fallback)) == fallback


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[fetch", b"a = 1\na = 2"])
def test_file_that_is_no_toml(tmp_path: Path, content: bytes) -> None:
    """Bytes that are no UTF-8 or no TOML are an error of one line with the file's name."""
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"fetch": {"contact": "me (at) example"}}, "fetch.contact"),
        ({"fetch": {"contact": "zoë@example.org"}}, "fetch.contact"),
        ({"source": [{"url": "ftp://example.org/feed"}]}, "source[0].url"),
        ({"source": [{"url": "example.org/feed"}]}, "source[0].url"),
    ],
)
def test_what_a_later_step_could_not_use_is_refused_at_once(
    table: dict[str, object], key: str
) -> None:
    """A contact that no header can carry, a source that is no web address."""
    with pytest.raises(ConfigError) as caught:
        parse_config(table, Path("config.toml"))
    assert caught.value.key == key

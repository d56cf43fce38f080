"""Tests of the name under which we ask."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError

import pytest

from scraper.fetch import identity


def test_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The User-Agent names product and version, and the contact where one is set."""
    monkeypatch.setattr(identity, "version", lambda name: {"syndication-scraper": "1.2"}[name])
    assert identity.user_agent() == "scraper/1.2"
    assert (
        identity.user_agent("https://example.org/bot") == "scraper/1.2 (+https://example.org/bot)"
    )


def test_from_a_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no distribution is installed, the version is left out."""

    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(identity, "version", version)
    assert identity.user_agent() == "scraper"
    assert identity.user_agent("a@b.org") == "scraper (+a@b.org)"


def test_as_it_is_here() -> None:
    """In this very environment the header is one of the two forms."""
    assert re.fullmatch(r"scraper(/[0-9][\w.+-]*)?", identity.user_agent())


@pytest.mark.parametrize("contact", ["a\r\nCookie: x", "müller@example.org", "a)b", "\x00"])
def test_contacts_that_no_header_carries(contact: str) -> None:
    """A contact that would break the header is refused, and named."""
    with pytest.raises(ValueError, match="plain ASCII"):
        identity.user_agent(contact)

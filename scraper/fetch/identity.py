"""Who we say we are: the name that robots.txt calls us by, and the User-Agent that bears it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

#: The product token of RFC 9309, section 2.2.1: "User-agent: scraper" in a robots.txt means us.
PRODUCT = "scraper"

DISTRIBUTION = "syndication-scraper"


def user_agent(contact: str | None = None) -> str:
    """The User-Agent header: "scraper/0.1.0 (+archive@example.org)", without brackets where no
    contact is set, and without a version where the program runs from a tree that is not installed.

    Raises ValueError, with a sentence for a person, where a header cannot carry ``contact``.
    """
    try:
        product = f"{PRODUCT}/{version(DISTRIBUTION)}"
    except PackageNotFoundError:
        product = PRODUCT
    if not contact:
        return product
    if not (contact.isascii() and contact.isprintable()) or set(contact) & set("()\\"):
        raise ValueError(f"{contact!r} must be plain ASCII without brackets to stand in a header")
    return f"{product} (+{contact})"

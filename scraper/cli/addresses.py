"""Addresses as people type them."""

from __future__ import annotations

from scraper.errors import UsageError
from scraper.urls import normalise_url


def read_address(typed: str) -> str:
    """The URL as it will be asked for; https is assumed where no scheme is given.

    Raises UsageError for what is no address of a web page.
    """
    address = normalise_url(typed if "://" in typed else f"https://{typed}")
    if address is None:
        raise UsageError(
            f"{typed!r} is no address of a web page: give one like https://example.org/"
        )
    return address

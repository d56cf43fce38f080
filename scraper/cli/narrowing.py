"""What lists are narrowed by, as people type it."""

from __future__ import annotations

from typing import Any

import click


class Site(click.ParamType[str]):
    """A site as the archive names it, from that name in any case or from an address of it."""

    name = "site"

    def convert(
        self,
        value: Any,  # noqa: ANN401  # click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        """The site's name; fails for what can be none."""
        from scraper.urls import normalise_url, site_of  # reads the list of public suffixes

        typed = str(value).strip()
        if not typed:
            self.fail("it is empty: give a name like example.org", param, ctx)
        if "/" not in typed and typed.isascii():
            return typed.lower()
        address = normalise_url(typed if "://" in typed else f"//{typed}", "https://site.invalid/")
        if address is None:
            self.fail(f"{typed!r} is no site: give a name like example.org", param, ctx)
        return site_of(address)


class LanguageTag(click.ParamType[str]):
    """A language tag such as "en" or "pt-BR"."""

    name = "language"

    def convert(
        self,
        value: Any,  # noqa: ANN401  # click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        """The tag; fails for what can be none."""
        if not str(value).isascii():
            self.fail(f"{value!r} is no language tag: give one like en or pt-BR", param, ctx)
        return str(value)

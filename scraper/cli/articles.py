"""Articles as people name them on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.errors import ScraperError
from scraper.store.find import find_article, find_page_by_url

if TYPE_CHECKING:
    import sqlalchemy as sa

    from scraper.model import ArticleId


def require_article(connection: sa.Connection, wanted: str) -> ArticleId:
    """The article meant by a number or an address.

    Raises ScraperError where there is none, saying why and what to do.
    """
    found = find_article(connection, wanted)
    if found is None:
        raise ScraperError(explain_absence(connection, wanted))
    return found


def explain_absence(connection: sa.Connection, wanted: str) -> str:
    """Why nothing can be shown, and what to do."""
    page = find_page_by_url(connection, wanted)
    if page is None:
        return f"nothing is archived as {wanted}: `scraper search WORDS` finds stories"
    reason = f" ({page.reason}: {page.detail})" if page.reason else ""
    return f"no article from {page.url}, which is {page.state}{reason}: try `scraper fetch`"

"""What a page says: Snapshot in, Article out. Pure.

``extract_article`` is this room's door, and a library function of its own::

    from scraper.extract import extract_article

    found = extract_article(html, url="https://example.org/2024/story")
"""

from scraper.extract.article import extract_article

__all__ = ["extract_article"]

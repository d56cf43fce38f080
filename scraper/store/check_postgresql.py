"""Whether search on PostgreSQL says what the articles say."""

from __future__ import annotations

from typing import Final

#: What must not be -> the ids for which it is. A row of search without an article cannot be: the
#: server keeps foreign keys.
SEARCH_PROMISES: Final = {
    "articles that search (article_search) does not know": """
        SELECT id FROM article EXCEPT SELECT article_id FROM article_search""",
    "articles of which search (article_search) has other words": """
        SELECT id FROM article JOIN article_search ON article_search.article_id = article.id
        WHERE words IS DISTINCT FROM words_of(coalesce(title, ''), text) OR grams IS DISTINCT FROM
        CASE WHEN is_unspaced THEN grams_of(coalesce(title, ''), text) END""",
}

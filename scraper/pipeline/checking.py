"""Whether a text is a copy of something archived: looked up as a new article is, and not filed.

Rule 1: the archive is only read. Where the text must be fetched first, the requests are logged and
politeness remembers them, as for any request; no page, article or key comes of it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.extract import extract_article
from scraper.extract.encoding import to_utf8
from scraper.fetch.client import Accept
from scraper.fetch.sniff import is_html
from scraper.match.candidates import choose_candidates
from scraper.match.compare import compare_words
from scraper.model import Article, NoArticle, NotModified, Reason, Refused
from scraper.pipeline.hosts import open_hosts
from scraper.pipeline.ingest import prepare
from scraper.pipeline.ledger import Ledger
from scraper.pipeline.site_rules import make_fetcher
from scraper.store import index, stored_text
from scraper.store.query import load_articles
from scraper.urls import site_of
from scraper.worker.parser import Killed, Parser

if TYPE_CHECKING:
    import sqlalchemy as sa

    from scraper.config import Config
    from scraper.fetch.backend import Resolve
    from scraper.model import ArchivedArticle, Fetched, Relation
    from scraper.pipeline.matching import Matcher
    from scraper.store.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An archived article, and what the text that was asked about is to it."""

    article: ArchivedArticle
    relation: Relation


def find_matches(
    connection: sa.Connection, matcher: Matcher, content: Article
) -> tuple[Match, ...]:
    """The archived articles with which this text shares something, best first.

    On its site, where that is known, the site's own lines are left out of it.
    Those that it would join come before those of which it has a part only, then the larger share of
    the text counts, then the likeness of both.
    """
    prepared = prepare(content)
    site = site_of(content.url) if content.url else None
    mask = matcher.masking.mask(connection, site, prepared.lines, content.title)
    prepared = prepared.under(mask)
    found = index.look_up(connection, prepared.keys)
    holders = {holder for ids in found.values() for holder in ids}
    key_counts = stored_text.containment_key_counts(connection, holders)
    candidates = choose_candidates(prepared.keys, found, key_counts)
    relations = {
        text.id: relation
        for text in stored_text.load_texts(connection, candidates)
        if (
            relation := compare_words(
                prepared.words,
                matcher.read(text),
                title_a=mask.title(content.title),
                title_b=text.compared_title,
            )
        )
    }
    loaded = load_articles(connection, tuple(relations))
    matches = [Match(article=article, relation=relations[article.id]) for article in loaded]
    return tuple(sorted(matches, key=_rank))


def read_content(body: bytes, *, url: str | None) -> Article | NoArticle:
    """The article of an HTML page, or all of a plain text; which of them it is, its bytes say.

    ``url`` is the page's address, where it is known: links and the site are read by it.
    """
    if is_html(None, body) or body.lstrip()[:1] == b"<":
        return extract_article(body, url=url or "https://unknown.invalid/")
    text = to_utf8(body).decode().replace("\r\n", "\n").strip()
    if not text:
        return NoArticle(reason=Reason.NO_ARTICLE, detail="there is no text")
    return Article(url=url, title=None, text=text)


def fetch_content(
    archive: Archive, config: Config, url: str, *, resolve: Resolve | None = None
) -> Article | NoArticle:
    """The article at this address, asked for as politely as any page."""
    fetched = asyncio.run(_fetch(archive, config, url, resolve))
    if isinstance(fetched, Refused):
        return NoArticle(reason=fetched.reason, detail=f"{fetched.reason}: {fetched.detail}")
    if isinstance(fetched, NotModified):
        return NoArticle(reason=Reason.NO_ARTICLE, detail="the server sends nothing anew")
    with Parser() as parser:
        found = parser.submit(
            extract_article,
            fetched.body,
            url=fetched.final_url,
            content_type=fetched.content_type,
        ).result()
    if isinstance(found, Killed):
        return NoArticle(reason=Reason.WORKER_KILLED, detail=found.detail)
    return found


async def _fetch(archive: Archive, config: Config, url: str, resolve: Resolve | None) -> Fetched:
    async with open_hosts(archive) as hosts:
        ledger = Ledger(archive, hosts)
        async with make_fetcher(config, hosts, resolve) as fetcher:
            fetched = await fetcher.fetch(url, accept=Accept.PAGE)
        with ledger.write() as connection:
            ledger.record(connection, fetched.requests)
    return fetched


def _rank(match: Match) -> tuple[bool, float, float, int]:
    relation = match.relation
    return (not relation.links, -relation.coverage_a, -relation.similarity, match.article.id)

"""Two articles, or two texts of one, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.match import compare_texts
from scraper.match.compare import mirrored
from scraper.model import RelationKind
from scraper.store.find import find_article
from scraper.store.query import load_articles
from scraper.store.relations import load_links_among
from scraper.store.revisions import load_revisions
from scraper.web import asking
from scraper.web.page import read_archive, render
from scraper.web.passages import cut_pair, draw_ribbons, number_passages
from scraper.web.shown import count, name

if TYPE_CHECKING:
    import sqlalchemy as sa
    from starlette.requests import Request
    from starlette.responses import Response

    from scraper.model import ArchivedArticle, Relation
    from scraper.store.revisions import Revision

#: Longer texts are cut before they are compared: some 15,000 words, which take about a second.
LONGEST = 100_000

_PHRASES = {
    RelationKind.IDENTICAL: "is identical with",
    RelationKind.NEAR_DUPLICATE: "is a near duplicate of",
    RelationKind.EXCERPT_OF: "is an excerpt of",
    RelationKind.PARAPHRASE: "is a paraphrase of",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two texts."""

    article: ArchivedArticle
    revision: Revision
    revisions: int

    @property
    def is_current(self) -> bool:
        """Whether it is the article's newest text, of which relations speak."""
        return self.revision.number == self.revisions


def show_comparison(request: Request) -> Response:
    """The page."""
    fields = dict(request.query_params)
    with read_archive(request) as connection:
        a, b = _load(connection, fields, "a"), _load(connection, fields, "b")
        relation = _archived(connection, a, b)
    is_archived = relation is not None
    one, other = a.revision.text[:LONGEST], b.revision.text[:LONGEST]
    languages = (a.article.content.language, b.article.content.language)
    if relation is None:
        relation = compare_texts(
            one,
            other,
            title_a=a.revision.title,
            title_b=b.revision.title,
            language_a=languages[0],
            language_b=languages[1],
        )
    passages = number_passages(relation.passages if relation else ())
    shown_a, shown_b = cut_pair(one, other, passages, languages)
    size = max(len(one), len(other), 1)
    return render(
        request,
        "compare.html",
        a=a,
        b=b,
        heading=_head(a, b, relation),
        relation=relation,
        is_archived=is_archived,
        paragraphs_a=shown_a,
        paragraphs_b=shown_b,
        ribbons=draw_ribbons(one, other, passages),
        length_a=round(100 * len(one) / size, 2),
        length_b=round(100 * len(other) / size, 2),
        is_cut=len(a.revision.text) > LONGEST or len(b.revision.text) > LONGEST,
        same_article=a.article.id == b.article.id,
    )


def _load(connection: sa.Connection, fields: dict[str, str], side: str) -> Side:
    wanted, number = asking.read_version(fields, side)
    found = find_article(connection, str(wanted))
    if found is None:
        raise asking.not_found(f"There is no article {wanted}.")
    (article,) = load_articles(connection, (found,))
    revisions = load_revisions(connection, found)
    if number is not None and number > len(revisions):
        raise asking.not_found(
            f"There is no text {number} of article {wanted}:"
            f" {count(len(revisions), 'text was', 'texts were')} seen."
        )
    revision = revisions[(number or len(revisions)) - 1]
    return Side(article=article, revision=revision, revisions=len(revisions))


def _archived(connection: sa.Connection, a: Side, b: Side) -> Relation | None:
    """The relation of the two as it is archived, read "a kind b"; None of other texts of theirs."""
    if (
        not (a.is_current and b.is_current)
        or max(len(a.revision.text), len(b.revision.text)) > LONGEST
    ):
        return None
    for link in load_links_among(connection, (a.article.id, b.article.id)):
        return link.relation if link.a == a.article.id else mirrored(link.relation)
    return None


def _head(a: Side, b: Side, relation: Relation | None) -> str:
    """What the one is to the other, as a sentence without its full stop."""
    one, other = name(a.article), name(b.article)
    if a.article.id == b.article.id:
        return f"{one}: text {a.revision.number} beside text {b.revision.number}"
    if one == other:
        one, other = f"Article {a.article.id}", f"article {b.article.id} of {other}"
    if relation is None:
        return f"{one} and {other} share no passage"
    if relation.kind is RelationKind.PART:
        return f"{one} and {other} share a part"
    if relation.kind is RelationKind.CONTAINS:
        return _head(b, a, mirrored(relation))
    return f"{one} {_PHRASES[relation.kind]} {other}"

"""Relations -> stories: which articles are one story, and which only quote several.

Rule 1: the answer is a function of the set of articles and the set of links, never of their order.

Rule 2: a *round-up* glues nothing. An article is one if the largest piece of another text in it
is about something else than its rest; or if no piece is half of it, and two pieces stand apart,
have nothing to do with each other, and one of them is about something else than the rest. (An
article and any number of disjoint cuts of it are one story: each is about what the rest is about.)
At a round-up only links between whole versions of it count.

Rule 3: all is local, so that ``judge_stories`` says the same of a part of the archive as of all of
it. What has to be there

- for the round-up verdict of x: x, its neighbours, and every link among these;
- for which links of x count: the same for x and for each of its neighbours, that is, the
  neighbours' neighbours and every link among all of these (of a link between filled-in forms the
  neighbours of both ends decide: see ``match.standing``; of one in the wording of a recurring
  notice the copies of either end and the neighbours of both, with the imprints of all of these:
  see ``match.recurring``. They are among x's neighbours and the copies of these: of the
  neighbours' neighbours that share only a part none is asked; of one between a cut and a longer
  text the cut's own links: see ``match.cuts``. Who is no member, and whose links are not all there,
  may be taken for one too many, never for one too few, and is then looked at as a member);
- for the story of x: the same for each member of the story, and of every story from which only a
  decision keeps it apart.

A new, changed or lost link of x, or another imprint, can change the verdicts of x and of its
neighbours, and so which of their links count: the stories of x's neighbours and of theirs, old and
new, are all that can change, with those that are kept apart from them.

Rule 4: people's decisions come first (see ``match.joining``), then links. Where people keep
articles apart, the stronger of two links that cannot both join does.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from scraper.match.cuts import find_misplaced
from scraper.match.joining import Joining
from scraper.match.recurring import Issues
from scraper.match.standing import Witnesses
from scraper.model import ArticleId, RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scraper.match.recurring import Imprint
    from scraper.model import Decision, Link, Relation

#: Of articles of which nothing but their links is known.
NO_IMPRINTS: Final[Mapping[ArticleId, Imprint]] = MappingProxyType({})
#: A piece of a round-up is there nearly whole; one about something else than the rest, for the
#: most part, as for a near duplicate. The first is the design's.
_PIECE_COVERAGE: Final = 0.7
_ALIEN_COVERAGE: Final = 0.6
#: With both coverages from here on, two texts are versions of one, not a whole and its piece.
_VERSION_COVERAGE: Final = 0.6
#: Between two round-ups, versions of one another share at least half.
_ROUNDUP_VERSION_COVERAGE: Final = 0.5
#: A text of which so much is a version of one story is of that story, whatever else it carries:
#: an update that stands above the article as it was before. At .4 as at .5 the round-up rule lost
#: no labelled pair, at .6 twelve of 436.
_MAIN_SHARE: Final = 0.5
#: A piece is larger than another if its share of the whole is larger by this. A guess.
_LARGER: Final = 0.1
#: 30 words of English have about 180 characters; passages are measured in characters.
_PIECE_CHARACTERS: Final = 180
#: Passages that overlap by less, of the shorter, stand apart.
_OVERLAP: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """The stories, each a sorted tuple of its articles, by smallest article; and the round-ups.

    ``skipped`` are links that count and do not join, because people keep two articles of the two
    stories apart; ``overruled`` are decisions that newer ones leave no place. ``outvoted`` are
    links that do not count, because of what is known around them; ``recurring`` those that do not,
    because the one text is another issue of the same notice, or may be; ``misplaced`` those of a
    cut with a text that it was not cut from.
    """

    stories: tuple[tuple[ArticleId, ...], ...]
    roundups: frozenset[ArticleId]
    skipped: tuple[Link, ...] = ()
    overruled: tuple[Decision, ...] = ()
    outvoted: tuple[Link, ...] = ()
    recurring: tuple[Link, ...] = ()
    misplaced: tuple[Link, ...] = ()

    @property
    def unheard(self) -> frozenset[tuple[ArticleId, ArticleId]]:
        """The ends of the links that do not count, whatever their relation says."""
        return frozenset(
            (link.a, link.b) for link in (*self.outvoted, *self.recurring, *self.misplaced)
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """An article of which a round-up may be made: where it stands in the whole, its share of that,
    and whether the rest is about the same thing.
    """

    article: ArticleId
    places: tuple[tuple[int, int], ...]
    share: float
    is_akin: bool

    @property
    def characters(self) -> int:
        return sum(end - start for start, end in self.places)


def judge_stories(
    articles: Iterable[ArticleId],
    links: Iterable[Link],
    decisions: Iterable[Decision] = (),
    *,
    imprints: Mapping[ArticleId, Imprint] = NO_IMPRINTS,
    order: Mapping[ArticleId, int] | None = None,
) -> Stories:
    """The stories of these articles, under these standing decisions.

    Links to articles that are not among them, and decisions about such, are left aside. Every pair
    has one link at most, in either direction. An article without links is a story.
    ``imprints`` are the articles' own; nothing is known of an article that has none there.
    ``order`` says which articles come first where two links are equally strong, those with smaller
    ids if it is not given; it must be the same whenever the same articles are judged.
    """
    known = set(articles)
    relations: dict[ArticleId, dict[ArticleId, Relation]] = {article: {} for article in known}
    inside = [link for link in links if link.a in known and link.b in known]
    for link in inside:
        relations[link.a][link.b] = link.relation
        relations[link.b][link.a] = link.relation
    pieces: dict[ArticleId, list[_Piece]] = {}
    for link in inside:
        if _is_of_a_piece(link.relation):
            _note_pieces(link, pieces)
    roundups = frozenset(whole for whole, parts in pieces.items() if _is_roundup(parts, relations))
    witnesses = Witnesses(inside)
    outvoted = [link for link in inside if witnesses.outvote(link)]
    issues = Issues(inside, {article: imprints[article] for article in known & imprints.keys()})
    recurring = [link for link in inside if issues.separate(link)]
    unheard = {(link.a, link.b) for link in (*outvoted, *recurring)}
    counting = [
        link for link in inside if counts(link, roundups) and (link.a, link.b) not in unheard
    ]
    misplaced = find_misplaced(counting)
    unheard |= {(link.a, link.b) for link in misplaced}
    counting = [link for link in counting if (link.a, link.b) not in unheard]
    joining = Joining(known)
    overruled = joining.decide(decisions)
    if not joining.is_free:
        counting.sort(key=lambda link: _rank(link, order))
    skipped = [link for link in counting if not joining.join(link.a, link.b)]
    return Stories(
        stories=joining.groups(),
        roundups=roundups,
        skipped=_in_order(skipped),
        overruled=overruled,
        outvoted=_in_order(outvoted),
        recurring=_in_order(recurring),
        misplaced=_in_order(misplaced),
    )


def counts(link: Link, roundups: frozenset[ArticleId]) -> bool:
    """Whether a link joins its two articles into one story, given the round-ups."""
    relation = link.relation
    at = (link.a in roundups) + (link.b in roundups)
    if not relation.links or not at:
        return relation.links
    least = _ROUNDUP_VERSION_COVERAGE if at == 2 else _VERSION_COVERAGE  # noqa: PLR2004 - both ends
    shared = min(relation.coverage_a, relation.coverage_b)
    return relation.kind is RelationKind.PARAPHRASE or shared >= least


def _in_order(links: Iterable[Link]) -> tuple[Link, ...]:
    return tuple(sorted(links, key=lambda link: (link.a, link.b)))


def _rank(link: Link, order: Mapping[ArticleId, int] | None) -> tuple[float, ...]:
    """Sorts stronger links first: those of which the two texts together have more in common.

    Then those with more wording in common, then those of earlier articles.
    """
    relation = link.relation
    shared = relation.coverage_a + relation.coverage_b
    ends = sorted((order[link.a], order[link.b]) if order else (link.a, link.b))
    return (-shared, -relation.similarity, *ends)


def _is_of_a_piece(relation: Relation) -> bool:
    """Whether one of the two texts may be a piece of the other, not a version of it."""
    is_version = (
        relation.coverage_a >= _VERSION_COVERAGE and relation.coverage_b >= _VERSION_COVERAGE
    )
    return not is_version and relation.kind is not RelationKind.PART


def _note_pieces(link: Link, pieces: dict[ArticleId, list[_Piece]]) -> None:
    """Note the one article as a piece of the other, if the relation says so."""
    relation = link.relation
    least = _PIECE_COVERAGE if relation.links else _ALIEN_COVERAGE
    if relation.coverage_a >= least:
        places = tuple((p.b_start, p.b_end) for p in relation.passages)
        piece, whole = _Piece(link.a, places, relation.coverage_b, relation.links), link.b
    elif relation.coverage_b >= least:
        places = tuple((p.a_start, p.a_end) for p in relation.passages)
        piece, whole = _Piece(link.b, places, relation.coverage_a, relation.links), link.a
    else:
        return
    if piece.characters >= _PIECE_CHARACTERS:
        pieces.setdefault(whole, []).append(piece)


def _is_roundup(
    pieces: list[_Piece], relations: Mapping[ArticleId, Mapping[ArticleId, Relation]]
) -> bool:
    """Whether the largest piece, or one of two unrelated ones that stand apart, is alien to it."""
    alien = max((piece.share for piece in pieces if not piece.is_akin), default=0.0)
    akin = max((piece.share for piece in pieces if piece.is_akin), default=0.0)
    if alien > akin:
        return True
    if akin >= _MAIN_SHARE and akin > alien + _LARGER:
        return False
    strange = {
        frozenset((one.article, other.article))
        for one, other in combinations(pieces, 2)
        if _unrelated(relations[one.article].get(other.article)) and _stand_apart(one, other)
    }
    aliens = {piece.article for piece in pieces if not piece.is_akin}
    return any(aliens & pair for pair in strange)


def _unrelated(relation: Relation | None) -> bool:
    return relation is None or relation.kind is RelationKind.PART


def _stand_apart(one: _Piece, other: _Piece) -> bool:
    overlap = sum(
        max(0, min(end, other_end) - max(start, other_start))
        for start, end in one.places
        for other_start, other_end in other.places
    )
    return overlap < _OVERLAP * min(one.characters, other.characters)

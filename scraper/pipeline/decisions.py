"""What a person decides about stories, taken up at once.

    keep    the decision is a row, or a row says when it was undone    store.decisions
    judge   the stories of its articles, under all that stand          pipeline.matching

Both happen inside the caller's transaction. No texts are read: relations stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper.errors import ScraperError, UsageError
from scraper.pipeline.matching import Matcher
from scraper.store import decisions, rulings, story_lines

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.config import Config
    from scraper.model import ArticleId, Decision, DecisionId, DecisionKind
    from scraper.store.rulings import Ruling
    from scraper.store.story_lines import StoryLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A decision that was made or undone, and how its articles' stories are now.

    ``is_new`` is False where the same was decided before and holds; ``is_noted`` where that was
    given another note: nothing else was done then. ``overruled`` are decisions that held before and
    do not hold now, ``revived`` the reverse.
    """

    ruling: Ruling
    is_new: bool
    is_noted: bool = False
    overruled: tuple[Decision, ...]
    revived: tuple[Decision, ...]
    stories: tuple[StoryLine, ...]


def decide(
    connection: sa.Connection,
    config: Config,
    kind: DecisionKind,
    a: ArticleId,
    b: ArticleId | None,
    *,
    note: str | None,
    now: datetime,
) -> Outcome:
    """What became of a decision about an article, or about two.

    Where the same holds already it stays, with the new note if there is one.
    Raises UsageError for two that are one article.
    """
    if a == b:
        raise UsageError(f"both are article {a}: name two articles")
    before = rulings.list_rulings(connection)
    for ruling in before:
        if ruling.holds and _is_same(ruling.decision, kind, a, b):
            held = ruling.decision
            if note is None or note == held.note:
                return _tell(connection, held, before, is_new=False)
            decisions.replace_note(connection, held.id, note)
            _judge(connection, config, held, now)  # the note may be a canonical's reason
            return replace(_tell(connection, held, before, is_new=False), is_noted=True)
    made = decisions.add_decision(connection, kind, a, b, note=note, now=now)
    _judge(connection, config, made, now)
    return _tell(connection, made, before, is_new=True)


def undo(
    connection: sa.Connection, config: Config, wanted: int | None, *, now: datetime
) -> Outcome:
    """What became of undoing the decision with this number, or the last one that stands.

    Raises ScraperError where there is none.
    """
    found = _find(connection, wanted)
    before = rulings.list_rulings(connection)
    decisions.undo_decision(connection, found.id, now)
    _judge(connection, config, found, now)
    return _tell(connection, found, before, is_new=True)


def _find(connection: sa.Connection, wanted: int | None) -> Decision:
    if wanted is None:
        if (last := decisions.find_last_standing(connection)) is None:
            raise ScraperError("there is no decision to undo")
        return last
    found = decisions.find_decision(connection, wanted)
    if found is None:
        raise ScraperError(f"there is no decision {wanted}: `scraper undo --list` shows them all")
    if found.undone_at is not None:
        raise ScraperError(f"decision {wanted} is undone already: `scraper undo --list` shows when")
    return found


def _is_same(decision: Decision, kind: DecisionKind, a: ArticleId, b: ArticleId | None) -> bool:
    return decision.kind is kind and {decision.a, decision.b} == {a, b}


def _judge(connection: sa.Connection, config: Config, decision: Decision, now: datetime) -> None:
    """Nothing; the stories that the decision can change are judged anew."""
    matcher = Matcher(config.site, config.agencies)
    matcher.judge_around(connection, _ends(decision), now)


def _tell(
    connection: sa.Connection, decision: Decision, before: tuple[Ruling, ...], *, is_new: bool
) -> Outcome:
    held: dict[DecisionId, bool] = {ruling.decision.id: ruling.holds for ruling in before}
    changed = [
        ruling
        for ruling in rulings.list_rulings(connection)
        if ruling.holds != held.get(ruling.decision.id, ruling.holds)
        and ruling.decision.id != decision.id
    ]
    ruling = rulings.find_ruling(connection, decision.id)
    ids = sorted({story for story in (ruling.a_story, ruling.b_story) if story is not None})
    lines = story_lines.load_lines(connection, ids)
    return Outcome(
        ruling=ruling,
        is_new=is_new,
        overruled=tuple(one.decision for one in changed if not one.holds),
        revived=tuple(one.decision for one in changed if one.holds),
        stories=tuple(lines[story] for story in ids),
    )


def _ends(decision: Decision) -> set[ArticleId]:
    return {end for end in (decision.a, decision.b) if end is not None}

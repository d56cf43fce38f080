"""Recurring notices in the archive: whatever comes when, stories are what judging all gives."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper import clock
from scraper.model import ArticleId
from scraper.pipeline.forgetting import forget_article
from scraper.pipeline.imports import import_lines
from scraper.pipeline.matching import Matcher
from scraper.pipeline.rebuilding import rebuild_stories
from scraper.store import schema
from scraper.store.archive import Archive, open_archive
from scraper.store.check import check_archive

if TYPE_CHECKING:
    import pytest

    from tests.archive_builder import NewArchive

FIRST = date(2026, 3, 1)
TEXT = (
    "The lifeguards of Vennmouth bay measured the water temperature at the western pier this "
    "morning, as they do all through the season. Bathers should keep between the flags, leave "
    "the water when the horn sounds, and never swim alone after dusk. Dogs are allowed on the "
    "northern beach only. The kiosk beside the pier lends out towels and sells hot soup.\n\n"
    "Whoever wants to know more can ring the harbour office, or ask at the old boat house."
)


class Notice(NamedTuple):
    """An article in these words, so many days after the first, or without a date."""

    name: str
    site: str = "paper.example"
    day: int | None = None
    text: str = TEXT


def import_notices(archive: Archive, *notices: Notice) -> None:
    """Nothing; they are archived, each in a transaction of its own."""
    for notice in notices:
        line = {
            "id": notice.name,
            "url": f"https://{notice.site}/{notice.name}",
            "title": "Water temperature",
            "text": notice.text,
        }
        if notice.day is not None:
            line["published"] = (FIRST + timedelta(days=notice.day)).isoformat()
        import_lines(archive, [json.dumps(line).encode()], collection="notices", sites={})


def stories_of(archive: Archive) -> set[frozenset[str]]:
    """The stories, each by the names of its articles."""
    told: dict[int, set[str]] = {}
    with archive.read() as connection:
        for row in connection.execute(sa.select(schema.article)):
            told.setdefault(row.story_id, set()).add(row.external_id)
    return {frozenset(names) for names in told.values()}


def test_a_weekly_notice_is_a_story_each_week(archive: Archive) -> None:
    """Two are copies of one article; the third shows that they are a series."""
    import_notices(archive, Notice("a", day=0), Notice("b", day=7))
    assert stories_of(archive) == {frozenset("ab")}
    import_notices(archive, Notice("c", day=14))
    assert stories_of(archive) == {frozenset("a"), frozenset("b"), frozenset("c")}
    assert check_archive(archive) == ()


def test_a_repost_joins_the_issue_of_its_day(archive: Archive) -> None:
    """The one nearest to its date; without a date it joins none."""
    issues = [Notice(name, day=7 * week) for week, name in enumerate("abc")]
    dated = Notice("r", site="copy.example", day=8)
    import_notices(archive, *issues, dated, Notice("u", site="other.example"))
    assert stories_of(archive) == {frozenset(s) for s in ("a", "br", "c", "u")}


def test_an_article_brought_up_to_date_daily_is_one_story(archive: Archive) -> None:
    """Under one title, at three addresses: each day says more than the last."""
    second = (
        "On Tuesday two bathers were pulled out by a fisherman who had heard them call, and the "
        "council promised a second watchtower before the summer holidays begin in Oldby county."
    )
    third = (
        "The fisherman, Rasmus Dahl, was given a medal by mayor Ingrid Solheim on Wednesday. He "
        "said that anyone would have done it, and asked for a better light on the pier instead."
    )
    growing = ["\n\n".join([TEXT, second, third][: day + 1]) for day in range(3)]
    import_notices(
        archive, *(Notice(str(day), day=day, text=text) for day, text in enumerate(growing))
    )
    assert stories_of(archive) == {frozenset("012")}


def test_what_made_a_series_may_be_forgotten(archive: Archive) -> None:
    """With one of three gone, the others are copies of one article again."""
    import_notices(archive, *(Notice(name, day=day) for day, name in enumerate("abc")))
    forget(archive, find_article(archive, "c"))
    assert stories_of(archive) == {frozenset("ab")}


def forget(archive: Archive, article: ArticleId) -> None:
    """Nothing; the article was never there."""
    with archive.write() as connection:
        forget_article(connection, Matcher({}), article, clock.now())


_notices = st.lists(
    st.tuples(
        st.sampled_from(["paper.example", "paper.example", "copy.example"]),
        st.none() | st.integers(min_value=0, max_value=4),
        st.sampled_from([TEXT, TEXT, TEXT.upper(), f"{TEXT} Have a pleasant and sunny day."]),
    ),
    min_size=3,
    max_size=7,
)


@settings(max_examples=15, deadline=None)
@given(drawn=_notices, data=st.data())
def test_one_at_a_time_is_what_judging_all_gives(
    drawn: list[tuple[str, int | None, str]],
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
    new_archive: NewArchive,
) -> None:
    """In two orders of arrival, after a rebuild, and without the last as never having had it."""
    notices = [Notice(f"n{number}", *one) for number, one in enumerate(drawn)]
    folder = tmp_path_factory.mktemp("notices")
    found: list[set[frozenset[str]]] = []
    for order in (notices[:-1], notices, data.draw(st.permutations(notices))):
        with open_archive(new_archive(folder / f"order{len(found)}.db")) as archive:
            import_notices(archive, *order)
            found.append(stories_of(archive))
            rebuild_stories(archive, Matcher({}))
            assert stories_of(archive) == found[-1]
            if len(found) == 2:
                forget(archive, find_article(archive, notices[-1].name))
                assert stories_of(archive) == found[0]
    assert found[1] == found[2]


def find_article(archive: Archive, name: str) -> ArticleId:
    """The article with this name."""
    with archive.read() as connection:
        named = schema.article.c.external_id == name
        found = connection.execute(sa.select(schema.article.c.id).where(named)).scalar_one()
        return ArticleId(found)

"""Which texts of a site bear a line, read in bounded looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.match.masks import text_number
from scraper.store import lines, schema
from scraper.store.stored_text import hash_text

if TYPE_CHECKING:
    from scraper.store.archive import Archive
    from tests.archive_builder import ArchiveBuilder

SITE, OTHER = "a.example", "b.example"
MENU, FOOTER = 2**63 + 17, 2**62 + 5


def test_a_line_is_a_sites_own(archive: Archive) -> None:
    """The same words on another site are another line, with other texts and another verdict."""
    with archive.write() as connection:
        lines.add_text(connection, SITE, 7, [MENU, FOOTER])
        lines.add_text(connection, OTHER, 8, [MENU])
        lines.save_verdicts(connection, SITE, convicted=[MENU], freed=())
        assert lines.read_bearers(connection, SITE, [MENU, FOOTER, 1], most=9) == {
            MENU: (7,),
            FOOTER: (7,),
        }
        assert lines.read_boilerplate(connection, SITE, [MENU, FOOTER]) == {MENU}
        assert lines.read_boilerplate(connection, OTHER, [MENU]) == frozenset()


def test_a_verdict_can_be_taken_back(archive: Archive) -> None:
    """A line that is freed is boilerplate no more; the others are."""
    with archive.write() as connection:
        lines.save_verdicts(connection, SITE, convicted=[MENU, FOOTER], freed=())
        lines.save_verdicts(connection, SITE, convicted=[MENU], freed=[FOOTER])
        assert lines.read_boilerplate(connection, SITE, [MENU, FOOTER]) == {MENU}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.integers(0, 2**44 - 1)), gone=st.sets(st.integers(0, 2**44 - 1)))
def test_the_sample_does_not_depend_on_order(
    archive: Archive, texts: list[int], gone: set[int]
) -> None:
    """Of all texts that bear a line the lowest numbers are read, whichever came first or went."""
    gone |= set(texts[:2])
    with archive.write() as connection:
        connection.execute(schema.site_line.delete())
        connection.execute(schema.boilerplate.delete())
        for text in texts:
            lines.add_text(connection, SITE, text, [MENU])
        for text in gone:
            lines.remove_text(connection, SITE, text, [MENU])
        found = lines.read_bearers(connection, SITE, [MENU], most=3)
    assert found.get(MENU, ()) == tuple(sorted(set(texts) - gone)[:3])


def test_a_text_is_found_by_its_number(builder: ArchiveBuilder) -> None:
    """Every article of the site that has the text, and no other site's."""
    text = "The bridge is closed."
    first = builder.article("One", text, url="https://a.example/1")
    second = builder.article("Two", text, url="https://a.example/2")
    builder.article("Three", text, url="https://b.example/3")
    builder.article("Four", "Something else.", url="https://a.example/4")
    number = text_number(hash_text(text))
    with builder.archive.read() as connection:
        found = lines.load_texts_of(connection, SITE, [number, number + 1])
    assert {key: [stored.id for stored in texts] for key, texts in found.items()} == {
        number: [first, second]
    }


def test_numbers_fit_into_six_bytes(archive: Archive) -> None:
    """A row costs what the design counts: no number needs SQLite's eight bytes."""
    with archive.write() as connection:
        lines.add_text(connection, SITE, text_number("f" * 64), [0, 2**64 - 1])
        rows = connection.execute(schema.site_line.select()).all()
    assert len(rows) == 2
    assert all(0 <= number < 2**47 for row in rows for number in row)

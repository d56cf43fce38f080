"""Whether an archive is whole: the file, the search indexes, snapshots, what tables promise."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.store import schema
from scraper.store.check_postgresql import SEARCH_PROMISES
from scraper.store.check_snapshots import check_snapshots
from scraper.store.sqlite import SqliteFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scraper.store.archive import Archive

#: What must not be -> the ids for which it is.
_PROMISES = {
    "articles in no story": "SELECT id FROM article WHERE story_id IS NULL",
    "articles whose present text is not among their revisions": """
        SELECT article.id FROM article LEFT JOIN kept_revision AS kept
        ON kept.id = article.revision_id AND kept.article_id = article.id
        AND kept.text_sha256 = article.text_sha256 WHERE kept.id IS NULL""",
    "revisions without a text that are not their article's present one": """
        SELECT kept.id FROM kept_revision AS kept LEFT JOIN article
        ON article.id = kept.article_id AND article.revision_id = kept.id
        WHERE kept.text IS NULL AND article.id IS NULL""",
    "stories without a member": """
        SELECT id FROM story WHERE NOT EXISTS
        (SELECT 1 FROM article WHERE article.story_id = story.id)""",
    "stories that miscount their members": """
        SELECT id FROM story WHERE member_count !=
        (SELECT count(*) FROM article WHERE article.story_id = story.id)""",
    "stories whose number is not their smallest article's": """
        SELECT story_id FROM article GROUP BY story_id HAVING min(id) != story_id""",
    "stories whose canonical is not a member": """
        SELECT story.id FROM story LEFT JOIN article
        ON article.id = story.canonical_id AND article.story_id = story.id
        WHERE article.id IS NULL""",
    "canonicals that joined by another article": """
        SELECT article.id FROM article JOIN story ON story.canonical_id = article.id
        WHERE article.joined_by IS NOT NULL""",
    "mirrors that joined by no article of their story": """
        SELECT mirror.id FROM article AS mirror JOIN story ON story.id = mirror.story_id
        LEFT JOIN article AS other
        ON other.id = mirror.joined_by AND other.story_id = mirror.story_id
        WHERE mirror.id != story.canonical_id AND other.id IS NULL""",
    "mirrors without a relation to the article they joined by": """
        SELECT id FROM article WHERE joined_by IS NOT NULL AND merged_by IS NULL AND NOT EXISTS
        (SELECT 1 FROM relation WHERE (a = article.id AND b = article.joined_by)
        OR (b = article.id AND a = article.joined_by))""",
    "mirrors that joined by a decision that does not say so": """
        SELECT mirror.id FROM article AS mirror WHERE merged_by IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM decision WHERE decision.id = mirror.merged_by AND kind = 'merge'
        AND undone_at IS NULL AND ((a = mirror.id AND b = mirror.joined_by)
        OR (b = mirror.id AND a = mirror.joined_by)))""",
    "articles with a relation that compared another text than their present one": """
        SELECT article.id FROM relation JOIN article
        ON (article.id = relation.a AND article.revision_id != relation.a_revision)
        OR (article.id = relation.b AND article.revision_id != relation.b_revision)""",
    "stories that are buried and live": """
        SELECT story FROM story_tombstone JOIN story ON story.id = story_tombstone.story""",
    "pages to which no URL leads": """
        SELECT id FROM page WHERE NOT EXISTS
        (SELECT 1 FROM page_key WHERE page_key.page_id = page.id)""",
    "pages that are forgotten and have an article or a snapshot": """
        SELECT id FROM page WHERE state = 'forgotten' AND (
        EXISTS (SELECT 1 FROM article WHERE article.page_id = page.id)
        OR EXISTS (SELECT 1 FROM snapshot WHERE snapshot.page_id = page.id))""",
    "articles that were read from a snapshot of another page": """
        SELECT article.id FROM article JOIN snapshot ON snapshot.id = article.snapshot_id
        WHERE article.page_id IS NULL OR article.page_id != snapshot.page_id""",
    "snapshots that revisit one of another page, or none that holds its body": """
        SELECT again.id FROM snapshot AS again LEFT JOIN snapshot AS first
        ON first.id = again.revisit_of AND first.page_id = again.page_id
        AND first.payload_sha256 = again.payload_sha256 AND first.revisit_of IS NULL
        WHERE again.revisit_of IS NOT NULL AND first.id IS NULL""",
    "pages that are archived without an article": """
        SELECT id FROM page WHERE state = 'archived' AND NOT EXISTS
        (SELECT 1 FROM article WHERE article.page_id = page.id)""",
}
#: So many ids are named as examples.
_EXAMPLES = 3
#: Full-text index -> the articles that it must hold.
_INDEXES = {"article_fts": "true", "article_trigram": "is_unspaced"}
#: What SQLite is asked about each: whether the index is whole, and for the one that holds every
#: article whether it says what the articles say (https://www.sqlite.org/fts5.html, 6.5).
_INDEX_CHECKS = {
    "article_fts": "INSERT INTO article_fts(article_fts, rank) VALUES('integrity-check', 1)",
    "article_trigram": "INSERT INTO article_trigram(article_trigram) VALUES('integrity-check')",
}


def check_archive(archive: Archive) -> tuple[str, ...]:
    """What is wrong with the archive, a line each; nothing where it is whole.

    On a read-only mount SQLite's own check of the search indexes is left out: it needs to write.
    Where the file itself is damaged, what it holds is not looked at: it cannot be believed. Of
    PostgreSQL, whose server answers for its files and foreign keys, only what is ours is checked.
    """
    is_file = isinstance(archive.location, SqliteFile)
    with archive.read() as connection:
        damage = [*_check_file(connection)] if is_file else []
        if damage := [*damage, *_check_tables(connection)]:
            return tuple(damage)
        problems = [*_check_keys(connection)] if is_file else []
        problems += _check_promises(connection, _PROMISES)
        if is_file:
            problems += _check_index_rows(connection)
        else:
            problems += _check_promises(connection, SEARCH_PROMISES)
        problems += check_snapshots(connection, archive)
    if is_file and not archive.is_read_only:
        problems += _check_indexes(archive)
    return tuple(problems)


def _check_tables(connection: sa.Connection) -> Iterator[str]:
    """Which of the schema's tables the file lacks."""
    there = set(sa.inspect(connection).get_table_names())
    for table in schema.metadata.sorted_tables:
        if table.name not in there:
            yield f"the table {table.name} is missing"


def _check_file(connection: sa.Connection) -> Iterator[str]:
    try:
        for found in connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars():
            if found != "ok":
                yield f"SQLite says: {found}"
    except sa.exc.DatabaseError as exc:  # some damage ends the check itself
        yield f"SQLite says: {exc.orig}"


def _check_keys(connection: sa.Connection) -> Iterator[str]:
    broken: Counter[tuple[str, str]] = Counter()
    for table, _row, parent, _key in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        broken[table, parent] += 1
    for (table, parent), count in sorted(broken.items()):
        yield f"{count} rows of {table} name a row of {parent} that is not there"


def _check_promises(connection: sa.Connection, promises: Mapping[str, str]) -> Iterator[str]:
    for what, statement in promises.items():
        yield from _report(what, connection.exec_driver_sql(statement).scalars().all())


def _check_index_rows(connection: sa.Connection) -> Iterator[str]:
    """Articles that an index lacks, or holds though they are gone."""
    for index, condition in _INDEXES.items():
        held = f"SELECT id FROM {index}_docsize"  # noqa: S608  # names of our own
        wanted = f"SELECT id FROM article WHERE {condition}"  # noqa: S608  # likewise
        for what, statement in (
            (f"articles that search ({index}) does not know", f"{wanted} EXCEPT {held}"),
            (f"rows of search ({index}) without an article", f"{held} EXCEPT {wanted}"),
        ):
            yield from _report(what, connection.exec_driver_sql(statement).scalars().all())


def _check_indexes(archive: Archive) -> list[str]:
    """What SQLite's own check of the full-text indexes says.

    It is asked by an INSERT, which changes nothing but needs a writer's transaction.
    """
    problems = []
    with archive.write() as connection:
        for index, question in _INDEX_CHECKS.items():
            try:
                connection.exec_driver_sql(question)
            except sa.exc.DatabaseError as exc:
                if "readonly" in str(exc.orig):  # the file alone, by its permissions
                    raise
                problems.append(f"the search index {index} is damaged: {exc.orig}")
    return problems


def _report(what: str, ids: Sequence[int]) -> Iterator[str]:
    if ids:
        examples = ", ".join(str(found) for found in ids[:_EXAMPLES])
        yield f"{len(ids)} {what}, such as {examples}"

"""The archive's tables, views and full-text index, as SQLAlchemy Core tables.

People write SQL against these, so names are plain and stable; docs/schema.md explains each column.
This file describes what the newest migration leaves behind (a test holds the two together); it
creates nothing itself.

Times are UTC, ISO 8601 with milliseconds and a ``Z`` (``2026-11-22T10:00:00.000Z``): they sort as
text. ``published`` and ``modified`` alone keep the offset that the publisher printed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

#: The newest migration's revision; an archive that says otherwise is of another version.
REVISION = "20261125_1220"


def print_instant(moment: datetime) -> str:
    """The moment as the archive writes it: UTC, milliseconds, ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def whole_second(moment: datetime) -> datetime:
    """The moment as exactly as the archive keeps what others print; equal to what is read back."""
    return moment.replace(microsecond=0)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware datetime, stored as sortable UTC text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        """The moment as it is stored."""
        return None if value is None else print_instant(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        """The stored text as a datetime."""
        return None if value is None else datetime.fromisoformat(value)


class Printed(sa.types.TypeDecorator[datetime]):
    """An aware datetime in the offset it was printed with, to the second."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        """The time as it is stored."""
        return None if value is None else whole_second(value).isoformat()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        """The stored text as a datetime."""
        return None if value is None else datetime.fromisoformat(value)


class Json(sa.types.TypeDecorator[Any]):
    """Lists and numbers as JSON, in the form that can be compared where an engine has two."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """The engine's own type."""
        if dialect.name != "postgresql":
            return super().load_dialect_impl(dialect)
        from sqlalchemy.dialects.postgresql import JSONB  # not for those who use SQLite

        return dialect.type_descriptor(JSONB(none_as_null=True))


#: As wide as SQLite's own.
Integer = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

metadata = sa.MetaData()

archive = sa.Table(
    "archive",
    metadata,
    sa.Column("id", Integer, sa.CheckConstraint("id = 1"), primary_key=True),
    sa.Column("uuid", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("fingerprint_version", Integer, nullable=False),
)

run = sa.Table(
    "run",
    metadata,
    sa.Column("id", Integer, primary_key=True),
    sa.Column("command", sa.Text, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.Column("sources_checked", Integer, nullable=False, server_default="0"),
    sa.Column("sources_failed", Integer, nullable=False, server_default="0"),
    sa.Column("pages_fetched", Integer, nullable=False, server_default="0"),
    sa.Column("pages_failed", Integer, nullable=False, server_default="0"),
    sa.Column("articles_new", Integer, nullable=False, server_default="0"),
    sa.Column("wire_bytes", Integer, nullable=False, server_default="0"),
)

source = sa.Table(
    "source",
    metadata,
    sa.Column("id", Integer, primary_key=True),
    sa.Column("url", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("every_minutes", sa.Float),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("last_check_at", Instant),
    sa.Column("next_check_at", Instant, nullable=False),
    sa.Column("failures", Integer, nullable=False, server_default="0"),
    sa.Column("reason", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Index("source_due", "next_check_at"),
)

host = sa.Table(
    "host",
    metadata,
    sa.Column("host", sa.Text, primary_key=True),
    sa.Column("last_request_at", Instant),
    sa.Column("not_before", Instant),
    sa.Column("robots", sa.Text),
    sa.Column("robots_at", Instant),
    sa.Column("leased_by", sa.Text),
    sa.Column("leased_until", Instant),
)

page = sa.Table(
    "page",
    metadata,
    sa.Column("id", Integer, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("attempts", Integer, nullable=False, server_default="0"),
    sa.Column("next_attempt_at", Instant),
    sa.Column("announced_at", Instant, nullable=False),
    sa.Column("fetched_at", Instant),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Index("page_due", "next_attempt_at", sqlite_where=sa.text("next_attempt_at IS NOT NULL")),
    sa.Index("page_state", "state", "reason"),
    sa.Index("page_trouble", "fetched_at", sqlite_where=sa.text("reason IS NOT NULL")),
)

page_key = sa.Table(
    "page_key",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("page_id", sa.ForeignKey("page.id"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

feed_entry = sa.Table(
    "feed_entry",
    metadata,
    sa.Column("id", Integer, primary_key=True),
    sa.Column("source_id", sa.ForeignKey("source.id"), nullable=False),
    sa.Column("page_id", sa.ForeignKey("page.id"), nullable=False, index=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("published", Printed),
    sa.Column("updated", Printed),
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("published_precision", sa.Text),
    sa.Column("content", sa.Text),
    sa.UniqueConstraint("source_id", "page_id"),
)

request = sa.Table(
    "request",
    metadata,
    sa.Column("id", Integer, primary_key=True),
    sa.Column("run_id", sa.ForeignKey("run.id")),
    sa.Column("source_id", sa.ForeignKey("source.id"), index=True),
    sa.Column("page_id", sa.ForeignKey("page.id"), index=True),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("status", Integer),
    sa.Column("reason", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("wire_bytes", Integer, nullable=False),
)

snapshot = sa.Table(
    "snapshot",
    metadata,
    sa.Column("id", Integer, primary_key=True),
    sa.Column("page_id", sa.ForeignKey("page.id"), nullable=False, index=True),
    sa.Column("fetched_at", Instant, nullable=False),
    sa.Column("payload_sha256", sa.Text, nullable=False),
    sa.Column("warc_file", sa.Text, nullable=False),
    sa.Column("offset", Integer, nullable=False),
    sa.Column("length", Integer, nullable=False),
    sa.Column("revisit_of", sa.ForeignKey("snapshot.id"), index=True),
    sa.UniqueConstraint("warc_file", "offset"),
)

erasure = sa.Table(
    "erasure",
    metadata,
    sa.Column("warc_file", sa.Text, primary_key=True),
    sa.Column("offset", Integer, primary_key=True),
    sa.Column("length", Integer, nullable=False),
    sqlite_with_rowid=False,
)

forgotten_site = sa.Table(
    "forgotten_site",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("forgotten_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

story = sa.Table(
    "story",
    metadata,
    sa.Column("id", Integer, primary_key=True),
    sa.Column("canonical_id", Integer, nullable=False, index=True),
    sa.Column("canonical_rule", sa.Text, nullable=False),
    sa.Column("canonical_reason", sa.Text, nullable=False),
    sa.Column("primary_source_url", sa.Text),
    sa.Column("member_count", Integer, nullable=False),
    sa.Column("first_seen", Instant, nullable=False, index=True),
    sa.Column("updated_at", Instant, nullable=False, index=True),
    sa.Column("evidence", sa.BigInteger),
    # As the view `stories` counts its mirrors: whoever orders that by them is served, too.
    sa.Index("story_mirrors", sa.text("(member_count - 1)"), "first_seen"),
)
#: How many mirrors a story has, as that index has it.
mirror_count = story.c.member_count - sa.literal_column("1")

article = sa.Table(
    "article",
    metadata,
    sa.Column("id", Integer, primary_key=True),
    sa.Column("page_id", sa.ForeignKey("page.id"), index=True),
    sa.Column("story_id", sa.ForeignKey("story.id"), index=True),
    sa.Column("joined_by", Integer),
    sa.Column("collection", sa.Text),
    sa.Column("external_id", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("canonical_url", sa.Text),
    sa.Column("site", sa.Text),
    sa.Column("site_name", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("authors", Json, nullable=False),
    sa.Column("published", Printed),
    sa.Column("published_utc", Instant, index=True),
    sa.Column("published_precision", sa.Text),
    sa.Column("modified", Printed),
    sa.Column("language", sa.Text),
    sa.Column("description", sa.Text),
    sa.Column("image_url", sa.Text),
    sa.Column("section", sa.Text),
    sa.Column("tags", Json, nullable=False),
    sa.Column("page_kind", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("word_count", Integer, nullable=False),
    sa.Column("text_sha256", sa.Text, nullable=False, index=True),
    sa.Column("is_unspaced", sa.Boolean, nullable=False),
    sa.Column("is_paywalled", sa.Boolean, nullable=False),
    sa.Column("is_roundup", sa.Boolean, nullable=False),
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("revision_id", Integer, nullable=False),
    # Facts that move one way only, so that the canonical chosen by them never goes to and fro:
    sa.Column("first_published_utc", Instant),
    sa.Column("first_published_precision", sa.Text),
    sa.Column("was_whole", sa.Boolean, nullable=False),
    sa.Column("longest_word_count", Integer, nullable=False),
    sa.Column("containment_key_count", Integer, nullable=False),
    sa.Column("masked", Json(none_as_null=True)),
    sa.Column("is_title_masked", sa.Boolean, nullable=False, server_default="0"),
    sa.Column("merged_by", Integer),
    sa.Column("snapshot_id", sa.ForeignKey("snapshot.id"), index=True),
    sa.UniqueConstraint("collection", "external_id"),
    sa.Index("article_site", "site", "story_id"),
    # PostgreSQL bounds what a row of an index takes.
    sa.Index("article_authors", "authors", "story_id").ddl_if(dialect="sqlite"),
    sa.Index("article_language", sa.text("language COLLATE NOCASE")).ddl_if(dialect="sqlite"),
    sa.Index("article_language", sa.text("lower(language)")).ddl_if(dialect="postgresql"),
)

article_redirect = sa.Table(
    "article_redirect",
    metadata,
    sa.Column("from_id", Integer, primary_key=True),
    sa.Column("to_id", sa.ForeignKey("article.id"), nullable=False, index=True),
)

kept_revision = sa.Table(
    "kept_revision",
    metadata,
    sa.Column("id", Integer, primary_key=True),
    sa.Column("article_id", sa.ForeignKey("article.id"), nullable=False, index=True),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("word_count", Integer, nullable=False),
    sa.Column("text_sha256", sa.Text, nullable=False),
    sa.Column("is_minor", sa.Boolean, nullable=False, server_default="0"),
    # NULL where it is its article's present one: kept twice, texts took a third of the archive.
    sa.Column("text", sa.Text),
)
#: The view of it that has every text; no table, so in no list of tables.
revision = sa.Table(
    "revision",
    sa.MetaData(),
    *(
        sa.Column(each.name, each.type, primary_key=each.primary_key)
        for each in kept_revision.columns
    ),
)

attribution = sa.Table(
    "attribution",
    metadata,
    sa.Column("id", Integer, primary_key=True),
    sa.Column("article_id", sa.ForeignKey("article.id"), nullable=False, index=True),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("quote", sa.Text),
)

match_key = sa.Table(
    "match_key",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True),
    sa.Column("article_id", sa.ForeignKey("article.id"), primary_key=True),
    sqlite_with_rowid=False,
)

site_line = sa.Table(
    "site_line",
    metadata,
    sa.Column("line", sa.BigInteger, primary_key=True),
    sa.Column("text", sa.BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

boilerplate = sa.Table(
    "boilerplate",
    metadata,
    sa.Column("line", sa.BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

rebuild = sa.Table(
    "rebuild",
    metadata,
    sa.Column("id", Integer, sa.CheckConstraint("id = 1"), primary_key=True),
    sa.Column("fingerprint_version", Integer, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("done_to", Integer, nullable=False),
)

rereading = sa.Table(
    "rereading",
    metadata,
    sa.Column("id", Integer, sa.CheckConstraint("id = 1"), primary_key=True),
    sa.Column("done_to", Integer, nullable=False),
)

relation = sa.Table(
    "relation",
    metadata,
    sa.Column("a", sa.ForeignKey("article.id"), primary_key=True),
    sa.Column("b", sa.ForeignKey("article.id"), primary_key=True, index=True),
    sa.Column("a_revision", sa.ForeignKey("kept_revision.id"), nullable=False),
    sa.Column("b_revision", sa.ForeignKey("kept_revision.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("coverage_a", sa.Float, nullable=False),
    sa.Column("coverage_b", sa.Float, nullable=False),
    sa.Column("similarity", sa.Float, nullable=False),
    sa.Column("passages", Json, nullable=False),
    sa.Column("links", sa.Boolean, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

decision = sa.Table(
    "decision",
    metadata,
    sa.Column("id", Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("a", sa.ForeignKey("article.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("b", sa.ForeignKey("article.id", ondelete="CASCADE"), index=True),
    sa.Column("note", sa.Text),
    sa.Column("undone_at", Instant),
    sqlite_autoincrement=True,
)

canonical_change = sa.Table(
    "canonical_change",
    metadata,
    sa.Column("id", Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("story_id", Integer, nullable=False, index=True),
    sa.Column("from_id", Integer),
    sa.Column("to_id", Integer, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

change = sa.Table(
    "change",
    metadata,
    sa.Column("seq", Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("story_id", Integer, nullable=False, index=True),
    sqlite_autoincrement=True,
)

story_tombstone = sa.Table(
    "story_tombstone",
    metadata,
    sa.Column("story", Integer, primary_key=True),
    sa.Column("into", Integer),
    sa.Column("seq", Integer, nullable=False),
)

#: Full-text search over titles and texts; the words are indexed, not stored twice.
article_fts = sa.table("article_fts", sa.column("rowid"), sa.column("title"), sa.column("text"))
#: The same by trigrams, for articles in scripts written without spaces.
article_trigram = sa.table(
    "article_trigram", sa.column("rowid"), sa.column("title"), sa.column("text")
)
#: What PostgreSQL has instead of both: the words of each article, and for those in scripts written
#: without spaces every one and two characters in a row.
article_search = sa.table(
    "article_search", sa.column("article_id"), sa.column("words"), sa.column("grams")
)

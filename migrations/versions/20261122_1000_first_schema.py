"""The first schema: sources, pages, articles, the matching index, stories and search."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1000"
down_revision = None
branch_labels = None
depends_on = None

#: The words are indexed, not stored twice: the index reads them from `article`.
FULL_TEXT = """
CREATE VIRTUAL TABLE article_fts USING fts5(
    title, text, content='article', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE article_trigram USING fts5(
    title, text, content='article', content_rowid='id', tokenize='trigram'
)
"""

#: (table, condition): articles in scripts without spaces are indexed by trigrams as well.
INDEXES = (("article_fts", "true"), ("article_trigram", "{row}.is_unspaced"))

VIEWS = """
CREATE VIEW stories AS
SELECT story.id, article.title, article.url, article.site, article.authors, article.published,
       article.published_utc, article.language, article.word_count, story.canonical_id,
       story.canonical_rule, story.canonical_reason, story.primary_source_url,
       story.member_count - 1 AS mirrors, story.first_seen, story.updated_at
FROM story JOIN article ON article.id = story.canonical_id;
CREATE VIEW canonical_articles AS
SELECT article.* FROM story JOIN article ON article.id = story.canonical_id;
CREATE VIEW mirrors AS
SELECT article.story_id AS story, article.id AS article, article.url, article.site, article.title,
       article.first_seen, article.joined_by,
       CASE WHEN relation.kind = 'excerpt_of' AND relation.b = article.id THEN 'contains'
            ELSE relation.kind END AS relation,
       CASE WHEN relation.a = article.id THEN relation.coverage_a
            ELSE relation.coverage_b END AS coverage,
       relation.similarity
FROM article
JOIN relation ON (relation.a = article.id AND relation.b = article.joined_by)
              OR (relation.b = article.id AND relation.a = article.joined_by)
WHERE article.joined_by IS NOT NULL
"""


def upgrade() -> None:
    op.create_table(
        "archive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("fingerprint_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "canonical_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=True),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_canonical_change_story_id", "canonical_change", ["story_id"])
    op.create_table(
        "change",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_story_id", "change", ["story_id"])
    op.create_table(
        "host",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("last_request_at", sa.Text(), nullable=True),
        sa.Column("not_before", sa.Text(), nullable=True),
        sa.Column("robots", sa.Text(), nullable=True),
        sa.Column("robots_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("host"),
    )
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.Text(), nullable=True),
        sa.Column("announced_at", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "page_due", "page", ["next_attempt_at"], sqlite_where=sa.text("next_attempt_at IS NOT NULL")
    )
    op.create_index("page_state", "page", ["state"])
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.Text(), nullable=True),
        sa.Column("sources_checked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sources_failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pages_fetched", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pages_failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("articles_new", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wire_bytes", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("every_minutes", sa.Float(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.Column("last_check_at", sa.Text(), nullable=True),
        sa.Column("next_check_at", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("url"),
    )
    op.create_index("source_due", "source", ["next_check_at"])
    op.create_table(
        "story",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("canonical_id", sa.Integer(), nullable=False),
        sa.Column("canonical_rule", sa.Text(), nullable=False),
        sa.Column("canonical_reason", sa.Text(), nullable=False),
        sa.Column("primary_source_url", sa.Text(), nullable=True),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("first_seen", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_story_first_seen", "story", ["first_seen"])
    op.create_index("ix_story_updated_at", "story", ["updated_at"])
    op.create_table(
        "story_tombstone",
        sa.Column("story", sa.Integer(), nullable=False),
        sa.Column("into", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("story"),
    )
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("story_id", sa.Integer(), nullable=True),
        sa.Column("joined_by", sa.Integer(), nullable=True),
        sa.Column("collection", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("site_name", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("published_utc", sa.Text(), nullable=True),
        sa.Column("published_precision", sa.Text(), nullable=True),
        sa.Column("modified", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("page_kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("is_unspaced", sa.Boolean(), nullable=False),
        sa.Column("is_paywalled", sa.Boolean(), nullable=False),
        sa.Column("is_roundup", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sa.Text(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("first_published_utc", sa.Text(), nullable=True),
        sa.Column("first_published_precision", sa.Text(), nullable=True),
        sa.Column("was_whole", sa.Boolean(), nullable=False),
        sa.Column("longest_word_count", sa.Integer(), nullable=False),
        sa.Column("containment_key_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["page.id"],
        ),
        sa.ForeignKeyConstraint(
            ["story_id"],
            ["story.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("collection", "external_id"),
    )
    op.create_index("ix_article_page_id", "article", ["page_id"])
    op.create_index("ix_article_published_utc", "article", ["published_utc"])
    op.create_index("ix_article_site", "article", ["site"])
    op.create_index("ix_article_story_id", "article", ["story_id"])
    op.create_index("ix_article_text_sha256", "article", ["text_sha256"])
    op.create_table(
        "feed_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("updated", sa.Text(), nullable=True),
        sa.Column("first_seen", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["page.id"],
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["source.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_id", "page_id"),
    )
    op.create_index("ix_feed_entry_page_id", "feed_entry", ["page_id"])
    op.create_table(
        "page_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["page.id"],
        ),
        sa.PrimaryKeyConstraint("key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_page_key_page_id", "page_key", ["page_id"])
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("wire_bytes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["page.id"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["run.id"],
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["source.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_request_at", "request", ["at"])
    op.create_index("ix_request_page_id", "request", ["page_id"])
    op.create_index("ix_request_source_id", "request", ["source_id"])
    op.create_table(
        "article_redirect",
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["to_id"],
            ["article.id"],
        ),
        sa.PrimaryKeyConstraint("from_id"),
    )
    op.create_index("ix_article_redirect_to_id", "article_redirect", ["to_id"])
    op.create_table(
        "attribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attribution_article_id", "attribution", ["article_id"])
    op.create_table(
        "match_key",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
        sa.PrimaryKeyConstraint("key", "article_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_revision_article_id", "revision", ["article_id"])
    op.create_table(
        "relation",
        sa.Column("a", sa.Integer(), nullable=False),
        sa.Column("b", sa.Integer(), nullable=False),
        sa.Column("a_revision", sa.Integer(), nullable=False),
        sa.Column("b_revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("coverage_a", sa.Float(), nullable=False),
        sa.Column("coverage_b", sa.Float(), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("passages", sa.JSON(), nullable=False),
        sa.Column("links", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["a"],
            ["article.id"],
        ),
        sa.ForeignKeyConstraint(
            ["a_revision"],
            ["revision.id"],
        ),
        sa.ForeignKeyConstraint(
            ["b"],
            ["article.id"],
        ),
        sa.ForeignKeyConstraint(
            ["b_revision"],
            ["revision.id"],
        ),
        sa.PrimaryKeyConstraint("a", "b"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_relation_b", "relation", ["b"])

    for statement in (*FULL_TEXT.split(";"), *VIEWS.split(";")):
        op.execute(statement)
    for table, condition in INDEXES:
        for statement in triggers(table, condition):
            op.execute(statement)


def triggers(table: str, condition: str) -> tuple[str, str, str]:
    """What keeps a full-text table equal to the articles that meet the condition."""
    forget = (
        f"INSERT INTO {table}({table}, rowid, title, text)"
        f" SELECT 'delete', old.id, old.title, old.text WHERE {condition.format(row='old')};"
    )
    index = (
        f"INSERT INTO {table}(rowid, title, text)"
        f" SELECT new.id, new.title, new.text WHERE {condition.format(row='new')};"
    )
    change = "UPDATE OF title, text, is_unspaced"
    return (
        f"CREATE TRIGGER {table}_insert AFTER INSERT ON article BEGIN {index} END",
        f"CREATE TRIGGER {table}_delete AFTER DELETE ON article BEGIN {forget} END",
        f"CREATE TRIGGER {table}_update AFTER {change} ON article BEGIN {forget} {index} END",
    )

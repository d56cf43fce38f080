"""The first schema: sources, pages, articles, the matching index, stories and search."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1000"
down_revision = None
branch_labels = None
depends_on = None

#: As wide as SQLite's own.
INTEGER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
#: That which can be compared.
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
#: Compared by code points, as SQLite does.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

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

#: PostgreSQL keeps what it indexes. Words are folded as SQLite's unicode61 does: small letters,
#: without accents, and all but letters and digits is space. A vector holds 1 MB: of a text with
#: more words the beginning is indexed. ``grams`` are every one and two characters in a row; 60,000
#: characters of four bytes have less than 1 MB of them.
FULL_TEXT_OF_POSTGRESQL = (
    """
    CREATE TABLE article_search (
        article_id BIGINT PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
        words TSVECTOR NOT NULL,
        grams TSVECTOR
    )""",
    "CREATE INDEX article_search_words ON article_search USING gin (words)",
    "CREATE INDEX article_search_grams ON article_search USING gin (grams)",
    """
    CREATE FUNCTION fold_words(said text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN btrim(regexp_replace(
        regexp_replace(
            normalize(lower(said COLLATE "{collation}"), NFD), '[\\u0300-\\u036f]+', '', 'g'
        ),
        '[^[:alnum:]]+', ' ', 'g'
    ))""",
    """
    CREATE FUNCTION fold_letters(said text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN lower(said COLLATE "{collation}")""",
    """
    CREATE FUNCTION query_of(term text, goes_on boolean) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE WHEN fold_words(term) = '' THEN ''
    ELSE to_tsquery('simple',
        replace(fold_words(term), ' ', ' <-> ') || CASE WHEN goes_on THEN ':*' ELSE '' END)
    END""",
    """
    CREATE FUNCTION words_of(title text, body text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE most integer = length(body);
    BEGIN
        LOOP
            BEGIN
                RETURN setweight(to_tsvector('simple', fold_words(left(title, 10000))), 'A')
                    || to_tsvector('simple', fold_words(left(body, most)));
            EXCEPTION WHEN program_limit_exceeded THEN
                most = most / 2;
            END;
        END LOOP;
    END $$""",
    """
    CREATE FUNCTION grams_of(title text, body text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        WITH letters AS (
            SELECT letter, lead(letter) OVER (ORDER BY place) AS next FROM unnest(
                string_to_array(left(fold_letters(title || chr(10) || body), 60000), NULL)
            ) WITH ORDINALITY AS each (letter, place)
        )
        SELECT array_to_tsvector(array_agg(gram)) FROM (
            SELECT letter AS gram FROM letters
            UNION SELECT letter || next FROM letters WHERE next IS NOT NULL
        ) AS grams
    $$""",
    """
    CREATE FUNCTION index_article() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO article_search (article_id, words, grams) VALUES (
            new.id,
            words_of(coalesce(new.title, ''), new.text),
            CASE WHEN new.is_unspaced THEN grams_of(coalesce(new.title, ''), new.text) END
        ) ON CONFLICT (article_id) DO UPDATE SET words = excluded.words, grams = excluded.grams;
        RETURN NULL;
    END $$""",
    """
    CREATE TRIGGER article_search_insert AFTER INSERT ON article
    FOR EACH ROW EXECUTE FUNCTION index_article()""",
    """
    CREATE TRIGGER article_search_update AFTER UPDATE OF title, text, is_unspaced ON article
    FOR EACH ROW EXECUTE FUNCTION index_article()""",
)
#: From this version on PostgreSQL has a locale that is the same everywhere; before, the database's
#: own says which characters are letters.
BUILTIN_LOCALE = (17,)

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
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("uuid", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("fingerprint_version", INTEGER, nullable=False),
        sa.CheckConstraint("id = 1"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "canonical_change",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("story_id", INTEGER, nullable=False),
        sa.Column("from_id", INTEGER, nullable=True),
        sa.Column("to_id", INTEGER, nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_canonical_change_story_id", "canonical_change", ["story_id"])
    op.create_table(
        "change",
        sa.Column("seq", INTEGER, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("story_id", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_story_id", "change", ["story_id"])
    op.create_table(
        "host",
        sa.Column("host", TEXT, nullable=False),
        sa.Column("last_request_at", TEXT, nullable=True),
        sa.Column("not_before", TEXT, nullable=True),
        sa.Column("robots", TEXT, nullable=True),
        sa.Column("robots_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("host"),
    )
    op.create_table(
        "page",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("site", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("detail", TEXT, nullable=True),
        sa.Column("attempts", INTEGER, server_default="0", nullable=False),
        sa.Column("next_attempt_at", TEXT, nullable=True),
        sa.Column("announced_at", TEXT, nullable=False),
        sa.Column("fetched_at", TEXT, nullable=True),
        sa.Column("etag", TEXT, nullable=True),
        sa.Column("last_modified", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "page_due", "page", ["next_attempt_at"], sqlite_where=sa.text("next_attempt_at IS NOT NULL")
    )
    op.create_index("page_state", "page", ["state"])
    op.create_table(
        "run",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("command", TEXT, nullable=False),
        sa.Column("started_at", TEXT, nullable=False),
        sa.Column("finished_at", TEXT, nullable=True),
        sa.Column("sources_checked", INTEGER, server_default="0", nullable=False),
        sa.Column("sources_failed", INTEGER, server_default="0", nullable=False),
        sa.Column("pages_fetched", INTEGER, server_default="0", nullable=False),
        sa.Column("pages_failed", INTEGER, server_default="0", nullable=False),
        sa.Column("articles_new", INTEGER, server_default="0", nullable=False),
        sa.Column("wire_bytes", INTEGER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "source",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("every_minutes", sa.Float(), nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("etag", TEXT, nullable=True),
        sa.Column("last_modified", TEXT, nullable=True),
        sa.Column("added_at", TEXT, nullable=False),
        sa.Column("last_check_at", TEXT, nullable=True),
        sa.Column("next_check_at", TEXT, nullable=False),
        sa.Column("failures", INTEGER, server_default="0", nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("detail", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("url"),
    )
    op.create_index("source_due", "source", ["next_check_at"])
    op.create_table(
        "story",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("canonical_id", INTEGER, nullable=False),
        sa.Column("canonical_rule", TEXT, nullable=False),
        sa.Column("canonical_reason", TEXT, nullable=False),
        sa.Column("primary_source_url", TEXT, nullable=True),
        sa.Column("member_count", INTEGER, nullable=False),
        sa.Column("first_seen", TEXT, nullable=False),
        sa.Column("updated_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_story_first_seen", "story", ["first_seen"])
    op.create_index("ix_story_updated_at", "story", ["updated_at"])
    op.create_table(
        "story_tombstone",
        sa.Column("story", INTEGER, nullable=False),
        sa.Column("into", INTEGER, nullable=True),
        sa.Column("seq", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("story"),
    )
    op.create_table(
        "article",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("page_id", INTEGER, nullable=True),
        sa.Column("story_id", INTEGER, nullable=True),
        sa.Column("joined_by", INTEGER, nullable=True),
        sa.Column("collection", TEXT, nullable=True),
        sa.Column("external_id", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("canonical_url", TEXT, nullable=True),
        sa.Column("site", TEXT, nullable=True),
        sa.Column("site_name", TEXT, nullable=True),
        sa.Column("title", TEXT, nullable=True),
        sa.Column("authors", JSON, nullable=False),
        sa.Column("published", TEXT, nullable=True),
        sa.Column("published_utc", TEXT, nullable=True),
        sa.Column("published_precision", TEXT, nullable=True),
        sa.Column("modified", TEXT, nullable=True),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("image_url", TEXT, nullable=True),
        sa.Column("section", TEXT, nullable=True),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("page_kind", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("word_count", INTEGER, nullable=False),
        sa.Column("text_sha256", TEXT, nullable=False),
        sa.Column("is_unspaced", sa.Boolean(), nullable=False),
        sa.Column("is_paywalled", sa.Boolean(), nullable=False),
        sa.Column("is_roundup", sa.Boolean(), nullable=False),
        sa.Column("first_seen", TEXT, nullable=False),
        sa.Column("revision_id", INTEGER, nullable=False),
        sa.Column("first_published_utc", TEXT, nullable=True),
        sa.Column("first_published_precision", TEXT, nullable=True),
        sa.Column("was_whole", sa.Boolean(), nullable=False),
        sa.Column("longest_word_count", INTEGER, nullable=False),
        sa.Column("containment_key_count", INTEGER, nullable=False),
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
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("source_id", INTEGER, nullable=False),
        sa.Column("page_id", INTEGER, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=True),
        sa.Column("published", TEXT, nullable=True),
        sa.Column("updated", TEXT, nullable=True),
        sa.Column("first_seen", TEXT, nullable=False),
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
        sa.Column("key", TEXT, nullable=False),
        sa.Column("page_id", INTEGER, nullable=False),
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
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("run_id", INTEGER, nullable=True),
        sa.Column("source_id", INTEGER, nullable=True),
        sa.Column("page_id", INTEGER, nullable=True),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("status", INTEGER, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("detail", TEXT, nullable=True),
        sa.Column("wire_bytes", INTEGER, nullable=False),
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
        sa.Column("from_id", INTEGER, nullable=False),
        sa.Column("to_id", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["to_id"],
            ["article.id"],
        ),
        sa.PrimaryKeyConstraint("from_id"),
    )
    op.create_index("ix_article_redirect_to_id", "article_redirect", ["to_id"])
    op.create_table(
        "attribution",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("article_id", INTEGER, nullable=False),
        sa.Column("evidence", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("name", TEXT, nullable=True),
        sa.Column("quote", TEXT, nullable=True),
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
        sa.Column("article_id", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
        sa.PrimaryKeyConstraint("key", "article_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revision",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("article_id", INTEGER, nullable=False),
        sa.Column("seen_at", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=True),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("word_count", INTEGER, nullable=False),
        sa.Column("text_sha256", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_revision_article_id", "revision", ["article_id"])
    op.create_table(
        "relation",
        sa.Column("a", INTEGER, nullable=False),
        sa.Column("b", INTEGER, nullable=False),
        sa.Column("a_revision", INTEGER, nullable=False),
        sa.Column("b_revision", INTEGER, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("coverage_a", sa.Float(), nullable=False),
        sa.Column("coverage_b", sa.Float(), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("passages", JSON, nullable=False),
        sa.Column("links", sa.Boolean(), nullable=False),
        sa.Column("why", TEXT, nullable=False),
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

    for statement in VIEWS.split(";"):
        op.execute(statement)
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        version = bind.dialect.server_version_info
        is_builtin = version is not None and version >= BUILTIN_LOCALE
        collation = "pg_c_utf8" if is_builtin else "default"
        for statement in FULL_TEXT_OF_POSTGRESQL:
            bind.exec_driver_sql(statement.replace("{collation}", collation))
        return
    for statement in FULL_TEXT.split(";"):
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

"""Keep where each page's bytes lie in the WARC files, and which texts changed by a typo alone."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_0640"
down_revision = "20261122_1245"
branch_labels = None
depends_on = None

#: As wide as SQLite's own.
INTEGER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
#: Compared by code points, as SQLite does.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

CANONICAL_ARTICLES = """
CREATE OR REPLACE VIEW canonical_articles AS
SELECT article.* FROM story JOIN article ON article.id = story.canonical_id
"""


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("page_id", INTEGER, nullable=False),
        sa.Column("fetched_at", TEXT, nullable=False),
        sa.Column("payload_sha256", TEXT, nullable=False),
        sa.Column("warc_file", TEXT, nullable=False),
        sa.Column("offset", INTEGER, nullable=False),
        sa.Column("length", INTEGER, nullable=False),
        sa.Column("revisit_of", INTEGER, nullable=True),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"]),
        sa.ForeignKeyConstraint(["revisit_of"], ["snapshot.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("warc_file", "offset"),
    )
    op.create_index("ix_snapshot_page_id", "snapshot", ["page_id"])
    op.create_index("ix_snapshot_revisit_of", "snapshot", ["revisit_of"])
    op.create_table(
        "erasure",
        sa.Column("warc_file", TEXT, nullable=False),
        sa.Column("offset", INTEGER, nullable=False),
        sa.Column("length", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("warc_file", "offset"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rereading",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("done_to", INTEGER, nullable=False),
        sa.CheckConstraint("id = 1"),
        sa.PrimaryKeyConstraint("id"),
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    integer = "BIGINT" if is_postgresql else "INTEGER"
    op.execute(f"ALTER TABLE article ADD COLUMN snapshot_id {integer} REFERENCES snapshot (id)")
    if is_postgresql:  # whose views have the columns that there were when they were made
        op.execute(CANONICAL_ARTICLES)
    op.create_index("ix_article_snapshot_id", "article", ["snapshot_id"])
    op.add_column(
        "revision", sa.Column("is_minor", sa.Boolean(), nullable=False, server_default="0")
    )

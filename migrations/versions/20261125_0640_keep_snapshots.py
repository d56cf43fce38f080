"""Keep where each page's bytes lie in the WARC files, and which texts changed by a typo alone."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_0640"
down_revision = "20261122_1245"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.Text(), nullable=False),
        sa.Column("payload_sha256", sa.Text(), nullable=False),
        sa.Column("warc_file", sa.Text(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("revisit_of", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"]),
        sa.ForeignKeyConstraint(["revisit_of"], ["snapshot.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("warc_file", "offset"),
    )
    op.create_index("ix_snapshot_page_id", "snapshot", ["page_id"])
    op.create_index("ix_snapshot_revisit_of", "snapshot", ["revisit_of"])
    op.create_table(
        "erasure",
        sa.Column("warc_file", sa.Text(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("warc_file", "offset"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rereading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("done_to", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("ALTER TABLE article ADD COLUMN snapshot_id INTEGER REFERENCES snapshot (id)")
    op.create_index("ix_article_snapshot_id", "article", ["snapshot_id"])
    op.add_column(
        "revision", sa.Column("is_minor", sa.Boolean(), nullable=False, server_default="0")
    )

"""Keep what people decide about stories, and show the mirrors that only a decision joined."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1245"
down_revision = "20261122_1240"
branch_labels = None
depends_on = None

#: As before, but a mirror without a relation to the article by which it joined is not left out.
MIRRORS = """
CREATE VIEW mirrors AS
SELECT article.story_id AS story, article.id AS article, article.url, article.site, article.title,
       article.first_seen, article.joined_by,
       CASE WHEN article.merged_by IS NOT NULL THEN 'merged'
            WHEN relation.kind = 'excerpt_of' AND relation.b = article.id THEN 'contains'
            ELSE relation.kind END AS relation,
       CASE WHEN relation.a = article.id THEN relation.coverage_a
            ELSE relation.coverage_b END AS coverage,
       relation.similarity, article.merged_by
FROM article
LEFT JOIN relation ON (relation.a = article.id AND relation.b = article.joined_by)
                   OR (relation.b = article.id AND relation.a = article.joined_by)
WHERE article.joined_by IS NOT NULL
"""


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("a", sa.Integer(), nullable=False),
        sa.Column("b", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["a"], ["article.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["b"], ["article.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decision_a", "decision", ["a"])
    op.create_index("ix_decision_b", "decision", ["b"])
    op.add_column("article", sa.Column("merged_by", sa.Integer()))
    op.execute("DROP VIEW mirrors")
    op.execute(MIRRORS)

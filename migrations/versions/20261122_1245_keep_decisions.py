"""Keep what people decide about stories, and show the mirrors that only a decision joined."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1245"
down_revision = "20261122_1240"
branch_labels = None
depends_on = None

#: As wide as SQLite's own.
INTEGER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
#: Compared by code points, as SQLite does.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

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
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("a", INTEGER, nullable=False),
        sa.Column("b", INTEGER, nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("undone_at", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["a"], ["article.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["b"], ["article.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decision_a", "decision", ["a"])
    op.create_index("ix_decision_b", "decision", ["b"])
    op.add_column("article", sa.Column("merged_by", INTEGER))
    op.execute("DROP VIEW mirrors")
    op.execute(MIRRORS)

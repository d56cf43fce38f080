"""Keep the text of a revision that is its article's present one there alone, not twice.

Whoever reads `revision` finds every text there as before: it is a view now.

SQLite cannot take NOT NULL from a column, so that another takes its place.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_1220"
down_revision = "20261125_1200"
branch_labels = None
depends_on = None

#: Compared by code points, as SQLite does.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

FORMER_TEXTS = """
UPDATE revision SET former_text = text
WHERE NOT EXISTS (SELECT 1 FROM article
    WHERE article.id = revision.article_id AND article.revision_id = revision.id)
"""
REVISION = """
CREATE VIEW revision AS
SELECT kept.id, kept.article_id, kept.seen_at, kept.title,
       coalesce(kept.text, article.text) AS text, kept.word_count, kept.text_sha256, kept.is_minor
FROM kept_revision AS kept JOIN article ON article.id = kept.article_id
"""


def upgrade() -> None:
    op.add_column("revision", sa.Column("former_text", TEXT))
    op.execute(FORMER_TEXTS)
    op.drop_column("revision", "text")
    op.alter_column("revision", "former_text", new_column_name="text")
    op.drop_index("ix_revision_article_id", "revision")
    op.rename_table("revision", "kept_revision")
    op.create_index("ix_kept_revision_article_id", "kept_revision", ["article_id"])
    op.execute(REVISION)

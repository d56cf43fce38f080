"""Keep the text of a revision that is its article's present one there alone, not twice.

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
REVISIONS = """
CREATE VIEW revisions AS
SELECT revision.id, revision.article_id, revision.seen_at, revision.title,
       coalesce(revision.text, article.text) AS text, revision.word_count, revision.text_sha256,
       revision.is_minor
FROM revision JOIN article ON article.id = revision.article_id
"""


def upgrade() -> None:
    op.add_column("revision", sa.Column("former_text", TEXT))
    op.execute(FORMER_TEXTS)
    op.drop_column("revision", "text")
    op.alter_column("revision", "former_text", new_column_name="text")
    op.execute(REVISIONS)

"""Index what lists of stories are narrowed and ordered by, and what the archive's health counts.

Without these a rare language or name is looked for in every article's row, which is kilobytes.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_0900"
down_revision = "20261125_0840"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The expression is that of the view's column `mirrors`: whoever orders by it is served, too.
    op.create_index("story_mirrors", "story", [sa.text("(member_count - 1)"), "first_seen"])
    op.create_index("ix_story_canonical_id", "story", ["canonical_id"])
    op.drop_index("ix_article_site")
    op.create_index("article_site", "article", ["site", "story_id"])
    if op.get_bind().dialect.name == "postgresql":  # which bounds what a row of an index takes
        op.create_index("article_language", "article", [sa.text("lower(language)")])
    else:
        op.create_index("article_authors", "article", ["authors", "story_id"])
        op.create_index("article_language", "article", [sa.text("language COLLATE NOCASE")])
    op.drop_index("page_state")
    op.create_index("page_state", "page", ["state", "reason"])
    op.create_index(
        "page_trouble", "page", ["fetched_at"], sqlite_where=sa.text("reason IS NOT NULL")
    )

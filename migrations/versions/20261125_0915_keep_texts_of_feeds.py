"""Keep the text that a feed gave of a page until the page was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_0915"
down_revision = "20261125_0900"
branch_labels = None
depends_on = None

#: Compared by code points, as SQLite does.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("feed_entry", sa.Column("content", TEXT))

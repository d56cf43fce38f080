"""Keep how exactly a feed knows the date that it announces."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1205"
down_revision = "20261122_1000"
branch_labels = None
depends_on = None

#: Compared by code points, as SQLite does.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("feed_entry", sa.Column("published_precision", TEXT))

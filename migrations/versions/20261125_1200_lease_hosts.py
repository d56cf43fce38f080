"""Remember which process of several asks a host now, and until when nobody else does."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_1200"
down_revision = "20261125_0925"
branch_labels = None
depends_on = None

#: Compared by code points, as SQLite does.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("host", sa.Column("leased_by", TEXT))
    op.add_column("host", sa.Column("leased_until", TEXT))

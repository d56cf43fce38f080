"""Remember the sites that somebody wanted gone, so that none of their pages comes back."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_0925"
down_revision = "20261125_0915"
branch_labels = None
depends_on = None

#: Compared by code points, as SQLite does.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "forgotten_site",
        sa.Column("site", TEXT, primary_key=True),
        sa.Column("forgotten_at", TEXT, nullable=False),
        sqlite_with_rowid=False,
    )

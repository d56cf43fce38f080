"""Remember the sites that somebody wanted gone, so that none of their pages comes back."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_0925"
down_revision = "20261125_0915"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forgotten_site",
        sa.Column("site", sa.Text(), primary_key=True),
        sa.Column("forgotten_at", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )

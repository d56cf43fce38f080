"""Remember the lines of each site, which of them are boilerplate, and what articles leave out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1210"
down_revision = "20261122_1205"
branch_labels = None
depends_on = None

#: That which can be compared.
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "site_line",
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("line", "text"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "boilerplate",
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("line"),
        sqlite_with_rowid=False,
    )
    op.add_column("article", sa.Column("masked", JSON))
    op.add_column(
        "article",
        sa.Column("is_title_masked", sa.Boolean(), server_default="0", nullable=False),
    )

"""Remember how far a rebuild of the fingerprints got, so that a second call continues it."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1240"
down_revision = "20261122_1210"
branch_labels = None
depends_on = None

#: As wide as SQLite's own.
INTEGER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
#: Compared by code points, as SQLite does.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "rebuild",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("fingerprint_version", INTEGER, nullable=False),
        sa.Column("step", TEXT, nullable=False),
        sa.Column("done_to", INTEGER, nullable=False),
        sa.CheckConstraint("id = 1"),
        sa.PrimaryKeyConstraint("id"),
    )

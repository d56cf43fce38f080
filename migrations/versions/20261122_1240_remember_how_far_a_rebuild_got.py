"""Remember how far a rebuild of the fingerprints got, so that a second call continues it."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1240"
down_revision = "20261122_1210"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rebuild",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint_version", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("done_to", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1"),
        sa.PrimaryKeyConstraint("id"),
    )

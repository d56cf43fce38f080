"""Remember of each story by which relations its mirrors joined, so that a change of one is seen."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_0840"
down_revision = "20261125_0640"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("story", sa.Column("evidence", sa.BigInteger(), nullable=True))

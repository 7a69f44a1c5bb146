"""Keep what the platform says of SKUs that may need an incident."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table of stock alerts."""
    op.create_table(
        "stock_alerts",
        sa.Column("shop_id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("sku_id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=True),
        sa.Column("committed", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=True),
    )

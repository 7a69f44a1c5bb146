"""Keep the units of substitutes that open cases have offered."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table of unit reservations."""
    op.create_table(
        "unit_reservations",
        sa.Column("case_id", sa.Text(), primary_key=True, nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("sku_id", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_unit_reservations_sku", "unit_reservations", ["shop_id", "sku_id"])

"""Know which open late pickup an order's parcel has, for notifications that name the order."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table of parcels' orders."""
    op.create_table(
        "parcel_orders",
        sa.Column("case_id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("order_id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("shop_id", sa.Text(), nullable=False),
    )
    op.create_index("ix_parcel_orders_order", "parcel_orders", ["shop_id", "order_id"])

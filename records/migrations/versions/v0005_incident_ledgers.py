"""Keep each incident's ledger: its line, its events, the demand it was allocated from."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Give the orders of incidents their place in line, and the ledger its head and events."""
    _extend_orders()
    op.create_table(
        "incident_ledgers",
        _text("incident_id", primary_key=True),
        _number("version"),
        _number("on_hand"),
        _number("news"),
        _json("lots"),
    )
    op.create_table(
        "incident_events",
        _text("incident_id", primary_key=True),
        _text("key", primary_key=True),
        _json("result"),
    )
    op.create_table(
        "incident_demand",
        _text("incident_id", primary_key=True),
        _text("order_id", primary_key=True),
        _json("candidates"),
    )


def _extend_orders() -> None:
    whole, none, empty = sa.BigInteger(), sa.text("0"), sa.text("''")
    for column in (
        sa.Column("place", whole, nullable=False, server_default=none),
        sa.Column("passed_over", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("fate", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=False, server_default=empty),
        sa.Column("tellings", whole, nullable=False, server_default=none),
    ):
        op.add_column("incident_orders", column)


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, primary_key=primary_key)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)

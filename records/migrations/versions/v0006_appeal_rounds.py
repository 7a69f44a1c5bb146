"""Keep how each round of an appeal was decided, for the appeals that come later."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table of decided rounds."""
    op.create_table(
        "appeal_rounds",
        _text("appeal_id", primary_key=True),
        sa.Column("round", sa.BigInteger(), nullable=False, primary_key=True),
        _text("shop_id"),
        _text("ticket_id"),
        _text("market"),
        _text("violation"),
        _text("scenario"),
        _text("decision"),
        _text("reason"),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    )
    sort = ["market", "violation", "scenario", "decided_at"]
    op.create_index("ix_appeal_rounds_violation", "appeal_rounds", sort)
    op.create_index("ix_appeal_rounds_shop_id", "appeal_rounds", ["shop_id", "decided_at"])


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, primary_key=primary_key)

"""Create the first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the first release."""
    op.create_table("mutexes", _text("name", primary_key=True))
    _create_cases()
    _create_reopenings()
    _create_conversations()
    _create_receipts()
    _create_reservations()
    _create_shops()
    _create_tokens()
    _create_contacts()


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, primary_key=primary_key)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _case_id_of_closed_case(*, index: bool = False) -> sa.Column[str]:
    owner = sa.ForeignKey("closed_cases.case_id", ondelete="CASCADE")
    return sa.Column("case_id", sa.Text(), owner, primary_key=True, index=index)


def _create_cases() -> None:
    op.create_table(
        "closed_cases",
        _text("case_id", primary_key=True),
        _text("kind"),
        _text("shop_id"),
        _text("package_id", nullable=True),
        _text("outcome"),
        _instant("opened_at"),
        _instant("closed_at"),
        _text("opened_by"),
        _json("order_ids"),
        _json("view"),
    )
    op.create_index("ix_closed_cases_closed_at", "closed_cases", ["closed_at", "case_id"])
    op.create_index("ix_closed_cases_shop_id", "closed_cases", ["shop_id", "closed_at"])
    op.create_index("ix_closed_cases_outcome", "closed_cases", ["outcome", "closed_at"])
    op.create_table(
        "closed_case_orders",
        _text("order_id", primary_key=True),
        _case_id_of_closed_case(index=True),
    )
    op.create_table(
        "dossiers",
        _case_id_of_closed_case(),
        _json("timeline"),
        _json("history"),
        _json("evidence"),
    )


def _create_reopenings() -> None:
    op.create_table(
        "case_reopenings",
        _text("case_id", primary_key=True),
        _text("base_id"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _text("request_id"),
        _text("reason"),
        _text("actor"),
        _instant("at"),
        sa.UniqueConstraint("base_id", "number", name="uq_case_reopenings_number"),
        sa.UniqueConstraint("base_id", "request_id", name="uq_case_reopenings_request"),
    )


def _create_conversations() -> None:
    op.create_table(
        "indexed_conversations",
        _text("conversation_id", primary_key=True),
        sa.Column("case_id", sa.Text(), primary_key=True, index=True),
        _text("shop_id"),
        _text("order_id"),
        _text("buyer_user_id"),
        _instant("indexed_at"),
        sa.Column("asked_index", sa.BigInteger()),
        _instant("asked_at", nullable=True),
        sa.Column("ask_open", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "which_order_asks",
        _text("conversation_id", primary_key=True),
        _text("asker", nullable=True),
        _instant("asked_at"),
        sa.Column("after_index", sa.BigInteger(), nullable=False),
    )


def _create_receipts() -> None:
    op.create_table(
        "webhook_receipts",
        _text("key", primary_key=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, index=True),
        _text("shop_id"),
        _text("kind"),
        _instant("done_at", nullable=True),
    )


def _create_reservations() -> None:
    op.create_table(
        "refund_reservations",
        _text("key", primary_key=True),
        _text("shop_id"),
        _text("case_id"),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        _text("currency"),
        _instant("reserved_at"),
        _text("state"),
        _text("reason", nullable=True),
        _instant("counted_at", nullable=True),
        _text("approved_by", nullable=True),
    )
    op.create_index(
        "ix_refund_reservations_shop_id", "refund_reservations", ["shop_id", "counted_at"]
    )


def _create_shops() -> None:
    op.create_table(
        "shops",
        _text("shop_id", primary_key=True),
        _text("name"),
        _text("region"),
        _text("cipher"),
        _text("contact_mode", nullable=True),
        _instant("checked_at"),
    )


def _create_tokens() -> None:
    op.create_table(
        "consents",
        _text("consent_id", primary_key=True),
        _text("open_id"),
        _text("access_token"),
        _instant("access_expires_at"),
        _text("refresh_token"),
        _instant("refresh_expires_at"),
        _json("granted_scopes"),
    )
    op.create_table(
        "shop_consents",
        _text("shop_id", primary_key=True),
        sa.Column("consent_id", sa.Text(), sa.ForeignKey("consents.consent_id"), nullable=False),
    )
    op.create_table(
        "token_refresh_leases",
        _text("consent_id", primary_key=True),
        _text("shop_id"),
        _text("holder"),
        _instant("until"),
    )


def _create_contacts() -> None:
    op.create_table(
        "assisted_contacts",
        _text("case_id", primary_key=True),
        _text("step", primary_key=True),
        _text("order_id", primary_key=True),
        _text("shop_id"),
        _text("text"),
        _text("language"),
        _instant("contact_by", nullable=True),
        _instant("wanted_at"),
        sa.Column("settled", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_assisted_contacts_waiting", "assisted_contacts", ["settled", "contact_by"])

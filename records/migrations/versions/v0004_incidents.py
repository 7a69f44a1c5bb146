"""Keep incidents, what they changed, supplier promises, consents to dates and offers given."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

APPEND_ONLY = {"wait_consents": ("key",), "incident_allocations": ("incident_id", "key")}
"""Table -> the columns of its key."""
_FUNCTION = "refuse_change_of_record"
_REFUSAL = "is append-only: what was agreed or decided is never changed or deleted"


def upgrade() -> None:
    """Create the tables, and the triggers that keep two of them append-only."""
    _create_promises()
    _create_consents()
    _create_offers()
    _create_incidents()
    _create_parts_of_incidents()
    _create_buyers()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, primary_key=primary_key)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _json(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=nullable)


def _index(table: str, name: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{name}", table, list(columns))


def _create_promises() -> None:
    op.create_table(
        "supplier_promises",
        _text("promise_id", primary_key=True),
        _text("supplier"),
        _text("sku"),
        _instant("promised_at"),
        _instant("recorded_at"),
        _instant("real_at", nullable=True),
    )
    _index("supplier_promises", "supplier", "supplier", "sku", "promised_at")


def _create_consents() -> None:
    op.create_table(
        "wait_consents",
        _text("key", primary_key=True),
        _text("case_id"),
        _text("shop_id"),
        _text("order_id"),
        _instant("promised_at"),
        _text("shown_text"),
        _text("language"),
        _text("how"),
        _text("reply_text"),
        _text("message_id"),
        _text("rule"),
        _instant("given_at"),
    )
    _index("wait_consents", "case_id", "case_id", "given_at")


def _create_offers() -> None:
    op.create_table(
        "offer_reservations",
        _text("key", primary_key=True),
        _text("shop_id"),
        _text("case_id"),
        _text("incident_id", nullable=True),
        _text("day"),
        _text("kind"),
        _text("currency"),
        _number("worth_minor"),
        _json("choice"),
        _text("state"),
        _instant("reserved_at"),
    )
    _index("offer_reservations", "day", "shop_id", "kind", "day")
    _index("offer_reservations", "case_id", "case_id")
    _index("offer_reservations", "incident_id", "incident_id", "kind")


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        _text("incident_id", primary_key=True),
        _text("shop_id"),
        _text("sku_id"),
        _text("stream", nullable=True),
        _instant("opened_at"),
        _instant("closed_at", nullable=True),
        _json("review", nullable=True),
    )
    _index("incidents", "shop_id", "shop_id", "opened_at")
    _index("incidents", "stream", "stream", "opened_at")
    op.create_table(
        "open_incidents",
        _text("shop_id", primary_key=True),
        _text("sku_id", primary_key=True),
        _text("incident_id"),
    )
    _index("open_incidents", "incident_id", "incident_id")


def _create_parts_of_incidents() -> None:
    op.create_table(
        "incident_allocations",
        _text("incident_id", primary_key=True),
        _text("key", primary_key=True),
        _instant("filed_at"),
        _text("digest"),
        _json("record"),
    )
    op.create_table(
        "incident_changes",
        _text("incident_id", primary_key=True),
        _text("kind", primary_key=True),
        _text("target", primary_key=True),
        _text("before"),
        _text("after"),
        _text("state"),
        _instant("changed_at"),
    )
    _index("incident_changes", "target", "kind", "target")
    op.create_table(
        "incident_orders",
        _text("incident_id", primary_key=True),
        _text("order_id", primary_key=True),
        _number("units"),
        _text("standing"),
        _text("why"),
        _text("case_id", nullable=True),
        _text("outcome", nullable=True),
    )


def _create_buyers() -> None:
    op.create_table(
        "case_buyers",
        _text("case_id", primary_key=True),
        _text("order_id", primary_key=True),
        _text("shop_id"),
        _text("buyer_user_id"),
        _instant("opened_at"),
    )
    _index("case_buyers", "buyer", "shop_id", "buyer_user_id")


def _guard_sqlite() -> None:
    for table, key in APPEND_ONLY.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} {_REFUSAL}'); END"
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
                f"{refuse}"
            )
        # REPLACE deletes the row in its way without firing a DELETE trigger.
        same = " AND ".join(f"{column} = NEW.{column}" for column in key)
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 (names of ours)
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} WHEN {there} "
            f"{refuse}"
        )


def _guard_postgresql() -> None:
    op.execute(
        f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '% {_REFUSAL}', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        )

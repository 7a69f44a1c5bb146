"""Keep evidence items, the custody ledger, its keys and its time anchors; all append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

APPEND_ONLY = ("evidence_items", "custody_entries", "custody_anchors", "signing_keys")
_UNIQUE = {
    "evidence_items": (("evidence_id",),),
    "custody_entries": (
        ("case_id", "sequence"),
        ("case_id", "previous_hash"),
        ("case_id", "key"),
    ),
    "custody_anchors": (("case_id", "sequence", "attempt"),),
    "signing_keys": (("key_id",), ("number",)),
}
_FUNCTION = "refuse_change_of_evidence"
_REFUSAL = "is append-only: evidence is never changed or deleted"


def upgrade() -> None:
    """Create the tables, and the triggers that refuse every change of them."""
    _create_items()
    _create_custody()
    _create_keys()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, primary_key=primary_key)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str, *, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, primary_key=primary_key)


def _create_items() -> None:
    op.create_table(
        "evidence_items",
        _text("evidence_id", primary_key=True),
        _text("case_id"),
        _text("requirement"),
        _text("digest"),
        _number("size"),
        _text("media_type"),
        _instant("collected_at"),
        _text("collected_by"),
        _text("source"),
        _instant("captured_at", nullable=True),
        _instant("observed_from", nullable=True),
        _instant("observed_until", nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        _text("derived_from", nullable=True),
        _text("tool", nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
    )
    op.create_index("ix_evidence_items_case_id", "evidence_items", ["case_id", "collected_at"])
    op.create_index("ix_evidence_items_digest", "evidence_items", ["digest"])
    op.create_table(
        "evidence_labels",
        _text("evidence_id", primary_key=True),
        _text("name"),
        _text("note"),
        _text("salt"),
    )


def _create_custody() -> None:
    op.create_table(
        "custody_entries",
        _text("case_id", primary_key=True),
        _number("sequence", primary_key=True),
        _text("previous_hash"),
        _text("entry_hash"),
        _text("key", nullable=True),
        _text("action"),
        _text("evidence_id", nullable=True),
        _text("body"),
        _text("signature"),
        _text("key_id"),
        sa.UniqueConstraint("case_id", "previous_hash", name="uq_custody_entries_previous"),
        sa.UniqueConstraint("case_id", "key", name="uq_custody_entries_key"),
    )
    op.create_index("ix_custody_entries_evidence_id", "custody_entries", ["evidence_id"])
    op.create_table(
        "custody_anchors",
        _text("case_id", primary_key=True),
        _number("sequence", primary_key=True),
        _number("attempt", primary_key=True),
        _text("authority"),
        _instant("attempted_at"),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        _text("problem", nullable=True),
    )


def _create_keys() -> None:
    op.create_table(
        "signing_keys",
        _text("key_id", primary_key=True),
        _number("number"),
        _text("public_key"),
        _instant("made_at"),
        sa.UniqueConstraint("number", name="uq_signing_keys_number"),
    )


def _guard_sqlite() -> None:
    for table in APPEND_ONLY:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} {_REFUSAL}'); END"
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
                f"{refuse}"
            )
        # REPLACE deletes the row in its way without firing a DELETE trigger.
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} "
            f"WHEN {_row_in_the_way(table)} {refuse}"
        )


def _row_in_the_way(table: str) -> str:
    same = (
        " AND ".join(f"{column} = NEW.{column}" for column in columns)
        for columns in _UNIQUE[table]
    )
    return " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {where})" for where in same)  # noqa: S608 (names of ours)


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

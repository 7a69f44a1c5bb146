"""The tables of the vault; triggers refuse every change of all but the labels."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from records.columns import Base, JsonObject


class EvidenceItemRow(Base):
    """One piece of evidence of one case; triggers refuse every change of it."""

    __tablename__ = "evidence_items"
    __table_args__ = (
        Index("ix_evidence_items_case_id", "case_id", "collected_at"),
        Index("ix_evidence_items_digest", "digest"),
    )

    evidence_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str]
    requirement: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    collected_at: Mapped[datetime]
    collected_by: Mapped[str]
    source: Mapped[str]
    captured_at: Mapped[datetime | None]
    observed_from: Mapped[datetime | None]
    observed_until: Mapped[datetime | None]
    late: Mapped[bool]
    derived_from: Mapped[str | None]
    tool: Mapped[str | None]
    findings: Mapped[JsonObject]


class EvidenceLabelRow(Base):
    """What people wrote about an item; apart, because an erasure takes it away."""

    __tablename__ = "evidence_labels"

    evidence_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    note: Mapped[str]
    salt: Mapped[str]


class CustodyEntryRow(Base):
    """One link of a case's custody chain; triggers refuse every change of it."""

    __tablename__ = "custody_entries"
    __table_args__ = (
        UniqueConstraint("case_id", "previous_hash", name="uq_custody_entries_previous"),
        UniqueConstraint("case_id", "key", name="uq_custody_entries_key"),
        Index("ix_custody_entries_evidence_id", "evidence_id"),
    )

    case_id: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    previous_hash: Mapped[str]
    entry_hash: Mapped[str]
    key: Mapped[str | None]
    action: Mapped[str]
    evidence_id: Mapped[str | None]
    body: Mapped[str]
    signature: Mapped[str]
    key_id: Mapped[str]


class CustodyAnchorRow(Base):
    """One try to have a chain's head time-stamped; triggers refuse every change of it."""

    __tablename__ = "custody_anchors"

    case_id: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    authority: Mapped[str]
    attempted_at: Mapped[datetime]
    token: Mapped[bytes | None]
    problem: Mapped[str | None]


class SigningKeyRow(Base):
    """The public half of a key that signs heads; the newest number signs."""

    __tablename__ = "signing_keys"
    __table_args__ = (UniqueConstraint("number", name="uq_signing_keys_number"),)

    key_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    public_key: Mapped[str]
    made_at: Mapped[datetime]

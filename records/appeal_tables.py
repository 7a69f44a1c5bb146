"""The table of decided rounds of appeals."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from records.columns import Base


class AppealRoundRow(Base):
    """How one round of one appeal was decided."""

    __tablename__ = "appeal_rounds"
    __table_args__ = (
        Index("ix_appeal_rounds_violation", "market", "violation", "scenario", "decided_at"),
        Index("ix_appeal_rounds_shop_id", "shop_id", "decided_at"),
    )

    appeal_id: Mapped[str] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    ticket_id: Mapped[str]
    market: Mapped[str]
    violation: Mapped[str]
    scenario: Mapped[str]
    decision: Mapped[str]
    reason: Mapped[str]
    kinds: Mapped[list[str]]
    complete: Mapped[bool]
    decided_at: Mapped[datetime]

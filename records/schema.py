"""The tables, as the newest migration leaves them."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from records.appeal_tables import AppealRoundRow
from records.columns import Base, JsonList, JsonObject
from records.evidence_tables import (
    CustodyAnchorRow,
    CustodyEntryRow,
    EvidenceItemRow,
    EvidenceLabelRow,
    SigningKeyRow,
)

__all__ = [
    "AppealRoundRow",
    "Base",
    "CustodyAnchorRow",
    "CustodyEntryRow",
    "EvidenceItemRow",
    "EvidenceLabelRow",
    "JsonList",
    "JsonObject",
    "SigningKeyRow",
]


class MutexRow(Base):
    """A name that one transaction at a time may hold."""

    __tablename__ = "mutexes"

    name: Mapped[str] = mapped_column(primary_key=True)


class ClosedCaseRow(Base):
    """One closed case: what lists, searches and reviews read."""

    __tablename__ = "closed_cases"
    __table_args__ = (
        Index("ix_closed_cases_closed_at", "closed_at", "case_id"),
        Index("ix_closed_cases_shop_id", "shop_id", "closed_at"),
        Index("ix_closed_cases_outcome", "outcome", "closed_at"),
    )

    case_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    shop_id: Mapped[str]
    package_id: Mapped[str | None]
    outcome: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime]
    opened_by: Mapped[str]
    order_ids: Mapped[list[str]]
    view: Mapped[JsonObject]


class ClosedCaseOrderRow(Base):
    """Which orders a closed case was about; a combined package has several."""

    __tablename__ = "closed_case_orders"

    order_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(
        ForeignKey("closed_cases.case_id", ondelete="CASCADE"), primary_key=True, index=True
    )


class DossierRow(Base):
    """The bulky parts of a closed case, apart so that lists stay quick."""

    __tablename__ = "dossiers"

    case_id: Mapped[str] = mapped_column(
        ForeignKey("closed_cases.case_id", ondelete="CASCADE"), primary_key=True
    )
    timeline: Mapped[JsonList]
    history: Mapped[JsonList]
    evidence: Mapped[JsonObject | JsonList] = mapped_column(JSON)


class ReopeningRow(Base):
    """One explicit reopening of a closed case under the next suffix."""

    __tablename__ = "case_reopenings"
    __table_args__ = (
        UniqueConstraint("base_id", "number", name="uq_case_reopenings_number"),
        UniqueConstraint("base_id", "request_id", name="uq_case_reopenings_request"),
    )

    case_id: Mapped[str] = mapped_column(primary_key=True)
    base_id: Mapped[str]
    number: Mapped[int]
    request_id: Mapped[str]
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


class IndexedConversationRow(Base):
    """A conversation that an open case writes in."""

    __tablename__ = "indexed_conversations"

    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    shop_id: Mapped[str]
    order_id: Mapped[str]
    buyer_user_id: Mapped[str]
    indexed_at: Mapped[datetime]
    asked_index: Mapped[int | None] = mapped_column(default=None)
    asked_at: Mapped[datetime | None] = mapped_column(default=None)
    ask_open: Mapped[bool] = mapped_column(default=False)


class WhichOrderAskRow(Base):
    """A conversation in which "which order do you mean" stands unanswered."""

    __tablename__ = "which_order_asks"

    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    asker: Mapped[str | None]
    asked_at: Mapped[datetime]
    after_index: Mapped[int]


class WebhookReceiptRow(Base):
    """One notification of the platform, however often it was sent."""

    __tablename__ = "webhook_receipts"

    key: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    shop_id: Mapped[str]
    kind: Mapped[str]
    done_at: Mapped[datetime | None] = mapped_column(default=None)


class RefundReservationRow(Base):
    """One refund a case means to make, and whether it may."""

    __tablename__ = "refund_reservations"
    __table_args__ = (Index("ix_refund_reservations_shop_id", "shop_id", "counted_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    case_id: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    reserved_at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str | None]
    counted_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(default=None)


class ConsentRow(Base):
    """The two tokens of one seller's consent; always written together."""

    __tablename__ = "consents"

    consent_id: Mapped[str] = mapped_column(primary_key=True)
    open_id: Mapped[str]
    access_token: Mapped[str] = mapped_column(repr=False)
    access_expires_at: Mapped[datetime]
    refresh_token: Mapped[str] = mapped_column(repr=False)
    refresh_expires_at: Mapped[datetime]
    granted_scopes: Mapped[list[str]]


class ShopConsentRow(Base):
    """Which consent a shop belongs to; shops authorised together share one."""

    __tablename__ = "shop_consents"

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    consent_id: Mapped[str] = mapped_column(ForeignKey("consents.consent_id"))


class RefreshLeaseRow(Base):
    """Who is refreshing a consent's tokens now, and for which of its shops."""

    __tablename__ = "token_refresh_leases"

    consent_id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    holder: Mapped[str]
    until: Mapped[datetime]


class ShopRow(Base):
    """A shop we know."""

    __tablename__ = "shops"

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    region: Mapped[str]
    cipher: Mapped[str]
    contact_mode: Mapped[str | None]
    checked_at: Mapped[datetime]


class AssistedContactRow(Base):
    """A contact that a person must make, with the ready text."""

    __tablename__ = "assisted_contacts"
    __table_args__ = (Index("ix_assisted_contacts_waiting", "settled", "contact_by"),)

    case_id: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    contact_by: Mapped[datetime | None]
    wanted_at: Mapped[datetime]
    settled: Mapped[bool] = mapped_column(default=False)


class UnitReservationRow(Base):
    """Units of a substitute that an open case has put before a buyer."""

    __tablename__ = "unit_reservations"
    __table_args__ = (Index("ix_unit_reservations_sku", "shop_id", "sku_id"),)

    case_id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    sku_id: Mapped[str]
    units: Mapped[int]


class SupplierPromiseRow(Base):
    """A date that a supplier promised, and when its units really came."""

    __tablename__ = "supplier_promises"
    __table_args__ = (Index("ix_supplier_promises_supplier", "supplier", "sku", "promised_at"),)

    promise_id: Mapped[str] = mapped_column(primary_key=True)
    supplier: Mapped[str]
    sku: Mapped[str]
    promised_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    real_at: Mapped[datetime | None] = mapped_column(default=None)


class WaitConsentRow(Base):
    """A buyer's yes to a date, word for word; triggers refuse every change of it."""

    __tablename__ = "wait_consents"
    __table_args__ = (Index("ix_wait_consents_case_id", "case_id", "given_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str]
    shop_id: Mapped[str]
    order_id: Mapped[str]
    promised_at: Mapped[datetime]
    shown_text: Mapped[str]
    language: Mapped[str]
    how: Mapped[str]
    reply_text: Mapped[str]
    message_id: Mapped[str]
    rule: Mapped[str]
    given_at: Mapped[datetime]


class OfferReservationRow(Base):
    """One gift, coupon or discount that a case means to give, and what it counts against."""

    __tablename__ = "offer_reservations"
    __table_args__ = (
        Index("ix_offer_reservations_day", "shop_id", "kind", "day"),
        Index("ix_offer_reservations_case_id", "case_id"),
        Index("ix_offer_reservations_incident_id", "incident_id", "kind"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    case_id: Mapped[str]
    incident_id: Mapped[str | None]
    day: Mapped[str]
    kind: Mapped[str]
    currency: Mapped[str]
    worth_minor: Mapped[int]
    choice: Mapped[JsonObject]
    state: Mapped[str]
    reserved_at: Mapped[datetime]


class IncidentRow(Base):
    """One shortage incident of one SKU, and its review once it has closed."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_shop_id", "shop_id", "opened_at"),
        Index("ix_incidents_stream", "stream", "opened_at"),
    )

    incident_id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    sku_id: Mapped[str]
    stream: Mapped[str | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    review: Mapped[JsonObject | None] = mapped_column(default=None)


class OpenIncidentRow(Base):
    """The one incident of a SKU that is open."""

    __tablename__ = "open_incidents"

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    sku_id: Mapped[str] = mapped_column(primary_key=True)
    incident_id: Mapped[str] = mapped_column(index=True)


class IncidentAllocationRow(Base):
    """One allocation with its inputs; triggers refuse every change of it."""

    __tablename__ = "incident_allocations"

    incident_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    filed_at: Mapped[datetime]
    digest: Mapped[str]
    record: Mapped[JsonObject]


class IncidentChangeRow(Base):
    """One thing that an incident changed outside, as it was before and after."""

    __tablename__ = "incident_changes"
    __table_args__ = (Index("ix_incident_changes_target", "kind", "target"),)

    incident_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    before: Mapped[str]
    after: Mapped[str]
    state: Mapped[str]
    changed_at: Mapped[datetime]


class IncidentOrderRow(Base):
    """One order of an incident: what it needs, how it stands, and what became of it."""

    __tablename__ = "incident_orders"

    incident_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(primary_key=True)
    units: Mapped[int]
    standing: Mapped[str]
    why: Mapped[str]
    case_id: Mapped[str | None] = mapped_column(default=None)
    outcome: Mapped[str | None] = mapped_column(default=None)
    place: Mapped[int] = mapped_column(default=0)
    passed_over: Mapped[bool] = mapped_column(default=False)
    fate: Mapped[str | None] = mapped_column(default=None)
    told: Mapped[str] = mapped_column(default="")
    tellings: Mapped[int] = mapped_column(default=0)


class IncidentLedgerRow(Base):
    """The head of an incident's ledger; its line are the incident's orders by their place."""

    __tablename__ = "incident_ledgers"

    incident_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    on_hand: Mapped[int]
    news: Mapped[int]
    lots: Mapped[JsonList]


class IncidentEventRow(Base):
    """One event that an incident's ledger has taken in, and what it changed."""

    __tablename__ = "incident_events"

    incident_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    result: Mapped[JsonObject]


class IncidentDemandRow(Base):
    """What the allocation rules need to know of one order of an incident."""

    __tablename__ = "incident_demand"

    incident_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(primary_key=True)
    candidates: Mapped[JsonObject]


class CaseBuyerRow(Base):
    """Whose order a case is about, open or closed; the platform's id of the buyer and no more."""

    __tablename__ = "case_buyers"
    __table_args__ = (Index("ix_case_buyers_buyer", "shop_id", "buyer_user_id"),)

    case_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    buyer_user_id: Mapped[str]
    opened_at: Mapped[datetime]


class StockAlertRow(Base):
    """A SKU that the platform calls short while orders wait; the newest word of it."""

    __tablename__ = "stock_alerts"

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    sku_id: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str]
    available: Mapped[int | None]
    committed: Mapped[int | None]
    changed_at: Mapped[datetime]
    stands: Mapped[bool]
    settled_by: Mapped[str | None] = mapped_column(default=None)


class ParcelOrderRow(Base):
    """An order that travels in the parcel of an open late pickup."""

    __tablename__ = "parcel_orders"
    __table_args__ = (Index("ix_parcel_orders_order", "shop_id", "order_id"),)

    case_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]

"""What must outlive the server's retention, as the cases need it."""

from abc import ABC, abstractmethod

from temporalio import activity

from domain.cases import CaseView, TimelineEvent
from domain.instants import Instant
from domain.money import Money
from workflows import names
from workflows.ports.facts import CaseRef, Fact


class ClosedCaseFound(Fact):
    """Whether a closed case is on file under the id."""

    outcome: str | None = None
    closed_at: Instant | None = None


class WantContact(Fact):
    """A message that a person must deliver."""

    case_id: str
    step: str
    shop_id: str
    order_id: str
    text: str
    language: str
    by: Instant
    at: Instant
    buyer_user_id: str = ""
    """Who is told; kept so that a buyer who was let down before is known."""


class SettleContact(Fact):
    """A message was delivered, or is needed no more."""

    case_id: str
    step: str


class AskAnswered(Fact):
    """No ask of this case stands open in its conversation any more."""

    case_id: str


class ReserveRefund(Fact):
    """May this refund go out without a second person?"""

    key: str
    shop_id: str
    case_id: str
    amount: Money
    approve_above_minor: int | None
    approve_after_per_hour: int | None
    at: Instant


class RefundReserved(Fact):
    """The answer, with the limit that held it."""

    granted: bool
    reason: str = ""


class SettleRefund(Fact):
    """What became of a reservation."""

    key: str
    refunded: bool
    approved_by: str | None = None


class FileCase(Fact):
    """The dossier of a case that ends."""

    case_id: str
    view: CaseView
    timeline: tuple[TimelineEvent, ...]


class ReopenCase(Fact):
    """Register the next suffix of a case that is on file, for what was found too late for it."""

    case_id: str
    reason: str
    at: Instant


class IndexParcel(Fact):
    """The orders in the parcel of a late pickup, so that their notifications find it."""

    case_id: str
    shop_id: str
    order_ids: tuple[str, ...]


class RecordsPort(ABC):
    """What must outlive the server's retention; every write is idempotent."""

    @activity.defn(name=names.FIND_CLOSED_CASE)
    @abstractmethod
    async def find_closed_case(self, cmd: CaseRef) -> ClosedCaseFound:
        """Tell whether a closed case is on file under the id."""

    @activity.defn(name=names.WANT_CONTACT)
    @abstractmethod
    async def want_contact(self, cmd: WantContact) -> None:
        """Queue a message for a person to deliver."""

    @activity.defn(name=names.SETTLE_CONTACT)
    @abstractmethod
    async def settle_contact(self, cmd: SettleContact) -> None:
        """Take messages off that queue."""

    @activity.defn(name=names.ASK_ANSWERED)
    @abstractmethod
    async def ask_answered(self, cmd: AskAnswered) -> None:
        """Note that no ask of the case stands open any more."""

    @activity.defn(name=names.RESERVE_REFUND)
    @abstractmethod
    async def reserve_refund(self, cmd: ReserveRefund) -> RefundReserved:
        """Reserve a refund against the shop's limits."""

    @activity.defn(name=names.SETTLE_REFUND)
    @abstractmethod
    async def settle_refund(self, cmd: SettleRefund) -> None:
        """Note what became of a reservation."""

    @activity.defn(name=names.FILE_CASE)
    @abstractmethod
    async def file_case(self, cmd: FileCase) -> None:
        """File the dossier of a case that ends."""

    @activity.defn(name=names.REOPEN_CASE)
    @abstractmethod
    async def reopen_case(self, cmd: ReopenCase) -> CaseRef:
        """Register the next suffix of a case that is on file."""

    @activity.defn(name=names.INDEX_PARCEL)
    @abstractmethod
    async def index_parcel(self, cmd: IndexParcel) -> None:
        """Note which orders travel in the parcel of a late pickup."""

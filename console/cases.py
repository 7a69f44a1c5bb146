"""What the console needs of the case desk, and the decisions that it passes on."""

from enum import StrEnum
from typing import Any, Protocol

from casedesk.listing import CaseFilter, CaseRow

JsonObject = dict[str, Any]


class Desk(Protocol):
    """What the console needs of the case desk; `casedesk.desk.CaseDesk` is the real one."""

    async def find(self, case: str) -> str:
        """Return the id of a case given as people write it."""

    async def list_cases(self, wanted: CaseFilter) -> list[CaseRow]:
        """List cases."""

    async def view(self, case_id: str) -> JsonObject:
        """Return the whole case."""

    async def timeline(self, case_id: str) -> list[JsonObject]:
        """Return what happened."""

    async def decide(
        self, case_id: str, update: str, payload: JsonObject, *, request_id: str = ""
    ) -> JsonObject:
        """Send a person's decision."""


class Update(StrEnum):
    """The decisions a case takes, by the wire's names."""

    RECORD_CONTACT = "record_contact"
    RECORD_CHOICE = "record_choice"
    SET_RESTOCK = "set_restock"
    APPROVE_REFUND = "approve_refund"
    RESUME_STEP = "resume_step"
    OVERRIDE_OUTCOME = "override_outcome"
    LINK_REPLACEMENT_ORDER = "link_replacement_order"
    ATTACH_EVIDENCE = "attach_evidence"
    RECORD_FILING = "record_filing"
    RECORD_DECISION = "record_decision"
    SET_ON_HAND = "set_on_hand"
    RECEIVE_LOT = "receive_lot"
    MOVE_ORDER = "move_order"
    DEACTIVATE_LISTING = "deactivate_listing"
    TAKE = "take"
    NOTE = "note"
    WITHDRAW = "withdraw"

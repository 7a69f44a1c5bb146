"""The records as the workflows use them; every write is idempotent by its key."""

import asyncio
import json
from typing import Any

import structlog
from temporalio import activity
from temporalio.client import Client
from typing_extensions import override

from domain.cases import CaseView
from domain.timeline import CASE
from records.case_buyers import CaseBuyers
from records.cases import CaseArchive, CaseOpenings, ClosedCase, Dossier
from records.contacts import AssistedContacts
from records.conversations import ConversationIndex
from records.database import Database
from records.parcels import ParcelOrders
from records.refunds import RefundLimits, RefundReservations, ReservationState
from records.units import UnitReservations
from workflows import names
from workflows.ports import (
    AskAnswered,
    CaseRef,
    ClosedCaseFound,
    FileCase,
    IndexParcel,
    RecordsPort,
    RefundReserved,
    ReopenCase,
    ReserveRefund,
    SettleContact,
    SettleRefund,
    WantContact,
)

logger = structlog.get_logger()


class RecordsActivities(RecordsPort):
    """What must outlive the server's retention."""

    def __init__(self, db: Database, client: Client | None) -> None:
        """Open the records.

        Args:
            db: The migrated database.
            client: Reads a closing case's history for its dossier; None leaves it out.
        """
        self._archive = CaseArchive(db)
        self._buyers = CaseBuyers(db)
        self._openings = CaseOpenings(db)
        self._contacts = AssistedContacts(db)
        self._conversations = ConversationIndex(db)
        self._refunds = RefundReservations(db)
        self._units = UnitReservations(db)
        self._parcels = ParcelOrders(db)
        self._client = client

    @override
    @activity.defn(name=names.FIND_CLOSED_CASE)
    async def find_closed_case(self, cmd: CaseRef) -> ClosedCaseFound:
        """Tell whether a closed case is on file under the id.

        Safe to run twice because it only reads.
        """
        case = await asyncio.to_thread(self._archive.closed_case, cmd.case_id)
        if case is None:
            return ClosedCaseFound()
        return ClosedCaseFound(outcome=case.outcome, closed_at=case.closed_at)

    @override
    @activity.defn(name=names.WANT_CONTACT)
    async def want_contact(self, cmd: WantContact) -> None:
        """Queue a message for a person to deliver.

        Safe to run twice because the queue has one row per case and step, the buyers one per
        case.
        """
        await asyncio.to_thread(
            self._buyers.note,
            cmd.case_id,
            order_id=cmd.order_id,
            shop_id=cmd.shop_id,
            buyer_user_id=cmd.buyer_user_id,
            at=cmd.at,
        )
        await asyncio.to_thread(
            self._contacts.want,
            cmd.case_id,
            cmd.step,
            shop_id=cmd.shop_id,
            order_id=cmd.order_id,
            text=cmd.text,
            language=cmd.language,
            by=cmd.by,
            at=cmd.at,
        )

    @override
    @activity.defn(name=names.SETTLE_CONTACT)
    async def settle_contact(self, cmd: SettleContact) -> None:
        """Take a message off that queue.

        Safe to run twice because a settled row stays settled.
        """
        await asyncio.to_thread(self._contacts.settle, cmd.case_id, cmd.step)

    @override
    @activity.defn(name=names.ASK_ANSWERED)
    async def ask_answered(self, cmd: AskAnswered) -> None:
        """Note that no ask of the case stands open any more.

        Safe to run twice because an ask is open or not.
        """
        await asyncio.to_thread(self._conversations.settled, cmd.case_id)

    @override
    @activity.defn(name=names.RESERVE_REFUND)
    async def reserve_refund(self, cmd: ReserveRefund) -> RefundReserved:
        """Reserve a refund against the shop's limits.

        Safe to run twice because the same key gets the same answer.
        """
        limits = RefundLimits(
            max_amount_minor=cmd.approve_above_minor,
            currency=cmd.amount.currency,
            max_per_hour=cmd.approve_after_per_hour,
        )
        answer = await asyncio.to_thread(
            self._refunds.reserve,
            cmd.key,
            shop_id=cmd.shop_id,
            case_id=cmd.case_id,
            amount=cmd.amount,
            at=cmd.at,
            limits=limits,
        )
        granted = answer.state in (ReservationState.GRANTED, ReservationState.SETTLED)
        return RefundReserved(granted=granted, reason=answer.reason or "")

    @override
    @activity.defn(name=names.SETTLE_REFUND)
    async def settle_refund(self, cmd: SettleRefund) -> None:
        """Note what became of a reservation.

        Safe to run twice because a settled reservation stays settled.
        """
        if cmd.refunded:
            await asyncio.to_thread(self._refunds.settle, cmd.key, approved_by=cmd.approved_by)
        else:
            await asyncio.to_thread(self._refunds.release, cmd.key)

    @override
    @activity.defn(name=names.FILE_CASE)
    async def file_case(self, cmd: FileCase) -> None:
        """File the dossier of a case that ends, and forget what only an open case needs.

        Safe to run twice because a case is filed once; the same run replaces its own papers.
        """
        history = await self._history()
        dossier = Dossier(
            case=_closed_case(cmd.view),
            timeline=[event.model_dump(mode="json") for event in cmd.timeline],
            history=history,
            evidence=[{"evidence_id": evidence} for evidence in cmd.view.evidence],
        )
        filed = await asyncio.to_thread(self._archive.file, dossier)
        await asyncio.to_thread(self._conversations.forget, cmd.case_id)
        await asyncio.to_thread(self._units.release, cmd.case_id)
        await asyncio.to_thread(self._parcels.forget, cmd.case_id)
        logger.info("case.filed", case_id=cmd.case_id, outcome=cmd.view.outcome, filing=filed)

    @override
    @activity.defn(name=names.REOPEN_CASE)
    async def reopen_case(self, cmd: ReopenCase) -> CaseRef:
        """Register the next suffix of a case that is on file.

        Safe to run twice because one closing asks for one suffix and gets it again.
        """
        new_id = await asyncio.to_thread(
            self._openings.reopen,
            cmd.case_id,
            reason=cmd.reason,
            actor=CASE,
            at=cmd.at,
            request_id=f"{cmd.case_id}/found-late",
        )
        return CaseRef(case_id=new_id)

    @override
    @activity.defn(name=names.INDEX_PARCEL)
    async def index_parcel(self, cmd: IndexParcel) -> None:
        """Note which orders travel in the parcel of a late pickup.

        Safe to run twice because what a case is about replaces what was noted before.
        """
        await asyncio.to_thread(
            self._parcels.index, cmd.case_id, shop_id=cmd.shop_id, order_ids=cmd.order_ids
        )

    async def _history(self) -> list[Any]:
        """Return the decoded events of the run that files itself."""
        if self._client is None:
            return []
        info = activity.info()
        handle = self._client.get_workflow_handle(
            info.workflow_id or "", run_id=info.workflow_run_id
        )
        history = await handle.fetch_history()
        events: list[Any] = json.loads(history.to_json())["events"]
        return events


def _closed_case(view: CaseView) -> ClosedCase:
    return ClosedCase(
        case_id=view.case_id,
        kind=view.kind,
        shop_id=view.shop_id,
        outcome=view.outcome or "",
        opened_at=view.opened_at,
        closed_at=view.closed_at or view.opened_at,
        order_ids=view.order_ids,
        package_id=view.pickup.package_id if view.pickup else None,
        opened_by=view.source or "",
        view=view.model_dump(mode="json"),
    )

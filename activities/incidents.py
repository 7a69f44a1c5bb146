"""The records of incidents as their workflows use them."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from typing_extensions import override

from activities.incident_reviews import ends_of
from activities.troubles import NEEDS_PERSON
from domain.allocation_record import AllocationRecord, HandMove, record_allocation
from domain.candidates import Candidate
from domain.errors import InputError
from domain.handout import begin, move, receive_lot, set_on_hand
from domain.incident_events import Event, case_ended, together
from domain.incident_figures import Changed
from domain.incident_review import IncidentReview, Moment, ReviewFacts, review_of
from domain.incident_rules import BY_HAND
from domain.waiting_line import AllocationPolicy
from records.cases import CaseArchive
from records.database import Database
from records.errors import NotOnFileError
from records.incident_cases import IncidentCases
from records.incident_demand import IncidentDemand
from records.incident_ledgers import IncidentLedgers
from records.incidents import Incidents
from workflows import names
from workflows.ports.incidents import (
    AllocateUnits,
    ChangeLedger,
    ClaimSku,
    CloseIncident,
    IncidentsPort,
    LedgerAct,
    OrdersSettled,
    SettleOrders,
    SkuClaimed,
    UnitsAllocated,
)

logger = structlog.get_logger()

_BATCH = 300
"""Orders of one transaction; also what one SQL statement may list."""
_SHOWN = 5
_KILLED = "'Terminated', 'Failed', 'TimedOut', 'Canceled'"


class IncidentActivities(IncidentsPort):
    """What must outlive an incident's run; every write is idempotent by its key."""

    def __init__(self, db: Database, client: Client | None) -> None:
        """Open the records.

        Args:
            db: The migrated database.
            client: Tells whose run is over; None where nobody does.
        """
        self._incidents = Incidents(db)
        self._demand = IncidentDemand(db)
        self._ledgers = IncidentLedgers(db)
        self._cases = IncidentCases(db)
        self._archive = CaseArchive(db)
        self._db = db
        self._client = client

    @override
    @activity.defn(name=names.CLAIM_SKU)
    async def claim_sku(self, cmd: ClaimSku) -> SkuClaimed:
        """Ask to be the open incident of a SKU; one whose run was ended from outside gives way.

        Safe to run twice because whoever has the SKU has it.
        """
        claim = await self._claim(cmd)
        if not claim.granted and await self._is_gone(claim.holder):
            await asyncio.to_thread(self._incidents.release, claim.holder)
            claim = await self._claim(cmd)
        logger.info("incident.claimed", incident_id=cmd.incident_id, granted=claim.granted)
        return claim

    async def _claim(self, cmd: ClaimSku) -> SkuClaimed:
        claim = await asyncio.to_thread(
            self._incidents.claim,
            cmd.shop_id,
            cmd.sku_id,
            cmd.incident_id,
            at=cmd.at,
            stream=cmd.stream,
        )
        return SkuClaimed(granted=claim.granted, holder=claim.holder)

    async def _is_gone(self, incident_id: str) -> bool:
        """Tell whether an incident's run is over although it never gave its SKU back."""
        if self._client is None or incident_id == activity.info().workflow_id:
            return False
        try:
            told = await self._client.get_workflow_handle(incident_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return True
            raise
        return told.status is not WorkflowExecutionStatus.RUNNING

    @override
    @activity.defn(name=names.ALLOCATE_UNITS)
    async def allocate_units(self, cmd: AllocateUnits) -> UnitsAllocated:
        """Allocate, file the allocation with its inputs and begin the ledger.

        Safe to run twice because an allocation is filed once under its key, and a ledger begins
        once.
        """
        return await asyncio.to_thread(self._allocate, cmd)

    def _allocate(self, cmd: AllocateUnits) -> UnitsAllocated:
        on_hand = {**cmd.counted_with, cmd.sku_id: cmd.on_hand}
        demand = self._demand.candidates(cmd.incident_id)
        record, why = _recorded(cmd, on_hand, {sku: demand.get(sku, ()) for sku in on_hand})
        if not self._incidents.file_allocation(cmd.incident_id, cmd.key, record, at=cmd.at):
            filed = self._incidents.allocations(cmd.incident_id)
            record = next(one.record for one in filed if one.key == cmd.key)
        ledger = begin(record)
        placed = (*record.result.served, *record.result.short)
        figures = self._ledgers.begin(
            cmd.incident_id, ledger, {one.order_id: one.why for one in placed}
        )
        return UnitsAllocated(
            figures=figures,
            policy=record.policy,
            why=why,
            skipped=len(record.result.skipped),
            demand=sum(one.units for one in ledger.line),
            digest=record.digest,
        )

    @override
    @activity.defn(name=names.CHANGE_LEDGER)
    async def change_ledger(self, cmd: ChangeLedger) -> Changed:
        """Let one event change the ledger.

        Safe to run twice because an event changes it once under its key.
        """
        try:
            return await asyncio.to_thread(
                self._ledgers.change, cmd.incident_id, cmd.key, _event(cmd)
            )
        except InputError as error:
            raise _refused(error.reason) from error
        except NotOnFileError as error:
            raise _refused(str(error)) from error

    @override
    @activity.defn(name=names.SETTLE_ORDERS)
    async def settle_orders(self, cmd: SettleOrders) -> OrdersSettled:
        """Take in what became of the incident's cases.

        Safe to run twice because a case ends once, and each part changes the ledger once.
        """
        await self._note_ends(cmd.incident_id)
        ended = await asyncio.to_thread(self._cases.cases, cmd.incident_id, settled=True)
        outcomes = {order_id: outcome or "" for order_id, (_, outcome) in ended.items()}
        changed, orders = Changed(), list(outcomes)
        for first in range(0, len(orders), _BATCH):
            part = {order_id: outcomes[order_id] for order_id in orders[first : first + _BATCH]}
            changed = changed.and_then(await self._settle_part(cmd, part))
            activity.heartbeat(first)
        figures = await asyncio.to_thread(self._ledgers.figures, cmd.incident_id)
        words = sorted(set(outcomes.values()))
        return OrdersSettled(
            outcomes={one: list(outcomes.values()).count(one) for one in words},
            by_hand=tuple(o for o in orders if outcomes[o] in BY_HAND)[:_SHOWN],
            changed=changed.model_copy(update={"figures": figures}),
        )

    async def _settle_part(self, cmd: SettleOrders, part: Mapping[str, str]) -> Changed:
        events = [case_ended(order_id, outcome) for order_id, outcome in part.items()]
        key = f"{cmd.key}:{min(part)}"
        return await asyncio.to_thread(
            self._ledgers.change, cmd.incident_id, key, together(events)
        )

    async def _note_ends(self, incident_id: str) -> None:
        """Record the outcomes of cases that have ended since we last asked."""
        cases = await asyncio.to_thread(self._cases.cases, incident_id, settled=False)
        if not cases:
            return
        order_of = {case_id: order_id for order_id, (case_id, _) in cases.items()}
        ids, found = list(order_of), await self._killed(incident_id)
        for first in range(0, len(ids), _BATCH):
            part = ids[first : first + _BATCH]
            found |= await asyncio.to_thread(self._archive.outcomes, part)
            activity.heartbeat(first)
        ended = {order_of[case_id]: word for case_id, word in found.items() if case_id in order_of}
        await asyncio.to_thread(self._cases.ended, incident_id, ended)

    async def _killed(self, incident_id: str) -> dict[str, str]:
        """Return the cases whose runs were ended from outside, so that they filed nothing."""
        if self._client is None:
            return {}
        query = f"{names.CASE_INCIDENT.name} = '{incident_id}' AND ExecutionStatus IN ({_KILLED})"
        return {
            run.id: run.status.name.lower()
            async for run in self._client.list_workflows(query)
            if run.status is not None
        }

    @override
    @activity.defn(name=names.CLOSE_INCIDENT)
    async def close_incident(self, cmd: CloseIncident) -> IncidentReview:
        """Write the review and give the SKU back.

        Safe to run twice because the first closing and its review stay.
        """
        return await asyncio.to_thread(self._close, cmd)

    def _close(self, cmd: CloseIncident) -> IncidentReview:
        facts = ReviewFacts(
            incident_id=cmd.incident_id,
            shop_id=cmd.shop_id,
            part=cmd.part,
            stream=cmd.stream,
            outcome=cmd.outcome,
            opened_at=cmd.opened_at,
            closed_at=cmd.at,
            counted=cmd.counted,
            demand=cmd.demand,
            breaches=cmd.breaches,
            moments=tuple(
                Moment(at=one.at, what=one.key, detail=one.detail) for one in cmd.happened
            ),
        )
        review = review_of(facts, ends_of(self._db, cmd.incident_id, cmd.part.sku_id))
        try:
            self._incidents.close(
                cmd.incident_id, review=review.model_dump(mode="json"), at=cmd.at
            )
        except NotOnFileError:
            logger.info("incident.never_claimed", incident_id=cmd.incident_id)
        return review


def _recorded(
    cmd: AllocateUnits, on_hand: dict[str, int], demand: Mapping[str, Sequence[Candidate]]
) -> tuple[AllocationRecord, str]:
    """Return the allocation, and why it does not follow the policy that was wanted."""

    def by(policy: AllocationPolicy) -> AllocationRecord:
        return record_allocation(
            cmd.sku_id,
            on_hand=on_hand,
            candidates=demand,
            policy=policy,
            zone=cmd.zone,
            single_lines=cmd.single_lines,
        )

    try:
        return by(cmd.policy), ""
    except InputError as error:
        if error.field != "policy":
            raise
        standard = AllocationPolicy.PAID_FIRST
        return by(standard), f"{standard} stands in: {error.reason}"


def _event(cmd: ChangeLedger) -> Event:
    match cmd.act:
        case LedgerAct.COUNT:
            return lambda ledger: set_on_hand(ledger, cmd.on_hand)
        case LedgerAct.LOT:
            return lambda ledger: receive_lot(ledger, cmd.lot_id, cmd.quantity)
        case LedgerAct.MOVE:
            wanted = HandMove(order_id=cmd.order_id, to=cmd.to, reason=cmd.reason, actor=cmd.actor)
            return lambda ledger: move(ledger, wanted)


def _refused(reason: str) -> ApplicationError:
    return ApplicationError(reason, type=NEEDS_PERSON, non_retryable=True)

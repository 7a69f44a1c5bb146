"""The ledgers of promises, consents and offers as the workflows use them."""

import asyncio

import structlog
from temporalio import activity
from typing_extensions import override

from domain.budgets import BudgetScope, Stop
from domain.promises import PaddedDate, padded_date, promise_id
from records.budgets import OfferAsk, OfferReservations
from records.database import Database
from records.promises import SupplierPromises
from records.wait_consents import ConsentForm, WaitConsent, WaitConsents
from workflows import names
from workflows.ports.ledgers import (
    KeepConsent,
    LedgerPort,
    NotePromise,
    OfferReserved,
    PadPromise,
    ReserveOffer,
    SettleOffer,
)

logger = structlog.get_logger()


class LedgerActivities(LedgerPort):
    """What was promised, agreed and offered."""

    def __init__(self, db: Database) -> None:
        """Open the ledgers in the migrated database."""
        self._promises = SupplierPromises(db)
        self._consents = WaitConsents(db)
        self._offers = OfferReservations(db)
        self._tellers: dict[tuple[str, ...], str] = {}
        """Spent budget -> key of the reservation that told of it first."""

    @override
    @activity.defn(name=names.PAD_PROMISE)
    async def pad_promise(self, cmd: PadPromise) -> PaddedDate:
        """Return the date that may be offered for a supplier's date.

        Safe to run twice because it only reads.
        """
        past = await asyncio.to_thread(self._promises.history, cmd.supplier, cmd.sku_id)
        return padded_date(cmd.promised_at, past, quantile=cmd.quantile)

    @override
    @activity.defn(name=names.NOTE_PROMISE)
    async def note_promise(self, cmd: NotePromise) -> None:
        """Keep a supplier's date, or when its units came.

        Safe to run twice because a date of a supplier and SKU is one promise, however many
        orders it was passed on to, and the first arrival told of it stays.
        """
        noted = promise_id(cmd.supplier, cmd.sku_id, cmd.promised_at)
        await asyncio.to_thread(
            self._promises.record,
            noted,
            supplier=cmd.supplier,
            sku=cmd.sku_id,
            promised_at=cmd.promised_at,
            recorded_at=cmd.at,
        )
        if cmd.real_at is not None:
            await asyncio.to_thread(self._promises.kept, noted, cmd.real_at)

    @override
    @activity.defn(name=names.KEEP_CONSENT)
    async def keep_consent(self, cmd: KeepConsent) -> None:
        """Enter a buyer's yes to a date.

        Safe to run twice because the ledger takes a key once and never changes an entry.
        """
        consent = WaitConsent(
            how=ConsentForm.SILENT if cmd.silent else ConsentForm.EXPRESS,
            **cmd.model_dump(exclude={"silent"}),
        )
        await asyncio.to_thread(self._consents.record, consent)

    @override
    @activity.defn(name=names.RESERVE_OFFER)
    async def reserve_offer(self, cmd: ReserveOffer) -> OfferReserved:
        """Reserve the best rung that the budget allows.

        Safe to run twice because the same key gets the same rung, and what was given back for
        it stays given back.
        """
        if cmd.instead_of is not None:
            await asyncio.to_thread(self._offers.release, cmd.instead_of)
        ask = OfferAsk(
            shop_id=cmd.shop_id,
            case_id=cmd.case_id,
            incident_id=cmd.incident_id,
            day=cmd.day,
            currency=cmd.currency,
            at=cmd.at,
        )
        choice = await asyncio.to_thread(
            self._offers.reserve, cmd.key, ask, rungs=cmd.rungs, budget=cmd.budget
        )
        return OfferReserved(
            choice=choice,
            tell=tuple(stop.why for stop in choice.stopped if self._tells(cmd, stop)),
        )

    @override
    @activity.defn(name=names.SETTLE_OFFER)
    async def settle_offer(self, cmd: SettleOffer) -> None:
        """Note what became of a reserved offer.

        Safe to run twice because a settled offer stays settled.
        """
        end = self._offers.settle if cmd.given else self._offers.release
        await asyncio.to_thread(end, cmd.key)

    def _tells(self, cmd: ReserveOffer, stop: Stop) -> bool:
        """Tell whether this case is the one to say that a shared budget is spent.

        Hundreds of cases meet the same cap; one word about it is enough, and a few more after a
        restart do no harm.
        """
        periods = {BudgetScope.DAY: cmd.day.isoformat(), BudgetScope.INCIDENT: cmd.incident_id}
        period = periods.get(stop.scope) if stop.scope else None
        if period is None:
            return False
        logger.info("budget.spent", shop_id=cmd.shop_id, kind=stop.kind, scope=stop.scope)
        return cmd.key == self._tellers.setdefault((cmd.shop_id, stop.kind, period), cmd.key)

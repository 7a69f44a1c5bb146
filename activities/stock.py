"""What a shop sells of a SKU: stopped, and resumed as it should be."""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from temporalio import activity
from typing_extensions import override

from activities.troubles import told_to_temporal, within_attempt
from domain.incident_rules import sellable_again
from domain.incidents import ChangedThing, ChangeState, OutsideChange
from records.database import Database
from records.incident_changes import ChangeKind, IncidentChanges, Target
from records.incident_changes import ChangeState as OnFile
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import AskPersonError, InvalidRequestError, NotFoundError
from workflows import names
from workflows.ports.stock import (
    SellAgain,
    SellingResumed,
    SellingStopped,
    StockPort,
    StopSelling,
    SwitchListing,
)

logger = structlog.get_logger()

_REFUSED = (AskPersonError, NotFoundError, InvalidRequestError)
"""Answers to a write that no repetition changes."""
_TO_UNDO = frozenset({OnFile.PLANNED, OnFile.VERIFIED, OnFile.RESTORING})
_ON_SALE, _OFF_SALE = "on sale", "off sale"


class StockActivities(StockPort):
    """What is on sale; what is changed is written down before, so that it can be undone."""

    def __init__(self, client: ShopClient, db: Database) -> None:
        """Open the shelves with the platform's client and the migrated database."""
        self._client = client
        self._changes = IncidentChanges(db)

    @override
    @activity.defn(name=names.STOP_SELLING)
    async def stop_selling(self, cmd: StopSelling) -> SellingStopped:
        """Set the SKU's sellable units to zero and read them back.

        Safe to run twice because it reads first, and what was there before is kept from the
        first time.
        """
        async with within_attempt():
            with told_to_temporal():
                sku = await self._client.sku(shop_id=cmd.shop_id, sku_id=cmd.sku_id)
                places = await self._places(cmd.shop_id, cmd.sku_id)
            if sku is None:
                why_not = f"shop {cmd.shop_id} does not know SKU {cmd.sku_id}; check the id"
                return SellingStopped(why_not=why_not)
            found = SellingStopped(
                product_id=sku.product_id,
                seller_sku=sku.seller_sku,
                product_name=sku.product_name,
            )
            targets = await self._plan(cmd, places)
            refusal = ""
            if any(places.values()):
                refusal = await self._set(
                    cmd.shop_id, sku.product_id, cmd.sku_id, dict.fromkeys(places, 0)
                )
                with told_to_temporal():
                    places = await self._places(cmd.shop_id, cmd.sku_id)
        changes = [await self._stopped(cmd, targets[p], places.get(p), refusal) for p in targets]
        left = [one for one in changes if one.state is ChangeState.REFUSED]
        logger.info("stock.stopped", incident_id=cmd.incident_id, refused=len(left))
        stopped = {"changes": tuple(changes), "why_not": _by_hand("still on sale", left)}
        return found.model_copy(update=stopped)

    async def _plan(
        self, cmd: StopSelling, places: dict[str, int]
    ) -> dict[str, tuple[Target, str]]:
        """Write down what is about to be set to zero; warehouse -> target and what it had."""
        known = await self._on_file(cmd.incident_id, ChangeKind.INVENTORY)
        targets: dict[str, tuple[Target, str]] = {}
        for place, units in places.items():
            target = Target(kind=ChangeKind.INVENTORY, id=f"{cmd.sku_id}:{place}")
            if not units and target.id not in known:
                continue
            planned = await asyncio.to_thread(
                self._changes.plan,
                cmd.incident_id,
                target,
                before=str(units),
                after="0",
                at=cmd.at,
            )
            targets[place] = target, planned.before
        return targets

    async def _stopped(
        self, cmd: StopSelling, planned: tuple[Target, str], units: int | None, refusal: str
    ) -> OutsideChange:
        target, before = planned
        if units == 0:
            await asyncio.to_thread(self._changes.verified, cmd.incident_id, target, at=cmd.at)
            return _stock(target, ChangeState.CHANGED, before=before, after="0", verified=True)
        await asyncio.to_thread(self._changes.not_made, cmd.incident_id, target, at=cmd.at)
        why = refusal or f"zero was accepted, and {units} are still on sale"
        return _stock(target, ChangeState.REFUSED, before=before, after=str(units), why=why)

    @override
    @activity.defn(name=names.SELL_AGAIN)
    async def sell_again(self, cmd: SellAgain) -> SellingResumed:
        """Undo what the incident changed of the SKU's sellable units.

        Safe to run twice because units that are on sale again are not set once more.
        """
        rows = await self._on_file(cmd.incident_id, ChangeKind.INVENTORY)
        before = {
            target_id.rpartition(":")[2]: int(row.before)
            for target_id, row in rows.items()
            if row.state in _TO_UNDO
        }
        if not before:
            return SellingResumed()
        wanted = before if cmd.units is None else sellable_again(cmd.units, before)
        for place in before:
            await asyncio.to_thread(
                self._changes.let_go, cmd.incident_id, _target(cmd.sku_id, place), at=cmd.at
            )
        async with within_attempt():
            with told_to_temporal():
                sku = await self._client.sku(shop_id=cmd.shop_id, sku_id=cmd.sku_id)
                now = await self._places(cmd.shop_id, cmd.sku_id)
            ours = {p: n for p, n in wanted.items() if now.get(p) == 0 and n}
            refusal = ""
            if sku is not None and ours:
                refusal = await self._set(cmd.shop_id, sku.product_id, cmd.sku_id, {**now, **ours})
                with told_to_temporal():
                    after = await self._places(cmd.shop_id, cmd.sku_id)
            else:
                after = now
        changes = [
            await self._resumed(cmd, place, (now.get(place), units, after.get(place)), refusal)
            for place, units in wanted.items()
        ]
        left = [one for one in changes if one.state is ChangeState.UNDONE_UNVERIFIED]
        logger.info("stock.resumed", incident_id=cmd.incident_id, left=len(left))
        why_not = _by_hand("not on sale again", left)
        return SellingResumed(changes=tuple(changes), why_not=why_not)

    async def _resumed(
        self,
        cmd: SellAgain,
        place: str,
        units: tuple[int | None, int, int | None],
        refusal: str,
    ) -> OutsideChange:
        target, (now, wanted, after) = _target(cmd.sku_id, place), units
        if now:
            state = ChangeState.UNDONE if now == wanted else ChangeState.CHANGED_BY_OTHERS
            why = "" if now == wanted else "somebody has set it since"
            change = _stock(target, state, after=str(now), why=why, verified=now == wanted)
        elif not wanted:
            why = "nothing is there to sell"
            change = _stock(target, ChangeState.KEPT, before="0", after="0", why=why)
        elif after == wanted:
            done = {"before": "0", "after": str(after)}
            change = _stock(target, ChangeState.UNDONE, verified=True, **done)
        else:
            why = refusal or f"{wanted} were accepted, and {after} are on sale"
            return _stock(target, ChangeState.UNDONE_UNVERIFIED, after=str(after), why=why)
        await asyncio.to_thread(self._changes.restored, cmd.incident_id, target, at=cmd.at)
        return change

    @override
    @activity.defn(name=names.SWITCH_LISTING)
    async def switch_listing(self, cmd: SwitchListing) -> OutsideChange:
        """Take a listing off sale, or put it back; the platform audits it anew then.

        Safe to run twice because off sale is a state, and so is on sale.
        """
        target = Target(kind=ChangeKind.LISTING, id=cmd.product_id)
        if not cmd.active:
            await asyncio.to_thread(
                self._changes.plan,
                cmd.incident_id,
                target,
                before=_ON_SALE,
                after=_OFF_SALE,
                at=cmd.at,
            )
        switch = self._client.activate_products if cmd.active else self._client.deactivate_products
        try:
            async with within_attempt():
                with told_to_temporal(but=_REFUSED):
                    await switch(shop_id=cmd.shop_id, product_ids=[cmd.product_id])
        except _REFUSED as refusal:
            return await self._listing_refused(cmd, target, str(refusal))
        if cmd.active:
            await asyncio.to_thread(self._changes.let_go, cmd.incident_id, target, at=cmd.at)
        logger.info("listing.switched", incident_id=cmd.incident_id, active=cmd.active)
        return OutsideChange(
            thing=ChangedThing.LISTING,
            target=cmd.product_id,
            before=_OFF_SALE if cmd.active else _ON_SALE,
            after=_ON_SALE if cmd.active else _OFF_SALE,
            state=ChangeState.UNDONE if cmd.active else ChangeState.CHANGED,
            why="the platform audits it before it is shown again" if cmd.active else "",
        )

    async def _listing_refused(
        self, cmd: SwitchListing, target: Target, why: str
    ) -> OutsideChange:
        if not cmd.active:
            await asyncio.to_thread(self._changes.not_made, cmd.incident_id, target, at=cmd.at)
        state = ChangeState.UNDONE_UNVERIFIED if cmd.active else ChangeState.REFUSED
        return OutsideChange(
            thing=ChangedThing.LISTING, target=cmd.product_id, state=state, why=why
        )

    # The platform and the records

    async def _places(self, shop_id: str, sku_id: str) -> dict[str, int]:
        return await self._client.warehouse_stock(shop_id=shop_id, sku_id=sku_id)

    async def _set(self, shop_id: str, product_id: str, sku_id: str, units: dict[str, int]) -> str:
        """Set the sellable units; return the platform's refusal, or an empty string."""
        try:
            with told_to_temporal(but=_REFUSED):
                await self._client.update_inventory(
                    shop_id=shop_id, product_id=product_id, sku_id=sku_id, by_warehouse=units
                )
        except _REFUSED as refusal:
            return str(refusal)
        return ""

    async def _on_file(self, incident_id: str, kind: ChangeKind) -> dict[str, Any]:
        rows = await asyncio.to_thread(self._changes.of_incident, incident_id)
        return {row.target.id: row for row in rows if row.target.kind is kind}


def _target(sku_id: str, place: str) -> Target:
    return Target(kind=ChangeKind.INVENTORY, id=f"{sku_id}:{place}")


def _stock(
    target: Target, state: ChangeState, *, why: str = "", verified: bool = False, **fields: str
) -> OutsideChange:
    return OutsideChange(
        thing=ChangedThing.STOCK,
        target=target.id,
        state=state,
        verified=verified,
        why=why,
        **fields,
    )


def _by_hand(what: str, left: Sequence[OutsideChange]) -> str:
    """Return what a person has to do about units that could not be set."""
    each = "; ".join(f"{one.target} ({one.why})" for one in left)
    return f"{what}: {each}; set it in Seller Center" if left else ""

"""Resuming: exactly what the incident changed outside is undone, then its review is written."""

from collections.abc import Awaitable, Callable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome
    from domain.incidents import ChangedThing, ChangeState, OutsideChange
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows.incident import Incident
    from workflows.incident_phases.changing import until_settled
    from workflows.incident_state import LISTING, RESUME_ADS, RESUME_STOCK
    from workflows.policies import OURS, SHOP_WRITE
    from workflows.ports.ads import AdsPort, AdsResumed, ResumeAds
    from workflows.ports.facts import EffectKey
    from workflows.ports.stock import SellAgain, SellingResumed, StockPort, SwitchListing

_UNDONE = frozenset({ChangeState.UNDONE})


async def resume(incident: Incident) -> None:
    """Put stock, listing and ads back as they should be, as far as the incident changed them."""
    await incident.stop_beside()
    await workflow.wait_condition(lambda: not incident.ledger.locked())
    await _undo(incident, RESUME_STOCK, lambda key: _sell_again(incident, key))
    if incident.book.product_id and _is_listing_off(incident):
        await _undo(incident, LISTING, lambda key: _activate(incident, key))
    if _may_advertise(incident):
        await _undo(incident, RESUME_ADS, lambda key: _resume_ads(incident, key))
    elif any(one.thing is ChangedThing.AD for one in _made(incident)):
        incident.tell(EventKey.ADS_NOT_RESUMED, "nothing is there to sell; they stay paused")
        _keep_ads(incident)
    outcome = CaseOutcome.WITHDRAWN if incident.book.withdrawn else None
    incident.move(Move.RESUMED, outcome=outcome)


def _sellable(incident: Incident) -> int | None:
    """Return the units that may be sold again; None for what was there before."""
    if incident.book.withdrawn:
        return None
    return max(0, incident.on_hand - incident.figures.promised)


def _may_advertise(incident: Incident) -> bool:
    return incident.book.withdrawn or bool(_sellable(incident))


def _made(incident: Incident) -> list[OutsideChange]:
    made = (ChangeState.CHANGED, ChangeState.UNVERIFIED)
    return [one for one in incident.book.changes.values() if one.state in made]


def _keep_ads(incident: Incident) -> None:
    kept = {"state": ChangeState.KEPT, "why": "nothing is there to sell"}
    ads = [one for one in _made(incident) if one.thing is ChangedThing.AD]
    incident.book.changed(tuple(one.model_copy(update=kept) for one in ads))


def _is_listing_off(incident: Incident) -> bool:
    return any(one.thing is ChangedThing.LISTING for one in _made(incident))


async def _sell_again(incident: Incident, _key: EffectKey) -> SellingResumed:
    cmd = SellAgain(
        incident_id=incident.case_id,
        shop_id=incident.shop_id,
        sku_id=incident.sku_id,
        units=_sellable(incident),
        at=incident.now,
    )
    return await incident.remote(StockPort.sell_again, cmd, SHOP_WRITE, "sell again")


async def _activate(incident: Incident, _key: EffectKey) -> SellingResumed:
    cmd = SwitchListing(
        incident_id=incident.case_id,
        shop_id=incident.shop_id,
        product_id=incident.book.product_id,
        active=True,
        at=incident.now,
    )
    change = await incident.remote(StockPort.switch_listing, cmd, SHOP_WRITE, "put it back")
    return SellingResumed(changes=(change,))


async def _resume_ads(incident: Incident, _key: EffectKey) -> AdsResumed:
    cmd = ResumeAds(incident_id=incident.case_id, shop_id=incident.shop_id, at=incident.now)
    return await incident.remote(AdsPort.resume_ads, cmd, OURS, "resume the ads")


async def _undo(
    incident: Incident,
    step: str,
    attempt: Callable[[EffectKey], Awaitable[SellingResumed | AdsResumed]],
) -> None:
    """Undo until it is undone, or until a person says that it is, or gives it up."""

    def take(undone: SellingResumed | AdsResumed) -> str:
        _tell(incident, undone.changes)
        return undone.why_not

    otherwise = "The incident stays open, and what it changed stays as it is."
    await until_settled(incident, step, attempt, take, otherwise=otherwise)


_KEYS = {
    ChangedThing.STOCK: (EventKey.STOCK_RESUMED, EventKey.STOCK_NOT_RESUMED),
    ChangedThing.AD: (EventKey.ADS_RESUMED, EventKey.ADS_NOT_RESUMED),
    ChangedThing.LISTING: (EventKey.LISTING_ACTIVATED, EventKey.STOCK_NOT_RESUMED),
}


def _tell(incident: Incident, changes: tuple[OutsideChange, ...]) -> None:
    incident.book.changed(changes)
    for one in changes:
        done, not_done = _KEYS[one.thing]
        key = done if one.state in _UNDONE else not_done
        why = f" ({one.why})" if one.why else ""
        incident.tell(key, f"{one.target}: {one.after}{why}")

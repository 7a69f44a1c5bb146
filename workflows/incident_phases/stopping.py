"""Stopping: who sells hears it, the shop sells none of it, no ad shows it."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome
    from domain.incident_rules import why_not_a_date
    from domain.incidents import ChangeState, OutsideChange
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows.incident import Incident
    from workflows.incident_phases.changing import until_settled
    from workflows.incident_phases.news import note_date
    from workflows.incident_state import PAUSE_ADS, STOP_STOCK
    from workflows.phases.admission import admit
    from workflows.policies import OURS, SHOP_WRITE
    from workflows.ports.ads import AdsPaused, AdsPort, PauseAds
    from workflows.ports.facts import EffectKey
    from workflows.ports.hosts import AlertHost, HostPort
    from workflows.ports.incidents import ClaimSku, IncidentsPort, SkuClaimed
    from workflows.ports.stock import SellingStopped, StockPort, StopSelling

_PATIENCE = timedelta(minutes=1)
"""Buyers wait for their word; what cannot be stopped by then goes on beside everything else."""


async def stop(incident: Incident) -> None:
    """Be the one incident of the SKU, then stop whatever sells it."""
    if not await admit(incident) or not await _claim(incident):
        return
    await _begin_restock(incident)
    incident.go_beside(_alert(incident))
    stop_beside(incident)
    await incident.wait(
        lambda: _is_settled(incident), until=incident.now + _PATIENCE, why="stop what sells it"
    )
    incident.go(Move.STOPPED)


def stop_beside(incident: Incident) -> None:
    """Begin to stop whatever is not stopped yet; nobody waits for it."""
    if not incident.book.stopped:
        incident.go_beside(_stop_selling(incident))
    if not incident.book.paused:
        incident.go_beside(_pause_ads(incident))


def _is_settled(incident: Incident) -> bool:
    book = incident.book
    stock = book.stopped or incident.task(STOP_STOCK) is not None
    return stock and (book.paused or incident.task(PAUSE_ADS) is not None)


async def _claim(incident: Incident) -> bool:
    async def attempt(_key: EffectKey) -> SkuClaimed:
        cmd = ClaimSku(
            incident_id=incident.case_id,
            shop_id=incident.shop_id,
            sku_id=incident.sku_id,
            stream=incident.inp.stream,
            at=incident.now,
        )
        return await incident.local(IncidentsPort.claim_sku, cmd, "is another incident open?")

    claimed = await incident.take_step("claim", attempt, beside=True)
    if claimed.granted:
        return True
    incident.book.duplicate_of = claimed.holder
    ours = claimed.holder == incident.case_id
    incident.tell(
        EventKey.CASE_CLOSED,
        "its review is on file" if ours else f"{claimed.holder} is open for this SKU",
    )
    outcome = CaseOutcome.DUPLICATE_OF_CLOSED if ours else CaseOutcome.DUPLICATE_OF_OPEN
    incident.move(Move.DUPLICATE, outcome=outcome)
    return False


async def _begin_restock(incident: Incident) -> None:
    """Take the date that the incident was opened with; without one the supplier is asked."""
    date = incident.inp.restock_at
    incident.book.chase_since = incident.now
    if date is None:
        return
    if refusal := why_not_a_date(date, now=incident.now):
        incident.tell(EventKey.SIGNAL_REFUSED, f"restock_at: {refusal}")
        return
    await note_date(incident, date, actor=incident.source or "start")


async def _alert(incident: Incident) -> None:
    cmd = AlertHost(
        incident_id=incident.case_id,
        shop_id=incident.shop_id,
        sku_id=incident.sku_id,
        on_hand=incident.on_hand,
        decides=incident.source or "",
        at=incident.now,
    )
    alerted = await incident.try_once(HostPort.alert_host, cmd, OURS, "alert the host desk")
    if alerted is not None and alerted.reached:
        incident.tell(EventKey.HOST_ALERTED)
    else:
        why = alerted.why_not if alerted else "the channel did not take it"
        incident.tell(EventKey.HOST_ALERTED, f"nobody was reached: {why}")


async def _stop_selling(incident: Incident) -> None:
    async def attempt(_key: EffectKey) -> SellingStopped:
        cmd = StopSelling(
            incident_id=incident.case_id,
            shop_id=incident.shop_id,
            sku_id=incident.sku_id,
            at=incident.now,
        )
        return await incident.remote(StockPort.stop_selling, cmd, SHOP_WRITE, "stop selling")

    def take(stopped: SellingStopped) -> str:
        book = incident.book
        book.product_id = stopped.product_id or book.product_id
        book.seller_sku = stopped.seller_sku or book.seller_sku
        book.product_name = stopped.product_name or book.product_name
        _tell(incident, stopped.changes, EventKey.STOCK_STOPPED, EventKey.STOCK_NOT_STOPPED)
        return stopped.why_not

    otherwise = "The SKU stays on sale, and every further order is short too."
    await until_settled(incident, STOP_STOCK, attempt, take, otherwise=otherwise)
    incident.book.stopped = True


async def _pause_ads(incident: Incident) -> None:
    async def attempt(_key: EffectKey) -> AdsPaused:
        cmd = PauseAds(
            incident_id=incident.case_id,
            shop_id=incident.shop_id,
            sku_id=incident.sku_id,
            at=incident.now,
        )
        return await incident.remote(AdsPort.pause_ads, cmd, OURS, "pause the ads")

    def take(paused: AdsPaused) -> str:
        if paused.not_touched:
            incident.book.ads_not_touched = paused.not_touched
            incident.tell(EventKey.ADS_NOT_PAUSED, paused.not_touched)
        _tell(incident, paused.changes, EventKey.ADS_PAUSED, EventKey.ADS_NOT_PAUSED)
        return paused.why_not

    otherwise = "The ads go on and cost money for what cannot be sent."
    await until_settled(incident, PAUSE_ADS, attempt, take, otherwise=otherwise)
    incident.book.paused = True


def _tell(
    incident: Incident, changes: tuple[OutsideChange, ...], made: EventKey, not_made: EventKey
) -> None:
    incident.book.changed(changes)
    for one in changes:
        done = one.state is ChangeState.CHANGED
        detail = f"{one.target}: {one.before or '?'} -> {one.after}" if done else one.target
        why = f" ({one.why})" if one.why else ""
        incident.tell(made if done else not_made, f"{detail}{why}")

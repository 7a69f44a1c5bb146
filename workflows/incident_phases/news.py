"""News of the restock: judged, kept as the supplier's promise, and told to whoever waits."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import HumanTask
    from domain.incident_figures import Changed
    from domain.incident_rules import why_not_a_date
    from domain.incidents import LotView, RestockDate, RestockState
    from domain.promises import PaddedDate
    from domain.timeline import EventKey
    from workflows.incident import Incident
    from workflows.incident_state import COUNT, SUPPLIER, Heard
    from workflows.policies import OURS
    from workflows.ports.facts import EffectKey
    from workflows.ports.incidents import ChangeLedger, IncidentsPort, LedgerAct
    from workflows.ports.ledgers import LedgerPort, NotePromise, PadPromise
    from workflows.ports.suppliers import SupplierPort, ThankSupplier

IN_STOCK, EXPECTED, UNAVAILABLE = "in_stock", "expected", "unavailable"
RESTOCK_STATES = (IN_STOCK, EXPECTED, UNAVAILABLE)


def why_not_news(
    incident: Incident,
    *,
    state: str,
    available_at: datetime | None,
    quantity: int | None,
    lot_id: str | None,
) -> str:
    """Return why news of the restock cannot be used, or an empty string."""
    match state:
        case "in_stock" if not quantity or lot_id is None:
            return "units that are there need their number and lot; give quantity and lot_id"
        case "in_stock" | "unavailable":
            return ""
        case "expected":
            return why_not_a_date(available_at, now=incident.now)
        case _:
            return f"state {state[:80]!r} is unknown; use {', '.join(RESTOCK_STATES)}"


async def take_news(incident: Incident) -> None:
    """Act on everything that was heard of the restock, oldest first."""
    await _keep_promise(incident)
    while incident.heard:
        heard = incident.heard[0]
        await _take(incident, heard)
        incident.heard.remove(heard)


async def _take(incident: Incident, heard: Heard) -> None:
    match heard.state:
        case "in_stock":
            if heard.lot_id and heard.quantity:
                await _receive(incident, heard.lot_id, heard.quantity, heard.actor)
        case "expected":
            if heard.available_at is not None:
                await note_date(incident, heard.available_at, actor=heard.actor)
        case _:
            _note_failure(incident, heard.actor)


async def note_date(incident: Incident, date: datetime, *, actor: str) -> None:
    """Keep a date that the supplier gives; the same date again changes nothing."""
    book = incident.book
    if book.restock is RestockState.EXPECTED and book.restock_at == date:
        incident.tell(EventKey.RESTOCK_CHANGED, f"{date:%Y-%m-%d %H:%M}Z, as known", actor=actor)
        return
    padded = await _note_promise(incident, date)
    _news(incident, RestockState.EXPECTED, date)
    book.chase_since, book.rung = date, 0
    _remember(incident, actor, offered_at=padded.at, why=padded.why)
    await _thank(incident)


def _note_failure(incident: Incident, actor: str) -> None:
    if incident.book.restock is RestockState.UNAVAILABLE:
        incident.tell(EventKey.RESTOCK_CHANGED, "unavailable, as known", actor=actor)
        return
    _news(incident, RestockState.UNAVAILABLE, None)
    incident.book.chase_since = None
    _remember(incident, actor)


def _news(incident: Incident, state: RestockState, date: datetime | None) -> None:
    book = incident.book
    book.restock, book.restock_at = state, date
    book.unusable_news = ""
    if incident.allocated:
        book.news += 1
    incident.drop_task(SUPPLIER)


def _remember(
    incident: Incident, actor: str, *, offered_at: datetime | None = None, why: str = ""
) -> None:
    book = incident.book
    date = RestockDate(
        state=book.restock,
        available_at=book.restock_at,
        offered_at=offered_at,
        said_at=incident.now,
        source=actor,
        why=why,
    )
    book.dates.append(date)
    when = f" {book.restock_at:%Y-%m-%d %H:%M}Z" if book.restock_at else ""
    padded = offered_at is not None and offered_at != book.restock_at
    told = f", cases offer {offered_at:%Y-%m-%d %H:%M}Z" if padded else ""
    because = f" ({why})" if why else ""
    incident.tell(EventKey.RESTOCK_CHANGED, f"{book.restock}{when}{told}{because}", actor=actor)
    incident.news_came()


async def _note_promise(incident: Incident, date: datetime) -> PaddedDate:
    supplier = incident.inp.supplier or ""
    note = NotePromise(
        supplier=supplier, sku_id=incident.sku_id, promised_at=date, at=incident.now
    )
    ask = PadPromise(
        supplier=supplier,
        sku_id=incident.sku_id,
        promised_at=date,
        quantile=incident.pinned.playbook.wait.padding_quantile,
    )

    async def attempt(_key: EffectKey) -> PaddedDate:
        await incident.local(LedgerPort.note_promise, note, "keep the supplier's date")
        return await incident.local(LedgerPort.pad_promise, ask, "what is the date worth?")

    return await incident.take_step("supplier-date", attempt, fresh=True, beside=True)


async def _keep_promise(incident: Incident) -> None:
    """Note when the units of the supplier's date really came."""
    book = incident.book
    if book.came_at is None or book.restock_at is None:
        return
    note = NotePromise(
        supplier=incident.inp.supplier or "",
        sku_id=incident.sku_id,
        promised_at=book.restock_at,
        real_at=book.came_at,
        at=incident.now,
    )

    async def attempt(_key: EffectKey) -> None:
        await incident.local(LedgerPort.note_promise, note, "the supplier's date ended")

    await incident.take_step("supplier-date-kept", attempt, fresh=True, beside=True)
    book.came_at = None


async def _thank(incident: Incident) -> None:
    book = incident.book
    if not book.asks or book.restock_at is None:
        return
    cmd = ThankSupplier(
        shop_id=incident.shop_id,
        supplier=incident.inp.supplier,
        sku_id=incident.sku_id,
        seller_sku=book.seller_sku,
        product_name=book.product_name,
        restock_at=book.restock_at,
        reference=incident.case_id,
        at=incident.now,
    )
    await incident.try_once(SupplierPort.thank_supplier, cmd, OURS, "thank the supplier")


async def _receive(incident: Incident, lot_id: str, quantity: int, actor: str) -> None:
    if any(lot.lot_id == lot_id for lot in incident.book.lots):
        incident.tell(EventKey.LOT_RECEIVED, f"{lot_id}, as known", actor=actor)
        return
    if not incident.allocated:
        incident.book.on_hand += quantity
        lot_received(incident, lot_id, quantity, actor)
        return
    cmd = lot_command(incident, lot_id, quantity, actor)

    async def attempt(_key: EffectKey) -> Changed:
        return await incident.remote(IncidentsPort.change_ledger, cmd, OURS, f"lot {lot_id}")

    changed = await incident.take_step(f"lot:{lot_id}", attempt, beside=True)
    lot_received(incident, lot_id, quantity, actor)
    incident.take_changed(changed, cause=f"lot {lot_id}", actor=actor)


def lot_command(incident: Incident, lot_id: str, quantity: int, actor: str) -> ChangeLedger:
    """Return the command that puts a lot on the shelf."""
    return ChangeLedger(
        incident_id=incident.case_id,
        key=f"lot:{lot_id}",
        act=LedgerAct.LOT,
        lot_id=lot_id,
        quantity=quantity,
        actor=actor,
        at=incident.now,
    )


def lot_received(incident: Incident, lot_id: str, quantity: int, actor: str) -> None:
    """Remember a lot that is on the shelf; the supplier's date is kept by it."""
    book = incident.book
    if book.restock is RestockState.EXPECTED and book.came_at is None:
        book.came_at = incident.now
    book.lots.append(LotView(lot_id=lot_id, quantity=quantity, at=incident.now))
    incident.tell(EventKey.LOT_RECEIVED, f"{lot_id} with {quantity} units", actor=actor)
    incident.drop_task(COUNT)


def hear(incident: Incident, heard: Heard, refusal: str) -> None:
    """Take in news that nobody can be answered about; what cannot be used is seen by people."""
    if not refusal:
        incident.heard.append(heard)
        incident.news_came()
        return
    incident.tell(EventKey.SIGNAL_REFUSED, f"restock: {refusal}", actor=heard.actor)
    ask = f"News of the restock of {incident.sku_id} cannot be used: {refusal}."
    step = COUNT if heard.state == IN_STOCK else SUPPLIER
    if step == SUPPLIER:
        ask = _beside_whom_to_ask(incident, ask)
    incident.ask_person(
        HumanTask(
            step=step,
            ask=ask,
            options=("done",),
            otherwise="The incident goes on with what it knows.",
        )
    )
    incident.arrived()


def _beside_whom_to_ask(incident: Incident, news: str) -> str:
    """Remember news that cannot be used; the task on the supplier says it and whom to ask."""
    task = incident.task(SUPPLIER)
    asked = task.ask.removeprefix(incident.book.unusable_news).strip() if task else ""
    incident.book.unusable_news = news
    return f"{news} {asked}".strip()

"""Chasing the supplier: asked at once, then by the playbook's ladder, until there is a date."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import HumanTask
    from domain.incident_rules import next_chase
    from domain.timeline import EventKey
    from workflows.incident import Incident
    from workflows.incident_state import SUPPLIER
    from workflows.policies import OURS
    from workflows.ports.suppliers import AskSupplier, SupplierPort


async def chase(incident: Incident) -> None:
    """Ask the supplier once; where nobody can be asked, a person is."""
    book = incident.book
    since = book.chase_since or incident.now
    step = incident.step(f"ask-supplier:{book.asks}")
    cmd = AskSupplier(
        key=incident.effect_key(step),
        shop_id=incident.shop_id,
        supplier=incident.inp.supplier,
        sku_id=incident.sku_id,
        seller_sku=book.seller_sku,
        product_name=book.product_name,
        units=incident.figures.short_units,
        answer_by=max(next_chase(since, book.rung + 1, incident.rules), incident.now),
        rung=book.rung,
        at=incident.now,
    )
    asked = await incident.try_once(SupplierPort.ask_supplier, cmd, OURS, "ask the supplier")
    book.rung, book.asks = book.rung + 1, book.asks + 1
    if asked is not None and asked.reached:
        incident.tell(EventKey.SUPPLIER_ASKED, f"rung {book.rung}, for {cmd.units} units")
        return
    why = asked.why_not if asked else "the channel did not take the letter"
    incident.tell(EventKey.SUPPLIER_NOT_REACHED, why)
    incident.ask_person(
        HumanTask(
            step=SUPPLIER,
            ask=f"{book.unusable_news} Nobody could be asked when {cmd.units} units of "
            f"{incident.sku_id} come ({why}); ask the supplier and record the date.".strip(),
            by=cmd.answer_by,
            options=("done",),
            otherwise="Buyers are told that no date is known.",
        )
    )

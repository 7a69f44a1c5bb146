"""Opening: one case per short order, page by page; where a case is open it is joined."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import HumanTask
    from domain.incident_rules import kind_of_cases
    from domain.incidents import RestockState
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows.incident import Incident
    from workflows.incident_phases.news import take_news
    from workflows.incident_state import CLOSED_CASES, OPEN
    from workflows.policies import MANY_CASES
    from workflows.ports.facts import EffectKey
    from workflows.ports.opener import OpenerPort, OpenShortOrders, ShortOrdersOpened

_NOT_TOLD = -1
"""Number of no news: an input cannot say that nothing comes, so such cases are told at once."""


async def open_cases(incident: Incident) -> None:
    """Open the cases of a page of short orders; the last page leads on."""
    incident.inbox.taken_in = incident.inbox.arrivals
    await take_news(incident)
    if incident.figures.unopened:
        opened = await incident.take_step(
            OPEN,
            lambda key: _open_page(incident, key),
            fresh=True,
            beside=True,
            otherwise="The buyers of short orders are not told.",
        )
        _take(incident, opened)
    if not incident.figures.unopened:
        incident.go(Move.CASES_OPENED)


async def _open_page(incident: Incident, _key: EffectKey) -> ShortOrdersOpened:
    book = incident.book
    cmd = OpenShortOrders(
        incident_id=incident.case_id,
        shop_id=incident.shop_id,
        sku_id=incident.sku_id,
        kind=kind_of_cases(
            book.restock,
            book.restock_at,
            now=incident.now,
            rules=incident.pinned.playbook.stockout,
        ),
        restock_at=book.restock_at,
        news=_NOT_TOLD if book.restock is RestockState.UNAVAILABLE else book.news,
        substitute_sku_id=incident.inp.substitute_sku_id,
        stream=incident.inp.stream,
        supplier=incident.inp.supplier,
        playbook=incident.inp.playbook,
        detected_at=book.found_at or incident.detected_at,
        at=incident.now,
    )
    return await incident.remote(OpenerPort.open_short_orders, cmd, MANY_CASES, "open cases")


def _take(incident: Incident, opened: ShortOrdersOpened) -> None:
    incident.take_figures(opened.figures)
    incident.tell(
        EventKey.CASES_OPENED,
        f"{opened.opened} opened, {opened.joined} joined, {opened.already_closed} closed before",
    )
    if opened.closed_orders:
        some = ", ".join(opened.closed_orders)
        incident.ask_person(
            HumanTask(
                step=CLOSED_CASES,
                ask=f"Short orders have a case that was closed before: {some}; look at them and "
                "reopen the cases that are still needed.",
                options=("done",),
                otherwise="They get no units of this incident.",
            )
        )

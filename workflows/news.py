"""News of the restock: checked as it arrives, acted on when the case takes it in."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseKind, CaseState, HumanTask
    from domain.timeline import EventKey
    from workflows.payloads import RestockChanged, SetRestock
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import SUPPLIER
    from workflows.supply import Restock

RESTOCK_STATES = ("in_stock", "expected", "unavailable")
RESTOCK = "restock"
"""The task that asks a person what a restock's news means."""


def restock(case: ShortageCase, news: RestockChanged, *, actor: str) -> None:
    """Take in when a SKU comes; the process acts on it at its next step."""
    if why := _unusable(case, news):
        case.tell(EventKey.SIGNAL_REFUSED, f"restock of {news.sku_id}: {why}", actor=actor)
        case.ask_person(
            HumanTask(
                step=RESTOCK,
                ask=f"Restock news of {news.sku_id} cannot be used ({why}); record the date.",
                options=RESTOCK_STATES,
                otherwise="The case goes on with the date it has.",
            )
        )
        case.arrived()
        return
    when = f" {news.available_at:%Y-%m-%d %H:%M}Z" if news.available_at else ""
    case.tell(EventKey.RESTOCK_CHANGED, f"{news.sku_id} {news.state}{when}", actor=actor)
    case.drop_task(RESTOCK)
    case.inbox.restock.append(news)
    case.arrived()


def _unusable(case: ShortageCase, news: RestockChanged) -> str:
    if news.state not in RESTOCK_STATES:
        return f"its state is {news.state[:80]!r}"
    return has_passed(case, news) if case.ledgers else ""


def has_passed(case: ShortageCase, news: RestockChanged | SetRestock) -> str:
    """Return why a date that is expected cannot be meant, or an empty string."""
    at = news.available_at
    if news.state != "expected" or at is None or at > case.now:
        return ""
    return f"{at:%Y-%m-%d %H:%M}Z has passed; give a date ahead, or in_stock"


def set_restock(case: ShortageCase, decision: SetRestock) -> None:
    """Take in a date that a person knows."""
    news = RestockChanged(
        sku_id=decision.sku_id,
        state=decision.state,
        available_at=decision.available_at,
        quantity=decision.quantity,
        lot_id=decision.lot_id,
        source=decision.actor,
    )
    restock(case, news, actor=decision.actor)


def concerns(case: ShortageCase, sku: str) -> bool:
    """Tell whether a SKU is among the short ones, by either of its names."""
    named = case.sku_of(sku)
    if named is None:
        return sku in case.short
    return case.every_line or named in case.short


def take_news(case: ShortageCase, news: RestockChanged) -> None:
    """Let the newest news of a SKU replace what was known of it."""
    sku = case.sku_of(news.sku_id)
    if sku is None or not concerns(case, sku):
        case.tell(EventKey.SIGNAL_REFUSED, f"restock of {news.sku_id}: not ours")
        return
    before = case.judged(swap=False) if case.ledgers else None
    match news.state:
        case "unavailable":
            case.supply.news[sku] = Restock(unavailable=True)
            turn(case, CaseKind.UNAVAILABLE)
        case "in_stock":
            case.supply.news[sku] = Restock(at=news.available_at or case.now, in_stock=True)
        case _:
            case.supply.news[sku] = Restock(at=news.available_at)
    if before is None:
        return
    if not case.unavailable and case.phase is not CaseState.REFUNDING:
        turn(case, case.opened_as)
    if case.date_known:
        case.drop_task(SUPPLIER)
    if case.judged(swap=False).course is not before.course:
        _say_it_anew(case)


def turn(case: ShortageCase, kind: CaseKind) -> None:
    """Let an order be of the other kind from now on, inside its own case."""
    if case.kind is not kind:
        case.tell(EventKey.CASE_TURNED, f"{case.kind} -> {kind}")
        case.kind = kind


def _say_it_anew(case: ShortageCase) -> None:
    """Have a message that surely reached nobody yet written as the order stands now."""
    tried = case.step(f"ask:{case.ask.number}").tried
    with_people = f"ask:{case.ask.number}" in case.contact.wanted
    if case.phase is CaseState.CONTACTING and (with_people or not tried):
        case.ask.renew()
        case.drop_contact_tasks()

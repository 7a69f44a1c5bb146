"""Handing out: every case whose units are there hears it; others hear how long they wait."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.incidents import RestockState
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows.incident import Incident
    from workflows.incident_phases.news import take_news
    from workflows.policies import MANY_CASES
    from workflows.ports.restock_news import RestockNewsPort, RestockTold, TellOfRestock

_PAGE = 100
"""Cases told before anything else is looked at; the pace of telling is the worker's."""


async def hand_out(incident: Incident) -> None:
    """Tell a page of cases that their units are there; the last page leads back."""
    incident.inbox.taken_in = incident.inbox.arrivals
    await take_news(incident)
    if incident.figures.untold_units and not await _tell(incident, units=True):
        await incident.rest(incident.now + incident.outage.retry_every)
    if not incident.figures.untold_units:
        incident.go(Move.HANDED_OUT)


def has_news_to_tell(incident: Incident) -> bool:
    """Tell whether a waiting case has not heard the newest news."""
    return incident.book.news > incident.book.published or incident.figures.untold_news > 0


async def tell_news(incident: Incident) -> bool:
    """Tell a page of waiting cases the newest news; False if it could not be done now."""
    return await _tell(incident, units=False)


async def _tell(incident: Incident, *, units: bool) -> bool:
    book = incident.book
    cmd = TellOfRestock(
        incident_id=incident.case_id,
        shop_id=incident.shop_id,
        sku_id=incident.sku_id,
        units=units,
        news=book.news,
        state=book.restock,
        available_at=book.restock_at,
        limit=_PAGE,
    )
    told = await incident.attempt(
        "tell_cases",
        RestockNewsPort.tell_of_restock,
        cmd,
        MANY_CASES,
        summary="tell the cases",
        otherwise="Cases wait for units or for a date without knowing the newest.",
    )
    if told is None:
        return False
    _take(incident, cmd, told)
    return True


def _take(incident: Incident, cmd: TellOfRestock, told: RestockTold) -> None:
    incident.take_figures(told.figures)
    if not cmd.units:
        incident.book.published = max(incident.book.published, cmd.news)
    if told.told:
        what = "units are there" if cmd.units else _words(cmd)
        incident.tell(EventKey.CASES_TOLD, f"{told.told} cases: {what}")


def _words(cmd: TellOfRestock) -> str:
    if cmd.state is RestockState.EXPECTED and cmd.available_at:
        return f"expected {cmd.available_at:%Y-%m-%d %H:%M}Z"
    return "unavailable" if cmd.state is RestockState.UNAVAILABLE else "no date is known"

"""The Help Center case that the platform wants of a parcel which nobody collects."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import HumanTask
    from domain.pickups import help_center_text
    from domain.timeline import EventKey
    from workflows.pickup import PickupCase
    from workflows.pickup_state import HELP_CENTER
    from workflows.steps import ABANDON, DONE


async def raise_help_center(case: PickupCase) -> None:
    """Have a person open the Help Center case once it is due and the parcel still waits."""
    due = case.help_center_by
    if due is None or await case.wait(
        lambda: case.collected_at is not None, until=due.at, why="Help Center"
    ):
        return
    case.tell(EventKey.HELP_CENTER_DUE, rule=due.rule)
    case.ask_person(
        HumanTask(
            step=HELP_CENTER,
            ask="Open a Help Center case in Seller Center about the uncollected parcel; the text "
            "is ready. Keep a screenshot of it as evidence.",
            by=case.due.at if case.due else None,
            options=(DONE, ABANDON),
            otherwise="The platform cancels the orders at its own deadline.",
            text=_text(case),
        )
    )


def _text(case: PickupCase) -> str:
    return help_center_text(
        case.order_ids,
        case.package,
        missed=case.rebooking.missed,
        ready_at=case.ready_at,
        due_at=case.due.at if case.due else None,
        zone=case.pinned.profile.zone,
    )

"""Opening an appeal by hand, from what a person reads off a ticket."""

from collections.abc import Sequence
from datetime import datetime

from casedesk.bulk import Openings
from casedesk.desk import CaseDesk
from workflows.appeal_opening import appeal_start


async def open_appeal(
    desk: CaseDesk,
    *,
    shop_id: str,
    ticket_id: str,
    kind: str,
    issued_at: datetime | None,
    cases: Sequence[str],
    orders: Sequence[str],
    actor: str,
) -> Openings:
    """Open an appeal against a ticket, or join the one that is open.

    Args:
        desk: The desk.
        shop_id: The shop.
        ticket_id: The ticket in Seller Center.
        kind: The platform's word for the penalty.
        issued_at: When it was issued; the appeal asks a person if it is not given.
        cases: Cases that it concerns, as people write them; none where nobody has one.
        orders: Orders that it names.
        actor: Who opens it.

    Raises:
        InputError: A field cannot be used.
        NotFoundError: There is no such case.
    """
    start = appeal_start(
        shop_id=shop_id,
        ticket_id=ticket_id,
        case_ids=[await desk.find(one) for one in cases],
        issued_at=issued_at,
        kind=kind,
        order_ids=list(orders),
        source=actor,
    )
    return await desk.open_cases([start])

"""How an appeal and a late pickup are opened: pure start options, as `opening` has them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.cases import CaseKind, CaseState
from workflows import names, payloads
from workflows.appeal_payloads import AppealInput
from workflows.opening import CaseStart, refuse_colon

CASES_JOINED = "cases_joined"
"""The signal that opens an appeal, or joins the one that is open."""
_OF_THE_SIGNAL = ("case_ids", "order_ids", "issued_at", "kind")


def appeal_start(
    *,
    shop_id: str,
    ticket_id: str,
    case_ids: Sequence[str] = (),
    issued_at: datetime | None = None,
    kind: str = "",
    **also: Any,
) -> CaseStart:
    """Return the opening of an appeal against a ticket; a second one joins the first.

    Args:
        shop_id: The shop.
        ticket_id: The ticket in Seller Center.
        case_ids: The cases that it concerns.
        issued_at: The enforcement.
        kind: The platform's word for the penalty.
        **also: Further optional fields of the input, such as `order_ids` or `source`.

    Raises:
        InputError: Names the field that cannot be used.
    """
    given = {
        "shop_id": shop_id,
        "ticket_id": ticket_id,
        "case_ids": list(case_ids),
        "issued_at": issued_at,
        "kind": kind,
        **also,
    }
    return appeal_start_from(given, case_id=names.appeal_id(shop_id, ticket_id))


def appeal_start_from(payload: Mapping[str, Any], *, case_id: str) -> CaseStart:
    """Return the opening that a start input asks for, under an id of the appeal.

    Raises:
        InputError: Names the field that cannot be used.
    """
    read = payloads.read(AppealInput, dict(payload))
    refuse_colon("shop_id", read.shop_id)
    refuse_colon("ticket_id", read.ticket_id)
    wire = read.model_dump(mode="json", exclude_none=True)
    return CaseStart(
        case_id=case_id,
        workflow_type=names.APPEAL,
        kind=CaseKind.APPEAL,
        shop_id=read.shop_id,
        order_id=read.order_ids[0] if read.order_ids else None,
        payload=wire,
        signal=CASES_JOINED,
        signal_payload={key: wire[key] for key in _OF_THE_SIGNAL if key in wire},
        static_summary=f"appeal · ticket {read.ticket_id[:80]} · {len(read.case_ids)} cases",
        first_state=CaseState.COLLECTING,
    )


def pickup_start(
    *, shop_id: str, package_id: str, detected_at: datetime | None = None, **also: str | None
) -> CaseStart:
    """Return the opening of a late pickup's case.

    Args:
        shop_id: The shop.
        package_id: The package.
        detected_at: When the late pickup was found; the case's own start if not given.
        **also: Further optional fields of the input, such as `source` or `language`.

    Raises:
        InputError: Names the field that cannot be used.
    """
    given = {"shop_id": shop_id, "package_id": package_id, "detected_at": detected_at, **also}
    return pickup_start_from(given, case_id=names.pickup_case_id(shop_id, package_id))


def pickup_start_from(payload: Mapping[str, Any], *, case_id: str) -> CaseStart:
    """Return the opening that a start input asks for, under an id of the package's case.

    Raises:
        InputError: Names the field that cannot be used.
    """
    read = payloads.read(payloads.PickupInput, dict(payload))
    refuse_colon("shop_id", read.shop_id)
    refuse_colon("package_id", read.package_id)
    return CaseStart(
        case_id=case_id,
        workflow_type=names.PICKUP_DELAY_CASE,
        kind=CaseKind.LATE_PICKUP,
        shop_id=read.shop_id,
        payload=read.model_dump(mode="json", exclude_none=True),
        static_summary=f"late pickup · package …{read.package_id[-8:]}",
    )

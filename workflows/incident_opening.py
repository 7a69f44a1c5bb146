"""How an incident is opened: plain start, one id per SKU and key."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.cases import CaseKind, CaseState
from domain.waiting_line import AllocationPolicy
from workflows import names
from workflows.incident_payloads import IncidentInput
from workflows.opening import CaseStart, cut_summary
from workflows.payloads import read


def incident_start(
    *,
    shop_id: str,
    sku_id: str,
    on_hand: int,
    key: str,
    policy: AllocationPolicy = AllocationPolicy.PAID_FIRST,
    counted_with: Mapping[str, int] | None = None,
    restock_at: datetime | None = None,
    detected_at: datetime | None = None,
    **also: str | None,
) -> CaseStart:
    """Return the opening of a SKU's incident.

    Args:
        shop_id: The shop.
        sku_id: The platform's SKU ID.
        on_hand: Units on the shelf, those in parcels not.
        key: Tells this incident from earlier ones of the SKU.
        policy: Who is served first.
        counted_with: SKU ID -> units of other SKUs that were counted at the same time.
        restock_at: When more comes, if anybody knows.
        detected_at: When the shortage was found; the incident's own start if not given.
        **also: Further optional fields of the input, such as `supplier`, `stream` or `source`.

    Raises:
        InputError: Names the field that cannot be used.
    """
    given: dict[str, Any] = {
        "shop_id": shop_id,
        "sku_id": sku_id,
        "on_hand": on_hand,
        "key": key,
        "policy": policy,
        "counted_with": dict(counted_with or {}),
        "restock_at": restock_at,
        "detected_at": detected_at,
        **also,
    }
    inp = read(IncidentInput, given)
    text = f"incident · SKU …{inp.sku_id[-6:]} · {inp.on_hand} on hand"
    return CaseStart(
        case_id=names.incident_id(inp.shop_id, inp.sku_id, inp.key),
        workflow_type=names.SHORTAGE_INCIDENT,
        kind=CaseKind.INCIDENT,
        shop_id=inp.shop_id,
        payload=inp.model_dump(mode="json", exclude_none=True),
        static_summary=cut_summary(text),
        first_state=CaseState.STOPPING,
    )

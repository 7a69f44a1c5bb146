"""What suppliers say and send in the demo, as the warehouse tells the incidents."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from casedesk.demo.decisions import WAREHOUSE, Decisions
from casedesk.demo.incidents import INCIDENTS, DemoIncident, Lot, Word
from casedesk.demo.stream import Stream
from domain.cases import CaseView


async def tell_incidents(
    decisions: Decisions, stream: Stream, views: Mapping[str, CaseView], after: timedelta
) -> int:
    """Tell each open incident what is heard and what arrives at an instant.

    Args:
        decisions: How people decide.
        stream: Names the instant from which everything counts.
        views: The open cases.
        after: The instant, after discovery.

    Returns:
        How often something was told.
    """
    before = len(decisions.answers)
    for incident in INCIDENTS:
        view = views.get(incident.incident_id)
        if view is None:
            continue
        for word in incident.words:
            if word.after == after:
                said = _said(incident, word, stream)
                await decisions.make(view, "supplier", "set_restock", said, key=str(after))
        for lot in incident.lots:
            if lot.after == after:
                await decisions.make(view, "lot", "receive_lot", _received(lot), key=lot.lot_id)
    return len(decisions.answers) - before


def _said(incident: DemoIncident, word: Word, stream: Stream) -> dict[str, Any]:
    return {
        "sku_id": incident.sku.sku_id,
        "state": "expected",
        "available_at": (stream.found_at + word.comes_in).isoformat(),
        "actor": WAREHOUSE,
    }


def _received(lot: Lot) -> dict[str, Any]:
    return {"lot_id": lot.lot_id, "quantity": lot.units, "actor": WAREHOUSE}

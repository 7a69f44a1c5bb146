"""The dispatch manifest: which orders were ready when, made from the shop's own data.

Source: seller policy of Thailand of 18 Jun 2025, late pickups: "dispatch manifest from the ERP
with order id and ship time" is among the proofs.
"""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.instants import aware
from domain.orders import Order
from domain.pickups import Package

COLUMNS = (
    "order_id",
    "package_id",
    "carrier",
    "tracking_number",
    "units",
    "ordered_at",
    "paid_at",
    "ready_at",
    "pickup_from",
    "pickup_until",
    "collection_due_at",
    "collected_at",
)
"""Instants are RFC 3339 in UTC; empty where the platform does not say."""


class Manifest(BaseModel):
    """The orders of one package, for people as CSV and for machines as one JSON value."""

    model_config = ConfigDict(frozen=True)

    csv_text: str
    document: dict[str, Any]
    """Text and whole numbers alone, so that it has one canonical form."""


def dispatch_manifest(package: Package, orders: Sequence[Order], *, made_at: datetime) -> Manifest:
    """Return the manifest of a package.

    Args:
        package: The package as the shop reports it.
        orders: Its orders, as the shop reports them.
        made_at: When the shop was asked.
    """
    rows = [_row(package, order) for order in sorted(orders, key=lambda one: one.order_id)]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    document = {
        "dispatch_manifest": {
            "package_id": package.package_id,
            "made_at": _text(made_at),
            "orders": rows,
        }
    }
    return Manifest(csv_text=text.getvalue(), document=document)


def order_clocks(orders: Sequence[Order], *, made_at: datetime) -> dict[str, Any]:
    """Return the platform's own deadlines of a package's orders, in the form of a manifest."""
    return {
        "order_clocks": {
            "made_at": _text(made_at),
            "orders": [_clocks(order) for order in sorted(orders, key=lambda o: o.order_id)],
        }
    }


def _row(package: Package, order: Order) -> dict[str, str | int]:
    inside = set(package.line_ids)
    units = [line for line in order.live_lines() if not inside or line.line_id in inside]
    return {
        "order_id": order.order_id,
        "package_id": package.package_id,
        "carrier": package.carrier,
        "tracking_number": package.tracking_number,
        "units": len(units),
        "ordered_at": _text(order.created_at),
        "paid_at": _text(order.paid_at),
        "ready_at": _text(order.ready_at),
        "pickup_from": _text(package.slot.start if package.slot else None),
        "pickup_until": _text(package.slot.end if package.slot else None),
        "collection_due_at": _text(order.clocks.collection_due_at),
        "collected_at": _text(order.collected_at),
    }


def _clocks(order: Order) -> dict[str, str]:
    shown: dict[str, datetime | None] = {
        "ready_at": order.ready_at,
        "collected_at": order.collected_at,
        **{name: getattr(order.clocks, name) for name in type(order.clocks).model_fields},
    }
    instants = {name: _text(at) for name, at in shown.items()}
    return {"order_id": order.order_id, "status": order.status.value, **instants}


def _text(at: datetime | None) -> str:
    return aware(at).isoformat().replace("+00:00", "Z") if at else ""

"""Stock alerts as tasks: a SKU that may need an incident waits for somebody to count the shelf."""

from typing import Any

from domain.cases import HumanTask
from records.database import Database
from records.stock_alerts import StockAlert, StockAlerts

STEP = "stock_alert"
_OTHERWISE = (
    "it stays until its incident is open, somebody settles it in the console, or the platform says"
    " that there is enough"
)


def alert_tasks(db: Database, shop_id: str | None) -> list[dict[str, Any]]:
    """List the alerts that nobody has taken up, oldest first.

    Returns:
        Tasks as a case has them, with `shop_id` and `sku_id` beside them; `case_id` and
        `order_id` are None, for no case is open yet.
    """
    return [_task(alert) for alert in StockAlerts(db).standing(shop_id=shop_id)]


def _task(alert: StockAlert) -> dict[str, Any]:
    open_it = f"starter.py incident open --shop {alert.shop_id} --sku {alert.sku_id} --on-hand N"
    ask = f"{_said(alert)}; count the shelf and open an incident: {open_it}"
    about = {
        "case_id": None,
        "shop_id": alert.shop_id,
        "order_id": None,
        "sku_id": alert.sku_id,
    }
    task = HumanTask(step=STEP, ask=ask, otherwise=_OTHERWISE)
    return about | task.model_dump(mode="json")


def _said(alert: StockAlert) -> str:
    """Return what the platform says; its counts are a hint, never a count of the shelf."""
    counts = (
        f"{alert.available} can still be sold" if alert.available is not None else "",
        f"{alert.committed} in open orders" if alert.committed is not None else "",
    )
    said = ", ".join([alert.level.lower().replace("_", " "), *(one for one in counts if one)])
    return f"the platform says of SKU {alert.sku_id} at {alert.changed_at:%m-%d %H:%M}Z: {said}"

"""What the open cases of an incident hear about its SKU: one signal each, never all at once."""

import asyncio
import secrets
from typing import Any

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from typing_extensions import override

from domain.incidents import RestockState
from records.cases import CaseOpenings
from records.database import Database
from records.incident_cases import IncidentCases, Untold
from records.incident_figures import IN_STOCK, news_word
from records.incident_ledgers import IncidentLedgers
from workflows import names
from workflows.ports.restock_news import RestockNewsPort, RestockTold, TellOfRestock

logger = structlog.get_logger()

_HEARD = 20
"""Signals between two heartbeats; so many are sent again after a crash, and known by their id."""
_RESTOCK_CHANGED = "restock_changed"
_SIGN_OF_LIFE = 5.0
"""Seconds that may pass without a heartbeat, however slow the pace is."""


class RestockNewsActivities(RestockNewsPort):
    """Signals cases, so many per second."""

    def __init__(self, client: Client, db: Database, *, per_second: float) -> None:
        """Tell cases.

        Args:
            client: Sends the signals.
            db: The migrated database.
            per_second: Cases that hear news per second, on average.
        """
        self._client = client
        self._cases = IncidentCases(db)
        self._ledgers = IncidentLedgers(db)
        self._openings = CaseOpenings(db)
        self._pause = 1 / per_second

    @override
    @activity.defn(name=names.TELL_OF_RESTOCK)
    async def tell_of_restock(self, cmd: TellOfRestock) -> RestockTold:
        """Tell open cases about the SKU, at a bounded and uneven pace.

        Safe to run twice because each telling has an id, which a case applies once.
        """
        untold = await asyncio.to_thread(
            self._cases.untold, cmd.incident_id, units=cmd.units, news=cmd.news, limit=cmd.limit
        )
        word = IN_STOCK if cmd.units else news_word(cmd.news)
        for first in range(0, len(untold), _HEARD):
            part = untold[first : first + _HEARD]
            for one in part:
                await self._wait_a_little()
                await self._tell(cmd, one)
            orders = [one.order_id for one in part]
            await asyncio.to_thread(self._cases.told, cmd.incident_id, orders, word)
            activity.heartbeat(part[-1].order_id)
        figures = await asyncio.to_thread(self._ledgers.figures, cmd.incident_id)
        logger.info("cases.told", incident_id=cmd.incident_id, cases=len(untold), news=word)
        return RestockTold(told=len(untold), figures=figures)

    async def _wait_a_little(self) -> None:
        left = self._pause * (0.5 + secrets.randbelow(1000) / 1000)
        while left > _SIGN_OF_LIFE:
            await asyncio.sleep(_SIGN_OF_LIFE)
            activity.heartbeat()
            left -= _SIGN_OF_LIFE
        await asyncio.sleep(left)

    async def _tell(self, cmd: TellOfRestock, one: Untold) -> None:
        current = await asyncio.to_thread(self._openings.current_case_id, one.case_id)
        try:
            await self._client.get_workflow_handle(current).signal(
                _RESTOCK_CHANGED, _news(cmd, one)
            )
        except RPCError as error:
            # A case that has ended needs no news; its outcome is read from the records.
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise


def _news(cmd: TellOfRestock, one: Untold) -> dict[str, Any]:
    event = {
        "sku_id": cmd.sku_id,
        "source": "incident",
        "event_id": f"{cmd.incident_id}:{one.order_id}:{one.telling}",
    }
    if cmd.units:
        return {**event, "state": "in_stock", "quantity": one.units}
    if cmd.state is RestockState.UNAVAILABLE:
        return {**event, "state": "unavailable"}
    date = {"available_at": cmd.available_at.isoformat()} if cmd.available_at else {}
    return {**event, "state": "expected", **date}

"""The door for facts from outside: signals to the case that is concerned, if there is one."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from casedesk.errors import CaseDeskError
from records.cases import CaseOpenings
from records.parcels import ParcelOrders
from workflows import names

PATIENCE = timedelta(seconds=2)
"""Longest wait for the server's receipt of one fact; the platform itself waits three seconds."""


class Delivery(StrEnum):
    """What became of a fact."""

    DELIVERED = "delivered"
    """The server has it; no worker needs to be up."""
    NO_SUCH_CASE = "no_such_case"
    """No case of that name is open, so nobody has to know."""


class UnreachableError(CaseDeskError):
    """The Temporal server did not take a fact; handing it on again is right."""

    def __init__(self, what: str, cause: str) -> None:
        super().__init__(f"Temporal did not take {what} ({cause}); try again in a moment")


class FactDoor:
    """Hands facts to open cases; everything it knows is asked anew each time."""

    def __init__(self, client: Client, openings: CaseOpenings, parcels: ParcelOrders) -> None:
        self._client = client
        self._openings = openings
        self._parcels = parcels

    async def signal_case(self, case_id: str, name: str, payload: Mapping[str, Any]) -> Delivery:
        """Signal a case under the newest id it goes by.

        Args:
            case_id: The business key, or any suffixed id of the case.
            name: The signal.
            payload: JSON-ready; the case applies it once, however often it comes.

        Returns:
            NO_SUCH_CASE when the case was never opened or has ended.

        Raises:
            UnreachableError: The server did not confirm; the fact may or may not have arrived.
            StoreUnavailableError: The records cannot be read.
        """
        current = await asyncio.to_thread(self._openings.current_case_id, case_id)
        handle = self._client.get_workflow_handle(current)
        try:
            await handle.signal(name, dict(payload), rpc_timeout=PATIENCE)
        except RPCError as error:
            if _ended(error):
                return Delivery.NO_SUCH_CASE
            raise UnreachableError(f"{name} for {current}", error.status.name) from error
        except RuntimeError as error:
            # A client that was made without a connection fails so when it first needs one.
            raise UnreachableError(f"{name} for {current}", "no connection") from error
        return Delivery.DELIVERED

    async def signal_order(
        self, shop_id: str, order_id: str, name: str, payload: Mapping[str, Any]
    ) -> Delivery:
        """Signal the shortage case of an order; otherwise as `signal_case`."""
        return await self.signal_case(names.order_case_id(shop_id, order_id), name, payload)

    async def signal_package(
        self, shop_id: str, package_id: str, name: str, payload: Mapping[str, Any]
    ) -> Delivery:
        """Signal the late pickup of a package; otherwise as `signal_case`."""
        return await self.signal_case(names.pickup_case_id(shop_id, package_id), name, payload)

    async def late_pickups_of(self, shop_id: str, order_id: str) -> list[str]:
        """List the open late pickups whose parcel holds an order; mostly none.

        Raises:
            StoreUnavailableError: The records cannot be read.
        """
        return await asyncio.to_thread(self._parcels.cases_of, shop_id, order_id)

    async def check(self) -> None:
        """Return if the server answers.

        Raises:
            UnreachableError: It does not.
        """
        try:
            healthy = await self._client.service_client.check_health(timeout=PATIENCE)
        except (RPCError, RuntimeError) as error:
            raise UnreachableError("a health check", type(error).__name__) from error
        if not healthy:
            raise UnreachableError("a health check", "not serving")


def _ended(error: RPCError) -> bool:
    # A namespace that is missing answers NOT_FOUND too, but says nothing about the case.
    if error.status is not RPCStatusCode.NOT_FOUND:
        return False
    kind = NamespaceNotFoundFailure.DESCRIPTOR
    return not any(detail.Is(kind) for detail in error.grpc_status.details)

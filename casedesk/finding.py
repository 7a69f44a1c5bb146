"""Which case people mean: by its id, or by the order, package or ticket that it is about."""

import asyncio
from collections.abc import Sequence

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from casedesk.answers import told
from casedesk.bulk import bounded
from casedesk.errors import NotFoundError
from casedesk.listing import CaseFilter, CaseLister
from domain.cases import CaseKind
from domain.errors import InputError
from records.cases import CaseArchive, CaseOpenings, ClosedCase
from records.database import Database
from records.parcels import ParcelOrders
from records.shops import ShopDirectory
from workflows import names

_AT_ONCE = 16
_SHORT_PARTS = 2
_APPEAL = "appeal:"


class CaseFinder:
    """Finds cases, open or on file."""

    def __init__(self, client: Client, db: Database, lister: CaseLister) -> None:
        self._client = client
        self._lister = lister
        self._archive = CaseArchive(db)
        self._openings = CaseOpenings(db)
        self._parcels = ParcelOrders(db)
        self._shops = ShopDirectory(db)

    async def find(self, case: str) -> str:
        """Return the id of a case given as people write it.

        Args:
            case: A case id, `SHOP:ORDER`, or an order id alone; of a late pickup the package, of
                an appeal the ticket. An order without a case of its own means the late pickup
                of its parcel. The short forms mean the newest run of a case that was reopened.

        Raises:
            NotFoundError: No such case, open or on file.
            InputError: Several cases are meant, of several shops or kinds.
        """
        written = case.strip()
        if names.is_case_id(written):
            return await self._known(written)
        *shop, named = written.split(":")
        if len(shop) >= _SHORT_PARTS or not all((*shop, named)):
            raise InputError("case", f"{case!r} is no case id; give SHOP:ORDER or an order id")
        found = await self._of(shop[0] if shop else None, named)
        if not found:
            whose = f"there is no case in shop {shop[0]}" if shop else "no shop has a case"
            raise NotFoundError(
                f"{whose} of an order, package or ticket {named}; `starter.py list` shows all"
            )
        if len(found) > 1:
            raise InputError("case", f"{written!r} means {' and '.join(found)}; give one of them")
        return found[0]

    async def find_appeal(self, ticket: str) -> str:
        """Return the id of an appeal given as people write it.

        Args:
            ticket: A case id, `SHOP:TICKET`, or a ticket alone.

        Raises:
            NotFoundError: No such appeal, open or on file.
            InputError: It is a case of another kind, or there are several.
        """
        try:
            case_id = await self.find(ticket)
        except NotFoundError:
            raise NotFoundError(
                f"there is no appeal of ticket {ticket.strip()}; `starter.py list --kind appeal` "
                "shows those that are open"
            ) from None
        if not case_id.startswith(_APPEAL):
            raise InputError("ticket", f"{ticket!r} is {case_id}, which is no appeal")
        return case_id

    async def _of(self, shop_id: str | None, named: str) -> list[str]:
        """Return the newest run of each case there is of an order, a package or a ticket."""
        filed = await asyncio.to_thread(self._archive.search, shop_id=shop_id, order_id=named)
        shops = [shop_id] if shop_id else await self._shops_of(named, filed)
        itself = [case_id for one in shops for case_id in _ids_of(one, named)]
        if found := await self._newest_known(itself):
            return found
        late = [one.case_id for one in filed if one.kind == CaseKind.LATE_PICKUP]
        for one in shops:
            late += await asyncio.to_thread(self._parcels.cases_of, one, named)
        return await self._newest_known(late)

    async def _newest_known(self, possible: Sequence[str]) -> list[str]:
        newest = await bounded(possible, self._newest, at_once=_AT_ONCE)
        known = await bounded(list(dict.fromkeys(newest)), self._if_known, at_once=_AT_ONCE)
        return [case_id for case_id in known if case_id]

    async def _shops_of(self, order_id: str, filed: Sequence[ClosedCase]) -> list[str]:
        rows = await self._lister.open_cases(CaseFilter(order_id=order_id))
        shops = {shop.shop_id for shop in await asyncio.to_thread(self._shops.all)}
        shops |= {row.shop_id for row in rows if row.shop_id} | {one.shop_id for one in filed}
        return sorted(shops)

    async def _newest(self, case_id: str) -> str:
        return await asyncio.to_thread(self._openings.current_case_id, case_id)

    async def _if_known(self, case_id: str) -> str | None:
        return case_id if await self._is_known(case_id) else None

    async def _known(self, case_id: str) -> str:
        if not await self._is_known(case_id):
            raise NotFoundError(f"there is no case {case_id}; `starter.py list` shows all")
        return case_id

    async def _is_known(self, case_id: str) -> bool:
        if await asyncio.to_thread(self._archive.closed_case, case_id) is not None:
            return True
        return await self.status(case_id) is not None

    async def status(self, case_id: str) -> WorkflowExecutionStatus | None:
        """Return what the server says of a case, None if it knows nothing of it."""
        async with told(self._client, case_id, needs_worker=False):
            try:
                return (await self._client.get_workflow_handle(case_id).describe()).status
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return None
                raise


def _ids_of(shop_id: str, named: str) -> tuple[str, ...]:
    """Return the ids of the cases that an order, a package or a ticket of a shop can have."""
    return (
        names.order_case_id(shop_id, named),
        names.pickup_case_id(shop_id, named),
        names.appeal_id(shop_id, named),
    )

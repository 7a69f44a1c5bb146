"""The two things that are compared: the product's case and the bare workflow."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence

from typing_extensions import override

from bench import bare_workflow as bare
from bench.stage import SKU, Stage
from casedesk.bulk import CaseOpener, Progress, bounded
from casedesk.settings import ROOT
from workflows import names
from workflows.opening import oversell_start

AT_ONCE = 32
"""Openings and signals under way at the same time, on both sides."""


class Side(ABC):
    """One of the two."""

    name: str
    command: list[str]

    @abstractmethod
    async def open_all(self, stage: Stage, order_ids: Sequence[str], progress: Progress) -> None:
        """Start a workflow for every order."""

    @abstractmethod
    def workflow_id(self, stage: Stage, order_id: str) -> str:
        """Return the id of an order's workflow."""

    @abstractmethod
    async def contacted(
        self, stage: Stage, order_ids: Sequence[str], *, counted_before: int
    ) -> int:
        """Return how many of these buyers have been told and asked by now.

        Args:
            stage: The run.
            order_ids: Their orders.
            counted_before: Buyers of the run who were told before these.
        """

    async def choose_all(self, stage: Stage, order_ids: Sequence[str]) -> None:
        """Let every buyer choose the refund."""

        async def choose(order_id: str) -> None:
            handle = stage.client.get_workflow_handle(self.workflow_id(stage, order_id))
            await handle.signal("buyer_chose", {"choice": "refund"})

        await bounded(order_ids, choose, at_once=AT_ONCE)

    async def settled(self, stage: Stage, order_ids: Sequence[str]) -> int:
        """Return how many workflows have ended by now."""
        return await self._count(stage, order_ids, 'ExecutionStatus = "Completed"')

    async def _count(self, stage: Stage, order_ids: Sequence[str], what: str) -> int:
        first, last = (self.workflow_id(stage, order_ids[at]) for at in (0, -1))
        query = f'{what} AND WorkflowId BETWEEN "{first}" AND "{last}"'
        return (await stage.client.count_workflows(query)).count


class Product(Side):
    """Opened as production does it: signal with start, under the order's business key."""

    name = "wenhuo"
    command = [sys.executable, str(ROOT / "worker.py")]  # noqa: RUF012  # never changed

    @override
    async def open_all(self, stage: Stage, order_ids: Sequence[str], progress: Progress) -> None:
        lines = [{"sku_id": SKU, "quantity": 1}]
        starts = [
            oversell_start(shop_id=stage.shop_id, order_id=order_id, short_lines=lines)
            for order_id in order_ids
        ]
        opener = CaseOpener(stage.client, stage.db)
        await opener.open_all(starts, at_once=AT_ONCE, progress=progress)

    @override
    def workflow_id(self, stage: Stage, order_id: str) -> str:
        return names.order_case_id(stage.shop_id, order_id)

    @override
    async def contacted(
        self, stage: Stage, order_ids: Sequence[str], *, counted_before: int
    ) -> int:
        return await self._count(stage, order_ids, 'CaseState = "awaiting_choice"')


class Bare(Side):
    """Opened by plain start; told is who has a message, by the shops' own book."""

    name = "bare"
    command = [sys.executable, "-m", "bench.bare"]  # noqa: RUF012  # never changed

    @override
    async def open_all(self, stage: Stage, order_ids: Sequence[str], progress: Progress) -> None:
        async def start(order_id: str) -> None:
            await stage.client.start_workflow(
                bare.WORKFLOW,
                {"shop_id": stage.shop_id, "order_id": order_id},
                id=self.workflow_id(stage, order_id),
                task_queue=bare.QUEUE,
            )

        await bounded(order_ids, start, at_once=AT_ONCE, progress=progress)

    @override
    def workflow_id(self, stage: Stage, order_id: str) -> str:
        return f"bare:{stage.shop_id}:{order_id}"

    @override
    async def contacted(
        self, stage: Stage, order_ids: Sequence[str], *, counted_before: int
    ) -> int:
        asked = {
            path
            for method, path in await stage.book.read()
            if method == "GET" and path.endswith("/messages")
        }
        return len(asked) - counted_before

"""The people of the demo: agents who call buyers, a warehouse, a lead who approves."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from casedesk.demo.decisions import LEAD, WAREHOUSE, Decisions, patiently
from casedesk.demo.shops import DemoShop
from casedesk.demo.stream import Stream
from domain.cases import CaseKind, CaseState, CaseView, ContactMode, HumanTask
from domain.choices import Choice
from workflows.steps import DONE, RETRY

Clerk = Callable[[CaseView, HumanTask], Awaitable[None]]


@dataclass
class People:
    """Answers what waits for a person, by the stream's script."""

    decisions: Decisions
    stream: Stream
    clerks: Mapping[CaseKind, Clerk]
    """Who answers the tasks of late pickups and appeals."""

    async def work(self, views: Mapping[str, CaseView], *, here: set[str]) -> int:
        """Answer every task that somebody can answer now.

        Args:
            views: The open cases.
            here: SKU IDs whose goods are there, so that gifts can be packed.

        Returns:
            How many decisions were made.
        """
        before = len(self.decisions.answers)
        for view in views.values():
            answer = self.clerks.get(view.kind) or self._clerk_of_orders(here)
            for task in view.tasks:
                await answer(view, task)
            await self._call_back(view)
        return len(self.decisions.answers) - before

    def _clerk_of_orders(self, here: set[str]) -> Clerk:
        async def answer(view: CaseView, task: HumanTask) -> None:
            await self._answer(view, task, packing=bool(here & {*view.short_skus}))

        return answer

    async def _answer(self, view: CaseView, task: HumanTask, *, packing: bool) -> None:
        make = self.decisions.make
        match task.step:
            case "choice":
                await self._record_choice(view, task.step)
            case "buyer_cancellation":
                payload = {"choice": Choice.REFUND.value, "via": "seller center"}
                await make(view, task.step, "record_choice", payload)
            case "approve_refund":
                yes = {"approved": True, "reason": "three jackets, as ordered", "actor": LEAD}
                await make(view, task.step, "approve_refund", yes)
            case "gift":
                if packing:
                    packed = {"step": task.step, "how": DONE, "actor": WAREHOUSE}
                    await make(view, task.step, "resume_step", packed)
            case "amends":
                given = {"step": task.step, "how": DONE}
                await make(view, task.step, "resume_step", given)
            case _:
                await self.tell_or_retry(view, task)

    async def tell_or_retry(self, view: CaseView, task: HumanTask) -> None:
        """Tell a buyer whom chat does not reach, or have a step tried again."""
        if "record_contact" in task.options:
            said = {"step": task.step, "channel": "phone", "text": task.text[:500]}
            await self.decisions.make(view, task.step, "record_contact", said)
        elif RETRY in task.options:
            again = {"step": task.step, "how": RETRY}
            await self.decisions.make(view, task.step, "resume_step", again)

    async def _call_back(self, view: CaseView) -> None:
        """Ask a buyer whom chat does not reach what they want."""
        waits = view.state is CaseState.AWAITING_CHOICE and not view.tasks
        if waits and view.contact_mode is ContactMode.ASSISTED and view.contacted_at:
            await self._record_choice(view, "call back")

    async def _record_choice(self, view: CaseView, step: str) -> None:
        said = self.stream.order(view.order_id or "").role.by_phone
        if said is not None:
            payload = {"choice": said.value, "via": "phone"}
            await self.decisions.make(view, step, "record_choice", payload)

    async def tell_restock(self, shop: DemoShop, news: dict[str, Any]) -> None:
        """Tell every open case of the shop's oversold SKU when its goods come."""
        told = {"sku_id": shop.short.sku_id, "source": WAREHOUSE, **news}
        desk = self.decisions.desk
        await patiently(lambda: desk.restock(told, shop_id=shop.shop_id))

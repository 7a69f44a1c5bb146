"""The people of the demo: agents who call buyers, a warehouse, a lead who approves."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

from casedesk.answers import NoWorkerError
from casedesk.demo.report import HumanAnswer
from casedesk.demo.shops import DemoShop
from casedesk.demo.stream import Stream
from casedesk.desk import CaseDesk
from casedesk.errors import NoServerError, RefusedError
from domain.cases import CaseState, CaseView, ContactMode, HumanTask
from domain.choices import Choice
from domain.errors import DomainError
from workflows.case import RETRY

logger = structlog.get_logger()
T = TypeVar("T")

_AWAY_SECONDS = 90.0
_PAUSE_SECONDS = 0.2
AGENT, LEAD, WAREHOUSE = "agent:nan", "lead:mia", "warehouse:bo"


@dataclass
class People:
    """Answers what waits for a person, by the stream's script, and remembers how."""

    desk: CaseDesk
    stream: Stream
    answers: list[HumanAnswer] = field(default_factory=list)

    async def work(self, views: dict[str, CaseView], *, packing_in: set[str]) -> int:
        """Answer every task that somebody can answer now.

        Args:
            views: The open cases.
            packing_in: Shops whose goods are there, so that gifts can be packed.

        Returns:
            How many decisions were made.
        """
        before = len(self.answers)
        for case_id, view in views.items():
            for task in view.tasks:
                await self._answer(case_id, view, task, packing=view.shop_id in packing_in)
            await self._call_back(case_id, view)
        return len(self.answers) - before

    async def _answer(
        self, case_id: str, view: CaseView, task: HumanTask, *, packing: bool
    ) -> None:
        match task.step:
            case "choice":
                await self._record_choice(case_id, view, task.step)
            case "buyer_cancellation":
                payload = {"choice": Choice.REFUND.value, "via": "seller center"}
                await self._decide(case_id, view, task.step, "record_choice", payload)
            case "approve_refund":
                yes = {"approved": True, "reason": "three jackets, as ordered", "actor": LEAD}
                await self._decide(case_id, view, task.step, "approve_refund", yes)
            case "gift":
                if packing:
                    packed = {"step": task.step, "how": "done", "actor": WAREHOUSE}
                    await self._decide(case_id, view, task.step, "resume_step", packed)
            case _:
                await self._tell_or_retry(case_id, view, task)

    async def _tell_or_retry(self, case_id: str, view: CaseView, task: HumanTask) -> None:
        if "record_contact" in task.options:
            said = {"step": task.step, "channel": "phone", "text": task.text[:500]}
            await self._decide(case_id, view, task.step, "record_contact", said)
        elif RETRY in task.options:
            again = {"step": task.step, "how": RETRY}
            await self._decide(case_id, view, task.step, "resume_step", again)

    async def _call_back(self, case_id: str, view: CaseView) -> None:
        """Ask a buyer whom chat does not reach what they want."""
        waits = view.state is CaseState.AWAITING_CHOICE and not view.tasks
        if waits and view.contact_mode is ContactMode.ASSISTED and view.contacted_at:
            await self._record_choice(case_id, view, "call back")

    async def _record_choice(self, case_id: str, view: CaseView, step: str) -> None:
        said = self.stream.order(view.order_id or "").role.by_phone
        if said is not None:
            payload = {"choice": said.value, "via": "phone"}
            await self._decide(case_id, view, step, "record_choice", payload)

    async def _decide(
        self, case_id: str, view: CaseView, step: str, update: str, payload: dict[str, Any]
    ) -> None:
        order_id = view.order_id or case_id
        made = {"actor": AGENT, **payload}
        asked_until = view.consent_by or view.choice_by
        request = f"demo/{case_id}/{step}/{view.state}/{asked_until}"
        try:
            await _patiently(lambda: self.desk.decide(case_id, update, made, request_id=request))
        except (RefusedError, DomainError) as error:
            logger.info("demo.decision_refused", case_id=case_id, update=update, why=str(error))
            return
        self.answers.append(
            HumanAnswer(
                order_id=order_id,
                task=step,
                actor=made["actor"],
                answer=f"{update} {payload.get('choice') or payload.get('how') or ''}".strip(),
            )
        )

    async def tell_restock(self, shop: DemoShop, news: dict[str, Any]) -> None:
        """Tell every open case of the shop when its goods come."""
        told = {"sku_id": shop.short.sku_id, "source": WAREHOUSE, **news}
        await _patiently(lambda: self.desk.restock(told, shop_id=shop.shop_id))


async def _patiently(act: Callable[[], Awaitable[T]]) -> T:
    """Repeat an act that is applied once, while a part is being restarted."""
    give_up = time.monotonic() + _AWAY_SECONDS
    while True:
        try:
            return await act()
        except (NoServerError, NoWorkerError):
            if time.monotonic() > give_up:
                raise
        await asyncio.sleep(_PAUSE_SECONDS)

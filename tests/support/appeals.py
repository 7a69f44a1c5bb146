"""Appeals under test: opened on a late pickup or by hand, proven, filed, answered."""

import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import HttpUrl, SecretStr

import worker
from domain.cases import CaseState, CaseView
from sandbox.shops import TH_SHOP_ID
from tests.support.filing_receiver import SECRET, Receiver, a_receiver
from tests.support.pickups import LatePickup, late
from tests.support.stack import Opened, Stack
from tests.support.vaults import add_evidence
from workflows import names

NEVER_CAME = ("ready_photo", "carrier_chat")
"""What people add to prove that the carrier never came; the manifest is made by the case."""
_numbers = itertools.count(1)


@dataclass
class OpenAppeal(Opened):
    """One appeal under test, with its own clock."""

    ticket_id: str = ""

    async def answers(self, step: str, reference: str, **also: Any) -> CaseView:
        """Let a person say what only people know."""
        answer = {"actor": "anna", "step": step, "how": "done", "reference": reference}
        return await self.update("resume_step", {**answer, **also})

    async def prove(self, *kinds: str) -> None:
        """Let a person add evidence of these kinds to the appeal itself."""
        for kind in kinds:
            item = add_evidence(self.stack, self, kind)
            given = {"actor": "anna", "evidence_id": item.evidence_id, "requirement": kind}
            await self.update("attach_evidence", given)

    async def packed(self) -> CaseView:
        """Wait until a packet stands and a person is asked to file it."""
        return await self.until(
            CaseState.READY, lambda view: any(task.step == "file" for task in view.tasks)
        )

    async def filed(self, reference: str = "A-1", **also: Any) -> CaseView:
        """Let a person file it."""
        await self.packed()
        return await self.update(
            "record_filing", {"actor": "anna", "reference": reference, **also}
        )

    async def decided(self, decision: str, reason: str = "", **also: Any) -> CaseView:
        """Let a person record what the platform answered."""
        answer = {"actor": "anna", "decision": decision, "reason": reason}
        return await self.update("record_decision", {**answer, **also})

    async def task(self, step: str) -> Any:
        """Wait until a task stands and return it."""
        view = await self.until(lambda view: any(task.step == step for task in view.tasks))
        return next(task for task in view.tasks if task.step == step)


async def open_appeal(
    stack: Stack, *, shop_id: str = TH_SHOP_ID, ticket_id: str = "", **payload: Any
) -> OpenAppeal:
    """Open an appeal by signal-with-start, as the Opener does; a known ticket joins."""
    ticket = ticket_id or f"77120{next(_numbers):08d}"
    given = {"case_ids": [], "kind": "late_dispatch", **payload}
    signal = {key: given[key] for key in ("case_ids", "order_ids", "issued_at") if key in given}
    handle = await stack.skipper.client.start_workflow(
        names.APPEAL,
        {"shop_id": shop_id, "ticket_id": ticket, **given},
        id=names.appeal_id(shop_id, ticket),
        task_queue=names.CASES_QUEUE,
        start_signal="cases_joined",
        start_signal_args=[signal],
    )
    appeal = OpenAppeal(stack=stack, handle=handle, shop_id=shop_id, order_id="", ticket_id=ticket)
    stack.opened.append(appeal)
    return appeal


async def settled_pickup(stack: Stack) -> LatePickup:
    """Return a late pickup in Thailand that has captured what it can by itself."""
    case = await late(stack, shop_id=TH_SHOP_ID)
    await case.until(lambda view: len(view.evidence) >= 7)
    return case


async def appealed(
    stack: Stack, *, proofs: tuple[str, ...] = NEVER_CAME, **payload: Any
) -> tuple[LatePickup, OpenAppeal]:
    """Return a late pickup with these proofs of people's, and an appeal that it concerns."""
    case = await settled_pickup(stack)
    for kind in proofs:
        item = add_evidence(stack, case, kind)
        given = {"actor": "anna", "evidence_id": item.evidence_id, "requirement": kind}
        await case.update("attach_evidence", given)
    issued_at = payload.pop("issued_at", (await case.now()).isoformat())
    appeal = await open_appeal(stack, case_ids=[case.handle.id], issued_at=issued_at, **payload)
    return case, appeal


@contextlib.asynccontextmanager
async def filing_gateway(stack: Stack) -> AsyncIterator[Receiver]:
    """Run the product with an endpoint of the merchant's for filing."""
    async with a_receiver() as receiver:
        before = stack.hire
        settings = stack.settings.model_copy(
            update={
                "gateway_url": HttpUrl(receiver.url),
                "gateway_secret": SecretStr(SECRET),
                "gateway_timeout_seconds": 2.0,
            }
        )
        stack.hire = lambda client: worker.build_workers(
            client, settings, db=stack.db, shop=stack.shop
        )
        await stack.leave(names.DESK_QUEUE)
        await stack.man(names.DESK_QUEUE)
        yield receiver
        stack.hire = before
        await stack.leave(names.DESK_QUEUE)
        await stack.man(names.DESK_QUEUE)


async def by_gateway(stack: Stack) -> OpenAppeal:
    """Return a complete appeal that the playbook wants filed by the gateway."""
    name = stack.write_playbook("by-gateway", "appeal: {channel: gateway}")
    _, appeal = await appealed(stack, playbook=name)
    return appeal


def moment(view: CaseView, name: str) -> datetime:
    """Return a deadline of the view by its name."""
    return next(one.at for one in view.deadlines if one.name == name)

"""How the people of the demo decide: patiently, once, and on record."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import structlog

from casedesk.answers import NoWorkerError
from casedesk.demo.report import HumanAnswer
from casedesk.desk import CaseDesk
from casedesk.errors import NoServerError, RefusedError
from domain.cases import CaseView
from domain.errors import DomainError

logger = structlog.get_logger()
T = TypeVar("T")

_AWAY_SECONDS = 90.0
_PAUSE_SECONDS = 0.2
AGENT, LEAD, WAREHOUSE = "agent:nan", "lead:mia", "warehouse:bo"


@dataclass
class Decisions:
    """Sends what people decide, and remembers it."""

    desk: CaseDesk
    answers: list[HumanAnswer] = field(default_factory=list)

    async def make(
        self,
        view: CaseView,
        step: str,
        update: str,
        payload: Mapping[str, Any],
        *,
        key: str = "",
    ) -> bool:
        """Send one decision about a task of a case; False if the case refuses it now.

        Args:
            view: The case as it was when the task was seen.
            step: Names the task.
            update: One of the wire's updates.
            payload: What it carries; an agent decides unless it names somebody else.
            key: Tells it from others about the same task in the same state.
        """
        case_id, made = view.case_id, {"actor": AGENT, **payload}
        asked_until = view.consent_by or view.choice_by
        request = f"demo/{case_id}/{step}/{view.state}/{asked_until}{key and f'/{key}'}"
        try:
            await patiently(lambda: self.desk.decide(case_id, update, made, request_id=request))
        except (RefusedError, DomainError) as error:
            logger.info("demo.decision_refused", case_id=case_id, update=update, why=str(error))
            return False
        self.answers.append(
            HumanAnswer(
                order_id=view.order_id or case_id,
                task=step,
                actor=made["actor"],
                answer=f"{update} {payload.get('choice') or payload.get('how') or ''}".strip(),
            )
        )
        return True


async def patiently(act: Callable[[], Awaitable[T]]) -> T:
    """Repeat an act that is applied once, while a part is being restarted."""
    give_up = time.monotonic() + _AWAY_SECONDS
    while True:
        try:
            return await act()
        except (NoServerError, NoWorkerError, httpx.TransportError):
            if time.monotonic() > give_up:
                raise
        await asyncio.sleep(_PAUSE_SECONDS)

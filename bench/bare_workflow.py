"""The barest workflow with the same effects as an oversold case; the yardstick, not a product.

Same ordinary activities, same signed calls, same wait and signal; no rules, no records, no
local activities, no search attributes, no timeline, nothing that survives a doubt.
"""

from datetime import timedelta

from pydantic import BaseModel
from temporalio import workflow

WORKFLOW = "BareCase"
QUEUE = "bare"
LOOK, OPEN, SEND, CANCEL, INFORM, FILE = (
    f"bare.{name}" for name in ("look", "open", "send", "cancel", "inform", "file")
)


class BareOrder(BaseModel):
    """One order of one shop."""

    shop_id: str
    order_id: str


class BareChat(BareOrder):
    """An order and the conversation about it."""

    conversation_id: str = ""
    buyer_user_id: str = ""


@workflow.defn(name=WORKFLOW)
class BareCase:
    """Tell the buyer, wait for the choice, cancel, tell them again."""

    def __init__(self) -> None:
        self.choice = ""

    @workflow.signal
    def buyer_chose(self, payload: dict[str, str]) -> None:
        """The buyer chose."""
        self.choice = payload["choice"]

    @workflow.run
    async def run(self, order: BareOrder) -> str:
        """Run to the end."""
        chat = await _do(LOOK, BareChat(**order.model_dump()))
        chat = await _do(OPEN, chat)
        await _do(SEND, chat)
        await workflow.wait_condition(lambda: bool(self.choice), timeout=timedelta(hours=24))
        for step in (CANCEL, INFORM, FILE):
            await _do(step, chat)
        return self.choice


async def _do(activity: str, chat: BareChat) -> BareChat:
    done: BareChat = await workflow.execute_activity(
        activity, chat, result_type=BareChat, start_to_close_timeout=timedelta(seconds=30)
    )
    return done

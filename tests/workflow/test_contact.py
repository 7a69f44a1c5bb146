"""Contact: by chat at once, by people where chat does not reach, and never twice."""

from datetime import timedelta

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from records.contacts import AssistedContacts
from tests.support.case_states import MESSAGES, contacting, soon
from tests.support.stack import Stack

ANNA = {"actor": "anna"}
CALLED = {**ANNA, "channel": "phone", "text": "told her"}


async def test_a_shop_without_chat_has_people_tell_the_buyer(stack: Stack) -> None:
    order_id = await stack.order()
    await stack.sandbox.fault("refuse", MESSAGES, code=105005, times=1)
    case = await stack.open(order_id)

    view = await case.until(S.CONTACTING, lambda view: view.needs_human is not None)
    assert view.needs_human
    assert "assisted" == view.contact_mode
    assert order_id[-6:] in view.needs_human.text
    assert view.contacted_at is None
    await case.update("record_contact", {**CALLED, "step": view.needs_human.step})
    view = await case.until(S.AWAITING_CHOICE)

    assert view.contacted_at
    assert [] == await case.texts()


async def test_a_recorded_contact_leaves_the_queue(stack: Stack) -> None:
    case = await contacting(stack)
    queue = AssistedContacts(stack.db)
    assert case.order_id in {contact.order_id for contact in queue.waiting()}

    await case.update("record_contact", CALLED)
    await case.until(S.AWAITING_CHOICE)
    await case.chose("wait")
    await case.until(S.WAITING_RESTOCK)
    await case.update("withdraw", {**ANNA})
    await case.result()

    steps = {c.step for c in queue.waiting() if c.order_id == case.order_id}
    assert "ask:1" not in steps


async def test_an_assisted_choice_is_recorded_by_a_person(stack: Stack) -> None:
    case = await contacting(stack)
    await case.update("record_contact", CALLED)
    await case.until(S.AWAITING_CHOICE)

    await case.update("record_choice", {**ANNA, "choice": "refund", "via": "phone"})

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome
    assert [] == await case.texts()


async def test_a_contact_is_recorded_once(stack: Stack) -> None:
    case = await contacting(stack)
    await case.update("record_contact", CALLED)
    await case.until(S.AWAITING_CHOICE)

    assert "does not wait" in await case.refused("record_contact", CALLED)


async def test_silence_of_a_buyer_told_by_people_is_refunded(stack: Stack) -> None:
    case = await contacting(stack)
    await case.update("record_contact", CALLED)
    choice_by = (await case.until(S.AWAITING_CHOICE)).choice_by
    assert choice_by

    await case.skip_to(choice_by, plus=timedelta(seconds=1))

    assert CaseOutcome.REFUNDED_NO_REPLY == (await case.result()).outcome


async def test_a_message_whose_reply_was_lost_is_sent_once(stack: Stack) -> None:
    order_id = await stack.order()
    await stack.sandbox.fault("drop_reply", MESSAGES, method="POST", match=order_id[-6:])
    case = await stack.open(order_id)
    await case.skip(timedelta(seconds=10))

    await case.until(S.AWAITING_CHOICE)

    assert 1 == len(await case.texts())


async def test_each_ask_names_product_and_order(stack: Stack) -> None:
    case = await stack.asked(restock_at=soon(hours=40))

    (text,) = await case.texts()

    assert "Down Jacket" in text
    assert case.order_id[-6:] in text


async def test_with_refund_alone_the_case_still_waits_for_the_choice(stack: Stack) -> None:
    case = await stack.asked()

    view = await case.view()

    assert ["refund"] == [offer.choice for offer in view.offers]
    assert S.AWAITING_CHOICE == view.state


@pytest.mark.parametrize("gift", [True, False], ids=["confirmed", "forgotten"])
async def test_a_promised_gift_is_a_task_for_the_warehouse(stack: Stack, gift: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    name = stack.write_playbook("socks", "wait: {gift: a pair of socks}")
    case = await stack.asked(playbook=name, restock_at=soon(hours=60))
    await case.chose("wait")
    view = await case.until(lambda view: any(task.step == "gift" for task in view.tasks))
    assert "a pair of socks" == view.gift_to_pack
    if gift:
        await case.update("resume_step", {**ANNA, "step": "gift", "how": "done"})

    await stack.sandbox.put_orders({"id": case.order_id, "status": "IN_TRANSIT"})
    await case.signal("order_changed", {"order_id": case.order_id, "status": "IN_TRANSIT"})
    if not gift:
        await case.until(lambda view: bool(view.needs_human and "left" in view.needs_human.ask))
        assert not await case.skip(timedelta(hours=25))
    view = await case.result()

    assert CaseOutcome.SHIPPED_AFTER_WAIT == view.outcome
    assert gift == ("gift.packed" in await case.keys())


async def test_a_gift_is_forgotten_with_the_wait(stack: Stack) -> None:
    name = stack.write_playbook("socks", "wait: {gift: a pair of socks}")
    case = await stack.asked(playbook=name, restock_at=soon(hours=60))
    await case.chose("wait")
    await case.until(lambda view: view.gift_to_pack is not None)

    await case.chose("refund")
    view = await case.result()

    assert view.gift_to_pack is None

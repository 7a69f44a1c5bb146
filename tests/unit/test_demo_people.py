"""The demo's people answer each kind of task the way such a person would, once."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typing_extensions import override

from casedesk.answers import NoWorkerError
from casedesk.demo.decisions import AGENT, LEAD, WAREHOUSE, Decisions
from casedesk.demo.people import People
from casedesk.demo.shops import US
from casedesk.demo.stream import DemoOrder, make_stream
from casedesk.desk import CaseDesk, View
from casedesk.errors import RefusedError
from domain.cases import CaseKind, CaseState, CaseView, ContactMode, HumanTask
from domain.choices import Choice

FOUND = datetime(2026, 11, 25, 3, tzinfo=UTC)
STREAM = make_stream(FOUND, 136)
CASE = "order-case:1:1"
JACKETS = {US.short.sku_id}


class Desk(CaseDesk):
    """Remembers what it was asked to decide; fails first as often as told."""

    def __init__(self, *failures: Exception) -> None:
        self.decided: list[tuple[str, dict[str, Any]]] = []
        self.requests: list[str] = []
        self._failures = list(failures)

    @override
    async def decide(  # type: ignore[override]  # only what people use
        self, case_id: str, update: str, payload: Mapping[str, Any], *, request_id: str
    ) -> View:
        """Remember a decision."""
        assert CASE == case_id
        self.requests.append(request_id)
        if self._failures:
            raise self._failures.pop(0)
        self.decided.append((update, dict(payload)))
        return {}


def _people(desk: Desk) -> People:
    return People(Decisions(desk), STREAM, clerks={})


def _buyer(by_phone: Choice | None, habit: str = "") -> DemoOrder:
    return next(
        order
        for order in STREAM.of(US)
        if order.role.by_phone is by_phone and habit in str(order.role.habit)
    )


def _view(order: DemoOrder, *steps: HumanTask, **given: Any) -> dict[str, CaseView]:
    view: dict[str, Any] = {
        "kind": CaseKind.OVERSOLD,
        "state": CaseState.AWAITING_CHOICE,
        "case_id": CASE,
        "shop_id": US.shop_id,
        "order_id": order.order_id,
        "opened_at": FOUND,
        "detected_at": FOUND,
        "contact_mode": ContactMode.CHAT,
        "contacted_at": FOUND,
        "short_skus": tuple(JACKETS),
        "tasks": steps,
    }
    return {CASE: CaseView(**view | given)}


def _task(step: str, *options: str) -> HumanTask:
    return HumanTask(step=step, ask="please", options=options, text="Dear buyer")


NOBODY = _buyer(None)


@pytest.mark.parametrize(
    ("task", "update", "told"),
    [
        (_task("buyer_cancellation", "refund"), "record_choice", {"choice": "refund"}),
        (_task("approve_refund", "approved"), "approve_refund", {"approved": True, "actor": LEAD}),
        (_task("gift", "done"), "resume_step", {"how": "done", "actor": WAREHOUSE}),
        (_task("amends", "done"), "resume_step", {"how": "done", "actor": AGENT}),
        (_task("ask:1", "record_contact"), "record_contact", {"channel": "phone", "actor": AGENT}),
        (_task("refund:1", "retry", "abandon"), "resume_step", {"how": "retry"}),
    ],
    ids=lambda one: one.step if isinstance(one, HumanTask) else "",
)
async def test_a_task_is_answered_by_the_one_whose_task_it_is(
    task: HumanTask, update: str, told: dict[str, Any]
) -> None:
    desk = Desk()
    done = await _people(desk).work(_view(NOBODY, task), here=JACKETS)
    assert 1 == done
    ((decided, payload),) = desk.decided
    assert update == decided
    assert told.items() <= payload.items()


async def test_an_unclear_answer_is_settled_by_asking_the_buyer() -> None:
    desk, buyer = Desk(), _buyer(Choice.REFUND, "what would you do")
    await _people(desk).work(_view(buyer, _task("choice")), here=set())
    assert [
        ("record_choice", {"actor": AGENT, "choice": "refund", "via": "phone"})
    ] == desk.decided


async def test_what_a_buyer_did_not_say_is_not_recorded() -> None:
    desk = Desk()
    assert 0 == await _people(desk).work(_view(NOBODY, _task("choice")), here=set())
    assert [] == desk.decided


async def test_a_gift_is_packed_only_when_the_goods_are_there() -> None:
    desk = Desk()
    await _people(desk).work(_view(NOBODY, _task("gift", "done")), here=set())
    assert [] == desk.decided


async def test_a_buyer_whom_chat_does_not_reach_is_called_back_for_the_choice() -> None:
    desk, buyer = Desk(), _buyer(Choice.WAIT)
    view = _view(buyer, contact_mode=ContactMode.ASSISTED)
    await _people(desk).work(view, here=set())
    assert [("record_choice", {"actor": AGENT, "choice": "wait", "via": "phone"})] == desk.decided


async def test_a_second_ask_is_a_second_request() -> None:
    """The case answers a known request without acting, so a new question needs a new one."""
    desk, buyer = Desk(), _buyer(Choice.WAIT)
    people = _people(desk)
    for hours in (24, 48):
        until = {"consent_by": FOUND + timedelta(hours=hours)}
        view = _view(buyer, contact_mode=ContactMode.ASSISTED, **until)
        await people.work(view, here=set())
    assert 2 == len(set(desk.requests))


async def test_a_decision_is_repeated_as_the_same_request_while_no_worker_answers() -> None:
    desk = Desk(NoWorkerError(CASE))
    await _people(desk).work(_view(NOBODY, _task("ask:1", "record_contact")), here=set())
    assert 2 == len(desk.requests)
    assert 1 == len(set(desk.requests)) == len(desk.decided)


async def test_a_refused_decision_is_not_counted_as_an_answer() -> None:
    people = _people(Desk(RefusedError("the case is closed")))
    view = _view(NOBODY, _task("ask:1", "record_contact"))
    assert 0 == await people.work(view, here=set())
    assert [] == people.decisions.answers

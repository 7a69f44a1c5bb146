"""The case desk against the running product: opening, finding, reading, deciding."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import WorkflowFailureError

from casedesk.bulk import bounded
from casedesk.desk import CaseDesk
from casedesk.errors import NoServerError, NotFoundError, RefusedError
from casedesk.listing import CaseFilter
from casedesk.reopening import reopen
from domain.cases import CaseKind, CaseState
from domain.errors import InputError
from records.errors import ReopenRefusedError
from sandbox.shops import TH_SHOP_ID, US_SHOP_ID
from tests.support.pickups import late
from tests.support.stack import JACKET, SOCKS, Opened, Stack
from workflows import names
from workflows.opening import CaseStart, oversell_start

REFUND = {"actor": "anna", "choice": "refund"}
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
async def desk(stack: Stack) -> CaseDesk:
    """The desk of the running product."""
    return CaseDesk(stack.client, stack.settings, stack.db)


def start_of(order_id: str, sku: str = JACKET, quantity: int = 1) -> CaseStart:
    """Return the opening of one order of the US shop."""
    lines = [{"sku_id": sku, "quantity": quantity}]
    return oversell_start(shop_id=US_SHOP_ID, order_id=order_id, short_lines=lines)


async def opened(stack: Stack, desk: CaseDesk) -> Opened:
    """Open a case through the desk and wait until the buyer was asked."""
    order_id = await stack.order(lines={JACKET: 1})
    await desk.open_cases([start_of(order_id)])
    case_id = names.order_case_id(US_SHOP_ID, order_id)
    handle = stack.client.get_workflow_handle(case_id)
    case = Opened(stack=stack, handle=handle, shop_id=US_SHOP_ID, order_id=order_id)
    await case.until(CaseState.AWAITING_CHOICE)
    return case


async def closed(stack: Stack, desk: CaseDesk) -> Opened:
    """Open a case and have it refunded and filed."""
    case = await opened(stack, desk)
    await desk.decide(case.handle.id, "record_choice", REFUND)
    await case.result()
    return case


async def eventually(holds: Callable[[], Awaitable[object]]) -> None:
    """Wait until the server's lists, or its deletions, have caught up."""
    async with asyncio.timeout(60):
        while not await holds():  # noqa: ASYNC110  # another process tells nobody when it is done
            await asyncio.sleep(0.05)


async def test_opening_twice_is_once(stack: Stack, desk: CaseDesk) -> None:
    """The server says whether it started a run: opened, then joined, then closed before."""
    orders = [await stack.order() for _ in range(3)]
    starts = [start_of(order) for order in orders]
    ids = tuple(start.case_id for start in starts)
    told: list[tuple[int, int]] = []
    first = await desk.open_cases(starts, lambda done, of: told.append((done, of)))
    again = await desk.open_cases(starts)
    assert (ids, (), ()) == (first.opened, first.joined, first.already_closed)
    assert ((), ids, ()) == (again.opened, again.joined, again.already_closed)
    assert [(0, 3), (1, 3), (2, 3), (3, 3)] == told


async def test_joining_changes_nothing_when_nothing_is_new(stack: Stack, desk: CaseDesk) -> None:
    """A repeated import must not make a case ask its buyer again."""
    case = await opened(stack, desk)
    before = await case.keys()
    await desk.open_cases([start_of(case.order_id)])
    await desk.decide(case.handle.id, "note", {"actor": "anna", "text": "x"})
    assert [*before, "case.noted"] == await case.keys()


async def test_a_second_sku_joins_the_open_case(stack: Stack, desk: CaseDesk) -> None:
    order_id = await stack.order(lines={JACKET: 1, SOCKS: 1})
    await desk.open_cases([start_of(order_id)])
    joined = await desk.open_cases([start_of(order_id, SOCKS)])
    [case_id] = joined.joined

    async def both_short() -> bool:
        return {JACKET, SOCKS} == set((await desk.view(case_id))["short_skus"])

    await eventually(both_short)


async def test_a_closed_case_is_not_opened_again(stack: Stack, desk: CaseDesk) -> None:
    case = await closed(stack, desk)
    again = await desk.open_cases([start_of(case.order_id)])
    assert (case.handle.id,) == again.already_closed
    runs = [run async for run in stack.client.list_workflows(f"WorkflowId = '{case.handle.id}'")]
    assert 1 >= len(runs)


async def test_a_case_closed_on_the_server_alone_is_not_opened_again(
    stack: Stack, desk: CaseDesk
) -> None:
    """A terminated run never reached the records; its id is taken all the same."""
    case = await opened(stack, desk)
    await case.handle.terminate("by an operator")
    again = await desk.open_cases([start_of(case.order_id)])
    assert (case.handle.id,) == again.already_closed


async def test_an_id_whose_run_failed_on_a_bad_input_is_not_used_up(
    stack: Stack, desk: CaseDesk
) -> None:
    """Someone's slip of the pen must not keep an order without a case for ever."""
    order_id = await stack.order()
    slip = await stack.open(
        order_id, short_lines=[{"sku_id": "1729500000000009999", "quantity": 1}]
    )
    with pytest.raises(WorkflowFailureError):
        await slip.handle.result()
    again = await desk.open_cases([start_of(order_id)])
    assert (slip.handle.id,) == again.opened


async def test_nothing_more_is_started_after_a_refusal() -> None:
    """One broken opening ends the command; the next run of it goes on."""
    seen: list[int] = []

    async def act(item: int) -> int:
        seen.append(item)
        await asyncio.sleep(0)
        if item == 2:
            raise NoServerError("x:1")
        return item

    with pytest.raises(NoServerError):
        await bounded(range(100), act, at_once=2)
    assert 10 > len(seen)


async def test_no_more_are_under_way_than_allowed() -> None:
    running, most = 0, 0

    async def act(item: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return item * 2

    assert [item * 2 for item in range(20)] == await bounded(range(20), act, at_once=3)
    assert 3 == most


async def test_short_ids_find_the_case(stack: Stack, desk: CaseDesk) -> None:
    case = await opened(stack, desk)
    for written in (case.order_id, f"{US_SHOP_ID}:{case.order_id}", f" {case.handle.id} "):
        assert case.handle.id == await desk.find(written)


async def test_an_order_of_two_shops_has_to_be_named_with_its_shop(
    stack: Stack, desk: CaseDesk
) -> None:
    case = await opened(stack, desk)
    await stack.open(case.order_id, shop_id=TH_SHOP_ID)
    with pytest.raises(InputError) as refused:
        await desk.find(case.order_id)
    assert case.handle.id in str(refused.value)
    assert case.handle.id == await desk.find(f"{US_SHOP_ID}:{case.order_id}")


async def test_an_order_in_a_late_parcel_finds_its_case(stack: Stack, desk: CaseDesk) -> None:
    """Buyers name their order; nobody at the desk knows the package by heart."""
    parcel = await late(stack, orders=2)
    order_id = parcel.order_ids[1]
    for written in (order_id, f"{US_SHOP_ID}:{order_id}", parcel.package_id):
        assert parcel.handle.id == await desk.find(written)

    await parcel.update("withdraw", {"actor": "anna", "reason": "found in the back"})
    await parcel.result()
    assert parcel.handle.id == await desk.find(order_id), "a closed one is still found"

    short = await stack.open(order_id)
    assert short.handle.id == await desk.find(order_id), "a case of its own comes first"
    assert parcel.handle.id == await desk.find(parcel.package_id)


@pytest.mark.parametrize("written", ["404404", f"{US_SHOP_ID}:404404"])
async def test_what_no_case_is_about_is_named_as_it_was_written(
    written: str, desk: CaseDesk
) -> None:
    with pytest.raises(NotFoundError, match="of an order, package or ticket 404404"):
        await desk.find(written)
    with pytest.raises(NotFoundError, match=f"no appeal of ticket {written};"):
        await desk.find_appeal(written)


@pytest.mark.parametrize(
    "unknown", ["999", "1:999", "order-case:1:999", "order-case:7495540735365777501:999:2"]
)
async def test_an_unknown_case_is_not_found(unknown: str, desk: CaseDesk) -> None:
    with pytest.raises(NotFoundError, match="999"):
        await desk.find(unknown)


@pytest.mark.parametrize("nonsense", ["", ":", "a:b:c:d:e"])
async def test_what_is_no_id_is_bad_input(nonsense: str, desk: CaseDesk) -> None:
    with pytest.raises(InputError, match="no case id"):
        await desk.find(nonsense)


async def test_lists_filter_by_what_the_server_knows(stack: Stack, desk: CaseDesk) -> None:
    """State, shop, kind, SKU, order, due time and people, each alone and together."""
    case = await opened(stack, desk)

    async def lists(**wanted: object) -> bool:
        found = await desk.list_cases(CaseFilter.model_validate(wanted))
        return case.handle.id in [row.case_id for row in found]

    mine = {"order_id": case.order_id}
    await eventually(lambda: lists(**mine, state="awaiting_choice"))
    soon, later = NOW + timedelta(days=1), datetime.now(UTC) + timedelta(days=3650)
    assert await lists(**mine, shop_id=US_SHOP_ID, kind=CaseKind.OVERSOLD, sku=JACKET)
    assert await lists(**mine, due_before=later)
    for other in (
        {"shop_id": TH_SHOP_ID},
        {"kind": CaseKind.APPEAL},
        {"sku": SOCKS},
        {"state": "refunding"},
        {"needs_human": True},
        {"due_before": soon - timedelta(days=30)},
        {"closed": True},
    ):
        assert not await lists(**mine, **other), other


async def test_open_cases_come_by_due_time(stack: Stack, desk: CaseDesk) -> None:
    await opened(stack, desk)
    due = [row.due_at for row in await desk.list_cases(CaseFilter())]
    dated = [one for one in due if one]
    assert [*sorted(dated), *[None] * (len(due) - len(dated))] == due


@pytest.mark.parametrize("text", ["a'b", 'a"b', "a\\b", "a`b"])
async def test_a_filter_cannot_become_a_query(text: str, desk: CaseDesk) -> None:
    with pytest.raises(InputError):
        await desk.list_cases(CaseFilter(sku=text))


async def test_closed_cases_come_from_the_records(stack: Stack, desk: CaseDesk) -> None:
    """Also after the server forgot them: view, timeline and history stay readable."""
    case = await closed(stack, desk)
    before = (await desk.view(case.handle.id), await desk.timeline(case.handle.id))
    await _forget(stack, case)
    [row] = await desk.list_cases(CaseFilter(order_id=case.order_id, closed=True))
    assert "refunded_by_choice" == row.outcome
    assert before == (await desk.view(case.handle.id), await desk.timeline(case.handle.id))
    events = await desk.history(case.handle.id)
    given = events[0]["workflowExecutionStartedEventAttributes"]["input"]
    assert [start_of(case.order_id).payload] == given
    assert case.handle.id == await desk.find(case.order_id)
    # Only the records can stop it now: the server would start a new run.
    again = await desk.open_cases([start_of(case.order_id)])
    assert ((case.handle.id,), None) == (
        again.already_closed,
        await desk.status(case.handle.id),
    )


async def _forget(stack: Stack, case: Opened) -> None:
    """Have the server delete a closed case, as its retention would."""
    await stack.client.workflow_service.delete_workflow_execution(
        DeleteWorkflowExecutionRequest(
            namespace=stack.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=case.handle.id),
        )
    )
    desk = CaseDesk(stack.client, stack.settings, stack.db)

    async def forgotten() -> bool:
        return await desk.status(case.handle.id) is None

    await eventually(forgotten)


async def test_a_terminated_case_is_listed_as_closed(stack: Stack, desk: CaseDesk) -> None:
    """It is nowhere on file, so only the server can tell."""
    case = await opened(stack, desk)
    await case.handle.terminate("by an operator")
    ended = CaseFilter(order_id=case.order_id, closed=True)
    await eventually(lambda: desk.list_cases(ended))
    rows = await desk.list_cases(ended)
    assert ["terminated"] == [row.outcome for row in rows]


async def test_the_history_is_decoded(stack: Stack, desk: CaseDesk) -> None:
    case = await opened(stack, desk)
    events = await desk.history(case.handle.id)
    attributes = events[0]["workflowExecutionStartedEventAttributes"]
    assert [start_of(case.order_id).payload] == attributes["input"]
    with pytest.raises(NotFoundError):
        await desk.history("order-case:1:2")


async def test_a_refusal_of_the_case_is_its_own_sentence(stack: Stack, desk: CaseDesk) -> None:
    case = await opened(stack, desk)
    with pytest.raises(RefusedError, match="swap is not offered; offered: refund"):
        await desk.decide(case.handle.id, "record_choice", {"actor": "a", "choice": "swap"})
    with pytest.raises(InputError) as refused:
        await desk.decide(case.handle.id, "note", {"actor": "a"})
    assert "text" == refused.value.field


async def test_a_closed_case_says_how_it_ended(stack: Stack, desk: CaseDesk) -> None:
    case = await closed(stack, desk)
    with pytest.raises(RefusedError, match=r"closed \(refunded_by_choice\).*reopen"):
        await desk.decide(case.handle.id, "note", {"actor": "a", "text": "x"})
    with pytest.raises(RefusedError, match="is closed"):
        await desk.signal(case.handle.id, "buyer_chose", {"choice": "wait"})
    with pytest.raises(NotFoundError, match="order-case:1:2"):
        await desk.decide("order-case:1:2", "note", {"actor": "a", "text": "x"})


async def test_a_repeated_request_is_answered_once_applied(stack: Stack, desk: CaseDesk) -> None:
    case = await opened(stack, desk)
    note = {"actor": "anna", "text": "called"}
    for _ in range(2):
        await desk.decide(case.handle.id, "note", note, request_id="r-1")
    assert 1 == (await case.keys()).count("case.noted")


async def test_restock_news_reaches_every_open_case_of_the_sku(
    stack: Stack, desk: CaseDesk
) -> None:
    """A date that can be kept adds the offer; the same news later counts again."""
    case = await opened(stack, desk)
    mine = CaseFilter(sku=JACKET, order_id=case.order_id)
    await eventually(lambda: desk.list_cases(mine))
    at = await case.now() + timedelta(days=2)
    news = {"sku_id": JACKET, "state": "expected", "available_at": at.isoformat()}
    assert case.handle.id in await desk.restock(news)
    await case.until(lambda view: "wait" in [offer.choice for offer in view.offers])
    assert [] == await desk.restock({"sku_id": "no-such-sku", "state": "in_stock"})


async def test_a_closed_case_reopens_under_the_next_suffix(stack: Stack, desk: CaseDesk) -> None:
    case = await closed(stack, desk)
    await stack.sandbox.put_orders({"id": case.order_id, "status": "AWAITING_SHIPMENT"})

    async def again(request_id: str) -> str:
        return await reopen(
            desk, case.handle.id, reason="x", actor="anna", at=NOW, request_id=request_id
        )

    new_id = await again("one")
    assert f"{case.handle.id}:2" == new_id == await again("one")
    assert new_id == await desk.find(case.order_id)
    with pytest.raises(ReopenRefusedError, match=":2"):
        await again("two")
    assert (new_id,) == (await desk.open_cases([start_of(case.order_id)])).joined


async def test_a_reopening_that_was_cut_off_is_finished_by_the_next(
    stack: Stack, desk: CaseDesk
) -> None:
    """Registered but never started: no second suffix, and no case that cannot be reopened."""
    case = await closed(stack, desk)
    registered = desk.openings.reopen(
        case.handle.id, reason="x", actor="anna", at=NOW, request_id="cut off"
    )
    new_id = await reopen(
        desk, case.handle.id, reason="x", actor="anna", at=NOW, request_id="other"
    )
    assert registered == new_id == f"{case.handle.id}:2"
    assert await desk.status(new_id) is not None


async def test_the_closed_run_of_a_reopened_case_names_the_open_one(
    stack: Stack, desk: CaseDesk
) -> None:
    case = await closed(stack, desk)
    await reopen(desk, case.handle.id, reason="x", actor="a", at=NOW, request_id="r")
    with pytest.raises(RefusedError, match=f"goes on as {case.handle.id}:2"):
        await desk.decide(case.handle.id, "note", {"actor": "a", "text": "x"})

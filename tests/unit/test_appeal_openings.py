"""How appeals are opened, joined, opened again, and told of: pure starts and one signal."""

from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs
from temporalio import workflow
from temporalio.client import Client

from activities.endings import APPEAL_ENDED, EndingActivities
from casedesk.errors import NotFoundError
from casedesk.reopening import reopening_start
from domain.cases import CaseKind, CaseState
from domain.errors import InputError
from tests.support.activity_runs import run
from tests.support.stack import Stack
from workflows import names, payloads
from workflows.appeal_case import Appeal
from workflows.appeal_opening import CASES_JOINED, appeal_start, pickup_start, pickup_start_from
from workflows.appeal_payloads import AppealInput, CasesJoined
from workflows.pickup_case import PickupDelayCase
from workflows.ports import TellCases

SHOP, TICKET = "7001", "9912000001"
PARCEL = f"pickup-case:{SHOP}:1152921000000000001"
AT = datetime(2026, 11, 28, 10, tzinfo=UTC)


def full() -> dict[str, Any]:
    return {
        "shop_id": SHOP,
        "ticket_id": TICKET,
        "case_ids": (PARCEL,),
        "issued_at": AT,
        "kind": "late_dispatch",
        "order_ids": ("576",),
        "source": "anna",
    }


# Opening


def test_the_ticket_is_the_business_key() -> None:
    start = appeal_start(**full())

    assert f"appeal:{SHOP}:{TICKET}" == start.case_id
    assert names.APPEAL == start.workflow_type
    assert (CaseKind.APPEAL, CaseState.COLLECTING) == (start.kind, start.first_state)
    assert "576" == start.order_id
    assert start == appeal_start(**full())


def test_whoever_joins_is_told_without_the_appeals_own_name() -> None:
    start = appeal_start(**full())

    assert CASES_JOINED == start.signal
    assert {"case_ids", "order_ids", "issued_at", "kind"} == start.signal_payload.keys()
    joined = payloads.read(CasesJoined, start.signal_payload)
    assert ((PARCEL,), AT) == (joined.case_ids, joined.issued_at)
    assert full() == payloads.read(AppealInput, start.payload).model_dump(exclude_none=True)


def test_a_penalty_nobody_has_a_case_for_needs_nothing_but_its_ticket() -> None:
    start = appeal_start(shop_id=SHOP, ticket_id=TICKET)

    assert start.order_id is None
    assert "issued_at" not in start.payload
    assert "issued_at" not in start.signal_payload
    assert () == payloads.read(AppealInput, start.payload).case_ids


@pytest.mark.parametrize(
    ("opening", "given", "field"),
    [
        (appeal_start, {"shop_id": "7:1", "ticket_id": TICKET}, "shop_id"),
        (appeal_start, {"shop_id": SHOP, "ticket_id": "a:b"}, "ticket_id"),
        (appeal_start, {"shop_id": SHOP, "ticket_id": ""}, "ticket_id"),
        (appeal_start, {"shop_id": SHOP, "ticket_id": TICKET, "case_ids": ["", "x"]}, "case_ids"),
        (appeal_start, {"shop_id": SHOP, "ticket_id": TICKET, "issued_at": "x"}, "issued_at"),
        (pickup_start, {"shop_id": SHOP, "package_id": "1:2"}, "package_id"),
        (pickup_start, {"shop_id": "", "package_id": "1"}, "shop_id"),
    ],
)
def test_what_cannot_be_a_name_is_refused_with_its_field(
    opening: Any, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputError, match=field):
        opening(**given)


def test_a_late_pickup_starts_plainly_under_its_package() -> None:
    start = pickup_start(shop_id=SHOP, package_id="115292", detected_at=AT, language="th")

    assert f"pickup-case:{SHOP}:115292" == start.case_id
    assert start.signal is None
    assert "th" == start.payload["language"]
    again = pickup_start_from(start.payload, case_id=f"{start.case_id}:2")
    assert (start.payload, f"{start.case_id}:2") == (again.payload, again.case_id)


# Opening again


def history(workflow_type: str, given: Any, *signals: tuple[str, Any]) -> list[dict[str, Any]]:
    """Return decoded events as the records keep them."""
    started = {"workflowType": {"name": workflow_type}, "input": [given]}
    return [
        {"workflowExecutionStartedEventAttributes": started},
        *(
            {"workflowExecutionSignaledEventAttributes": {"signalName": name, "input": [payload]}}
            for name, payload in signals
        ),
    ]


def test_an_appeal_opened_again_knows_everything_that_had_joined() -> None:
    first = appeal_start(**full())
    joined = {"case_ids": ["pickup-case:7001:2"], "order_ids": ["577"]}
    events = history(
        names.APPEAL,
        first.payload | {"detected_at": AT.isoformat()},
        (CASES_JOINED, joined),
        (CASES_JOINED, "nonsense"),
        ("appeal_ended", {}),
    )

    start = reopening_start(first.case_id, f"{first.case_id}:2", events)

    assert f"{first.case_id}:2" == start.case_id
    read = payloads.read(AppealInput, start.payload)
    assert (PARCEL, "pickup-case:7001:2") == read.case_ids
    assert ("576", "577") == read.order_ids
    assert AT == read.issued_at
    assert read.detected_at is None


def test_a_late_pickup_opened_again_is_found_anew() -> None:
    first = pickup_start(shop_id=SHOP, package_id="115292", detected_at=AT, source="anna")

    start = reopening_start(
        first.case_id,
        f"{first.case_id}:2",
        history(names.PICKUP_DELAY_CASE, first.payload),
    )

    assert names.PICKUP_DELAY_CASE == start.workflow_type
    assert {"shop_id": SHOP, "package_id": "115292", "source": "anna"} == start.payload


@pytest.mark.parametrize("events", [[], history(names.APPEAL, "nonsense")])
def test_what_nobody_knows_the_opening_of_is_not_opened_again(events: list[Any]) -> None:
    with pytest.raises(NotFoundError, match="how appeal:7001:1 was opened"):
        reopening_start("appeal:7001:1", "appeal:7001:1:2", events)


# Telling


def told(*case_ids: str) -> TellCases:
    return TellCases(ticket_id=TICKET, outcome="appeal_won", case_ids=case_ids)


async def test_an_end_that_the_server_did_not_take_is_told_again() -> None:
    client = await Client.connect("127.0.0.1:1", lazy=True)

    with pytest.raises(RuntimeError, match=r"127\.0\.0\.1:1"):
        await run(EndingActivities(client).tell_cases, told(PARCEL))
    await run(EndingActivities(client).tell_cases, told())


async def test_a_case_that_is_closed_has_no_use_for_the_end(stack: Stack) -> None:
    with capture_logs() as logs:
        await run(EndingActivities(stack.client).tell_cases, told(PARCEL))

    assert ["appeal.case_closed_already"] == [entry["event"] for entry in logs]


# The doors


_OF_EVERY_CASE = {
    "attach_evidence",
    "resume_step",
    "override_outcome",
    "take",
    "note",
    "withdraw",
}


@pytest.mark.parametrize(
    ("case", "name", "signals", "updates"),
    [
        (
            PickupDelayCase,
            names.PICKUP_DELAY_CASE,
            {
                *("order_changed", "package_changed", "buyer_wrote", "penalty_issued"),
                APPEAL_ENDED,
            },
            {"record_contact"},
        ),
        (
            Appeal,
            names.APPEAL,
            {CASES_JOINED, "penalty_issued"},
            {"record_filing", "record_decision"},
        ),
    ],
)
def test_a_case_has_exactly_the_doors_of_the_wire(
    case: type, name: str, signals: set[str], updates: set[str]
) -> None:
    """Every decision can be refused before it leaves an event; nothing here refunds."""
    doors = workflow._Definition.must_from_class(case)

    assert name == doors.name
    assert signals == doors.signals.keys()
    assert _OF_EVERY_CASE | updates == doors.updates.keys()
    assert {"view", "timeline"} <= doors.queries.keys()
    assert [] == [update for update, door in doors.updates.items() if door.validator is None]

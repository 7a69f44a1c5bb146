"""The view on the wire: the words that outsiders rely on."""

from datetime import UTC, datetime

from domain.cases import CaseKind, CaseOutcome, CaseState, CaseView, HumanTask
from domain.timeline import EventKey

T = datetime(2026, 3, 2, 12, tzinfo=UTC)

STATES = (
    "opening contacting awaiting_choice waiting_restock arranging_swap refunding "
    "collecting_evidence appealing watching parked closed collecting ready filed rejected "
    "second_round stopping allocating awaiting_restock handing_out resuming"
)
OUTCOMES = (
    "shipped_after_wait swapped refunded_by_choice refunded_no_reply refunded_not_contacted "
    "refunded_restock_failed refunded_swap_lapsed refunded_unavailable cancelled_by_buyer "
    "cancelled_by_platform cancelled_by_seller shipped_anyway collected appeal_won appeal_lost "
    "appeal_expired withdrawn refunded_by_person closed_by_person unknown_order "
    "duplicate_of_closed duplicate_of_open"
)
FIELDS = (
    "kind state outcome resumes_to shop_id order_id order_ids market language opened_at "
    "detected_at contact_by contacted_at contact_mode choice_by promise_by promised_at "
    "consent_by due_at choice offers refund coupon needs_human tasks breaches evidence playbook "
    "closed_at"
)


def _view() -> CaseView:
    return CaseView(
        kind=CaseKind.OVERSOLD,
        state=CaseState.OPENING,
        case_id="order-case:1:2",
        shop_id="1",
        opened_at=T,
        detected_at=T,
        needs_human=HumanTask(step="look", ask="help", by=T),
    )


def test_the_states_are_the_wires() -> None:
    assert STATES.split() == [state.value for state in CaseState]


def test_the_outcomes_are_the_wires() -> None:
    assert set(OUTCOMES.split()) == {outcome.value for outcome in CaseOutcome}


def test_the_view_has_every_field_of_the_wire() -> None:
    assert set(FIELDS.split()) <= set(_view().model_dump(mode="json"))


def test_a_view_survives_the_wire() -> None:
    assert _view() == CaseView.model_validate_json(_view().model_dump_json())


def test_what_is_not_known_is_null_and_not_missing() -> None:
    shown = _view().model_dump(mode="json")

    assert shown["choice"] is None
    assert shown["closed_at"] is None
    assert {"status": "none", "amount": None, "currency": None, "cancel_id": None} == shown[
        "refund"
    ]


def test_timeline_keys_are_subject_dot_what_happened() -> None:
    assert {"case.opened", "buyer.contacted", "buyer.chose", "choice.refused"} <= set(EventKey)
    assert {"refund.submitted", "deadline.missed", "case.moved"} <= set(EventKey)
    assert all(len(key.split(".")) == 2 for key in EventKey)

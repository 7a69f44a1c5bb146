"""The order in which the source issues commands is a promise to every open case."""

from tests.replay.fingerprint import baseline, differences, fingerprint

WHAT_TO_DO = """
The workflows issue commands in another order, or other commands, than was agreed on:

{changes}

A case that is open during the deployment replays its history against this code and would be
stuck. If the order matters to cases that may be open:
  1. gate the change: `if workflow.patched("<what-and-when>"): new path, else: the old one`;
  2. keep every committed history, and see tests/replay/test_replay.py pass on them;
  3. add a story for the new path to tests/replay/scenarios.py.
Then record the new histories and agree on the new order with one command:
  python -m tests.replay.record
(only the order, where no history changes: python -m tests.replay.fingerprint)
"""


def test_commands_are_issued_in_the_order_that_was_agreed_on() -> None:
    """A change of order is made on purpose, with a gate, or not at all."""
    changes = differences(baseline(), fingerprint())

    assert not changes, WHAT_TO_DO.format(changes="\n".join(changes))


def test_swapping_two_commands_in_a_function_is_seen() -> None:
    """Otherwise the fingerprint would be a list of names."""
    agreed = fingerprint()
    place, made = next((name, made) for name, made in agreed.items() if len(set(made)) > 1)
    swapped = {**agreed, place: made[::-1]}

    (difference,) = differences(agreed, swapped)
    assert difference.startswith(place)
    assert ", ".join(made) in difference


def test_a_call_that_leads_to_a_command_through_functions_of_ours_is_part_of_the_order() -> None:
    """`_finish` issues nothing itself; the order of its steps is what must not change."""
    steps = fingerprint()["workflows.phases.refund._finish"]

    assert steps.index("_send_coupon") < steps.index("_inform")


def test_activities_are_told_apart_by_the_operation_they_ask_for() -> None:
    """Sending another activity at the same place breaks a replay as a swap does."""
    made = fingerprint()["workflows.phases.admission._find_closed"]

    assert ["local RecordsPort.find_closed_case"] == made

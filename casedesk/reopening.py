"""Reopening a closed case: a new run under the next suffix, about the same thing."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from casedesk.desk import CaseDesk
from casedesk.errors import NotFoundError
from casedesk.histories import signal_inputs, start_input, start_type
from domain.errors import InputError
from workflows import names, payloads
from workflows.appeal_opening import CASES_JOINED, appeal_start_from, pickup_start_from
from workflows.opening import SHORTAGE_FOUND, CaseStart, start_from

_OF_THE_OLD_RUN = ("detected_at", "restock_at", "incident_id")
"""What was true when the case was first opened, and need not be now."""


async def reopen(
    desk: CaseDesk, case_id: str, *, reason: str, actor: str, at: datetime, request_id: str
) -> str:
    """Open a closed case again.

    A registered reopening whose run was never started, because the command was interrupted, is
    finished by any later one.

    Args:
        desk: The desk.
        case_id: The case, by any of its ids.
        reason: Why, in a person's words.
        actor: Who wants it.
        at: Now.
        request_id: A repeat with the same one is answered with the same id.

    Returns:
        The id the case goes by now.

    Raises:
        NotFoundError: Nothing is known of how it was opened.
        RecordsError: It is not on file as closed, so it is to be acted on and not reopened.
    """
    newest = await asyncio.to_thread(desk.openings.current_case_id, case_id)
    if not await _exists(desk, newest):
        previous = case_id if newest == case_id else await _last_run(desk, newest)
        return await _start(desk, previous, newest)
    _input_of(newest, await desk.history(newest))
    new_id = await asyncio.to_thread(
        desk.openings.reopen,
        newest,
        reason=reason,
        actor=actor,
        at=at,
        request_id=request_id,
    )
    if new_id == newest:
        return newest
    return await _start(desk, newest, new_id)


async def _exists(desk: CaseDesk, case_id: str) -> bool:
    filed = await asyncio.to_thread(desk.archive.closed_case, case_id)
    return filed is not None or await desk.status(case_id) is not None


async def _last_run(desk: CaseDesk, unstarted: str) -> str:
    """Return the newest run before a reopening that was registered but never started."""
    reopenings = await asyncio.to_thread(desk.openings.reopenings, unstarted)
    earlier = [one.case_id for one in reopenings if one.case_id != unstarted]
    return earlier[-1] if earlier else reopenings[0].base_id


async def _start(desk: CaseDesk, previous: str, case_id: str) -> str:
    start = reopening_start(previous, case_id, await desk.history(previous))
    await desk.open_cases([start])
    return case_id


def reopening_start(previous: str, case_id: str, events: list[dict[str, Any]]) -> CaseStart:
    """Return the start of a new run from the decoded history of an earlier one.

    Args:
        previous: The earlier run's id, for refusals.
        case_id: The new run's id.
        events: Decoded history of the earlier run.

    Raises:
        NotFoundError: The history does not say how the case was opened.
    """
    given = _input_of(previous, events)
    match start_type(events):
        case names.PICKUP_DELAY_CASE:
            return pickup_start_from(_without_old(given), case_id=case_id)
        case names.APPEAL:
            return _appeal_start(given, events, case_id)
        case _:
            return _shortage_start(given, events, case_id)


def _shortage_start(
    given: dict[str, Any], events: list[dict[str, Any]], case_id: str
) -> CaseStart:
    found = payloads.read(payloads.ShortageInput, given)
    joined = [*_readable(signal_inputs(events, SHORTAGE_FOUND))]
    lines = _merged([found, *joined])
    again = found.model_dump(mode="json", exclude_none=True, exclude=set(_OF_THE_OLD_RUN))
    return start_from(
        {**again, "short_lines": lines},
        case_id=case_id,
        workflow_type=start_type(events) or names.OVERSELL_CASE,
    )


def _appeal_start(given: dict[str, Any], events: list[dict[str, Any]], case_id: str) -> CaseStart:
    """Return the start of an appeal with every case and order that joined the earlier run."""
    joined = [fact for fact in signal_inputs(events, CASES_JOINED) if isinstance(fact, dict)]
    everything = {
        field: [each for one in (given, *joined) for each in one.get(field, ())]
        for field in ("case_ids", "order_ids")
    }
    return appeal_start_from({**_without_old(given), **everything}, case_id=case_id)


def _without_old(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in _OF_THE_OLD_RUN}


def _input_of(case_id: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    given = start_input(events)
    if not isinstance(given, dict):
        raise NotFoundError(f"nothing is on file about how {case_id} was opened")
    return given


def _readable(facts: Iterable[Any]) -> Iterable[payloads.ShortageFound]:
    for fact in facts:
        try:
            yield payloads.read(payloads.ShortageFound, fact)
        except InputError:
            continue


def _merged(found: list[payloads.ShortageFound]) -> list[dict[str, Any]]:
    """Return the short lines after every joining: for one SKU the newest quantity counts."""
    if any(not one.short_lines for one in found):
        return []
    lines = {line.sku: line for one in found for line in one.short_lines}
    return [line.model_dump(mode="json", exclude_none=True) for line in lines.values()]

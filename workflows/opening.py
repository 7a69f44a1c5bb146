"""How a case is opened: start options and the call itself, shared by everybody who opens one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.cases import CaseKind, CaseState
from domain.errors import InputError
from workflows import names, payloads

CASE_TYPES = (
    names.OVERSELL_CASE,
    names.STOCKOUT_CASE,
    names.PICKUP_DELAY_CASE,
    names.APPEAL,
    names.SHORTAGE_INCIDENT,
)
"""Every workflow type that is a case."""
SHORTAGE_FOUND = "shortage_found"
"""The signal that opens a shortage case, or joins the one that is open."""
REUSE = WorkflowIDReusePolicy.REJECT_DUPLICATE
CONFLICT = WorkflowIDConflictPolicy.USE_EXISTING
"""Opening twice is once: a running case is joined, a closed one is never run again."""
AFTER_FAILURE = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY
"""For an id whose run failed on a bad input: no case stood under it, so it is not used up."""

KINDS = {
    names.OVERSELL_CASE: CaseKind.OVERSOLD,
    names.STOCKOUT_CASE: CaseKind.UNAVAILABLE,
}
"""What each type of shortage case is opened as."""

_SUMMARY_BYTES = 190
_OF_THE_SIGNAL = frozenset(payloads.ShortageFound.model_fields)


class Fate(StrEnum):
    """What became of one opening."""

    OPENED = "opened"
    JOINED = "joined"
    ALREADY_CLOSED = "already_closed"


class CaseStart(BaseModel):
    """Everything needed to open one case, or to join it where it is open already."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    """The workflow id."""
    workflow_type: str
    kind: CaseKind
    shop_id: str
    order_id: str | None = None
    payload: dict[str, Any]
    """The start input."""
    signal: str | None = None
    """The signal of signal-with-start; None for a kind that opens by plain start."""
    signal_payload: dict[str, Any] = Field(default_factory=dict)
    """What a case that is open already is told; a new one finds nothing new in it."""
    static_summary: str
    first_state: CaseState = CaseState.OPENING

    @property
    def task_queue(self) -> str:
        """The queue of every case."""
        return names.CASES_QUEUE

    @property
    def search_attributes(self) -> TypedSearchAttributes:
        """What lists can show before the case has taken its first step."""
        known = {
            names.CASE_KIND: self.kind.value,
            names.CASE_STATE: self.first_state.value,
            names.CASE_SHOP: self.shop_id,
            names.CASE_ORDER: self.order_id,
        }
        return TypedSearchAttributes(
            [SearchAttributePair(key, value) for key, value in known.items() if value]
        )

    def under(self, case_id: str) -> "CaseStart":
        """Return the same opening under another id, as after a reopening."""
        return self.model_copy(update={"case_id": case_id})


def oversell_start(
    *,
    shop_id: str,
    order_id: str,
    short_lines: Sequence[Mapping[str, Any]] = (),
    restock_at: datetime | None = None,
    substitute_sku_id: str | None = None,
    detected_at: datetime | None = None,
    **also: str | None,
) -> CaseStart:
    """Return the opening of an oversold order's case.

    Args:
        shop_id: The shop.
        order_id: The order.
        short_lines: Entries of SKU and quantity; none means every line.
        restock_at: When the goods are expected, if anybody knows.
        substitute_sku_id: What could be sent instead.
        detected_at: When the shortage was found; the case's own start if not given.
        **also: Further optional fields of the input, such as `source` or `language`.

    Raises:
        InputError: Names the field that cannot be used.
    """
    given = {
        "shop_id": shop_id,
        "order_id": order_id,
        "short_lines": [dict(line) for line in short_lines],
        "restock_at": restock_at,
        "substitute_sku_id": substitute_sku_id,
        "detected_at": detected_at,
        **also,
    }
    return start_from(given, case_id=names.order_case_id(shop_id, order_id))


def stockout_start(
    *,
    shop_id: str,
    order_id: str,
    short_lines: Sequence[Mapping[str, Any]] = (),
    restock_at: datetime | None = None,
    substitute_sku_id: str | None = None,
    detected_at: datetime | None = None,
    supplier: str | None = None,
    **also: str | None,
) -> CaseStart:
    """Return the opening of the case of an order whose item is out of stock.

    Args:
        shop_id: The shop.
        order_id: The order.
        short_lines: Entries of SKU and quantity; none means every line.
        restock_at: When the goods are expected; if nobody knows, the supplier is asked.
        substitute_sku_id: What could be sent instead.
        detected_at: When the shortage was found; the case's own start if not given.
        supplier: Who is asked.
        **also: Further optional fields of the input, such as `source` or `language`.

    Raises:
        InputError: Names the field that cannot be used.
    """
    given = {
        "shop_id": shop_id,
        "order_id": order_id,
        "short_lines": [dict(line) for line in short_lines],
        "restock_at": restock_at,
        "substitute_sku_id": substitute_sku_id,
        "detected_at": detected_at,
        "supplier": supplier,
        **also,
    }
    case_id = names.order_case_id(shop_id, order_id)
    return start_from(given, case_id=case_id, workflow_type=names.STOCKOUT_CASE)


def start_from(
    payload: Mapping[str, Any], *, case_id: str, workflow_type: str = names.OVERSELL_CASE
) -> CaseStart:
    """Return the opening that a start input asks for.

    Args:
        payload: A shortage case's start input; checked here, so that a mistake is refused
            before anything starts.
        case_id: The workflow id.
        workflow_type: One of `KINDS`.

    Raises:
        InputError: Names the field that cannot be used.
    """
    read = payloads.read(payloads.ShortageInput, dict(payload))
    refuse_colon("shop_id", read.shop_id)
    refuse_colon("order_id", read.order_id)
    wire = read.model_dump(mode="json", exclude_none=True)
    kind = KINDS[workflow_type]
    return CaseStart(
        case_id=case_id,
        workflow_type=workflow_type,
        kind=kind,
        shop_id=read.shop_id,
        order_id=read.order_id,
        payload=wire,
        signal=SHORTAGE_FOUND,
        signal_payload=_signal_of(wire, kind),
        static_summary=_summary(read, kind),
    )


def refuse_colon(field: str, part: str) -> None:
    """Refuse a part of a case id that could not be told from two.

    Raises:
        InputError: Names the field that cannot be used.
    """
    if ":" in part:
        raise InputError(field, f"{part!r} holds a colon, which separates the parts of case ids")


def _signal_of(wire: Mapping[str, Any], kind: CaseKind) -> dict[str, Any]:
    """Return what an open case is told; of an oversold one also that its item is out of stock."""
    told = {key: wire[key] for key in sorted(wire.keys() & _OF_THE_SIGNAL)}
    return told if kind is CaseKind.OVERSOLD else {**told, "kind": kind.value}


def _summary(read: payloads.ShortageInput, kind: CaseKind) -> str:
    units = ", ".join(f"{line.sku} x {line.quantity}" for line in read.short_lines) or "every line"
    text = f"{kind} · order …{read.order_id[-6:]} · {units}"
    return cut_summary(text)


def cut_summary(text: str) -> str:
    """Return as much of a case's summary as a server takes."""
    return text.encode()[:_SUMMARY_BYTES].decode(errors="ignore")


async def open_or_join(client: Client, start: CaseStart) -> Fate:
    """Open a case, or tell it what was found where it is open.

    Args:
        client: With the product's data converter.
        start: The opening.

    Returns:
        What became of it; a case that only failed on a bad input before is opened again.

    Raises:
        RPCError: The server refused it or does not answer.
    """
    fate = await _start(client, start, REUSE)
    if fate is Fate.ALREADY_CLOSED and await _came_to_nothing(client, start.case_id):
        fate = await _start(client, start, AFTER_FAILURE)
    return fate


async def _came_to_nothing(client: Client, case_id: str) -> bool:
    """Tell whether the last run failed at its start, so that no case ever stood."""
    last = await client.get_workflow_handle(case_id).describe()
    return last.status is WorkflowExecutionStatus.FAILED


async def _start(client: Client, start: CaseStart, reuse: WorkflowIDReusePolicy) -> Fate:
    try:
        handle = await client.start_workflow(
            start.workflow_type,
            start.payload,
            id=start.case_id,
            task_queue=start.task_queue,
            id_reuse_policy=reuse,
            id_conflict_policy=CONFLICT,
            search_attributes=start.search_attributes,
            static_summary=start.static_summary,
            start_signal=start.signal,
            start_signal_args=[start.signal_payload] if start.signal else [],
        )
    except WorkflowAlreadyStartedError:
        return Fate.ALREADY_CLOSED
    # The server says in its answer whether it started a run; asking afterwards could not tell
    # our run from one that somebody else opened in between.
    answer = handle._start_workflow_response  # noqa: SLF001  # the SDK has no public name
    return Fate.OPENED if getattr(answer, "started", False) else Fate.JOINED

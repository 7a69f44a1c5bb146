"""Handing out one incident's units: who holds them, who waits, and what each event changes.

A ledger is never altered; every act returns the next one and whom it concerns. In any order of
events the units promised are never more than those on the shelf. Sentences are not kept here:
they go with the changes to whoever records them, for a ledger of ten thousand orders has to fit
into one message.
"""

from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt

from domain.allocation import units_on_hand
from domain.allocation_record import AllocationRecord, HandMove, Side, refuse_too_few, said
from domain.candidates import skip_reason
from domain.errors import InputError
from domain.waiting_line import in_line, ordinal, units


class Standing(StrEnum):
    """How an order stands to the units of its incident."""

    SERVED = "served"
    """Its units are promised and still on the shelf."""
    SHORT = "short"
    LEFT = "left"
    """It needs no units any more: refunded, swapped, cancelled, withdrawn."""
    SETTLED = "settled"
    """Its units have gone out."""


class InLine(BaseModel):
    """One order of the incident; its place in line never changes."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    units: PositiveInt
    standing: Standing
    passed_over: bool = False
    """Left short although its units were there, by a person or for want of another SKU; it waits
    for the next lot or count."""


class Lot(BaseModel):
    """Units that arrived together."""

    model_config = ConfigDict(frozen=True)

    lot_id: str
    quantity: PositiveInt


class Change(BaseModel):
    """What an event changed for one order, and why."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    units: int
    now: Standing
    why: str


class HandOut(BaseModel):
    """The ledger of one SKU."""

    model_config = ConfigDict(frozen=True)

    on_hand: NonNegativeInt
    """Units on the shelf, promised or free; those in parcels are gone."""
    lots: tuple[Lot, ...] = ()
    line: tuple[InLine, ...] = ()
    shortfalls: tuple[Change, ...] = ()
    """Promises that a lower count took back; each is a task for a person."""

    @property
    def promised(self) -> int:
        """Units on the shelf that belong to served orders."""
        return sum(one.units for one in self.line if one.standing is Standing.SERVED)

    @property
    def free(self) -> int:
        """Units on the shelf that nobody holds."""
        return self.on_hand - self.promised


class Turn(NamedTuple):
    """The next ledger, and the orders that were served or went short, in the order of the line."""

    ledger: HandOut
    changes: tuple[Change, ...]


_OPEN = frozenset({Standing.SERVED, Standing.SHORT})


def begin(record: AllocationRecord) -> HandOut:
    """Return the ledger that an allocation leads to; whoever competed stands in line.

    Args:
        record: The allocation with what was moved by hand.
    """
    served = {one.order_id for one in record.result.served}
    passed_over = _passed_over(record)
    competing = (one for one in record.candidates.get(record.sku, ()) if skip_reason(one) is None)
    line = tuple(
        InLine(
            order_id=one.order_id,
            units=one.quantity,
            standing=Standing.SERVED if one.order_id in served else Standing.SHORT,
            passed_over=one.order_id in passed_over,
        )
        for one in in_line(competing, record.policy)
    )
    return HandOut(on_hand=record.on_hand[record.sku], line=line)


def _passed_over(record: AllocationRecord) -> set[str]:
    """Return the short orders that were not short for want of these units."""
    last_move = {move.order_id: move.to for move in record.moves}
    by_hand = {order_id for order_id, to in last_move.items() if to is Side.SHORT}
    free = record.on_hand[record.sku] - sum(one.quantity for one in record.result.served)
    elsewhere = {
        one.order_id
        for sku, candidates in record.candidates.items()
        if sku != record.sku and not record.single_lines
        for one in candidates
        if skip_reason(one) is None
    }
    fitting = {one.order_id for one in record.result.short if one.quantity <= free}
    return by_hand | (fitting & elsewhere)


def set_on_hand(ledger: HandOut, on_hand: object) -> Turn:
    """Take a new count of the units on the shelf, arrived lots included.

    If the promised units are more than that, orders that stand last go short again.

    Raises:
        InputError: No whole number of 0 or more.
    """
    count = units_on_hand(on_hand)
    counted = _heard_again(ledger).model_copy(update={"on_hand": count})
    return _shared(counted, f"the count is now {units(count)}")


def receive_lot(ledger: HandOut, lot_id: str, quantity: int) -> Turn:
    """Add the units of a lot to the shelf and hand them out along the line.

    Raises:
        InputError: The lot was received before, or has no units.
    """
    known = next((lot for lot in ledger.lots if lot.lot_id == lot_id), None)
    if known is not None:
        reason = f"lot {lot_id} was received already, with {units(known.quantity)}"
        raise InputError("lot_id", reason)
    _refuse_none("quantity", quantity)
    lots = (*ledger.lots, Lot(lot_id=lot_id, quantity=quantity))
    fuller = {"lots": lots, "on_hand": ledger.on_hand + quantity}
    cause = f"lot {lot_id} with {units(quantity)} arrived"
    return _shared(_heard_again(ledger).model_copy(update=fuller), cause)


def join(ledger: HandOut, order_id: str, wanted: int) -> Turn:
    """Let an order that was found later stand at the end of the line; a known one stays put.

    Raises:
        InputError: It needs no units.
    """
    _refuse_none("units", wanted)
    if any(one.order_id == order_id for one in ledger.line):
        return Turn(ledger, ())
    late = InLine(order_id=order_id, units=wanted, standing=Standing.SHORT)
    longer = ledger.model_copy(update={"line": (*ledger.line, late)})
    return _shared(longer, f"order {order_id} joined the line")


def owe(ledger: HandOut, order_id: str, wanted: int) -> Turn:
    """Change how many units an order is owed, such as after one of its lines was cancelled.

    Raises:
        InputError: Not an order of this incident, it has left or is settled, or it would need
            no units; then it leaves.
    """
    _refuse_none("units", wanted)
    _refuse_over(_found(ledger, order_id))
    changed = _with(ledger, order_id, units=wanted)
    return _shared(changed, f"order {order_id} needs {units(wanted)} now")


def leave(ledger: HandOut, order_id: str) -> Turn:
    """Let an order go without units: what it held returns to the line. Twice is once.

    Raises:
        InputError: Not an order of this incident, or its units have gone out.
    """
    one = _found(ledger, order_id)
    if one.standing is Standing.LEFT:
        return Turn(ledger, ())
    _refuse_over(one)
    gone = _with(ledger, order_id, standing=Standing.LEFT)
    return _shared(gone, f"order {order_id} left")


def settle(ledger: HandOut, order_id: str) -> Turn:
    """Record that an order's units have gone out, promised or not. Twice is once.

    Raises:
        InputError: Not an order of this incident.
    """
    one = _found(ledger, order_id)
    if one.standing is Standing.SETTLED:
        return Turn(ledger, ())
    left = max(0, ledger.on_hand - one.units)
    sent = _with(ledger, order_id, standing=Standing.SETTLED)
    return _shared(sent.model_copy(update={"on_hand": left}), f"order {order_id} was sent")


def move(ledger: HandOut, wanted: HandMove) -> Turn:
    """Move one order by hand.

    Units that it gives up stay free for the next move by hand, or for the line at the next event.

    Args:
        ledger: The ledger so far.
        wanted: The order, where to, and a person's reason.

    Returns:
        The next ledger; the change is the move itself.

    Raises:
        InputError: No reason, not an order of this incident, it has left, is settled or stands
            there already, or too few units are free.
    """
    one = _found(ledger, wanted.order_id)
    reason = said(wanted.reason)
    _refuse_over(one)
    now = Standing(wanted.to.value)
    if one.standing is now:
        raise InputError("order_id", f"order {one.order_id} is {now} already")
    if wanted.to is Side.SERVED:
        refuse_too_few(one.order_id, one.units, ledger.free)
    why = f"{now.capitalize()}, moved by {wanted.actor}: {reason}."
    moved = _with(ledger, one.order_id, standing=now, passed_over=now is Standing.SHORT)
    return Turn(moved, (_change(one, now, why),))


def hand_on(ledger: HandOut) -> Turn:
    """Give free units to the line, such as those that a move by hand left free."""
    return _shared(ledger, "units were free")


def _shared(ledger: HandOut, cause: str) -> Turn:
    """Take back promises that the shelf cannot keep, then serve whoever the rest serves whole."""
    line = list(ledger.line)
    rest, lost = _take_back(line, ledger.on_hand, cause)
    served = _serve(line, rest, cause)
    places = sorted(lost | served)
    changes = tuple((lost | served)[place] for place in places)
    update = {
        "line": tuple(line),
        "shortfalls": (*ledger.shortfalls, *(lost[place] for place in sorted(lost))),
    }
    return Turn(ledger.model_copy(update=update), changes)


def _take_back(line: list[InLine], on_hand: int, cause: str) -> tuple[int, dict[int, Change]]:
    """Return the units left, and by place what changed; earlier orders keep theirs."""
    rest, lost = on_hand, {}
    for place, one in enumerate(line):
        if one.standing is not Standing.SERVED:
            continue
        if one.units <= rest:
            rest -= one.units
            continue
        line[place] = one.model_copy(update={"standing": Standing.SHORT})
        there = f"only {units(rest)}" if rest else "none"
        why = (
            f"Short again: {ordinal(place + 1)} in line, was promised {units(one.units)} and "
            f"{there} {'was' if rest <= 1 else 'were'} left when {cause}."
        )
        lost[place] = _change(one, Standing.SHORT, why)
    return rest, lost


def _serve(line: list[InLine], rest: int, cause: str) -> dict[int, Change]:
    served: dict[int, Change] = {}
    for place, one in enumerate(line):
        if not rest:
            break
        waits = one.standing is Standing.SHORT and not one.passed_over
        if not waits or one.units > rest:
            continue
        line[place] = one.model_copy(update={"standing": Standing.SERVED})
        why = (
            f"Served: {ordinal(place + 1)} in line, {one.units} of the {units(rest)} free "
            f"when {cause}."
        )
        served[place] = _change(one, Standing.SERVED, why)
        rest -= one.units
    return served


def _change(one: InLine, now: Standing, why: str) -> Change:
    return Change(order_id=one.order_id, units=one.units, now=now, why=why)


def _found(ledger: HandOut, order_id: str) -> InLine:
    for one in ledger.line:
        if one.order_id == order_id:
            return one
    raise InputError("order_id", f"order {order_id} is not of this incident")


def _refuse_over(one: InLine) -> None:
    if one.standing is Standing.SETTLED:
        raise InputError("order_id", f"order {one.order_id} is settled; its units have gone out")
    if one.standing is Standing.LEFT:
        raise InputError("order_id", f"order {one.order_id} has left and needs no units any more")


def _refuse_none(field: str, count: int) -> None:
    if count <= 0:
        raise InputError(field, f"{count} is not a number of units; give 1 or more")


def _with(ledger: HandOut, order_id: str, **changes: object) -> HandOut:
    place = next(n for n, one in enumerate(ledger.line) if one.order_id == order_id)
    changed = ledger.line[place].model_copy(update=changes)
    line = (*ledger.line[:place], changed, *ledger.line[place + 1 :])
    return ledger.model_copy(update={"line": line})


def _heard_again(ledger: HandOut) -> HandOut:
    line = tuple(
        one.model_copy(update={"passed_over": False}) if one.passed_over else one
        for one in ledger.line
    )
    return ledger.model_copy(update={"line": line})

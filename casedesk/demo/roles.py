"""What the buyers of the demo are like: a habit of the sandbox, and what the desk hears.

The order of the lists is their importance: a small stream has the first ones only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from domain.choices import Choice

_HOUR = 3600
_SLIP = 3
"""A buyer who waits has read the offer and the confirmation; the slip notice is the third text."""


@dataclass(frozen=True)
class Role:
    """How one buyer behaves, and how many orders and units they have."""

    name: str
    habit: Mapping[str, Any] = field(default_factory=lambda: {"habit": "never"})
    by_phone: Choice | None = None
    """What the buyer says when the desk calls; None: nobody answers."""
    orders: int = 1
    units: int = 1
    cash_on_delivery: bool = False
    other_item: bool = False
    """The order also holds an item that is not short."""
    order_type: str = "NORMAL"
    due_in: timedelta | None = None
    """From discovery until the platform cancels; as the shop's other orders unless given."""


def _says(text: str, after: int = 60, nth: int = 1) -> dict[str, Any]:
    return {"on": "message", "nth": nth, "after_seconds": after, "do": {"say": text}}


def _does(*reactions: Mapping[str, Any], **also: Any) -> dict[str, Any]:
    return {"reactions": list(reactions), **also}


AT_ONCE = Role("waits at once", {"habit": "at_once", "say": "A, I'll wait"})
NEVER = Role("never answers")
REFUND = Role("wants the money", _does(_says("C please, refund me", 300)))
CHANGES = Role("changes their mind", {"habit": "change_mind"})
UNCLEAR = Role("unclear, then clear", {"habit": "unclear"})
LATE = Role("answers too late", {"habit": "late"})
PUZZLING = Role("stays unclear", _does(_says("hmm, what would you do?")), by_phone=Choice.REFUND)
CANCELS = Role("asks to cancel", {"habit": "cancels", "after_seconds": 2 * _HOUR})
BLOCKED_WAITS = Role("cannot be written to, waits", {"habit": "blocked"}, by_phone=Choice.WAIT)
BLOCKED_SILENT = Role("cannot be reached", {"habit": "blocked"})
SEVERAL = Role(
    "one answer for several orders",
    # The fourth text after the three offers asks which order is meant.
    _does(_says("C", _HOUR), _says("all of them", 120, nth=4), shared=True),
    orders=3,
)
WAITS_TWICE = Role("waits twice", _does(_says("A ค่ะ"), _says("A", 1800, nth=_SLIP)))


def _swaps(substitute: str) -> tuple[Role, Role]:
    orders = Role("swaps and orders", {"habit": "swap_orders", "sku_id": substitute})
    forgets = Role("swaps and forgets", _does(_says("B", 120)))
    return orders, forgets


def us_roles(substitute: str) -> tuple[Role, ...]:
    """Return the buyers of the US shop, whose restock comes when it was promised."""
    orders, forgets = _swaps(substitute)
    return (
        *(AT_ONCE, NEVER, CHANGES, UNCLEAR, PUZZLING, BLOCKED_WAITS, CANCELS, orders, SEVERAL),
        Role("wants the money, much of it", _does(_says("C", 600)), units=3),
        Role("wants one of two items refunded", _does(_says("C", 900)), other_item=True),
        *(forgets, LATE, REFUND, BLOCKED_SILENT),
        Role("answers in time", _does(_says("C, refund please", 18 * _HOUR))),
        Role("cannot be written to, wants out", {"habit": "blocked"}, by_phone=Choice.REFUND),
    )


def th_roles(substitute: str) -> tuple[Role, ...]:
    """Return the buyers of the Thai shop, whose restock slips once and then comes."""
    orders, _ = _swaps(substitute)
    return (
        WAITS_TWICE,
        Role("waits once", _does(_says("A"))),
        Role("waits, then has enough", _does(_says("A"), _says("C", 2400, nth=_SLIP))),
        Role("pays on delivery, wants out", _does(_says("C", 400)), cash_on_delivery=True),
        Role("pays on delivery, never answers", cash_on_delivery=True),
        *(NEVER, BLOCKED_WAITS, orders, CANCELS, LATE, PUZZLING),
        replace(WAITS_TWICE, name="pays on delivery, waits twice", cash_on_delivery=True),
    )


_DATED, _SLIPPED = 2, 4
"""Of who is asked before there is a date: the texts that offer the wait, and tell of a slip."""
_LATER = timedelta(days=20)


def _waits_once_there_is_a_date(*, units: int = 1, order_type: str = "NORMAL") -> Role:
    return Role(
        f"waits once there is a date, {order_type} x {units}",
        _does(_says("A", nth=_DATED), _says("A", 1800, nth=_SLIPPED)),
        units=units,
        order_type=order_type,
        due_in=None if order_type == "NORMAL" else _LATER,
    )


def lamp_roles() -> tuple[Role, ...]:
    """Return who is short of the US shop's lamps, in the order of the line.

    The first lot serves the first three who wait; the second all others.
    """
    waits = _waits_once_there_is_a_date()
    enough = _does(_says("A", nth=_DATED), _says("C", 2400, nth=_SLIPPED))
    return (
        *(waits, waits, REFUND, waits, NEVER, _waits_once_there_is_a_date(units=2)),
        Role("waits once there is a date, then has enough", enough),
        REFUND,
        _waits_once_there_is_a_date(order_type="BACK_ORDER"),
        _waits_once_there_is_a_date(order_type="PRE_ORDER"),
    )


def scarf_roles() -> tuple[Role, ...]:
    """Return who is short of the Thai shop's scarves, which take nine days to come.

    Ordinary orders cannot wait so long; of pre-orders a longer wait is negotiated.
    """
    # The second text reminds who is silent; the third is the second round.
    asks = _does(_says("can it come sooner?", 600), _says("A", 600, nth=2))
    pre = [
        Role("waits for a discount", _does(_says("A", 300))),
        Role("asks, then waits for more", asks),
        Role("is silent, then waits for more", _does(_says("A", 600, nth=3))),
        Role("does not negotiate", _does(_says("C", 900))),
        NEVER,
    ]
    later = [replace(one, order_type="PRE_ORDER", due_in=_LATER) for one in pre]
    return (REFUND, NEVER, *later)


USUAL = (AT_ONCE, AT_ONCE, REFUND, AT_ONCE, NEVER, AT_ONCE, CHANGES, AT_ONCE, UNCLEAR, AT_ONCE)
"""Who else buys, once every role has had its turn: most would rather wait."""
USUAL_TH = (WAITS_TWICE, WAITS_TWICE, REFUND, WAITS_TWICE, NEVER, WAITS_TWICE, LATE)


def cast_of(roles: Sequence[Role], usual: Sequence[Role], orders: int) -> list[Role]:
    """Return so many roles that their orders make about *orders*, special ones first."""
    cast: list[Role] = []
    waiting = [*roles, *(usual[number % len(usual)] for number in range(orders))]
    for role in waiting:
        if sum(one.orders for one in cast) >= orders:
            break
        cast.append(role)
    return cast

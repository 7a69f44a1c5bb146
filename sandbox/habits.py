"""Habits of buyers: lists of reactions, and the named shorthands that expand to them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.errors import ControlError
from sandbox.store import Doc

_HOUR = 3600.0
_TRIGGERS = frozenset({"start", "message", "card", "cancelled"})
_DEEDS = frozenset({"say", "cancel", "order", "blocked", "cod"})


@dataclass(frozen=True)
class Reaction:
    """What a buyer does some time after something happened to the order."""

    do: Doc
    on: str = "message"
    """start, message (a text of the shop), card (a product card), cancelled (by the shop)."""
    nth: int = 1
    """The how-manieth of these, from 1."""
    after_seconds: float = 0


@dataclass(frozen=True)
class Habit:
    """How one buyer, or the buyers of some orders, behave."""

    reactions: tuple[Reaction, ...]
    orders: tuple[str, ...] | None = None
    """Order ids; None with no buyer: every order that has no habit of its own."""
    buyer: str = ""
    shop_id: str = ""
    shared: bool = False
    """True: triggers are counted over all orders together, not per order."""


def _say(given: Doc, text: str, after: float, *, nth: int = 1) -> Doc:
    return {
        "on": "message",
        "nth": nth,
        "after_seconds": given.get("after_seconds", after),
        "do": {"say": given.get("say", text)},
    }


def _later(given: Doc, text: str, *, first: float) -> Doc:
    after = given.get("then_after_seconds", given.get("after_seconds", first) + _HOUR)
    say = given.get("then", text)
    return {"on": "message", "nth": 1, "after_seconds": after, "do": {"say": say}}


def _swap(given: Doc) -> list[Doc]:
    order = {"sku_id": given["sku_id"], "quantity": given.get("quantity", 1)}
    trigger = {"on": given.get("order_on", "message"), "nth": given.get("order_nth", 2)}
    after = given.get("order_after_seconds", _HOUR)
    return [_say(given, "B", 60), {**trigger, "after_seconds": after, "do": {"order": order}}]


_NAMED: dict[str, Callable[[Doc], list[Doc]]] = {
    "at_once": lambda given: [_say(given, "A", 60)],
    "late": lambda given: [_say(given, "A", 30 * _HOUR)],
    "unclear": lambda given: [
        _say({**given, "say": given.get("say", "hmm, not sure what you mean")}, "", 60),
        _later(given, "A", first=60),
    ],
    "change_mind": lambda given: [_say(given, "A", 60), _later(given, "C", first=60)],
    "never": lambda _: [],
    "one_answer_for_several": lambda given: [_say(given, "C", _HOUR)],
    "blocked": lambda _: [{"on": "start", "do": {"blocked": True}}],
    "cancels": lambda given: [
        {"on": "start", "after_seconds": given.get("after_seconds", 0), "do": {"cancel": True}}
    ],
    "cod": lambda _: [{"on": "start", "do": {"cod": True}}],
    "swap_orders": _swap,
}
_SHORTHAND = frozenset(
    {"habit", "say", "after_seconds", "then", "then_after_seconds", "sku_id", "quantity"}
    | {"order_on", "order_nth", "order_after_seconds"}
)
_GENERAL = frozenset({"orders", "buyer", "shop_id", "shared", "reactions"})


def read_habit(raw: Any, where: str) -> Habit:
    """Check one habit of a scenario and expand its shorthand.

    Args:
        raw: The JSON object.
        where: Its place in the file, for refusals.

    Raises:
        ControlError: A key, name or value that has no meaning here.
    """
    if not isinstance(raw, dict):
        raise ControlError(f"{where} must be an object, not {raw!r}")
    unknown = sorted(set(raw) - _SHORTHAND - _GENERAL)
    if unknown:
        raise ControlError(f"{where} has unknown key {unknown[0]!r}")
    reactions = [*_expand(raw, where), *raw.get("reactions", [])]
    orders = raw.get("orders", "*")
    return Habit(
        reactions=tuple(_reaction(r, f"{where}.reactions[{i}]") for i, r in enumerate(reactions)),
        orders=None if orders == "*" else tuple(str(order) for order in orders),
        buyer=str(raw.get("buyer", "")),
        shop_id=str(raw.get("shop_id", "")),
        shared=bool(raw.get("shared", raw.get("habit") == "one_answer_for_several")),
    )


def _expand(raw: Doc, where: str) -> list[Doc]:
    name = raw.get("habit")
    if name is None:
        return []
    if name not in _NAMED:
        raise ControlError(f"{where} names habit {name!r}; known: {sorted(_NAMED)}")
    try:
        return _NAMED[name](raw)
    except KeyError as error:
        raise ControlError(f"{where}: habit {name!r} needs {error}") from error


def _reaction(raw: Any, where: str) -> Reaction:
    if not isinstance(raw, dict) or not isinstance(raw.get("do"), dict):
        raise ControlError(f"{where} must be an object with an object 'do'")
    try:
        reaction = Reaction(**raw)
    except TypeError as error:
        raise ControlError(f"{where}: {error}") from error
    if reaction.on not in _TRIGGERS:
        raise ControlError(f"{where} reacts on {reaction.on!r}; known: {sorted(_TRIGGERS)}")
    if set(reaction.do) - _DEEDS or len(reaction.do) != 1:
        raise ControlError(f"{where} must do exactly one of {sorted(_DEEDS)}")
    return reaction

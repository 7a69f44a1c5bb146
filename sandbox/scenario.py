"""Scenario files: how buyers, carriers, webhooks and limits behave; checked when read."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self, TypeVar

from sandbox.errors import HTTP_STATUS, ControlError
from sandbox.habits import Habit, read_habit
from sandbox.store import Doc

T = TypeVar("T")
_WEEK = 7 * 86_400


@dataclass(frozen=True)
class WebhookFlaws:
    """What goes wrong on the way of webhooks; zero and false mean nothing does."""

    drop_every: int = 0
    """Every n-th notification is lost for good."""
    double_every: int = 0
    """Every n-th notification is sent twice."""
    delay_seconds: float = 0
    """All notifications leave this much later, on the shop clock."""
    reorder: bool = False
    """Of every two notifications the first arrives after the second."""


@dataclass(frozen=True)
class PlannedEvent:
    """Something the carrier, warehouse or platform does by itself."""

    event: str
    order_id: str = ""
    package_id: str = ""
    at: float | str | None = None
    """RFC 3339 or unix seconds."""
    at_offset_seconds: float = 0
    """Seconds from the shop clock's now at the first start; used without `at`."""


@dataclass(frozen=True)
class Scenario:
    """One scenario; the default lets nobody act and nothing go wrong."""

    cancel_delay_seconds: float = 0
    """How long a seller's cancellation takes, on the shop clock."""
    cancel_delays: Mapping[str, float] = field(default_factory=dict)
    """The same per order id."""
    token_life_seconds: float = _WEEK
    refresh_life_seconds: float = 358 * 86_400
    rate_limit_per_second: float = 50
    """Per shop and endpoint; 0 switches the limit off."""
    ads_per_second: float = 10
    """Of the Marketing API, which documents 10 per app; 0 switches the limit off."""
    coupon_cards_per_second: float = 0
    """Per shop; the platform documents 0.5; 0 switches the limit off."""
    allow_zero_inventory: bool = True
    allow_rebooking: bool = True
    """Whether a package that waits for the carrier takes another pickup slot; undocumented."""
    http_status: Mapping[int, int] = field(default_factory=lambda: dict(HTTP_STATUS))
    webhooks: WebhookFlaws = WebhookFlaws()
    events: tuple[PlannedEvent, ...] = ()
    habits: tuple[Habit, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a scenario file.

        Raises:
            ControlError: Not JSON, or a key or value that has no meaning here.
        """
        try:
            return cls.parse(json.loads(path.read_text(encoding="utf-8")))
        except json.JSONDecodeError as error:
            raise ControlError(f"scenario {path.name} is not JSON: {error}") from error

    @classmethod
    def parse(cls, raw: Doc) -> Self:
        """Check a scenario given as a JSON object.

        Raises:
            ControlError: A key or value that has no meaning here.
        """
        given = dict(raw)
        if "webhooks" in given:
            given["webhooks"] = build(WebhookFlaws, given["webhooks"], "webhooks")
        events = enumerate(given.get("events", []))
        given["events"] = tuple(build(PlannedEvent, e, f"events[{i}]") for i, e in events)
        habits = enumerate(given.get("habits", []))
        given["habits"] = tuple(read_habit(habit, f"habits[{i}]") for i, habit in habits)
        statuses = given.get("http_status", {})
        given["http_status"] = HTTP_STATUS | {int(code): int(s) for code, s in statuses.items()}
        return build(cls, given, "scenario")

    def habit_book(self) -> "HabitBook":
        """Return the habits arranged for looking up."""
        return HabitBook(self.habits)


def build(kind: type[T], raw: Any, where: str) -> T:
    """Make a dataclass from a JSON object, refusing keys it does not have.

    Raises:
        ControlError: Not an object, an unknown key, or a missing one.
    """
    if not isinstance(raw, dict):
        raise ControlError(f"{where} must be an object, not {raw!r}")
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]  # T is a dataclass here
    unknown = sorted(set(raw) - known)
    if unknown:
        raise ControlError(f"{where} has unknown key {unknown[0]!r}; known: {sorted(known)}")
    try:
        return kind(**raw)
    except TypeError as error:
        raise ControlError(f"{where} is incomplete: {error}") from error


class HabitBook:
    """Finds the habits of an order: its own, else those of its buyer, else the default."""

    def __init__(self, habits: tuple[Habit, ...]) -> None:
        self._by_order: dict[str, list[tuple[int, Habit]]] = defaultdict(list)
        self._by_buyer: dict[str, list[tuple[int, Habit]]] = defaultdict(list)
        self._default: list[tuple[int, Habit]] = []
        for number, habit in enumerate(habits):
            for order_id in habit.orders or ():
                self._by_order[order_id].append((number, habit))
            if habit.buyer:
                self._by_buyer[habit.buyer].append((number, habit))
            if habit.orders is None and not habit.buyer:
                self._default.append((number, habit))

    def of(self, order: Doc) -> list[tuple[int, Habit]]:
        """Return (number, habit) of everything that concerns *order*."""
        named = self._by_order.get(order["id"]) or self._by_buyer.get(order["user_id"])
        return [
            (number, habit)
            for number, habit in (named or self._default)
            if habit.shop_id in {"", order["shop_id"]}
        ]

"""Counts what happened to an order and plans the reactions its buyer's habits ask for."""

from sandbox.store import Doc
from sandbox.world import World

REACT = "react"


def happened(world: World, order: Doc, what: str) -> None:
    """Count one trigger for every habit of the order and plan what now falls due.

    Args:
        world: The shops.
        order: The order it concerns.
        what: start, message, card or cancelled.
    """
    for number, habit in world.habits.of(order):
        scope = "all" if habit.shared else order["id"]
        key = f"{number}:{scope}"
        counts = world.progress.get(key) or {}
        counts[what] = counts.get(what, 0) + 1
        world.progress.put(key, counts)
        for index, reaction in enumerate(habit.reactions):
            if reaction.on == what and reaction.nth == counts[what]:
                at = world.clock.shop() + reaction.after_seconds
                payload = {"order_id": order["id"], "do": reaction.do}
                world.schedule.add(f"{REACT}:{key}:{index}", at=at, kind=REACT, payload=payload)
